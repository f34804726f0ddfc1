"""Compares the OpenAPI document with the last released one and prints what breaks a client.

`redocly diff` of @redocly/cli does the comparison: it follows $ref, knows requests from responses and reads the types
of OpenAPI 3.1. Also tried: openapi-diff 0.24 refuses OpenAPI 3.1; api-smart-diff 1.0 finds neither a member of an
answer that is gone when it was optional nor a body that is newly closed, and calls a wider type of a request a break;
@pb33f/openapi-changes fetches its program from outside the registry.
"""

import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stability_cases import COPIES

OPENAPI = Path(__file__).resolve().parent.parent / "openapi"
RELEASED, PRESENT, ADMITTED = (OPENAPI / name for name in ("released.json", "openapi.json", "breaking.json"))


def of(change, side):
    """What stood (base) or stands (revision) at the place of a change."""
    return change.get(side, {}).get("value")


def gone(change, pointer):
    """Whether a place that the pattern describes is no longer there: removed, or another name as Redocly sees it."""
    return (change["kind"] == "removed" or change.get("property") == "key") and re.search(
        pointer, change["base"]["pointer"]
    )


def higher_role(change, roles):
    role = [roles.index(of(change, side)) if of(change, side) else -1 for side in ("base", "revision")]
    return role[1] > role[0]


# What Redocly has no rule for: name, why it breaks a client, which changes it is, and what to say of them.
OWN_RULES = [
    (
        "default-changed",
        "A request that leaves the parameter out gets another answer than before.",
        lambda change, _: change.get("property") == "default" and of(change, "base") is not None,
        "The default changed from {base} to {revision}.",
    ),
    (
        "role-raised",
        "A key that was enough is refused.",
        lambda change, roles: change.get("property") == "x-min-role" and higher_role(change, roles),
        "The least role was {base} and is {revision}.",
    ),
    (
        "schema-removed",
        "Generated clients name a type after each schema. What is sent stays the same.",
        lambda change, _: gone(change, "^#/components/schemas/[^/]+$"),
        "The schema is gone or has another name.",
    ),
    (
        "request-member-ignored",
        "A body that lets other members in takes it as before, and then forgets it.",
        lambda change, _: gone(change, "/properties/[^/]+$") and not change["verdicts"],
        "The member of the request is gone or has another name.",
    ),
]


def nodes(document, steps):
    """What stands after each step of a JSON pointer, as far as they go."""
    for step in steps:
        if isinstance(document, list):
            document = dict(enumerate(document)).get(int(step))
        else:
            document = (document or {}).get(step)
        yield document


def place(change, pointer, document):
    """Where a client meets a change, in words. Of a shared schema it is the first place of many."""
    in_paths, in_file = (
        [step.replace("~1", "/").replace("~0", "~") for step in steps.split("/")[1:]]
        for steps in (change["path"], pointer)
    )
    if in_paths[0] != "paths":
        return "the components" if in_paths[0] == "components" else "the document"
    words = [" ".join([*map(str.upper, in_paths[2:3]), *in_paths[1:2]])]
    match in_paths[3:]:
        case ["requestBody", *_]:
            words.append("the request")
        case ["responses", status, *_]:
            words.append(f"the response {status}")
        case ["parameters", *_]:
            passed = [node for node in nodes(document, in_file) if isinstance(node, dict) and "in" in node]
            words += ["the {in} parameter `{name}`".format_map(node) for node in passed[:1]] or ["a parameter"]
    if pointer.startswith("#/components/"):
        words.append("and wherever else it is used")
    return ", ".join(words)


def compare(present):
    """The breaks since the last release as a dictionary: what identifies each, and its place."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = ["node_modules/.bin/redocly", "diff", RELEASED, present, "--fail-on=none"]
        command += ["--format=json", f"--output={report.name}"]
        run = subprocess.run(command, cwd=OPENAPI / "stability", capture_output=True, text=True)
        if run.returncode:
            sys.exit(run.stdout + run.stderr)
        changes = json.load(report)["changes"]
    documents = [json.loads(Path(file).read_text()) for file in (RELEASED, present)]
    roles = documents[0]["components"]["schemas"]["KeyRole"]["enum"]  # each includes those before it
    breaks = {}
    for change in changes:
        side = "base" if change["kind"] == "removed" else "revision"
        major = [verdict for verdict in change["verdicts"] if verdict["impact"] == "major"]
        found = [(verdict["ruleId"], verdict["location"]["pointer"], verdict["message"]) for verdict in major]
        for rule, _, applies, words in OWN_RULES:
            if applies(change, roles):
                values = {name: of(change, name) for name in ("base", "revision")}
                found.append((rule, change.get("base", change[side])["pointer"], words.format_map(values)))
        for rule, pointer, message in found:
            breaks[f"{rule} {pointer}: {message}"] = place(change, pointer, documents[side != "base"])
    return breaks


def judge(breaks, admitted):
    """What is wrong: breaks that are not admitted, and entries that admit nothing."""
    wrong = [f"BREAK in {where}\n  {what}" for what, where in breaks.items() if what not in admitted]
    wrong += [f"ADMITTED, but there is no such break (any more)\n  {what}" for what in admitted if what not in breaks]
    wrong += [f"ADMITTED without a reason\n  {what}" for what, why in admitted.items() if not why.strip()]
    return wrong


def changed(cases, copy):
    """Writes a copy of the released document with all changes of the cases, each of which must change something."""
    document = json.loads(RELEASED.read_text())
    text = json.dumps(document)
    for name, change, *_ in cases:
        before = text
        change(document)
        text = json.dumps(document)
        assert text != before, f"nothing changed: {name}"
    copy.write_text(text)
    return copy


def try_the_rules(tried):
    """Each break of the cases must be found at its place, and nothing else."""
    failures = []
    for cases, found in zip(COPIES, tried):
        left = {what.split(": ")[0]: what for what in found}
        for name, _, *expected in cases:
            failures += [f"not found: {name}: {what}" for what in expected if not left.pop(what, None)]
        failures += [f"found, but nothing was broken there: {what}" for what in left.values()]
    found = tried[0]
    admitted = dict.fromkeys(found, "a reason")
    one = next(iter(found))
    for name, entries, expected in [
        ("all admitted", admitted, 0),
        ("none admitted", {}, len(found)),
        ("an entry that matches nothing", admitted | {"path-removed #/paths/~1nowhere: Gone.": "a reason"}, 1),
        ("an entry without a reason", admitted | {one: " "}, 1),
    ]:
        if len(judge(found, entries)) != expected:
            failures.append(f"wrong: {name}")
    breaking = [len(case) > 2 for cases in COPIES for case in cases]
    harmless = breaking.count(False)
    print(f"the rules: {sum(breaking)} breaks and {harmless} harmless changes tried, {len(failures)} failed")
    return failures


with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
    present = pool.submit(compare, PRESENT)
    copies = [changed(cases, Path(folder) / f"{number}.json") for number, cases in enumerate(COPIES)]
    tried = list(pool.map(compare, copies))
    breaks = present.result()
failures = try_the_rules(tried)
admitted = json.loads(ADMITTED.read_text())
wrong = judge(breaks, admitted)
print(*failures, *wrong, sep="\n", end="\n" if failures or wrong else "")
meant = len(breaks.keys() & admitted.keys())
print(f"the document: {len(breaks)} breaks since the last release, {meant} of them admitted")
if wrong:
    print(f"A break that is meant is one line of openapi/{ADMITTED.name}: the line below its place, and why.")
sys.exit(bool(failures or wrong))
