"""The programs that wxsub is compared with: how they are installed, and how they are called.

Each peer writes the same records with a good library of its language; their sources are the other files of this folder.
The libraries are installed from the registries into target/peers. Delete that folder to get newer versions.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import corpora
from measure import TARGET

HERE = Path(__file__).parent
CACHE = TARGET / "peers"
JAQ = CACHE / "jaq" / "bin" / "jaq"
PYTHON = CACHE / "python"
WECHATPY = CACHE / "wechatpy"
NODE = CACHE / "node"

# Placeholders in a command for what is known only when it runs.
SHAPE, FILE = "{shape}", "{file}"


@dataclass
class Program:
    """A program that reads captures, and how it is called."""

    label: str
    command: list
    version: str = ""
    # The captures it can read; `None` means all.
    shapes: tuple = None
    env: dict = None
    writes_records: bool = True
    is_slow: bool = True

    def argv(self, shape, file):
        known = {SHAPE: shape, FILE: str(file)}
        return [known.get(part, part) for part in self.command]

    def reads(self, shape):
        return self.shapes is None or shape in self.shapes


class Missing(Exception):
    """A peer cannot be installed here."""


def output(*argv):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise Missing((done.stderr.strip().splitlines() or ["it failed without a word"])[0])
    return done.stdout.strip()


def need(program, hint):
    if not shutil.which(program):
        raise Missing(f"`{program}` is not there; {hint}")


def once(made, *argv):
    """Runs an installation, unless `made` exists."""
    if not made.exists():
        print(f"installing: {' '.join(argv)}", file=sys.stderr)
        output(*argv)


def jq():
    need("jq", "install it with the system's packages")
    command = ["jq", "-c", "-f", str(HERE / "record.jq"), FILE]
    return Program("jq", command, output("jq", "--version").replace("-", " "), corpora.JSON_LINES)


def jaq():
    need("cargo", "it comes with Rust")
    once(JAQ, "cargo", "install", "--locked", "--quiet", "--root", str(JAQ.parent.parent), "jaq")
    command = [str(JAQ), "-c", "-f", str(HERE / "record.jq"), FILE]
    return Program("jaq", command, output(str(JAQ), "--version"), corpora.JSON_LINES)


def python():
    once(PYTHON, sys.executable, "-m", "pip", "install", "--quiet", "--target", str(PYTHON), "orjson", "lxml")
    versions = [path.stem.replace("-", " ") for path in sorted(PYTHON.glob("*.dist-info"))]
    version = f"Python {sys.version.split()[0]} with {' and '.join(versions)}"
    command = [sys.executable, str(HERE / "records.py"), SHAPE, FILE]
    return Program("Python, orjson, lxml", command, version, env={"PYTHONPATH": str(PYTHON)})


def wechatpy():
    libraries = ("wechatpy", "orjson", "lxml")
    once(WECHATPY, sys.executable, "-m", "pip", "install", "--quiet", "--target", str(WECHATPY), *libraries)
    version = next(path.stem.replace("-", " ") for path in WECHATPY.glob("wechatpy-*.dist-info"))
    command = [sys.executable, str(HERE / "messages.py"), SHAPE, FILE]
    env = {"PYTHONPATH": str(WECHATPY)}
    return Program("Python, wechatpy", command, version, corpora.XML, env=env)


def node():
    need("npm", "it comes with Node")
    modules = NODE / "node_modules"
    once(modules, "npm", "install", "--loglevel=error", "--no-audit", "--prefix", str(NODE), "fast-xml-parser")
    library = output("node", "-p", f"require({str(modules / 'fast-xml-parser' / 'package.json')!r}).version")
    version = f"Node {output('node', '--version')} with fast-xml-parser {library}"
    command = ["node", str(HERE / "records.js"), SHAPE, FILE]
    return Program("Node, fast-xml-parser", command, version, env={"NODE_PATH": str(modules)})


ALL = {"jq": jq, "jaq": jaq, "python": python, "wechatpy": wechatpy, "node": node}


def find(names):
    """Yields the peers in `names` that can be installed. Prints which cannot, and why."""
    for name in names:
        try:
            yield ALL[name]()
        except (Missing, OSError) as why:
            print(f"skipping {name}: {why}", file=sys.stderr)
