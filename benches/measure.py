"""What the benchmark scripts share: the program, a measured run, a line about the machine, tables.

Needs Linux, and Python 3.9 or newer.
"""

import os
import platform
import select
import subprocess
import time
from collections import namedtuple
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
SAMPLE_MILLISECONDS = 10

# Wall time and processor time in seconds, and the peak of memory in bytes.
Run = namedtuple("Run", "seconds cpu memory")


def wxsub(given=None):
    """Returns the program to measure: the given program, or a fresh `dist` build."""
    if given:
        return str(Path(given).resolve())
    subprocess.run(["cargo", "build", "--profile", "dist", "--locked", "--quiet"], cwd=ROOT, check=True)
    return str(TARGET / "dist" / "wxsub")


def knows_threads(program):
    """True if the program has the flag `--threads`."""
    text = subprocess.run([program, "convert", "--help"], capture_output=True, text=True, check=True).stdout
    return "--threads" in text


def run(argv, stdin=os.devnull, env=None):
    """Runs a program with its output to /dev/null. `stdin` is a path or a file descriptor."""
    actions = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    if isinstance(stdin, int):
        actions.append((os.POSIX_SPAWN_DUP2, stdin, 0))
    else:
        actions.append((os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0))
    env = os.environ | (env or {})
    start = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, env, file_actions=actions)
    sampled = watch(pid)
    seconds = time.perf_counter() - start
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{' '.join(argv)} failed with status {os.waitstatus_to_exitcode(status)}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, peak(sampled, usage.ru_maxrss * 1024))


def watch(pid):
    """Waits until a child has ended. Returns the peak of its memory, as sampled."""
    seen = 0
    ended = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    while not poll.poll(SAMPLE_MILLISECONDS):
        seen = high_water(pid) or seen
    os.close(ended)
    return seen


def peak(sampled, reported):
    """Returns the peak of a child's memory; 0 if it is not known.

    The kernel's report includes the child before exec, which was a copy of this script. Below the size of this script
    only the samples count, and a child that ended at once has no samples.
    """
    own = high_water("self") + (1 << 20)
    return max(sampled, reported) if reported > own else sampled


def high_water(pid):
    """Returns the peak of a process's memory so far; 0 if the process has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(found[0]) * 1024 if found else 0


def machine():
    """Describes the machine in a line."""
    cpu = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    cores = len(os.sched_getaffinity(0))
    return f"{cpu}, {cores} core{'s'[:cores != 1]}, Linux {platform.release()}"


def load():
    """Describes the load of the machine: other work makes every figure worse."""
    return f"load average {os.getloadavg()[0]:.1f}"


def table(titles, rows):
    """Prints a Markdown table, the first column to the left and the others to the right."""
    cells = [list(map(str, row)) for row in (titles, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells)]
    cells.insert(1, ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]])
    for row in cells:
        padded = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        print("| " + " | ".join(padded) + " |")


def figure(number):
    """Formats a number with its significant digits. Returns an empty text for 0, which means unknown."""
    if not number:
        return ""
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}" if number >= 1 else f"{number:.3f}"
