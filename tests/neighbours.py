"""What must hold of the running service between its neighbours: see tests/neighbours."""

import json
import os
import re
import ssl
import sys
import threading
import time

import asking

AREA = "430681107000"


def ask(base, path, method="GET", body=None, headers=(), context=None):
    """Status, headers and body of an answer, by its path or by its whole address."""
    return asking.ask(base + path if path.startswith("/") else path, method, body, headers, context)


# No two rounds ask alike, so that the database answers and not what is ready from before.
READS = [
    f"/api/v1/areas/{AREA}/overview",
    "/api/v1/observations?limit={turn}&count=exact",
    "/api/v1/observations?format=csv",
    "/api/v1/plans/bishi-2023/scoreboard",
    "/api/v1/search?q=%E6%A1%A5&limit={turn}",
    "/api/v1/projects?limit={turn}",
    "/api/v1/entries?limit={turn}",
    "/readyz",
]


def all_at_once(base, theme, clients, rounds):
    """Statuses of many clients who read and write at a time."""
    statuses = []

    def client(number):
        for turn in range(rounds):
            for path in READS:
                path = path.format(turn=1 + turn)
                statuses.append((path, ask(base, path)[0]))
            code = f"{theme}.{number}-{turn}"
            metric = {"code": code, "name": code, "name_en": code, "definition": "试验。", "theme": theme, "unit": "MU", "kind": "stock",
                      "decimals": 0, "area_rule": "sum", "time_rule": "last", "direction": "neutral", "frequencies": ["year"],
                      "visibility": "public", "status": "active"}
            statuses.append((code, ask(base, f"/api/v1/metrics/{code}", "PUT", metric, {"If-None-Match": "*"})[0]))
            figure = {"metric": code, "area": AREA, "period": "2022", "value": turn}
            statuses.append((f"figure {code}", ask(base, "/api/v1/observations", "POST", figure)[0]))

    threads = [threading.Thread(target=client, args=[number]) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def pooler(base, log, theme):
    assert starts(base), "the service does not start"
    statuses = all_at_once(base, theme, 24, 4)
    wrong = [told for told in statuses if told[1] not in (200, 201)]
    assert not wrong, wrong[:10]
    listed = json.loads(ask(base, f"/api/v1/metrics?theme={theme}&count=exact&limit=1")[2])
    assert listed["count"] == 24 * 4, listed["count"]
    was_found = "a pooler stands before the server" in open(log, encoding="utf-8").read()
    assert was_found == (theme == "unsaid"), theme
    print(f"behind PgBouncer, {theme}: {len(statuses)} requests of 24 clients over 3 connections, all answered")


def starts(base):
    """Whether the service answers before long."""
    for _ in range(50):
        try:
            return ask(base, "/healthz")[0] == 200
        except OSError:
            time.sleep(0.1)
    return False


def proxy(base, compressing, log, certificate):
    context = ssl.create_default_context(cafile=certificate)
    prefix = "/zhen"
    origin = base.removesuffix(prefix)

    def through(path, method="GET", body=None, headers=(), to=base):
        return ask(to, path, method, body, headers, context)

    for _ in range(100):
        try:
            through("/healthz")
            break
        except OSError:
            time.sleep(0.1)
    # Every address that the service tells leads back to it.
    status, headers, _ = through("/api/v1/observations?limit=1")
    following = re.search(r"<(/[^>]*)>; rel=\"next\"", headers["Link"]).group(1)
    assert following.startswith(prefix) and through(origin + following)[0] == 200, following
    report = {"code": "proxied", "title": "试验", "published_at": "2023-01-01T00:00:00+08:00"}
    status, headers, _ = through("/api/v1/reports", "POST", report)
    assert status == 201 and headers["Location"] == prefix + "/api/v1/reports/proxied", headers["Location"]
    assert through(origin + headers["Location"])[0] == 200
    status, _, body = through("/api/v1/areas?nonsense=1")
    kind = json.loads(body)["type"]
    assert status == 400 and kind == prefix + "/problems/unknown_parameter", kind
    assert "unknown_parameter" in through(origin + kind)[2].decode()
    status, _, body = through("/openapi.json")
    assert json.loads(body)["servers"] == [{"url": prefix + "/"}], json.loads(body)["servers"]
    # The page is moved to its folder, from which its own addresses lead out again.
    page, script = through("/swagger-ui")[2].decode(), through("/swagger-ui/page.js")[2].decode()
    assert './page.js"' in page and 'url: "../openapi.json"' in script, page + script
    front = through("/")[2].decode()
    assert f'href="{prefix}/openapi.json"' in front, front
    assert through("/-/metrics")[0] == 403, "counters are for whoever runs the service"
    # A strong tag comes back as it was given.
    row = "/api/v1/reports/proxied"
    strong = through(row)[1]["ETag"]
    assert through(row, headers={"If-None-Match": strong})[0] == 304
    assert through(row, "PATCH", {"title": "再试验"}, {"If-Match": strong})[0] == 200
    # A proxy that compresses anew weakens it: reads go on, and a write is told what happened.
    weak = through(row, headers={"Accept-Encoding": "gzip"}, to=compressing)[1]["ETag"]
    assert weak.startswith("W/"), weak
    assert through(row, headers={"If-None-Match": weak}, to=compressing)[0] == 304
    refusal = {"If-Match": weak, "Accept-Language": "en"}
    status, _, body = through(row, "PATCH", {"title": "三试验"}, refusal, to=compressing)
    assert status == 412 and "proxy" in json.loads(body)["detail"], body
    assert through(row, "PATCH", {"title": "三试验"}, {"If-Match": weak.removeprefix("W/")}, to=compressing)[0] == 200
    # Logs name the client, and what it says of itself counts for nothing.
    through("/api/v1/units", headers={"X-Forwarded-For": "198.51.100.7"})
    lines = [json.loads(line) for line in open(log, encoding="utf-8") if line.startswith("{")]
    peers = {line["peer"] for line in lines if line.get("route") == "/api/v1/units"}
    assert peers == {"127.0.0.1"}, peers
    # What the proxy says of it counts: the same request past the proxy.
    port = os.environ["SERVICE"]
    ask(f"http://{port}", "/api/v1/light-rules", headers={"X-Forwarded-For": "203.0.113.9"})
    lines = [json.loads(line) for line in open(log, encoding="utf-8") if line.startswith("{")]
    peers = {line["peer"] for line in lines if line.get("route") == "/api/v1/light-rules"}
    assert peers == {"203.0.113.9"}, peers
    print("behind nginx: addresses, tags and clients are right")


if __name__ == "__main__":
    {"pooler": pooler, "proxy": proxy}[sys.argv[1]](*sys.argv[2:])
