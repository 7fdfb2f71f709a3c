#!/usr/bin/env python3
"""Compares wxsub with `cat` and with programs in other languages; prints a table for each kind of capture.

    benches/compare.py                          everything: about five minutes, a gigabyte in target/bench
    benches/compare.py --only wxsub,cat         without the peers, and so without a network
    benches/compare.py --corpus FOLDER          captures of your own, named as in corpora.py

First all programs must write the same records of the beginning of each capture. Then they run in turn, for several
rounds. The table shows medians, and the peak of memory over all rounds. MB count the input; a compressed capture counts
as it is stored. A CPU second is a second of one core, whatever else the machine does. A peer reads only as much of a
capture as takes it more than a CPU second. Peers write no unknown fields, and `extra` is not compared.

Each payload of `odd.jsonl` has findings. There `wxsub check --format json` is measured, while the peers write records.
The last table compares wxsub with the quickest peer on each capture.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import corpora
import measure
import peers
from peers import FILE, Program

SAMPLE = 1 << 20
# Both in seconds.
LONG_ENOUGH = 1.0
A_TURN = 0.25
OWN = ("cat", "wxsub", "check", "gzip")
# The capture to compress, to see what decompression costs.
PACKED = "json.jsonl"
# The capture whose payloads have findings.
ODD = "odd.jsonl"
CHECK = "wxsub check"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = [*OWN, *peers.ALL]
    parser.add_argument("--payloads", type=int, default=400_000, help="callbacks of a capture [default: 400000]")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each program [default: 5]")
    parser.add_argument("--only", type=names, default=known, help=f"some of {','.join(known)}", metavar="NAMES")
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="captures to use instead of generated ones")
    parser.add_argument("--wxsub", metavar="PROGRAM", help="the wxsub to measure [default: a `dist` build]")
    return parser.parse_args()


def names(text):
    given = text.split(",")
    unknown = set(given) - {*OWN, *peers.ALL}
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
    return given


def corpus(args):
    """Returns the folder with the captures. Makes the captures if they are missing."""
    if args.corpus:
        return args.corpus
    folder = measure.TARGET / "bench" / f"corpora-{args.payloads}"
    corpora.ensure(folder, args.payloads)
    return folder


def shapes_in(folder):
    shapes = [shape for shape in corpora.SHAPES if (folder / shape).is_file()]
    return shapes or sys.exit(f"no captures in {folder}: expected some of {', '.join(corpora.SHAPES)}")


def own_programs(wxsub, only):
    """Yields `cat` and wxsub, which read whole captures."""
    convert = [wxsub, "convert", "--to", "jsonl", "--quiet", FILE]
    if "cat" in only:
        yield Program("cat", ["cat", FILE], writes_records=False, is_slow=False)
    if "wxsub" in only:
        yield Program("wxsub", convert, is_slow=False)
    if "wxsub" in only and measure.knows_threads(wxsub):
        yield Program("wxsub -j1", [*convert, "-j1"], is_slow=False)
    if "check" in only:
        yield from checks(wxsub)


def checks(wxsub):
    """Yields checks of clean captures, and of the capture with findings in each payload."""
    check = [wxsub, "check", "--quiet", FILE]
    findings = [*check, "--format", "json"]
    # Most of the JSON has lists in places where the documents no longer put them: it is not clean.
    yield Program(CHECK, check, shapes=corpora.XML, writes_records=False, is_slow=False)
    yield Program(CHECK, findings, shapes=(ODD,), writes_records=False, is_slow=False)
    if measure.knows_threads(wxsub):
        yield Program(f"{CHECK} -j1", [*findings, "-j1"], shapes=(ODD,), writes_records=False, is_slow=False)


def gzip_programs(wxsub):
    """Yields `gzip`, wxsub that decompresses by itself, and wxsub that reads from `gzip`."""
    convert = "convert --to jsonl --quiet"
    yield Program("gzip -dc", ["gzip", "-dc", FILE], writes_records=False, is_slow=False)
    yield Program("wxsub", [wxsub, *convert.split(), FILE], is_slow=False)
    piped = ["sh", "-c", f'gzip -dc "$1" | "$0" {convert}', wxsub, FILE]
    yield Program("gzip -dc to wxsub", piped, is_slow=False)


def packed(file):
    """Compresses a file, unless it is there already, and returns its path."""
    made = measure.TARGET / "bench" / "packed" / f"{file.stat().st_size}-{file.name}.gz"
    if not made.exists() or made.stat().st_mtime < file.stat().st_mtime:
        made.parent.mkdir(parents=True, exist_ok=True)
        part = made.with_suffix(".part")
        with open(part, "wb") as to:
            subprocess.run(["gzip", "-c", str(file)], stdout=to, check=True)
        part.rename(made)
    return made


def head(file, shape, size):
    """Writes the beginning of a capture to a file: whole payloads, at least `size` bytes if the capture has them."""
    if file.stat().st_size <= size:
        return file
    sample = measure.TARGET / "bench" / "heads" / f"{size}-{shape}"
    sample.parent.mkdir(parents=True, exist_ok=True)
    end = (b"</xml>\n", b"</xml>\r\n") if shape in corpora.PRETTY else b"\n"
    with open(file, "rb") as capture, open(sample, "wb") as part:
        for line in capture:
            part.write(line)
            if part.tell() >= size and line.endswith(end):
                break
    return sample


def records(program, shape, file):
    """Runs a program and returns its records, without the field that peers leave out."""
    env = os.environ | (program.env or {})
    done = subprocess.run(program.argv(shape, file), env=env, stdout=subprocess.PIPE)
    if done.returncode:
        raise SystemExit(f"{program.label} failed with status {done.returncode} on {file}")
    return [without_extra(json.loads(line)) for line in done.stdout.splitlines()]


def without_extra(record):
    return {key: value for key, value in record.items() if key != "extra"}


def expected(folder, shape, sample, wxsub):
    """Returns the records of the generator, or those of wxsub if the captures were not generated."""
    known = folder / corpora.RECORDS
    if not known.exists():
        return records(wxsub, shape, sample)
    # Each payload names its event once, in every shape.
    count = sample.read_bytes().count(b"subscribe_msg_")
    with open(known) as lines:
        return [json.loads(line) for line in itertools.islice(lines, count)]


def agree(folder, shape, sample, writers, pack=lambda file: file):
    """True if all programs write the same records of a sample. Prints which do not."""
    if not writers:
        return True
    right = expected(folder, shape, sample, writers[0])
    sample = pack(sample)
    given = {program.label: records(program, shape, sample) for program in writers}
    differing = [label for label in given if given[label] != right]
    for label in differing:
        pairs = itertools.zip_longest(given[label], right)
        at = next(number for number, (one, other) in enumerate(pairs, 1) if one != other)
        say(f"{label} DIFFERS on {shape}: record {at} of {len(right)}")
    say(f"{shape}: {len(given) - len(differing)} of {len(given)} programs write the same {len(right):,} records")
    return not differing


def share(program, file, shape):
    """Returns what a program reads: a whole capture, or the part that takes a slow program long enough."""
    size = SAMPLE
    while program.is_slow:
        part = head(file, shape, size)
        run = measure.run(program.argv(shape, part), env=program.env)
        if run.cpu > LONG_ENOUGH or part == file:
            return part
        size *= 4
    return file


def turn(program, shape, part):
    """Yields the runs of a program in one round. A quick program runs several times: its times vary most."""
    spent = 0.0
    while spent < A_TURN:
        run = measure.run(program.argv(shape, part), env=program.env)
        spent += run.seconds
        yield run


def compare(folder, shape, programs, rounds, pack=lambda file: file):
    """Prints the table of one capture after `pack`. Returns whether all programs agreed, and their MB/s."""
    plain = folder / shape
    writers = [one for one in programs if one.writes_records]
    same = agree(folder, shape, head(plain, shape, SAMPLE), writers, pack)
    file = pack(plain)
    parts = [share(program, file, shape) for program in programs]
    measure.run(["cat", str(file)])  # into the page cache
    runs = [[] for _ in programs]
    for number in range(rounds):
        say(f"{shape}: round {number + 1} of {rounds}, {measure.load()}")
        for program, part, own in zip(programs, parts, runs):
            own.extend(turn(program, shape, part))
    sizes = [part.stat().st_size / 1e6 for part in parts]
    title = shape if file == plain else shape + file.suffix
    return same, show(title, [program.label for program in programs], sizes, runs)


def show(shape, labels, sizes, runs):
    """Prints a table and returns the MB/s of each program."""
    median = lambda own, time: statistics.median(getattr(run, time) for run in own)
    speeds = [size / median(own, "seconds") for size, own in zip(sizes, runs)]
    of = dict(zip(labels, speeds))
    rows = []
    for label, size, speed, own in zip(labels, sizes, speeds, runs):
        ratios = [speed / of[other] if other in of else 0 for other in ("cat", "wxsub")]
        memory = max(run.memory for run in own) / (1 << 20)
        rows.append([label, *map(measure.figure, (size, speed, *ratios, size / median(own, "cpu"), memory))])
    print()
    measure.table([shape, "MB read", "MB/s", "of cat", "of wxsub", "MB / CPU s", "peak MiB"], rows)
    return of


def overview(speeds, found):
    """Prints for each capture the speed of wxsub relative to `cat` and to the quickest peer."""
    rows = []
    for shape, of in speeds.items():
        own = of.get(CHECK if shape == ODD else "wxsub", 0)
        peer = max((one.label for one in found if one.label in of), key=of.get, default="")
        ratio = own / of["cat"] if "cat" in of else 0
        rows.append([shape, *map(measure.figure, (own, ratio)), peer, measure.figure(own / of[peer] if peer else 0)])
    print()
    measure.table(["capture", "MB/s", "of cat", "quickest peer", "times as slow"], rows)


def say(text):
    print(text, file=sys.stderr, flush=True)


def main():
    args = arguments()
    wxsub = measure.wxsub(args.wxsub)
    found = list(peers.find([name for name in args.only if name in peers.ALL]))
    folder = corpus(args)
    programs = [*own_programs(wxsub, args.only), *found]
    load = measure.load()
    same, speeds = True, {}
    for shape in shapes_in(folder):
        readers = [program for program in programs if program.reads(shape)]
        agreed, speeds[shape] = compare(folder, shape, readers, args.rounds)
        same &= agreed
    if "gzip" in args.only and (folder / PACKED).is_file():
        same &= compare(folder, PACKED, list(gzip_programs(wxsub)), args.rounds, packed)[0]
    overview(speeds, found)
    versions = [peers.output(wxsub, "--version"), *(peer.version for peer in found)]
    print(f"\n{measure.machine()}, {load} at the start; {', '.join(versions)}")
    if not same:
        sys.exit("not all programs write the same records: see above")


if __name__ == "__main__":
    main()
