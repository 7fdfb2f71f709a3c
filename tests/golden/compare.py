#!/usr/bin/env python3
"""Compares what two builds of wxsub print: compare.py OLD NEW FILE_OR_FOLDER...

Every file is read by each command, from the file and from a pipe, by both programs. A difference in standard output,
standard error or the exit status is printed with the file and the command; the exit status is 1 if there was one.

    compare.py old/wxsub target/release/wxsub target/golden      the cases of cases.tar.xz, unpacked (see README.md)
    compare.py --keys keys.ini --stride 20 OLD NEW FOLDER        with keys; each twentieth file only
    compare.py --show OLD NEW FILE                               the differing lines, too

Folders with captures of your own, or with a corpus of the fuzzer, are given in the same way. Nothing of them is copied
or written down.
"""

import argparse
import difflib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

COMMANDS = (
    "parse --tz UTC",
    "parse --tz UTC --format table",
    "parse --tz UTC --lang zh",
    "convert --summary json",
    "convert --to jsonl --with-source",
    "convert --to jsonl --flat",
    "convert --to json",
    "convert --to json --pretty",
    "convert --to xml",
    "convert --to xml --pretty",
    "convert --to csv --tz UTC",
    "check --no-config",
    "check --no-config --lang zh --summary files",
    "check --no-config --format json",
    "check --no-config --format github",
    "check --no-config --format sarif",
    "check --no-config --format junit",
    "check --no-config --format gitlab",
    "convert -j1 --to jsonl --with-source",
    "check --no-config -j1 --format json",
)
ENV = {"WXSUB_LANG": "en", "COLUMNS": "100", "PATH": os.environ.get("PATH", "")}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=program)
    parser.add_argument("new", type=program)
    parser.add_argument("paths", type=Path, nargs="+", metavar="FILE_OR_FOLDER")
    parser.add_argument("--keys", type=Path, help="keys to open sealed payloads with")
    parser.add_argument("--stride", type=int, default=1, metavar="N", help="read one file in N [default: 1]")
    parser.add_argument("--show", action="store_true", help="show which lines differ")
    return parser.parse_args()


def program(path):
    if not os.access(path, os.X_OK):
        raise argparse.ArgumentTypeError(f"{path} is no program")
    return str(Path(path).resolve())


def files(paths):
    """All files in the order of their names, those of folders within folders, too."""
    for path in paths:
        if not path.exists():
            sys.exit(f"{path} is not there")
        yield from sorted(found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path]


def run(argv, file, piped):
    """What a run prints, and its status."""
    with open(file if piped else os.devnull, "rb") as stdin:
        done = subprocess.run([*argv, *([] if piped else [str(file)])], stdin=stdin, capture_output=True, env=ENV)
    return done.stdout, done.stderr, done.returncode


def differences(args, file):
    """The commands that differ on one file, and the two runs of each."""
    keys = ["--keys", str(args.keys)] if args.keys else []
    for command in COMMANDS:
        for piped in (False, True):
            rest = [*command.split(), *keys]
            old, new = (run([program, *rest], file, piped) for program in (args.old, args.new))
            if old != new:
                yield command + (" <" if piped else ""), old, new


def show(old, new):
    for before, after in zip(old[:2], new[:2]):
        lines = (text.decode(errors="backslashreplace").splitlines() for text in (before, after))
        for line in difflib.unified_diff(*lines, "old", "new", n=0, lineterm=""):
            print(f"    {line}")
    if old[2] != new[2]:
        print(f"    status {old[2]}, now {new[2]}")


def main():
    args = arguments()
    found = list(files(args.paths))[:: args.stride]
    differing = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, told in zip(found, pool.map(lambda file: list(differences(args, file)), found)):
            differing += bool(told)
            for command, old, new in told:
                print(f"{file}: {command}")
                if args.show:
                    show(old, new)
    print(f"{differing} of {len(found)} files differ")
    sys.exit(1 if differing or not found else 0)


if __name__ == "__main__":
    main()
