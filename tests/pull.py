"""A copy that is pulled while many write, and is killed again and again: see tests/pull."""

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import asking

TOWN = "430681107"
VILLAGES = [f"{TOWN}{number}" for number in (205, 208, 223, 224, 230)]


def ask(base, path, method="GET", body=None, headers=()):
    """Status and body of an answer; none where the service is gone."""
    try:
        status, _, answer = asking.ask(f"{base}/api/v1/{path}", method, body, headers)
    except OSError:
        return None, None
    return status, json.loads(answer) if status in (200, 201) else None


def writer(base, number, until, counts):
    """Writes of every kind, until a time."""
    chance = random.Random(number)
    code, ids, turn = f"pulled-{number}", [], 0
    while time.time() < until:
        turn += 1
        village = chance.choice(VILLAGES)
        figure = {"metric": "education.fund.raised", "area": village, "period": f"{1900 + number}-{1 + turn % 12:02}",
                  "accumulation": "period", "value": turn, "reason": "entry_error"}
        deeds = [
            ("observations?on_conflict=revise", "POST", figure),
            ("observations?on_conflict=revise", "POST", {"items": [{**figure, "area": area} for area in VILLAGES]}),
            (f"projects/{code}", "PATCH", {"name": f"第{turn}次", "areas": [village]}),
            (f"projects/{code}", "PATCH", {"visibility": chance.choice(["public", "internal"])}),
            (f"projects/{code}/milestones", "POST", {"title": f"节点{turn}", "status": "due"}),
            ("projects", "POST", {"code": code, "name": "试验", "kind": "construction", "areas": [village], "stage": "idea"}),
        ]
        if ids:
            deeds.append((f"observations/{chance.choice(ids)}?reason=entry_error", "DELETE", None))
        if chance.random() < 0.1:
            deeds.append((f"projects/{code}", "DELETE", None))
        path, method, body = chance.choice(deeds)
        status, told = ask(base, path, method, body, {} if method == "POST" else {"If-Match": "*"})
        counts[status] = counts.get(status, 0) + 1
        if told and "metric" in told:
            ids.append(told["id"])
        if status is None:
            time.sleep(0.05)


def puller(code, base, query, file, key):
    """The puller of docs/pull.md, started."""
    environment = {name: value for name, value in os.environ.items() if name != "TAIZHANG_KEY"}
    if key:
        environment["TAIZHANG_KEY"] = key
    return subprocess.Popen([sys.executable, code, f"{base}/api/v1/changes{query}", file], env=environment,
                            stderr=subprocess.PIPE)


def held(file):
    """The rows of a copy, without what changes by day."""
    rows = {}
    for kind, key, seq, data in sqlite3.connect(file).execute("SELECT kind, key, seq, data FROM rows"):
        data = json.loads(data)
        data.pop("light", None)
        rows[kind, key] = (seq, data)
    return rows


def main(folder, seconds, *bases):
    page = open("docs/pull.md", encoding="utf-8").read()
    code = f"{folder}/puller.py"
    with open(code, "w", encoding="utf-8") as script:
        script.write(re.search(r"```python\n(.*?)```", page, re.S).group(1))
    until, counts = time.time() + float(seconds), {}
    writers = [threading.Thread(target=writer, args=[bases[number % len(bases)], number, until, counts])
               for number in range(16)]
    for thread in writers:
        thread.start()
    copies = [("", None), (f"?within={TOWN}223", None), ("", asking.KEY), ("?kinds=observation,milestone", None)]
    killed = 0
    while time.time() < until:
        for at, (query, key) in enumerate(copies):
            pulling = puller(code, random.choice(bases), query, f"{folder}/copy-{at}.db", key)
            time.sleep(random.uniform(0.05, 0.6))
            pulling.send_signal(signal.SIGKILL)
            pulling.communicate()
            killed += 1
    for thread in writers:
        thread.join()
    assert set(counts) <= {200, 201, 204, 400, 404, 409, 412, 503, None}, counts
    written = sum(count for status, count in counts.items() if status in (200, 201, 204))
    for at, (query, key) in enumerate(copies):
        for file in (f"{folder}/copy-{at}.db", f"{folder}/whole-{at}.db"):
            ended = puller(code, bases[0], query, file, key)
            _, told = ended.communicate(timeout=300)
            assert ended.returncode == 0, told.decode()
        copy, whole = held(f"{folder}/copy-{at}.db"), held(f"{folder}/whole-{at}.db")
        missed = [row for row in whole if copy.get(row) != whole[row]]
        beyond = [row for row in copy if row not in whole]
        assert not missed and not beyond, (query, missed[:5], beyond[:5])
        print(f"changes{query}{' with a key' if key else ''}: {len(whole)} rows, equal")
    print(f"{written} writes of 16 writers to {len(bases)} process(es), pullers killed {killed} times: "
          "0 missed, 0 left over")


if __name__ == "__main__":
    main(*sys.argv[1:])
