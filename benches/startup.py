#!/usr/bin/env python3
"""Measures the time to show one payload: `wxsub parse one.xml` and `cat one.xml`, as processes in turn.

`wxsub` runs with `--quiet`: its summary would mix with the output of this script.

    benches/startup.py [--runs N] [--wxsub PROGRAM]
"""

import argparse
import statistics

import measure

PAYLOAD = str(measure.ROOT / "examples" / "payloads" / "popup.xml")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000, help="of each program [default: 1000]")
    parser.add_argument("--wxsub", metavar="PROGRAM", help="the wxsub to measure [default: a `dist` build]")
    args = parser.parse_args()

    commands = [["cat", PAYLOAD], [measure.wxsub(args.wxsub), "parse", "--quiet", PAYLOAD]]
    load = measure.load()
    runs = [[measure.run(command).seconds * 1000 for command in commands] for _ in range(args.runs)]
    medians = [statistics.median(times) for times in zip(*runs)]
    rows = [
        (name, f"{time:.2f}", f"{time / medians[0]:.2f}") for name, time in zip(("cat", "wxsub parse"), medians)
    ]
    measure.table(("one payload", "ms", "of cat"), rows)
    print(f"\n{measure.machine()}, {load}; median of {args.runs} runs")


if __name__ == "__main__":
    main()
