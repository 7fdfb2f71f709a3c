#!/usr/bin/env python3
"""Draws the terminal in the README, docs/terminal.svg, from what wxsub prints.

Usage: docs/picture.py WXSUB [--check]

Needs rich (PyPI). With --check it writes nothing, and fails if the picture differs from what wxsub prints now.
"""

import io
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

HERE = Path(__file__).resolve().parent
COMMANDS = [
    ["parse", "examples/payloads/popup.xml"],
    ["check", "examples/payloads/broken.xml"],
]
PICTURE = HERE / "terminal.svg"
WIDTH = 107
# Red, green and yellow are dark enough to be read, and differ in lightness, too.
THEME = TerminalTheme(
    (27, 31, 36),
    (214, 219, 224),
    [(27, 31, 36), (255, 123, 114), (87, 201, 113), (230, 190, 90), (121, 168, 255), (210, 153, 255), (86, 212, 221), (214, 219, 224)],
)
# No font is loaded from elsewhere: the picture shows the reader's own.
FORMAT = """\
<svg class="terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "Noto Sans Mono CJK SC", monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def printed(wxsub: str, command: list[str]) -> str:
    """Returns what a terminal shows of a command."""
    environment = {**os.environ, "WXSUB_LANG": "en", "TZ": "Asia/Shanghai", "COLUMNS": str(WIDTH), "CLICOLOR_FORCE": "1"}
    run = subprocess.run(
        [wxsub, *command, "--color", "always"],
        cwd=HERE.parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return run.stdout


def picture(wxsub: str) -> str:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), legacy_windows=False)
    for command in COMMANDS:
        console.print(Text.assemble(("$ ", "bold green"), "wxsub " + " ".join(command)))
        console.print(Text.from_ansi(printed(wxsub, command)), soft_wrap=True)
        console.print()
    return console.export_svg(title="", theme=THEME, code_format=FORMAT, unique_id="wxsub")


def main() -> int:
    drawn = picture(str(Path(sys.argv[1]).resolve()))
    if "--check" not in sys.argv:
        PICTURE.write_text(drawn, encoding="utf-8")
        return 0
    if PICTURE.exists() and PICTURE.read_text(encoding="utf-8") == drawn:
        return 0
    print("docs/terminal.svg is not what wxsub prints now: run docs/picture.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
