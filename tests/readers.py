#!/usr/bin/env python3
"""Loads records with the programs that people load them with: jq, Node, Python, DuckDB and pandas.

    tests/readers.py WXSUB

The records come from payloads whose fields hold every kind of JSON value: lone surrogates, control characters, names
given twice, deep arrays, numbers of all sizes. Each reader must find as many records as were written, and each that
shows values the same ids. A reader that is not installed is named and left out.

Two kinds of numbers are not among the values, since records keep them as they were and some readers refuse them:
integers beyond 64 bits (pandas), and numbers beyond a double, such as `1e999` (serde_json and polars).
"""

import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PAYLOADS = 3000

PAYLOAD = (
    '{"ToUserName":"gh_5a2c71d0e9b4","FromUserName":"o1","CreateTime":%s,"MsgType":"event",'
    '"Event":"subscribe_msg_sent_event","List":[{"TemplateId":"t","MsgID":%s,"ErrorCode":%s,"ErrorStatus":%s%s}]%s}'
)
TEXTS = [
    '""',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"a\\u0000b"',
    '"\\u007f\\u0085"',
    '"\\b\\f\\n\\r\\t\\/"',
    '"<>&\\u003c"',
    '"NaN"',
    '"\u2028\u2029\ufeff\U0001F600"',
    '"%s"' % ("x" * 5000),
]
NUMBERS = ["-0", "1E+5", "0.1e-400", "1.0000000000000000001", "18446744073709551615", "-9223372036854775808", "1e308"]
VALUES = TEXTS + NUMBERS + ["true", "null", "[]", "{}", "[[[[[[]]]]]]", '{"":{"":""}}', '{"a":1,"a":2}', '[1,"a",null]']
NAMES = ["a", "", "a.b", "$", "\\u0000", "\\ud800", "items", "event", "extra", "source", "__proto__", '\\"', "\\\\", "中文"]
NAMES += ["CreateTime", "MsgID", "List", "msg_id"]
IDS = ["1700827132819554304", '"1700827132819554305"', "18446744073709551615", "1.7e18", '"m"']


def payload(rng):
    def members():
        return "".join(f',"{rng.choice(NAMES)}":{rng.choice(VALUES)}' for _ in range(rng.randrange(4)))

    times = ["1610969468", '"1610969468"', "0", "-1", "1e9", '"x"']
    codes = ["0", '"0"', "43101", "-1", "9223372036854775807", "1.5"]
    values = (rng.choice(times), rng.choice(IDS), rng.choice(codes), rng.choice(TEXTS))
    return PAYLOAD % (*values, members(), members())


def with_python(file):
    def once(pairs):
        names = [name for name, _ in pairs]
        assert len(set(names)) == len(names), f"a name is written twice: {names}"
        return dict(pairs)

    with open(file, encoding="utf-8", newline="\n") as lines:
        records = [json.loads(line, object_pairs_hook=once) for line in lines]
    return [record["items"][0].get("msg_id") if "items" in record else record.get("msg_id") for record in records]


def with_jq(file):
    ids = "if .items then .items[0].msg_id else .msg_id end"
    return json.loads(run(["jq", "-cs", f"map({ids})", file]))


def with_node(file):
    script = (
        'const lines = require("fs").readFileSync(process.argv[1], "utf8").split("\\n").filter(line => line);'
        "const ids = lines.map(JSON.parse).map(it => (it.items ? it.items[0] : it).msg_id ?? null);"
        "console.log(JSON.stringify(ids))"
    )
    return json.loads(run(["node", "-e", script, file]))


def run(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def with_duckdb(file):
    import duckdb

    lines = f"read_json('{file}', format='newline_delimited', maximum_object_size=1000000)"
    return [None] * duckdb.sql(f"select count(*) from {lines}").fetchall()[0][0]


def with_pandas(file):
    import pandas

    return [None] * len(pandas.read_json(file, lines=True, dtype={"msg_id": str}))


READERS = {"python": with_python, "jq": with_jq, "node": with_node}
READERS |= {"duckdb": with_duckdb, "pandas": with_pandas}


def is_there(reader):
    if reader in ("jq", "node"):
        return shutil.which(reader) is not None
    try:
        __import__("json" if reader == "python" else reader)
    except ImportError:
        return False
    return True


def main(wxsub):
    rng = random.Random(1)
    capture = "".join(payload(rng) + "\n" for _ in range(PAYLOADS))
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for flags in ([], ["--flat"], ["--with-source"]):
            file = str(Path(folder) / "records.jsonl")
            convert = [wxsub, "convert", "--quiet", "-o", file, *flags, "-"]
            subprocess.run(convert, check=True, input=capture.encode())
            expected = with_python(file)
            assert len(expected) == PAYLOADS, f"{len(expected)} records of {PAYLOADS} payloads"
            for name, load in READERS.items():
                if not is_there(name):
                    print(f"{name} is missing: records were NOT loaded with it")
                    continue
                try:
                    ids = load(file)
                    assert len(ids) == PAYLOADS, f"{len(ids)} records"
                    assert not any(ids) or ids == expected, "other ids"
                except Exception as error:  # Each reader has errors of its own.
                    failed = True
                    print(f"{name} {' '.join(flags)}: {str(error)[:300]}")
    print(f"{PAYLOADS} records, three forms: {'some readers FAILED' if failed else 'loaded by each reader'}")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
