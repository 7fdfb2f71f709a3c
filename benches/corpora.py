#!/usr/bin/env python3
"""Writes the captures that the benchmarks read: corpora.py FOLDER PAYLOADS [SEED]

The callbacks are the same in all eight shapes. `records.jsonl` holds the record of each callback:

    json.jsonl     JSON, one body a line, the list in each of its documented places
    xml.lines      XML, one body a line
    xml.pretty     XML, one element a line, as WeChat sends it
    mixed.log      a log: half of its lines hold a body, XML or JSON
    wrapped.jsonl  a JSON log: the body is an escaped string
    xml.crlf       xml.pretty with CRLF line ends
    varied.jsonl   JSON, one body a line, all different: members in random order, and one unknown field
    odd.jsonl      JSON, one body a line, with two findings: an unknown field, and `MsgType` in lower case

Equal arguments give equal bytes. All ids are made up.
"""

import json
import random
import shutil
import sys
from datetime import datetime, timezone
from pathlib import Path

JSON_LINES = ("json.jsonl", "varied.jsonl", "odd.jsonl")
# XML with one element a line.
PRETTY = ("xml.pretty", "xml.crlf")
XML = ("xml.lines", *PRETTY)
SHAPES = ("json.jsonl", "xml.lines", "xml.pretty", "mixed.log", "wrapped.jsonl", "xml.crlf", "varied.jsonl", "odd.jsonl")
RECORDS = "records.jsonl"

WRAPPERS = {"popup": "SubscribeMsgPopupEvent", "change": "SubscribeMsgChangeEvent", "sent": "SubscribeMsgSentEvent"}
# The fields of an item: WeChat's name, the record's name, and whether the record has a number.
ITEM = (
    ("TemplateId", "template_id", False),
    ("SubscribeStatusString", "status", False),
    ("PopupScene", "popup_scene", True),
    ("MsgID", "msg_id", False),
    ("ErrorCode", "error_code", True),
    ("ErrorStatus", "error_status", False),
)
BARE_IN_XML = {"CreateTime", "PopupScene", "MsgID", "ErrorCode"}
RESULTS = [("0", "success")] * 17 + [("43101", "user refuse"), ("20001", "system error"), ("40037", "invalid template")]
NOISE = (
    "GET /healthz HTTP/1.1 200 1ms",
    "POST /wechat/events?signature={hash}&timestamp={time}&nonce={nonce}&openid={user} 200 9ms",
    "orders: refreshed {nonce} entries in 23ms",
    "WARN pool: waited 41ms for a connection",
    "db: select status from subscription where openid = '{user}' limit 1",
)
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class World:
    """The accounts, users and templates, and the random number generators."""

    def __init__(self, seed):
        self.rng = random.Random(f"wxsub {seed}")
        # A generator of its own: what is drawn from it does not change the callbacks.
        self.variety = random.Random(f"wxsub variety {seed}")
        self.accounts = [f"gh_{self.rng.getrandbits(48):012x}" for _ in range(3)]
        self.users = ["o" + self.id(27) for _ in range(20_000)]
        self.templates = [self.id(43) for _ in range(24)]

    def id(self, length):
        return "".join(self.rng.choices(BASE64, k=length))

    def callback(self, time):
        """Draws a callback: its kind, its header and its items, with WeChat's names and order."""
        kind = self.rng.choices(("popup", "change", "sent"), (5, 1, 6))[0]
        header = {
            "ToUserName": self.rng.choice(self.accounts),
            "FromUserName": self.rng.choice(self.users),
            "CreateTime": str(time),
            "MsgType": "event",
            "Event": f"subscribe_msg_{kind}_event",
        }
        return kind, header, getattr(self, kind)()

    def popup(self):
        count = self.rng.choices((1, 2, 3), (6, 3, 1))[0]
        return [
            {
                "TemplateId": template,
                "SubscribeStatusString": self.rng.choice(("accept", "accept", "reject")),
                "PopupScene": self.rng.choice("00012"),
            }
            for template in self.rng.sample(self.templates, count)
        ]

    def change(self):
        count = self.rng.choice((1, 1, 2))
        templates = self.rng.sample(self.templates, count)
        return [{"TemplateId": template, "SubscribeStatusString": "reject"} for template in templates]

    def sent(self):
        code, status = self.rng.choice(RESULTS)
        message = str(1_800_000_000_000_000_000 + self.rng.getrandbits(57))
        template = self.rng.choice(self.templates)
        return [{"TemplateId": template, "MsgID": message, "ErrorCode": code, "ErrorStatus": status}]

    def noise(self, header):
        return self.rng.choice(NOISE).format(
            hash=f"{self.rng.getrandbits(160):040x}",
            nonce=self.rng.getrandbits(30),
            time=header["CreateTime"],
            user=header["FromUserName"],
        )


def xml(kind, header, items, line_end):
    def elements(members):
        for name, value in members.items():
            yield f"<{name}>{value}</{name}>" if name in BARE_IN_XML else f"<{name}><![CDATA[{value}]]></{name}>"

    lines = ["<xml>", *elements(header), f"<{WRAPPERS[kind]}>"]
    for item in items:
        lines += ["<List>", *elements(item), "</List>"]
    return line_end.join([*lines, f"</{WRAPPERS[kind]}>", "</xml>"])


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def members(kind, header, items, rng):
    """Returns the members of a JSON payload."""
    is_single = len(items) == 1 and rng.random() < 0.6
    found = {"List": items[0] if is_single else items}
    return header | (found if rng.random() < 0.6 else {WRAPPERS[kind]: found})


def shuffled(value, rng):
    """Returns an equal value with the members of each object in random order."""
    if isinstance(value, list):
        return [shuffled(entry, rng) for entry in value]
    if not isinstance(value, dict):
        return value
    return {name: shuffled(value[name], rng) for name in rng.sample(list(value), len(value))}


def varied(payload, rng):
    name = "".join(rng.choices(BASE64[:52], k=rng.randint(4, 12)))
    value = rng.choice((rng.getrandbits(40), f"{rng.getrandbits(64):x}", rng.random() < 0.5))
    return shuffled(payload | {name: value}, rng)


def odd(payload):
    renamed = {"msgtype" if name == "MsgType" else name: value for name, value in payload.items()}
    return renamed | {"Source": "mini program"}


def record(header, items):
    def item(given):
        return {key: int(given[name]) if number else given[name] for name, key, number in ITEM if name in given}

    return compact({
        "event": header["Event"],
        "to_user": header["ToUserName"],
        "from_user": header["FromUserName"],
        "create_time": int(header["CreateTime"]),
        "items": [item(given) for given in items],
    })


def log(world, moment, header, body):
    """Returns lines of noise and one line that holds a body."""

    def line(text):
        return f"{moment}.{world.rng.randrange(1000):03} INFO  [http-{world.rng.randrange(16)}] {text}\n"

    noise = [line(world.noise(header)) for _ in range(world.rng.choice((0, 1, 1, 2, 3)))]
    return "".join([*noise, line(f"wx callback body={body}")])


def texts(world, time):
    """Draws a callback and returns the text that it adds to each file."""
    kind, header, items = world.callback(time)
    moment = datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    line, pretty = xml(kind, header, items, ""), xml(kind, header, items, "\n")
    payload = members(kind, header, items, world.rng)
    document = compact(payload)
    entry = {"ts": moment, "level": "info", "msg": "wx callback", "path": "/wechat/events"}
    body = world.rng.choice((pretty, line, document))
    return {
        "json.jsonl": document + "\n",
        "xml.lines": line + "\n",
        "xml.pretty": pretty + "\n",
        "mixed.log": log(world, moment, header, world.rng.choice((line, document))),
        "wrapped.jsonl": json.dumps(entry | {"body": body}) + "\n",
        "xml.crlf": pretty.replace("\n", "\r\n") + "\r\n",
        "varied.jsonl": compact(varied(payload, world.variety)) + "\n",
        "odd.jsonl": compact(odd(payload)) + "\n",
        RECORDS: record(header, items) + "\n",
    }


def write(folder, payloads, seed=1):
    """Writes all files into another folder and renames it at the end: an interrupted run leaves no folder."""
    making = folder.with_name(folder.name + ".part")
    making.mkdir(parents=True, exist_ok=True)
    # Without a large buffer: a log arrives in small pieces. A file written in small pieces lies in small pieces in the
    # page cache, and is read at half the speed of a file written in pieces of a megabyte.
    files = {name: open(making / name, "w", newline="") for name in (*SHAPES, RECORDS)}
    world, time = World(seed), 1_763_812_800
    for _ in range(payloads):
        time += world.rng.choice((0, 0, 1, 2))
        for name, text in texts(world, time).items():
            files[name].write(text)
    for file in files.values():
        file.close()
    making.rename(folder)


def ensure(folder, payloads):
    """Writes all files, unless all exist."""
    if all((folder / name).is_file() for name in (*SHAPES, RECORDS)):
        return
    print(f"making {payloads:,} callbacks in each shape", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    write(folder, payloads)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    write(Path(sys.argv[1]), *map(int, sys.argv[2:]))
