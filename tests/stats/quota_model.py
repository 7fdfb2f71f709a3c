"""An independent model of `wxsub quota` and `wxsub join`, with the standard library only.

Reads one question a line on standard input, as JSON. Writes the answer to each as a JSON string a line: the CSV that the
program must write. Records are as `wxsub convert` writes them; sends are objects with msgid, touser, template_id, errcode
and time, of which each may be absent.
"""

import json
from decimal import Decimal

from model import CHANGE, END, POPUP, SENT, answer, distinct

EVENT_ORDER = [POPUP, CHANGE, SENT]
REFUSED = 43101


def plausible(time):
    return time is not None and 0 <= time < END


def looks_rounded(text):
    """Returns whether an id is what a program prints of a double."""
    if not text.isdigit() or not 2**53 < int(text) < 2**63:
        return False
    number = float(int(text))
    printed = {int(number), int(Decimal(repr(number))), int(Decimal(f"{number:.16e}"))}
    return int(text) in printed


def real_id(text):
    return text if text not in (None, "", "0") else None


def settled(sends):
    """Returns the sends in a fixed order; one that is there twice counts once."""
    kept, seen = [], set()
    for send in sends:
        send = dict(send)
        send["id"] = real_id(send.get("msgid"))
        if not plausible(send.get("time")):
            send["time"] = None
        has_name = send.get("touser") is not None or send.get("template_id") is not None
        if send["id"] is None and (send.get("errcode") is None or not has_name):
            continue
        kept.append(send)
    kept.sort(key=send_order)
    result = []
    for send in kept:
        identity = send["id"] if send["id"] and not looks_rounded(send["id"]) else json.dumps(send, sort_keys=True)
        if send["id"] is None or identity not in seen:
            seen.add(identity)
            result.append(send)
    return result


def id_order(text):
    """Numbers come before other texts, and no id before all."""
    if text is None:
        return (0, 0, b"")
    if text.isdigit() and not text.startswith("0") and int(text) < 2**63:
        return (1, int(text), b"")
    return (2, 0, text.encode())


def send_order(send):
    time = send["time"] if send["time"] is not None else END
    code = send.get("errcode")
    code = (0, 0) if code is None else (1, code)
    return (id_order(send["id"]), time, code, text(send.get("touser")), text(send.get("template_id")))


def text(value):
    return ("" if value is None else value).encode()


def accepted(send):
    code = send.get("errcode")
    return code == 0 if code is not None else send["id"] is not None


def match(sends, results):
    """Returns for each send the index of its result and how it was found, or None."""
    found, taken, first = [None] * len(sends), set(), {}
    for at, result in enumerate(results):
        first.setdefault(result["id"], at)

    def by_id(eligible):
        for at, send in enumerate(sends):
            if found[at] is None and send["id"] is not None and eligible(send):
                same = first.get(send["id"])
                if same is not None and same not in taken:
                    taken.add(same)
                    found[at] = (same, "exact")

    by_id(lambda send: not looks_rounded(send["id"]))
    groups = {}
    for at, send in enumerate(sends):
        key = double(send["id"])
        if found[at] is None and key and None not in (send.get("touser"), send.get("template_id")):
            groups.setdefault((key, send["touser"], send["template_id"]), ([], []))[0].append(at)
    for at, result in enumerate(results):
        key = (double(result["id"]), result["user"], result["template"])
        if at not in taken and key in groups:
            groups[key][1].append(at)
    for ours, theirs in groups.values():
        if len(ours) == len(theirs) == 1:
            ids = sends[ours[0]]["id"], results[theirs[0]]["id"]
            if looks_rounded(ids[0]) or looks_rounded(ids[1]):
                taken.add(theirs[0])
                found[ours[0]] = (theirs[0], "exact" if ids[0] == ids[1] else "rounded")
    by_id(lambda send: send.get("touser") is None or send.get("template_id") is None)
    return found


def double(text):
    if text is None or not text.isdigit() or text.startswith("0") or not 2**53 < int(text) < 2**63:
        return None
    return float(int(text))


def read(question):
    """Returns the records that count, and those with a plausible time among them."""
    records = [record for file in question["files"] for record in file]
    if not question["keep_repeats"]:
        records = distinct(records)
    return records


def results_of(records):
    """Returns the results of all messages in a fixed order."""
    results = []
    for record in records:
        for item in record["items"] if record["event"] == SENT else []:
            time = record.get("create_time")
            results.append(
                {
                    "id": real_id(item.get("msg_id")),
                    "account": record.get("to_user"),
                    "user": record.get("from_user"),
                    "template": item.get("template_id"),
                    "time": time if plausible(time) else None,
                    "code": item.get("error_code"),
                    "status": item.get("error_status"),
                }
            )
    results.sort(key=result_order)
    return results


def result_order(result):
    time = result["time"] if result["time"] is not None else END
    code = (0, 0) if result["code"] is None else (1, result["code"])
    names = [text(result[name]) for name in ("user", "template", "status", "account")]
    return (id_order(result["id"]), time, code, names)


def join(question):
    records = read(question)
    sends = settled(question["sends"])
    results = results_of(records)
    found = match(sends, results)
    yield "msg_id template_id from_user send_code send_time error_code error_status result_time delay match".split()
    rows = sorted(zip(sends, found), key=lambda row: row[0]["time"] if row[0]["time"] is not None else END)
    for send, matched in rows:
        result, how = (results[matched[0]], matched[1]) if matched else (None, "none")
        yield row(send, result, how)
    if question["all"]:
        taken = {matched[0] for matched in found if matched}
        strays = [result for at, result in enumerate(results) if at not in taken]
        for result in sorted(strays, key=lambda result: END if result["time"] is None else result["time"]):
            yield row(None, result, "none")


def row(send, result, how):
    both = send or {}, result or {}
    delay = None
    if send and result and None not in (send["time"], result["time"]):
        delay = result["time"] - send["time"]
    return [
        both[0]["id"] if send else both[1].get("id"),
        both[0].get("template_id") or both[1].get("template"),
        both[0].get("touser") or both[1].get("user"),
        both[0].get("errcode"),
        both[0].get("time"),
        both[1].get("code"),
        both[1].get("status"),
        both[1].get("time"),
        delay,
        how,
    ]


def steps_of_callbacks(records, has_sends):
    """Yields what happened as (pair, time, order, what, event, status, when it was sent)."""
    for record in records:
        time = record.get("create_time")
        if not plausible(time):
            continue
        for item in record["items"]:
            if has_sends and record["event"] == SENT and real_id(item.get("msg_id")):
                continue
            pair = (record.get("to_user"), record.get("from_user"), item.get("template_id"))
            event, status, code = record["event"], item.get("status"), item.get("error_code")
            if event == POPUP:
                yield pair, time, 0 if status == "accept" else 1, "accept" if status == "accept" else "", event, status
            elif event == CHANGE:
                yield pair, time, 2 if status == "reject" else 3, "zero" if status == "reject" else "", event, status
            else:
                yield (pair, time) + result_step(code) + (event, item.get("error_status"))


def result_step(code):
    if code in (None, 0):
        return 4, "use"
    return (8, "refused") if code == REFUSED else (7, "")


def steps_of_sends(question, records):
    results = [result for result in results_of(records) if result["id"] and result["time"] is not None]
    sends = settled(question["sends"])
    found = match(sends, results)
    by_result = {matched[0]: send for send, matched in zip(sends, found) if matched}
    for at, result in enumerate(results):
        pair = (result["account"], result["user"], result["template"])
        place, what = result_step(result["code"])
        send = by_result.get(at)
        if send and accepted(send) and what != "use" and not (what == "refused" and question["refused_is_zero"]):
            place, what = 6, ("back", send["time"])
        yield pair, result["time"], place, what, SENT, result["status"]
    pairs = {
        (record.get("to_user"), record.get("from_user"), item.get("template_id"))
        for record in records
        if plausible(record.get("create_time"))
        for item in record["items"]
    }
    all_accounts = {account for account, _, _ in pairs}
    by_user = {}
    for account, *user_and_template in pairs:
        by_user.setdefault(tuple(user_and_template), set()).add(account)
    for send, matched in zip(sends, found):
        if matched or not (accepted(send) or send.get("errcode") == REFUSED):
            continue
        user, template = send.get("touser"), send.get("template_id")
        accounts = by_user.get((user, template), all_accounts)
        account = accounts.copy().pop() if len(accounts) == 1 else None
        place, what = (5, "use") if accepted(send) else (9, "refused")
        time = END if send["time"] is None else send["time"]
        yield (account, user, template), time, place, what, "send", None


def quota(question):
    records = read(question)
    has_sends = bool(question["sends"])
    steps = list(steps_of_callbacks(records, has_sends))
    if has_sends:
        steps += steps_of_sends(question, records)
    pairs = {}
    for step in steps:
        pairs.setdefault(step[0], []).append(step[1:])
    yield "to_user from_user template_id granted used left last_time last_event last_status".split()
    for pair in sorted(pairs, key=lambda pair: [text(name) for name in pair]):
        balance = count(pairs[pair], pair[2] in question["long_term"], question["refused_is_zero"])
        yield list(pair) + balance


def count(steps, is_long_term, refused_is_zero):
    granted = used = left = 0
    emptied = None
    steps.sort(key=lambda step: (step[0], step[1], text(step[4])))
    for time, _, what, _, _ in steps:
        if what == "accept":
            granted, left = granted + 1, left + 1
        elif what == "zero" or what == "refused" and refused_is_zero:
            left, emptied = 0, time
        elif what == "use":
            used += 1
            left = left if is_long_term else max(left - 1, 0)
        elif isinstance(what, tuple):
            if emptied is None or what[1] is not None and what[1] >= emptied:
                left = max(left, 1)
    time, _, _, event, status = steps[-1]
    return [granted, used, left, time if time < END else None, event, status]


if __name__ == "__main__":
    answer({"quota": quota, "join": join})
