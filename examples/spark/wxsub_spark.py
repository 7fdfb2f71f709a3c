"""Counts the callbacks of many captures on a Spark cluster, as `wxsub stats --by day,template,status` and `wxsub quota` do.

    spark-submit --files wxsub wxsub_spark.py --out FOLDER CAPTURE...

Each capture is converted by one process of wxsub, where Spark wants it. FOLDER receives the records as Parquet
(`records`), and two tables as CSV (`stats`, `quota`): the rows of the program, byte for byte. See README.md.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile

from pyspark import SparkFiles
from pyspark.sql import SparkSession

# What `wxsub convert --to jsonl` writes. Ids are strings: 19 digits do not fit a double. The last row of each capture has
# only `capture`.
SCHEMA = """
    event STRING, to_user STRING, from_user STRING, create_time BIGINT,
    items ARRAY<STRUCT<template_id: STRING, status: STRING, popup_scene: BIGINT,
                       msg_id: STRING, error_code: BIGINT, error_status: STRING>>,
    capture STRUCT<path: STRING, undecodable: BIGINT, places: ARRAY<STRUCT<line: BIGINT, column: BIGINT, code: STRING>>>
"""

# A repeated delivery has the account, user, time, event and items of the first one. Times before 1970 and after 2100 are
# mistakes.
CALLBACKS = """
    SELECT *, monotonically_increasing_id() AS id,
        CASE WHEN create_time >= 0 AND create_time < 4133980800 THEN create_time END AS time
    FROM (SELECT DISTINCT event, to_user, from_user, create_time, items FROM records WHERE event IS NOT NULL)
"""

# A row counts items. `callbacks` counts those that have at least one item in the row.
STATS = """
    WITH one AS (
        SELECT *, date_format(timestamp_seconds(time), 'yyyy-MM-dd') AS day, explode(items) AS item FROM callbacks
    ),
    of_callback AS (
        SELECT day, item.template_id AS template_id, item.status AS status,
            id, coalesce(to_user, '') AS account, from_user,
            count(*) AS items,
            count_if(event = 'subscribe_msg_popup_event') AS shown,
            count_if(event = 'subscribe_msg_popup_event' AND item.status = 'accept') AS accepted,
            count_if(event = 'subscribe_msg_popup_event' AND item.status = 'reject') AS rejected,
            count_if(event = 'subscribe_msg_change_event' AND item.status = 'reject') AS switched_off,
            count_if(event = 'subscribe_msg_sent_event') AS sent,
            count_if(event = 'subscribe_msg_sent_event' AND item.error_code <> 0) AS failed
        FROM one GROUP BY day, item.template_id, item.status, id, to_user, from_user
    )
    SELECT day, template_id, status,
        count(*) AS callbacks,
        sum(items) AS items,
        sum(accepted) AS accepted,
        sum(rejected) AS rejected,
        sum(shown) - sum(accepted) - sum(rejected) AS other_statuses,
        format_number(sum(accepted) / nullif(sum(shown), 0), 4) AS acceptance_rate,
        count(DISTINCT account, from_user) AS users,
        sum(switched_off) AS switched_off,
        sum(sent) AS sent,
        sum(failed) AS failed
    FROM of_callback
    GROUP BY day, template_id, status
    ORDER BY day NULLS FIRST, template_id NULLS FIRST, status NULLS FIRST
"""

# The rules of `wxsub explain quota`. Steps of a pair count in the order of their times; within a second an accept comes
# before a change, and a change before a result (`place`), then the status decides. What is left is never below zero.
QUOTA = """
    WITH one AS (SELECT *, explode(items) AS item FROM callbacks WHERE time IS NOT NULL),
    step AS (
        SELECT to_user, from_user, item.template_id AS template_id, time, event,
            CASE event
                WHEN 'subscribe_msg_popup_event' THEN if(item.status <=> 'accept', 0, 1)
                WHEN 'subscribe_msg_change_event' THEN if(item.status <=> 'reject', 2, 3)
                ELSE if(coalesce(item.error_code, 0) = 0, 4, if(item.error_code = 43101, 6, 5))
            END AS place,
            coalesce(if(event = 'subscribe_msg_sent_event', item.error_status, item.status), '') AS status
        FROM one
    ),
    pair AS (
        SELECT to_user, from_user, template_id,
            array_contains(:long_term, template_id) <=> true AS is_long_term,
            array_sort(collect_list(struct(time, place, status, event))) AS steps
        FROM step GROUP BY to_user, from_user, template_id
    )
    SELECT to_user, from_user, template_id,
        size(filter(steps, step -> step.place = 0)) AS granted,
        size(filter(steps, step -> step.place = 4)) AS used,
        aggregate(steps, 0L, (left, step) -> CASE
            WHEN step.place = 0 THEN left + 1
            WHEN step.place = 2 THEN 0L
            WHEN step.place = 4 AND NOT is_long_term THEN greatest(left - 1, 0L)
            ELSE left
        END) AS left,
        element_at(steps, -1).time AS last_time,
        element_at(steps, -1).event AS last_event,
        element_at(steps, -1).status AS last_status
    FROM pair
    ORDER BY to_user NULLS FIRST, from_user NULLS FIRST, template_id NULLS FIRST
"""

READ = """
    SELECT count(capture) AS captures, count(event) AS callbacks, sum(capture.undecodable) AS undecodable FROM records
"""
TIMELESS = "SELECT count(*) AS callbacks FROM callbacks WHERE time IS NULL"
UNDECODABLE = """
    SELECT path, place.line, place.column, place.code
    FROM (SELECT capture.path, explode(capture.places) AS place FROM records)
    ORDER BY path, place.line, place.column
"""
# Of all places that could not be decoded, this many are shown.
MOST_SHOWN = 100


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", nargs="+", metavar="CAPTURE", help="a file that each worker can read")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="a folder that is not there yet")
    parser.add_argument("--wxsub", default="wxsub", help="the program, as --files ships it, or a path [default: wxsub]")
    parser.add_argument("--args", default="", help="more arguments of wxsub convert, such as '--keys wxsub.keys'")
    parser.add_argument("--cat", metavar="COMMAND", help="writes a capture to a pipe, such as 'hdfs dfs -cat'")
    parser.add_argument("--tz", default="UTC", metavar="ZONE", help="the zone of days [default: UTC]")
    parser.add_argument("--long-term", action="append", default=[], metavar="TEMPLATE", help="its grants are never used up")
    return parser.parse_args()


class Convert:
    """Converts one capture after the other, on a worker."""

    def __init__(self, args):
        self.program = args.wxsub
        self.args = shlex.split(args.args)
        self.cat = shlex.split(args.cat or "")

    def __call__(self, path):
        """Yields the records of a capture as JSON, and at the end a row that says what could not be decoded."""
        with tempfile.TemporaryFile() as said:
            source = subprocess.Popen([*self.cat, path], stdout=subprocess.PIPE) if self.cat else None
            convert = subprocess.Popen(
                self.command(path), stdin=source.stdout if source else subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=said, cwd=SparkFiles.getRootDirectory(),
            )  # fmt: skip
            for line in convert.stdout:
                yield line.decode()
            said_lines = last_lines(convert, said)
            if convert.returncode != 0 or source and source.wait() != 0:
                status = convert.returncode or source.returncode
                raise RuntimeError(f"{FAILED} `{path}` with status {status}: {' '.join(said_lines)}")
            yield json.dumps({"capture": summary(path, said_lines[-1])})

    def command(self, path):
        shipped = os.path.join(SparkFiles.getRootDirectory(), self.program)
        program = shipped if os.path.exists(shipped) else self.program
        # Status 1 says that a payload could not be decoded, which is counted. Only a run that fails is an error.
        convert = "convert --to jsonl --exit-zero --summary json --threads 1".split()
        return [program, *convert, *self.args, "--", "-" if self.cat else path]


FAILED = "wxsub failed on"


def last_lines(process, said):
    process.wait()
    said.seek(max(0, said.seek(0, os.SEEK_END) - (16 << 20)))
    return said.read().decode(errors="replace").splitlines() or [""]


def summary(path, said):
    said = json.loads(said)
    places = [{key: place.get(key) for key in ("line", "column", "code")} for place in said["undecodable_places"]]
    return {"path": path, "undecodable": said["undecodable"], "places": places}


def main():
    args = arguments()
    spark = SparkSession.builder.appName("wxsub").config("spark.sql.session.timeZone", args.tz).getOrCreate()
    try:
        run(spark, args)
    except Exception as error:
        print(f"error: {reason(str(error))}", file=sys.stderr)
        sys.exit(2)
    finally:
        spark.stop()


def reason(error):
    """Returns what wxsub said, if it is the reason, without the stacks of two languages around it."""
    lines = [line for line in error.splitlines() if FAILED in line]
    return lines[0][lines[0].index(FAILED):] if lines else error


def run(spark, args):
    # Workers have other working directories.
    paths = args.captures if args.cat else [os.path.abspath(path) for path in args.captures]
    captures = spark.sparkContext.parallelize(paths, len(paths))
    lines = captures.flatMap(Convert(args))
    records = spark.read.schema(SCHEMA).option("mode", "FAILFAST").json(lines)
    records.write.parquet(f"{args.out}/records")
    spark.read.parquet(f"{args.out}/records").createOrReplaceTempView("records")
    spark.sql(CALLBACKS).persist().createOrReplaceTempView("callbacks")
    save(spark.sql(STATS), f"{args.out}/stats")
    templates = ", ".join(f"'{quoted(template)}'" for template in args.long_term)
    save(spark.sql(QUOTA.replace(":long_term", f"array({templates})")), f"{args.out}/quota")
    report(spark)


def quoted(text):
    return text.replace("\\", "\\\\").replace("'", "\\'")


def save(table, folder):
    """Writes a table as the program does. Parts are in order, each with a header."""
    as_written = {"header": True, "escape": '"', "emptyValue": "", "nullValue": ""}
    exact = {"ignoreLeadingWhiteSpace": False, "ignoreTrailingWhiteSpace": False}
    table.write.options(**as_written, **exact).csv(folder)


def report(spark):
    read, timeless = spark.sql(READ).first(), spark.sql(TIMELESS).first()
    for row in spark.sql(UNDECODABLE).take(MOST_SHOWN):
        print(f"{row.path}:{row.line}:{row.column}: undecodable[{row.code}]")
    counts = f"{read.captures} captures: {read.callbacks} callbacks, {read.undecodable} undecodable"
    print(f"{counts}; {timeless.callbacks} without a plausible time, which quota leaves out")


if __name__ == "__main__":
    main()
