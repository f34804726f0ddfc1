"""Uses the page of Swagger UI in a browser. All faults are told at the end, so that one run tells of all."""

import base64
import json
import os
import re
import sys
import time
import urllib.request

from playwright.sync_api import expect, sync_playwright

SERVICE, BROWSER = sys.argv[1:]
WIDTH, HEIGHT = 1280, 800
PHONE = 390
METHODS = ["get", "patch", "put", "post", "delete"]

# What is filled in cannot succeed on the seed, and why; it must be this answer, so that what succeeds is taken out.
ON_SEED = {
    "show_submission": (404, "the seed has no submissions"),
    "show_project_progress_report": (404, "the seed has no progress reports"),
    "show_plan_item_progress_report": (404, "the seed has no progress reports"),
    "show_plan_item_extension": (404, "the seed has no extensions"),
    "show_bulletin": (404, "the seed has no bulletins"),
    "show_attachment": (404, "the seed has no attachments"),
    "show_report_text": (404, "the report of the seed has no text"),
    "create_attachment": (None, "a file is chosen, not filled in"),
    "delete_metric": (409, "observations are of it"),
    "delete_plan": (409, "plan items are of it"),
    "delete_report": (409, "it is cited"),
    "delete_api_key": (404, "the id of a key is random"),
}
# What still is not there when everything that the page creates has been created.
ON_WRITTEN = {
    "show_report_text": (404, "the report of the example has no text"),
}

# One transparent pixel, of which the example of show_attachment is the hash.
IMAGE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)

# Runs in the page: opens an operation, measures it, has it tried out, and sends it where it shall.
VISIT = """async ([tag, id, send]) => {
  const frame = () => new Promise((done) => setTimeout(done, 10));
  const until = async (found) => {
    for (const end = Date.now() + 60000; Date.now() < end; await frame()) if (found()) return found();
    throw Error(`${id} does not open: ${found}`);
  };
  // Whatever happens draws every operation of the open tags.
  const opened = (is) => [...document.querySelectorAll(`.opblock-tag[data-is-open="${is}"]`)];
  for (const other of opened(true)) if (other.dataset.tag !== tag) other.click();
  for (const other of opened(false)) if (other.dataset.tag === tag) other.click();
  const operation = await until(() => document.querySelector(`.opblock[id$="-${id}"]`));
  const sum = (selector) =>
    [...operation.querySelectorAll(selector)].reduce((sum, part) => sum + Math.round(part.offsetHeight), 0);
  const measure = () => ({
    all: operation.offsetHeight, parameters: sum(".parameters-container"), body: sum(".opblock-section-request-body"),
    answers: sum(".responses-wrapper"), examples: sum(".responses-wrapper .highlight-code"),
    headers: sum(".headers-wrapper"), schemas: sum(".model-box"),
  });
  const toggle = operation.querySelector(".opblock-summary-control");
  toggle.click();
  await until(() => operation.querySelector(".responses-table"));
  const read = measure();
  // An operation that was open before is still being tried out.
  operation.querySelector(".try-out__btn:not(.cancel, .reset)")?.click();
  const execute = await until(() => operation.querySelector(".execute"));
  const tried = measure();
  if (send) {
    execute.click();
    await frame();
  }
  const invalid = [...operation.querySelectorAll(".invalid, .validation-errors")].map((field) => field.className);
  // What is closed is sent nonetheless, but its answer need not be drawn.
  toggle.click();
  return { id, read, tried, invalid };
}"""

faults = []
began = time.monotonic()


def check(holds, fault):
    if not holds:
        faults.append(fault)
        print("FAULT:", fault, flush=True)


def done(what):
    print(f"{time.monotonic() - began:.1f} s: {what}", flush=True)


def operation(page, name):
    return page.locator(f'.opblock[id$="-{name}"]')


def execute(page, name):
    """Sends what an operation is filled with; the status and the text that the page shows."""
    shown = operation(page, name).locator(".live-responses-table tbody .response")
    with page.expect_response(lambda answer: "/api/v1/" in answer.url):
        operation(page, name).locator(".execute").click()
    expect(operation(page, name).locator(".loading-container")).to_have_count(0)
    status = shown.locator(".response-col_status").first.inner_text().split()[0]
    return int(status), shown.locator(".response-col_description").first.inner_text()


def turn_tags(page, is_open, tags=""):
    """Opens or closes all tags, or some."""
    page.evaluate("""([is, tags]) => {
      for (const tag of document.querySelectorAll(`.opblock-tag[data-is-open="${!is}"]`))
        if (!tags || tags.split(" ").includes(tag.dataset.tag)) tag.click();
    }""", [is_open, tags])


def load(page):
    """The page, its own words and its list of tags."""
    page.goto(SERVICE + "/swagger-ui/")
    page.wait_for_selector(".opblock-tag")
    check(page.locator('meta[name="viewport"][content*="width=device-width"]').count(), "there is no meta viewport")
    check(page.locator("html").get_attribute("lang"), "the page has no lang")
    title = page.title()
    check(title and title != "Swagger UI", f"the title does not name the service: {title!r}")
    check(page.locator(".opblock").count() == 0, "tags do not start collapsed")


def authorize(page):
    page.locator(".auth-wrapper .authorize").first.click()
    page.locator(".auth-container input").fill(os.environ["TAIZHANG_KEY"])
    page.locator(".auth-container .authorize").click()
    expect(page.locator(".auth-container")).to_contain_text("Authorized")
    page.locator(".btn-done").click()
    expect(page.locator(".auth-wrapper .authorize.locked")).to_be_visible()


def walk(page):
    """Villages are listed and a project is created, once; a second one and one with a slip are refused."""
    turn_tags(page, True, "villages projects")
    for name in ["list_villages", "create_project"]:
        operation(page, name).locator(".opblock-summary-control").click()
        operation(page, name).locator(".try-out__btn").click()
    status, text = execute(page, "list_villages")
    check(status == 200 and "弼时" in text, f"list_villages as filled in: {status} {text[:200]}")
    status, text = execute(page, "create_project")
    check(status == 201 and "location: /api/v1/projects/" in text.lower(), f"create_project: {status} {text[:200]}")
    status, text = execute(page, "create_project")
    check(status == 409 and "/problems/conflict" in text, f"create_project again: {status} {text[:200]}")
    body = operation(page, "create_project").locator("textarea")
    example = json.loads(body.input_value())
    for slip, refused in [({"colour": "red"}, 400), ({"areas": ["430681107999"]}, 422)]:
        body.fill(json.dumps(example | {"code": "another"} | slip, ensure_ascii=False))
        status, text = execute(page, "create_project")
        pointer = f'"pointer": "/{next(iter(slip))}'
        check(status == refused and pointer in text, f"{slip} is to be {refused}: {status} {text[:400]}")
    for name in ["list_villages", "create_project"]:
        operation(page, name).locator(".btn-clear").click()
        operation(page, name).locator(".opblock-summary-control").click()


def visit_all(page, document):
    """Every operation is opened, measured and sent as it is filled in."""
    answers = []
    page.on("response", lambda answer: answers.append(answer) if "/swagger-ui/" not in answer.url else None)
    operations = [
        (path, method, item[method]["operationId"], item[method]["tags"][0])
        for path, item in document["paths"].items() for method in METHODS if method in item
    ]
    # In the order of the page, which is the order in which ids are given to what is created.
    turn_tags(page, True)
    shown = page.locator(".opblock").evaluate_all("all => all.map((one) => one.id.split('-').pop())")
    names = sorted(name for _, _, name, _ in operations)
    check(sorted(shown) == names, f"{len(shown)} operations are shown of {len(names)}")
    operations.sort(key=lambda one: shown.index(one[2]))
    # Of a tag, what is there is changed before more is created.
    tags = list(dict.fromkeys(tag for _, _, _, tag in operations))
    operations.sort(key=lambda one: (one[1] != "get", tags.index(one[3]), METHODS.index(one[1])))
    heights = []

    def visit(path, method, name, tag, excepted):
        answers.clear()
        seen = page.evaluate(VISIT, [tag, name, name != "create_project"])
        if name == "create_project":
            return seen
        for _ in range(0 if seen["invalid"] else 500):
            if answers:
                break
            page.wait_for_timeout(20)
        status = answers[0].status if answers else None
        if answers:
            pattern = f"{method.upper()} {SERVICE}" + re.sub(r"\{[^}]*\}", "[^/?]+", path) + r"(\?.*)?"
            sent = f"{answers[0].request.method} {answers[0].url}"
            check(re.fullmatch(pattern, sent), f"{name}: sent as {sent}")
        expected, reason = excepted.get(name, (None, None))
        if reason:
            check(status == expected, f"{name}: {status}, no longer {expected} ({reason})")
        elif status not in (200, 201, 204, 304):
            detail = answers[0].text()[:400] if answers else seen["invalid"]
            check(False, f"{name} as filled in: {status} {detail}")
        return seen

    for one in operations:
        if one[1] != "delete":
            heights.append(visit(*one, ON_SEED))
    upload(page)
    for one in operations:
        if one[1] == "delete":
            heights.append(visit(*one, ON_SEED))
        elif one[1] == "get" and one[2] in ON_SEED:
            visit(*one, ON_WRITTEN)
    return heights


def upload(page):
    """A file is chosen, sent and stored."""
    turn_tags(page, True, "attachments")
    operation(page, "create_attachment").locator(".opblock-summary-control").click()
    file = {"name": "pixel.png", "mimeType": "image/png", "buffer": IMAGE}
    operation(page, "create_attachment").locator(".try-out__btn:not(.reset)").click()
    operation(page, "create_attachment").locator("input[type=file]").first.set_input_files(file)
    status, text = execute(page, "create_attachment")
    check(status == 201, f"create_attachment: {status} {text[:400]}")
    operation(page, "create_attachment").locator(".opblock-summary-control").click()


def measure(heights):
    """An operation is read and tried within two screens."""
    for state in ["read", "tried"]:
        high = [seen for seen in heights if seen[state]["all"] > 2 * HEIGHT]
        high.sort(key=lambda seen: -seen[state]["all"])
        parts = (" ".join(f"{part} {px}" for part, px in seen[state].items()) for seen in high)
        told = "".join(f"\n    {seen['id']}: {text}" for seen, text in zip(high[:15], parts))
        check(not high, f"{state}, {len(high)} operations of {len(heights)} are higher than {2 * HEIGHT} px:{told}")


def phone(page):
    """Nothing is wider than a telephone, with operations open that have most to show."""
    turn_tags(page, False)
    turn_tags(page, True, "areas observations projects")
    page.set_viewport_size({"width": PHONE, "height": 844})
    for name in ["list_observations", "show_area", "create_project"]:
        operation(page, name).locator(".opblock-summary-control").click()
        operation(page, name).locator(".responses-table").first.wait_for()
    operation(page, "list_observations").locator(".try-out__btn").click()
    wide = page.evaluate("""() => {
      const width = document.scrollingElement.clientWidth;
      const out = [...document.querySelectorAll("#swagger-ui *")]
        .filter((part) => part.getBoundingClientRect().right > width + 1)
        .map((part) => `${part.localName}.${part.className}`);
      return [document.scrollingElement.scrollWidth, out.slice(0, 8)];
    }""")
    check(wide[0] <= PHONE, f"the page is {wide[0]} px wide on a screen of {PHONE}: {wide[1]}")


with sync_playwright() as playwright, urllib.request.urlopen(SERVICE + "/openapi.json") as served:
    document = json.load(served)
    browser = playwright.chromium.launch(executable_path=BROWSER)
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, service_workers="block")
    page.set_default_timeout(60000)
    expect.set_options(timeout=60000)
    elsewhere, told = [], []

    def only_here(route):
        url = route.request.url
        if url.startswith((SERVICE + "/", "data:", "blob:")):
            return route.continue_()
        elsewhere.append(url)
        route.abort()

    def hear(message):
        # An answer that is a problem is told by the browser, not by the page.
        answer = message.text.startswith("Failed to load resource") and "/swagger-ui/" not in message.location["url"]
        if message.type in ("error", "warning") and not answer:
            told.append(f"{message.type}: {message.text}")

    page.route("**/*", only_here)
    page.on("console", hear)
    page.on("pageerror", lambda error: told.append(f"exception: {error}"))
    load(page)
    done("loaded")
    authorize(page)
    walk(page)
    done("walked")
    heights = visit_all(page, document)
    done("all visited")
    measure(heights)
    phone(page)
    done("phone")
    check(not elsewhere, f"other hosts are asked: {elsewhere}")
    check(not told, f"the console tells: {told}")
    browser.close()

print(f"{len(heights)} operations opened, {len(faults)} faults")
sys.exit(1 if faults else 0)
