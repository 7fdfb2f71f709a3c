"""Writes the records of a capture, read with orjson and lxml: records.py SHAPE FILE"""

import sys

import orjson
from lxml import etree

WRAPPERS = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")
ITEM = (
    ("TemplateId", "template_id", str),
    ("SubscribeStatusString", "status", str),
    ("PopupScene", "popup_scene", int),
    ("MsgID", "msg_id", str),
    ("ErrorCode", "error_code", int),
    ("ErrorStatus", "error_status", str),
)
PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def documents(file):
    """Yields XML documents of several lines."""
    document = []
    for line in file:
        document.append(line)
        if line.rstrip() == b"</xml>":
            yield b"".join(document)
            document.clear()


def logged(file):
    for line in file:
        _, found, body = line.partition(b"body=")
        if found:
            yield body


def wrapped(file):
    for line in file:
        yield orjson.loads(line)["body"]


# Readers of the captures that do not hold a body on each line.
BODIES = {"xml.pretty": documents, "xml.crlf": documents, "mixed.log": logged, "wrapped.jsonl": wrapped}


def of_json(body):
    return of_payload(orjson.loads(body))


def of_payload(payload):
    items = payload.get("List")
    if items is None:
        items = next(payload[name]["List"] for name in WRAPPERS if name in payload)
    if isinstance(items, dict):
        items = [items]
    return record(payload.__getitem__, [item.get for item in items])


def of_xml(body):
    root = etree.fromstring(body, PARSER)
    return record(root.findtext, [item.findtext for item in root.iter("List")])


def record(header, items):
    return {
        "event": header("Event"),
        "to_user": header("ToUserName"),
        "from_user": header("FromUserName"),
        "create_time": int(header("CreateTime")),
        "items": [
            {key: kind(value) for name, key, kind in ITEM if (value := item(name)) is not None} for item in items
        ],
    }


def main(of_xml, shape, path):
    write = sys.stdout.buffer.write
    with open(path, "rb") as file:
        for body in BODIES.get(shape, iter)(file):
            is_xml = body[:1] in (b"<", "<")
            write(orjson.dumps(of_xml(body) if is_xml else of_json(body), option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main(of_xml, *sys.argv[1:])
