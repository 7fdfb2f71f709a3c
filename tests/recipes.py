#!/usr/bin/env python3
"""Runs the code of docs/recipes.md, as it stands there, and compares what it prints.

    tests/recipes.py WXSUB

A block of Python or of a shell runs; a block of text is what the block before it must print. A block with a path is
written to a file. Configuration of rsyslog is checked by rsyslog and then used by it, on a log. What is not installed is
named and left out.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGE = Path("docs/recipes.md")
CAPTURE = Path("examples/logs/day.log")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.M | re.S)
# What a recipe writes there, it writes below the test's folder.
PLACES = ("/etc/rsyslog.d", "/usr/local/bin", "/var/log/wxsub")
# In seconds.
PATIENCE = 20


def main(wxsub):
    page = PAGE.read_text()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        shutil.copy(CAPTURE, folder)
        os.environ["PATH"] = f"{Path(wxsub).resolve().parent}:{os.environ['PATH']}"
        sections = page.split("\n## ")[1:]
        assert len(sections) == page.count("\n## ") and page.count("\n```") % 2 == 0
        for section in sections:
            title, blocks = section.partition("\n")[0], BLOCK.findall(section)
            assert len(blocks) == section.count("\n```") // 2 > 0, f"{title}: a block is not understood"
            print(f"{title}: {recipe(blocks, folder)}")


def recipe(blocks, folder):
    """Runs the blocks of a recipe. Returns what there is to say about it."""
    missing = [name for name in needed(blocks) if not is_there(name)]
    if missing:
        return f"{', '.join(missing)} is missing: the recipe was NOT tried"
    printed = ""
    for language, path, code in blocks:
        if path:
            write(folder, path, code)
        elif language == "text":
            assert printed == code, f"printed {printed!r} instead of {code!r}"
        else:
            printed = run(language, code, folder)
    return in_use(folder) if any(language == "rsyslog" for language, _, _ in blocks) else "as the page says"


def needed(blocks):
    for language, _, code in blocks:
        if language == "python":
            yield from re.findall(r"^import (\w+)$", code, re.M)
        if language == "rsyslog":
            yield "rsyslogd"


def is_there(name):
    return shutil.which(name) is not None if name == "rsyslogd" else importlib.util.find_spec(name) is not None


def run(language, code, folder):
    command = {"sh": ["sh", "-euc", code], "python": [sys.executable, "-c", code]}[language]
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def write(folder, path, code):
    """Writes a file of a recipe below the folder."""
    for place in PLACES:
        code = code.replace(place, str(folder) + place)
        Path(str(folder) + place).mkdir(parents=True, exist_ok=True)
    file = Path(str(folder) + path)
    file.write_text(code)
    file.chmod(0o755)


def in_use(folder):
    """Lets rsyslog read the capture as a log, with the configuration of the page."""
    config = folder / "rsyslog.conf"
    config.write_text(
        f'global(workDirectory="{folder}")\nmodule(load="imfile")\n'
        f'input(type="imfile" File="{folder}/day.log" Tag="app" freshStartTail="off")\n'
        f'include(file="{folder}/etc/rsyslog.d/wxsub.conf")\n'
    )
    subprocess.run(["rsyslogd", "-N1", "-f", config], check=True, capture_output=True)
    convert = ["wxsub", "convert", "--quiet", "--exit-zero", "day.log"]
    expected = subprocess.run(convert, cwd=folder, check=True, capture_output=True).stdout.splitlines()
    daemon = subprocess.Popen(["rsyslogd", "-n", "-f", config, "-i", folder / "pid"])
    file = folder / "var/log/wxsub/callbacks.jsonl"
    try:
        # The last callback may wait for what follows it.
        await_lines(file, len(expected) - 1)
    finally:
        daemon.terminate()
        daemon.wait()
    arrived = await_lines(file, len(expected))
    assert arrived == expected, f"{arrived!r} instead of {expected!r}"
    return f"{len(expected)} callbacks came through"


def await_lines(file, count):
    """Returns the lines of a file as soon as there are so many, or after a while those that are there."""
    end, lines = time.monotonic() + PATIENCE, []
    while len(lines) < count and time.monotonic() < end:
        time.sleep(0.1)
        lines = file.read_bytes().splitlines() if file.exists() else []
    return lines


if __name__ == "__main__":
    main(sys.argv[1])
