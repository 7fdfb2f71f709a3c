"""Writes twenty captures of five kinds, to compare the Spark job with the program: captures.py WXSUB FOLDER CALLBACKS

Drawn from a fixed seed: several accounts, switched templates, failures, repeated deliveries in other files, times that are
no times, ids with commas and quotes, and some payloads that cannot be decoded. Prints nothing.
"""

import base64
import gzip
import json
import os
import random
import struct
import subprocess
import sys
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY = "ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x"
APPID = "wx5a2c71d0e9b4a1b2"
FILES = 4
ACCOUNTS = ["gh_5a2c71d0e9b4", "gh_0a1b2c3d4e5f", "gh_ffffffff0001"]
TEMPLATES = [f"{'TmplOfOurOwn':_<42}{number}" for number in range(7)] + ['a "b", c', " blank ", "模板", "-dash"]
NOON = 1_763_812_800
WRAPPERS = {"popup": "SubscribeMsgPopupEvent", "change": "SubscribeMsgChangeEvent", "sent": "SubscribeMsgSentEvent"}


def item(rng, event, number):
    drawn = {"TemplateId": rng.choice(TEMPLATES)}
    if event == "popup":
        drawn["SubscribeStatusString"] = rng.choice(["accept"] * 6 + ["reject"] * 3 + ["ban", "", "odd, status"])
        drawn["PopupScene"] = str(rng.randrange(3))
    elif event == "change":
        drawn["SubscribeStatusString"] = rng.choice(["reject"] * 9 + ["accept"])
    else:
        code = rng.choice([0] * 8 + [43101, -1])
        drawn["MsgID"] = str(1_988_810_812_324_364_291 + number)
        drawn["ErrorCode"] = str(code)
        drawn["ErrorStatus"] = "success" if code == 0 else rng.choice(["failed", "user refuse"])
    return drawn


def callback(rng, number, users):
    event = rng.choice(["popup"] * 6 + ["change"] + ["sent"] * 4)
    user = rng.randrange(users)
    time = NOON + rng.randrange(30 * 86_400) if rng.random() < 0.999 else rng.choice([-5, 9_999_999_999])
    header = {
        "ToUserName": ACCOUNTS[user % len(ACCOUNTS)],
        "FromUserName": f"oUser{user:023}",
        "CreateTime": str(time),
        "MsgType": "event",
        "Event": f"subscribe_msg_{event}_event",
    }
    if rng.random() < 0.001:
        del header["FromUserName"]
    return event, header, [item(rng, event, number) for _ in range(rng.choice([1, 1, 1, 2, 3]))]


def as_json(drawn):
    _, header, items = drawn
    return json.dumps(header | {"List": items}, ensure_ascii=False)


def as_xml(drawn):
    event, header, items = drawn

    def element(name, value):
        return f"<{name}>{escape(value)}</{name}>\n"

    lists = "".join(f"<List>\n{''.join(element(*member) for member in one.items())}</List>\n" for one in items)
    wrapper = WRAPPERS[event]
    return f"<xml>\n{''.join(element(*member) for member in header.items())}<{wrapper}>\n{lists}</{wrapper}>\n</xml>\n"


def as_sealed(drawn, rng):
    message = as_json(drawn).encode()
    plain = rng.randbytes(16) + struct.pack(">I", len(message)) + message + APPID.encode()
    padding = 32 - len(plain) % 32
    key = base64.b64decode(KEY + "=")
    sealer = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sealed = sealer.update(plain + bytes([padding]) * padding) + sealer.finalize()
    return json.dumps({"ToUserName": drawn[1]["ToUserName"], "Encrypt": base64.b64encode(sealed).decode()}) + "\n"


def gz_log(drawn, _rng):
    return f"2025-11-22 12:00:00.120 INFO push body={as_json(drawn)}\n"


def json_log(drawn, _rng):
    return json.dumps({"level": "info", "message": "push", "body": as_json(drawn)}) + "\n"


def xml_log(drawn, _rng):
    return f"2025-11-22 12:00:00.120 INFO push\n{as_xml(drawn)}"


def plain(drawn, _rng):
    return as_json(drawn) + "\n"


KINDS = {"gz": gz_log, "json": json_log, "xml": xml_log, "sealed": as_sealed, "records": plain}
BROKEN = '{"ToUserName":"gh_5a2c71d0e9b4","FromUserName":"o","CreateTime":1,"Event":"subscribe_msg_popup_event","List":[1,,]}\n'


def write(folder, kind, number, lines):
    path = os.path.join(folder, f"{kind}-{number}.log")
    with gzip.open(path + ".gz", "wt", 1) if kind == "gz" else open(path, "w") as file:
        file.write("".join(lines))
    return path


def main(wxsub, folder, callbacks):
    os.makedirs(folder)
    rng = random.Random(25)
    drawn = [callback(rng, number, callbacks // 5) for number in range(callbacks)]
    drawn += rng.sample(drawn, callbacks // 50)
    rng.shuffle(drawn)
    share = -(-len(drawn) // (FILES * len(KINDS)))
    for place, kind in enumerate(name for name in KINDS for _ in range(FILES)):
        own, number = drawn[place * share:][:share], place % FILES
        lines = [KINDS[kind](one, rng) for one in own]
        if kind == "json":
            lines.insert(len(lines) // 2, BROKEN)
        if kind == "gz":
            samples = [wxsub, "sample", "sent", "--shape", "wire", "--count", "100", "--seed", str(number)]
            lines.append(subprocess.run(samples, check=True, capture_output=True, text=True).stdout)
        path = write(folder, kind, number, lines)
        if kind == "records":
            subprocess.run([wxsub, "convert", "-q", "-o", path + ".jsonl", path], check=True)
            os.remove(path)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
