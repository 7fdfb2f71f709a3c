"""An independent model of the commands that count, with the standard library only.

Reads one question a line on standard input, as JSON: {"ask": "stats", "files": [[record, …], …], …}. Writes the answer
to each as a JSON string a line: the CSV that the program must write. Records are as `wxsub convert` writes them.
"""

import csv
import datetime
import io
import json
import sys

POPUP, CHANGE, SENT = (f"subscribe_msg_{name}_event" for name in ("popup", "change", "sent"))
HEADER = ("event", "to_user", "from_user", "create_time")
ITEM = ("template_id", "status", "popup_scene", "msg_id", "error_code", "error_status")
COUNTED = (
    "callbacks",
    "items",
    "accepted",
    "rejected",
    "other_statuses",
    "acceptance_rate",
    "users",
    "switched_off",
    "sent",
    "failed",
)
FIELDS = {
    "event": "event",
    "template": "template_id",
    "scene": "popup_scene",
    "status": "status",
    "code": "error_code",
    "account": "to_user",
}
EPOCH = datetime.datetime(1970, 1, 1)
# The first second after the year 2100.
END = 4_133_980_800


def identity(record):
    """Returns what repeated deliveries of one callback have in common."""
    items = tuple(tuple(item.get(name) for name in ITEM) for item in record["items"])
    return tuple(record.get(name) for name in HEADER) + (items,)


def distinct(records):
    """Returns the records without repeated deliveries."""
    return list({identity(record): record for record in records}.values())


def offset(seconds):
    if seconds == 0:
        return "Z"
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{abs(seconds) // 3600:02}:{abs(seconds) // 60 % 60:02}"


def part_of_time(key, second, zone):
    """Returns a part of a time in a zone that is `zone` seconds from UTC, or None if the time is no time."""
    if second is None or not 0 <= second < END:
        return None
    time = EPOCH + datetime.timedelta(seconds=second + zone)
    day = time.date()
    parts = {
        "hour": time.strftime("%Y-%m-%dT%H:00:00") + offset(zone),
        "hour-of-day": time.hour,
        "weekday": day.isoweekday(),
        "day": day.isoformat(),
        "week": (day - datetime.timedelta(days=day.isoweekday() - 1)).isoformat(),
        "month": day.replace(day=1).isoformat(),
    }
    return parts[key]


def value(key, record, item, zone):
    if key in FIELDS:
        return record.get(FIELDS[key], item.get(FIELDS[key]))
    return part_of_time(key, record.get("create_time"), zone)


def count(rows):
    """Counts rows, each a record with one of its items."""
    shown = [item.get("status") for record, item in rows if record["event"] == POPUP]
    changes = [item.get("status") for record, item in rows if record["event"] == CHANGE]
    results = [item.get("error_code", 0) for record, item in rows if record["event"] == SENT]
    accepted, rejected = shown.count("accept"), shown.count("reject")
    users = {(record.get("to_user", ""), record["from_user"]) for record, _ in rows if "from_user" in record}
    return {
        "callbacks": len({id(record) for record, _ in rows}),
        "items": len(rows),
        "accepted": accepted,
        "rejected": rejected,
        "other_statuses": len(shown) - accepted - rejected,
        "acceptance_rate": f"{accepted / len(shown):.4f}" if shown else "",
        "users": len(users),
        "switched_off": changes.count("reject"),
        "sent": len(results),
        "failed": sum(code != 0 for code in results),
    }


def order(values):
    """Returns a sort key: absent values first, then numbers, then texts by their bytes."""

    def one(value):
        if value is None:
            return (0, 0, b"")
        if isinstance(value, int):
            return (1, value, b"")
        return (2, 0, value.encode())

    return [one(value) for value in values]


def stats(question):
    records = [record for file in question["files"] for record in file]
    if not question["keep_repeats"]:
        records = distinct(records)
    by, zone = question["by"], question["zone"]
    groups = {}
    for record in records:
        for item in record["items"]:
            values = tuple(value(key, record, item, zone) for key in by)
            groups.setdefault(values, []).append((record, item))
    if not by:
        groups.setdefault((), [])
    yield [{"hour-of-day": "hour_of_day"}.get(key, FIELDS.get(key, key)) for key in by] + list(COUNTED)
    for values in sorted(groups, key=order):
        yield ["" if value is None else value for value in values] + list(count(groups[values]).values())


def answer(commands):
    """Answers the questions on standard input: `commands` has a function for each that may be asked."""
    for line in sys.stdin:
        question = json.loads(line)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(commands[question["ask"]](question))
        print(json.dumps(text.getvalue()), flush=True)


if __name__ == "__main__":
    answer({"stats": stats})
