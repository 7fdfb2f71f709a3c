"""Writes the captures that tests/report/check.js looks at, into the folder that is named."""

import json
import pathlib
import random
import sys

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# 2026-04-01 in Shanghai.
START = 1_774_972_800
DAY = 86_400


def id_of(rng, length):
    return "".join(rng.choice(ALPHABET) for _ in range(length))


def callback(event, user, time, items, **more):
    head = {"ToUserName": "gh_0a1b2c3d4e5f", "FromUserName": user, "CreateTime": time, "MsgType": "event"}
    return json.dumps(head | {"Event": f"subscribe_msg_{event}_event", "List": items} | more, ensure_ascii=False)


def hour(rng):
    """An hour at which people are awake: at lunch and in the evening more than else."""
    weights = [1, 0, 0, 0, 0, 1, 3, 8, 14, 18, 20, 24, 33, 27, 18, 16, 17, 20, 26, 34, 41, 38, 22, 8]
    return rng.choices(range(24), weights)[0]


def busy(rng, callbacks=24_000, days=30, templates=14):
    """A month of a shop, with a bad day and with weekends."""
    ids = [id_of(rng, 43) for _ in range(templates)]
    weights = [1 / (n + 1) for n in range(templates)]
    rates = [rng.uniform(0.25, 0.9) for _ in ids]
    for _ in range(callbacks):
        day = rng.randrange(days)
        if (day + 2) % 7 in (5, 6) and rng.random() < 0.35:
            continue
        time = START + day * DAY + hour(rng) * 3600 + rng.randrange(3600)
        template = rng.choices(range(templates), weights)[0]
        user = "o" + id_of(random.Random(rng.randrange(3_000)), 27)
        kind = rng.random()
        if kind < 0.5:
            scene = rng.choices([0, 1, 2], [12, 3, 1])[0]
            rate = rates[template] * (0.55 if day in (17, 18) and template == 0 else 1) * (0.8 if scene else 1)
            status = "accept" if rng.random() < rate else rng.choices(["reject", "ban"], [40, 1])[0]
            items = [{"TemplateId": ids[template], "SubscribeStatusString": status, "PopupScene": scene}]
            yield callback("popup", user, time, items)
        elif kind < 0.53:
            yield callback("change", user, time, [{"TemplateId": ids[template], "SubscribeStatusString": "reject"}])
        else:
            failed = rng.random() < (0.2 if day == 17 else 0.03)
            code, status = rng.choice([(43101, "user refused"), (47003, "data"), (-1, "busy"), (99999, "?")])
            if not failed:
                code, status = 0, "success"
            items = [{"TemplateId": ids[template], "MsgID": str(rng.randrange(1 << 60, 1 << 61)),
                      "ErrorCode": code, "ErrorStatus": status}]
            yield callback("sent", user, time, items)


def odd():
    """Payloads of which something must be said."""
    yield '{"ToUserName":"gh_0a1b2c3d4e5f","FromUserName":"o1","CreateTime":1774972800,"MsgType":"text","Content":"hi"}'
    yield '{"Event":"subscribe_msg_sent_event","ToUserName":"gh_0a1b2c3d4e5f","FromUserName":"o1","List":[{"TemplateId":"x"'
    yield ""
    yield "<xml><Event>subscribe_msg_popup_event</Event><FromUserName>o2</FromUserName></xlm>"


def hostile():
    """Values that would be markup, styles, scripts or marks of direction, in every field."""
    values = [
        '"><script>alert(1)</script>', "'><img src=https://example.com/x onerror=alert(1)>",
        "</style><style>*{display:none}</style>", "</title></svg><b>bold</b>", "]]>", "<!--", "-->",
        "javascript:alert(1)", "url(https://example.com/y)", "a\u202eb\u2066c", "\u0000\u0007\u001b[31m",
        "&lt;&#60;&amp;", "{{7*7}}${7*7}", "\ufffe", "W" * 500, "订" * 200, "\u0627\u0644\u0639", "",
    ]
    for n, value in enumerate(values):
        time = 1_774_972_800 + n * 3600
        for event, item in [
            ("popup", {"TemplateId": value, "SubscribeStatusString": value, "PopupScene": value, value or "x": value}),
            ("popup", {"TemplateId": value, "SubscribeStatusString": "accept", "PopupScene": n * 10**17}),
            ("change", {"TemplateId": value, "SubscribeStatusString": "reject"}),
            ("sent", {"TemplateId": value, "MsgID": value, "ErrorCode": -(n * 10**17) - 1, "ErrorStatus": value}),
        ]:
            yield callback(event, value, time, [item]).replace("gh_0a1b2c3d4e5f", json.dumps(value)[1:-1])
        other = {"ToUserName": value, "FromUserName": value, "CreateTime": time, "MsgType": "event", "Event": value}
        yield json.dumps(other)
    # Half of a pair of surrogates.
    yield callback("popup", "LONE", 1_774_972_800, [{"TemplateId": "LONE"}]).replace("LONE", "\\ud83d")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(7)
    captures = {
        "busy.log": [*busy(rng), *odd()],
        "day.log": list(busy(rng, callbacks=400, days=1, templates=2)),
        "single.log": list(busy(rng, callbacks=1, days=1, templates=1)),
        "empty.log": [],
        '"><script>alert(2)<.log': list(hostile()),
    }
    for name, lines in captures.items():
        name = name.replace("/", "_")
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


main()
