#!/usr/bin/env python3
"""Measures `wxsub convert --to jsonl` on growing input: time should grow in proportion, and memory should not grow.

    benches/growth.py [--sizes 10M,100M,1G,5G] [--shape mixed.log] [--wxsub PROGRAM]

The input is a block of callbacks, written again and again into a pipe. `cat` reads the same input, to show that the
pipe is not the limit. The last row reads a file of a gigabyte (`--file`), which is deleted afterwards.
"""

import argparse
import fcntl
import os
import threading

import corpora
import measure

CALLBACKS = 20_000
UNITS = {"K": 10**3, "M": 10**6, "G": 10**9}


def size(text):
    """Parses a number of bytes, such as `100M`."""
    unit = UNITS.get(text[-1].upper(), 1)
    return int(text.rstrip("kKmMgG")) * unit


def sizes(text):
    return [size(one) for one in text.split(",")]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=sizes, default="10M,100M,1G,5G", help="bytes to pipe, with K, M or G")
    parser.add_argument("--file", type=size, default="1G", help="bytes of the file, 0 for none [default: 1G]")
    parser.add_argument("--shape", choices=corpora.SHAPES, default="mixed.log", help="[default: mixed.log]")
    parser.add_argument("--wxsub", metavar="PROGRAM", help="the wxsub to measure [default: a `dist` build]")
    return parser.parse_args()


def block(shape):
    """Returns some megabytes of callbacks."""
    folder = measure.TARGET / "bench" / f"corpora-{CALLBACKS}"
    corpora.ensure(folder, CALLBACKS)
    return (folder / shape).read_bytes()


def write(to, block, total):
    """Writes whole blocks, until `total` bytes or a little more are written."""
    while total > 0:
        total -= len(block)
        rest = memoryview(block)
        while rest:
            rest = rest[os.write(to, rest) :]


def piped(command, block, total):
    """Measures a run that reads from a pipe. A thread of this script writes into the pipe."""
    read, written = os.pipe()
    fcntl.fcntl(written, fcntl.F_SETPIPE_SZ, 1 << 20)
    os.set_inheritable(written, False)

    def feed():
        try:
            write(written, block, total)
        finally:
            os.close(written)

    feeder = threading.Thread(target=feed)
    feeder.start()
    result = measure.run(command, stdin=read)
    os.close(read)
    feeder.join()
    return result


def filed(command, block, total):
    """Measures a run that reads a file."""
    file = measure.TARGET / "bench" / f"growth-{os.getpid()}"
    try:
        with open(file, "wb", buffering=0) as made:
            write(made.fileno(), block, total)
        return measure.run([*command, str(file)])
    finally:
        file.unlink(missing_ok=True)


def row(kind, total, block, runs):
    total = -(-total // len(block)) * len(block)
    own = runs[0]
    speeds = [total / run.seconds / 1e6 for run in runs]
    figures = (total / 1e6, own.seconds, own.cpu, speeds[0], own.memory / (1 << 20), speeds[1])
    return [kind, *map(measure.figure, figures)]


def main():
    args = arguments()
    commands = [[measure.wxsub(args.wxsub), "convert", "--to", "jsonl", "--quiet"], ["cat"]]
    text = block(args.shape)
    load = measure.load()
    rows = [row("pipe", total, text, [piped(command, text, total) for command in commands]) for total in args.sizes]
    if args.file:
        rows.append(row("file", args.file, text, [filed(command, text, args.file) for command in commands]))
    measure.table((args.shape, "MB", "seconds", "CPU s", "MB/s", "peak MiB", "cat MB/s"), rows)
    print(f"\n{measure.machine()}, {load} at the start")


if __name__ == "__main__":
    main()
