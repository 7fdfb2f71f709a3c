#!/usr/bin/env python3
"""The search in noise beside grep's: python3 benches/noise.py [--form plain|nginx|docker] [--mib 400] [--runs 7]

Writes a log of which nine bytes in ten are noise (the same bytes every time), then runs

    wxsub convert --to jsonl LOG > /dev/null
    grep -c ToUserName LOG

in turn, and prints the medians and their ratios, by the clock and of the processors. The aim is half of grep's speed:
a ratio of 2 or less by the clock. The program is target/release/wxsub, or what WXSUB names. A machine that does other
work delays whoever has more threads: read the load.
"""

import argparse
import itertools
import os
import random
import resource
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

WXSUB = os.environ.get("WXSUB", str(Path(__file__).parent.parent / "target/release/wxsub"))
NOISE_PER_PAYLOAD = 9
BLOCK = 16 << 20
GREP = {**os.environ, "LC_ALL": "C"}

NOISE = [
    "INFO  [http-{n}] GET /goods/{i}?page={n}&sort=price 200 {n}ms",
    "INFO  [http-{n}] order service: cache refreshed in {n}ms entries={i}",
    "DEBUG [http-{n}] db: select * from subscription where openid='{openid}' limit 1",
    "INFO  [http-{n}] POST /wx/callback?timestamp={time}&nonce={i}&openid={openid} 200 {n}ms",
    'INFO  [http-{n}] {{"level":"info","pool":{{"size":{n},"free":[1,2,3]}},"msg":"took \\"{i}\\" of {n}"}}',
    "WARN  [http-{n}] order service: java.io.IOException: timed out at OrderService.find(OrderService.java:{n})",
]

XML = (
    "<xml><ToUserName><![CDATA[gh_5a2c71d0e9b4]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
    "<CreateTime>{time}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
    "<Event><![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent><List>"
    "<TemplateId><![CDATA[{template}]]></TemplateId>"
    "<SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene>0</PopupScene>"
    "</List></SubscribeMsgPopupEvent></xml>"
)
JSON = (
    '{{"ToUserName":"gh_5a2c71d0e9b4","FromUserName":"{openid}","CreateTime":{time},"MsgType":"event",'
    '"Event":"subscribe_msg_sent_event","List":{{"TemplateId":"{template}","MsgID":"{message}",'
    '"ErrorCode":"0","ErrorStatus":"success"}}}}'
)

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def values(dice, time):
    """What the templates of lines and bodies ask for."""
    return {
        "n": dice.randrange(64),
        "i": dice.randrange(1_000_000),
        "time": time,
        "openid": "o" + "".join(dice.choices(LETTERS, k=27)),
        "template": "".join(dice.choices(LETTERS, k=43)),
        "message": 1_700_000_000_000_000_000 + dice.randrange(10**17),
    }


def as_nginx(body):
    return body.replace("\\", "\\x5C").replace('"', "\\x22")


def as_docker(line):
    escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\u003c").replace(">", "\\u003e")
    return f'{{"log":"{escaped}\\n","stream":"stdout","time":"2025-11-22T12:00:00.1Z"}}'


def lines(form):
    """The lines of the log, without end."""
    dice = random.Random(20251122)
    wrapped = as_docker if form == "docker" else str
    escaped = as_nginx if form == "nginx" else str
    noise = payloads = 0
    for second in itertools.count(1_763_812_800):
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(second))
        body = escaped((XML, JSON)[second % 2].format(**values(dice, second)))
        line = wrapped(f"{stamp} INFO  [http-1] wx callback body={body}") + "\n"
        payloads += len(line)
        yield line
        while noise < NOISE_PER_PAYLOAD * payloads:
            line = wrapped(f"{stamp} {dice.choice(NOISE).format(**values(dice, second))}") + "\n"
            noise += len(line)
            yield line


def block(form):
    """About BLOCK bytes of whole lines."""
    sizes, text = 0, []
    for line in lines(form):
        if sizes + len(line) > BLOCK:
            return "".join(text).encode()
        sizes += len(line)
        text.append(line)


def write_log(form, mib, path):
    """Writes a log of about `mib` MiB; what it holds repeats itself after BLOCK bytes."""
    text = block(form)
    with open(path, "wb") as log:
        for _ in range(max(1, (mib << 20) // len(text))):
            log.write(text)


def seconds(command, **how):
    """What a run takes: by the clock, and of the processors."""
    start, used = time.perf_counter(), processor_seconds()
    subprocess.run(command, stderr=subprocess.DEVNULL, check=True, **how)
    return time.perf_counter() - start, processor_seconds() - used


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare(path, runs):
    """Runs both in turn: the medians of what they take. The first round only warms the file up."""
    wxsub, grep = [], []
    for _ in range(runs + 1):
        wxsub.append(seconds([WXSUB, "convert", "--to", "jsonl", path], stdout=subprocess.DEVNULL))
        # Into a pipe: on /dev/null grep stops at the first line that matches.
        grep.append(seconds(["grep", "-c", "ToUserName", path], stdout=subprocess.PIPE, env=GREP))
    return [[statistics.median(column) for column in zip(*runs[1:])] for runs in (wxsub, grep)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--form", choices=["plain", "nginx", "docker"], default="plain", help="how bodies stand in the log")
    parser.add_argument("--mib", type=int, default=400, help="size of the log")
    parser.add_argument("--runs", type=int, default=7, help="rounds that count")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "noise.log")
        write_log(args.form, args.mib, path)
        size = os.path.getsize(path)
        before = os.getloadavg()[0]
        wxsub, grep = compare(path, args.runs)
        print(f"{args.form}: {size / 1e6:.0f} MB, load {before:.1f} to {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
        for name, (clock, processor) in (("wxsub", wxsub), ("grep", grep)):
            print(f"  {name:6} {clock:6.3f} s  {size / clock / 1e6:6.0f} MB/s   {processor:6.3f} s of processor")
        print(f"  ratio  {wxsub[0] / grep[0]:6.2f}                  {wxsub[1] / grep[1]:6.2f}")


if __name__ == "__main__":
    main()
