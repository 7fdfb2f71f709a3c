#!/usr/bin/env python3
"""Compares the speed of wxsub in a noisy log with the speed of grep.

    benches/noise.py                            three logs of 400 MiB, about a minute
    benches/noise.py --forms plain --mib 50     less

Writes a log that is nine tenths noise, the same bytes every time. Then runs

    wxsub convert --to jsonl LOG > /dev/null
    grep -c ToUserName LOG

in turn, and prints the medians and their ratio. The aim is half of grep's speed on bodies as they were sent: a ratio of
2 or less. Other work on the machine lengthens wall time, above all with several threads, but not CPU time.
"""

import argparse
import itertools
import random
import statistics
import tempfile
import time
from pathlib import Path

import measure

NOISE_PER_PAYLOAD = 9
# A log repeats after this number of bytes.
BLOCK = 16 << 20
# With /dev/null as its output, grep would stop at the first line that matches.
GREP = ["sh", "-c", 'LC_ALL=C grep -c ToUserName "$0" | cat']

NOISE = (
    "INFO  [http-{n}] GET /goods/{i}?page={n}&sort=price 200 {n}ms",
    "INFO  [http-{n}] order service: cache refreshed in {n}ms entries={i}",
    "DEBUG [http-{n}] db: select * from subscription where openid='{openid}' limit 1",
    "INFO  [http-{n}] POST /wx/callback?timestamp={time}&nonce={i}&openid={openid} 200 {n}ms",
    'INFO  [http-{n}] {{"level":"info","pool":{{"size":{n},"free":[1,2,3]}},"msg":"took \\"{i}\\" of {n}"}}',
    "WARN  [http-{n}] order service: java.io.IOException: timed out at OrderService.find(OrderService.java:{n})",
)
BODIES = (
    "<xml><ToUserName><![CDATA[gh_5a2c71d0e9b4]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
    "<CreateTime>{time}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
    "<Event><![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent><List>"
    "<TemplateId><![CDATA[{template}]]></TemplateId>"
    "<SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene>0</PopupScene>"
    "</List></SubscribeMsgPopupEvent></xml>",
    '{{"ToUserName":"gh_5a2c71d0e9b4","FromUserName":"{openid}","CreateTime":{time},"MsgType":"event",'
    '"Event":"subscribe_msg_sent_event","List":{{"TemplateId":"{template}","MsgID":"{message}",'
    '"ErrorCode":"0","ErrorStatus":"success"}}}}',
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def values(rng, second):
    """Draws the values that fill lines and bodies."""
    return {
        "n": rng.randrange(64),
        "i": rng.randrange(1_000_000),
        "time": second,
        "openid": "o" + "".join(rng.choices(LETTERS, k=27)),
        "template": "".join(rng.choices(LETTERS, k=43)),
        "message": 1_700_000_000_000_000_000 + rng.randrange(10**17),
    }


def as_it_is(text):
    return text


def as_nginx(body):
    return body.replace("\\", "\\x5C").replace('"', "\\x22")


def as_docker(line):
    text = line.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\u003c").replace(">", "\\u003e")
    return f'{{"log":"{text}\\n","stream":"stdout","time":"2025-11-22T12:00:00.1Z"}}'


# For each form, how a body is written in its line, and the line in the log.
FORMS = {"plain": (as_it_is, as_it_is), "nginx": (as_nginx, as_it_is), "docker": (as_it_is, as_docker)}


def lines(form):
    """Yields the lines of a log, without end."""
    escaped, wrapped = FORMS[form]
    rng = random.Random(20251122)
    noise = payloads = 0
    for second in itertools.count(1_763_812_800):
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(second))
        body = escaped(BODIES[second % 2].format(**values(rng, second)))
        line = wrapped(f"{stamp} INFO  [http-1] wx callback body={body}") + "\n"
        payloads += len(line)
        yield line
        while noise < NOISE_PER_PAYLOAD * payloads:
            line = wrapped(f"{stamp} {rng.choice(NOISE).format(**values(rng, second))}") + "\n"
            noise += len(line)
            yield line


def block(form):
    """Returns whole lines of at most BLOCK bytes."""
    text, size = [], 0
    for line in lines(form):
        size += len(line)
        if size > BLOCK:
            return "".join(text).encode()
        text.append(line)


def write_log(form, mib, path):
    """Writes a log of about `mib` MiB and returns its size."""
    text = block(form)
    times = max(1, round((mib << 20) / len(text)))
    with open(path, "wb") as log:
        for _ in range(times):
            log.write(text)
    return times * len(text)


def compare(wxsub, path, rounds):
    """Runs both in turn. Returns the medians of seconds and CPU seconds. The first round is a warm-up."""
    programs = ([wxsub, "convert", "--quiet", "--to", "jsonl", path], [*GREP, path])
    runs = [[measure.run(program) for program in programs] for _ in range(rounds + 1)]
    return [median(of_one) for of_one in zip(*runs[1:])]


def median(runs):
    return [statistics.median(run.seconds for run in runs), statistics.median(run.cpu for run in runs)]


def row(form, size, wxsub, grep):
    speeds = [measure.figure(size / seconds / 1e6) for seconds in (wxsub[0], grep[0], wxsub[1], grep[1])]
    ratios = [f"{wxsub[which] / grep[which]:.2f}" for which in (0, 1)]
    return [form, *speeds[:2], ratios[0], *speeds[2:], ratios[1]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=list(FORMS), help="how bodies stand in the log")
    parser.add_argument("--mib", type=int, default=400, help="size of a log [default: 400]")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each program [default: 7]")
    parser.add_argument("--wxsub", help="the program [default: a fresh `dist` build]")
    args = parser.parse_args()
    wxsub = measure.wxsub(args.wxsub)
    print(f"{measure.machine()}; {measure.load()}; logs of {args.mib} MiB, {args.rounds} rounds\n")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "noise.log")
        for form in args.forms:
            size = write_log(form, args.mib, path)
            rows.append(row(form, size, *compare(wxsub, path, args.rounds)))
    titles = ["log", "wxsub MB/s", "grep MB/s", "ratio", "wxsub MB/CPU s", "grep MB/CPU s", "CPU ratio"]
    measure.table(titles, rows)
    print(f"\nAfterwards: {measure.load()}.")


if __name__ == "__main__":
    main()
