"""What a program does with the client that openapi-python-client makes of openapi.json: it reads, writes and is
refused, and checks what it gets to the last digit. Run by tests/clients."""

import base64
import io
import os
import sys
import uuid

from taizhang.api.attachments import create_attachment
from taizhang.api.metrics import show_metric
from taizhang.api.observations import create_observations, list_observations, show_observation
from taizhang.api.projects import create_project, show_project, update_project
from taizhang.api.statistics import list_metric_aggregates, list_metric_ranks, list_metric_series
from taizhang.api.villages import list_villages
from taizhang.client import AuthenticatedClient
from taizhang.models import (
    AttachmentInput, GroupBy, ObservationInput, ObservationsInput, Problem, ProjectChanges, ProjectInput, ProjectKind,
    Role, Stage,
)
from taizhang.types import UNSET, File, Unset

TOWN = "430681107"
url, key = sys.argv[1], os.environ["TAIZHANG_KEY"]
client = AuthenticatedClient(base_url=url, token=key, headers={"Accept-Language": "en"})

# The villages of 弼时镇.
villages = list_villages.sync(client=client, within=TOWN)
assert not isinstance(villages, Problem) and villages is not None
assert len(villages.items) == 18 and any(village.name == "序贤村" for village in villages.items)

# Every observation, page by page.
seen: list[int | Unset] = []
cursor: str | None | Unset = UNSET
while cursor is not None:
    page = list_observations.sync(client=client, limit=20, cursor=cursor)
    assert page is not None and not isinstance(page, Problem)
    seen += [item.id for item in page.items]
    cursor = page.next_
assert len(seen) == len(set(seen)) > 40

# Two values of one parameter.
both = list_observations.sync(client=client, role=[Role.ACTUAL, Role.TARGET], limit=1000)
assert both is not None and not isinstance(both, Problem) and len(both.items) == len(seen)

# One observation, with and without a day that it is read as of.
one = both.items[0]
assert isinstance(one.id, int)
now = show_observation.sync(one.id, client=client)
then = show_observation.sync(one.id, client=client, as_of="2023-12-31")
assert now is not None and not isinstance(now, Problem) and then == now

# A ranking, a series and a roll-up.
metric, period = "housing.relocation.households", "2022"
ranking = list_metric_ranks.sync(metric, client=client, within=TOWN, period=period)
assert ranking is not None and not isinstance(ranking, Problem) and ranking.meta.metric == metric
series = list_metric_series.sync(metric, client=client, area=[TOWN])
assert series is not None and not isinstance(series, Problem) and series.items[0].value == 106
totals = list_metric_aggregates.sync(metric, client=client, within="4306", group_by=GroupBy.COUNTY, period=period)
assert totals is not None and not isinstance(totals, Problem) and totals.meta.group_by == GroupBy.COUNTY

# A file.
csv = client.get_httpx_client().get("/api/v1/villages", params={"within": TOWN, "format": "csv"})
assert csv.status_code == 200 and csv.text.startswith("code,name,") and len(csv.text.splitlines()) == 19

# A project, made twice with one key and made once; then changed.
body = ProjectInput(code="client-python", name="示范项目", kind=ProjectKind.SERVICE, areas=[TOWN], stage=Stage.IDEA)
once = str(uuid.uuid4())
made = create_project.sync_detailed(client=client, body=body, idempotency_key=once)
again = create_project.sync_detailed(client=client, body=body, idempotency_key=once)
assert made.status_code == again.status_code == 201 and made.content == again.content
tag = made.headers["ETag"]
changes = ProjectChanges(name="示范工程", lead_unit="镇农业综合服务中心")
changed = update_project.sync_detailed("client-python", client=client, body=changes, if_match=tag)
assert changed.status_code == 200 and not isinstance(changed.parsed, Problem) and changed.parsed is not None
assert (changed.parsed.name, changed.parsed.lead_unit) == ("示范工程", "镇农业综合服务中心")
stale = update_project.sync_detailed("client-python", client=client, body=changes, if_match=tag)
assert stale.status_code == 412

# What is refused says why.
lost = show_project.sync(client=client, code="no-such")
assert isinstance(lost, Problem) and lost.status == 404 and lost.type_ == "/problems/not_found"
wrong = create_project.sync(client=client, body=ProjectInput(
    code="client-python-2", name="x", kind=ProjectKind.SERVICE, areas=["11"], stage=Stage.IDEA, report="no-such"))
assert isinstance(wrong, Problem) and wrong.status == 422
assert {error.pointer for error in wrong.errors} == {"/areas/0", "/report"}

# A read that is repeated sends nothing again.
first = show_metric.sync_detailed(metric, client=client)
unchanged = client.get_httpx_client().get(
    f"/api/v1/metrics/{metric}", headers={"If-None-Match": first.headers["ETag"]})
assert unchanged.status_code == 304 and not unchanged.content

# A photo.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
photo = create_attachment.sync(client=client, body=AttachmentInput(file=File(io.BytesIO(PNG), "photo.png", "image/png")))
assert photo is not None and not isinstance(photo, Problem) and photo.size_bytes == len(PNG)

# Several figures at once, to the last digit.
values = [1234567.89, 999999999999.125, 0.000001, 273.15]
items = [
    ObservationInput(metric="land.cultivated.area", area=TOWN, period=str(2011 + at), value=value)
    for at, value in enumerate(values)
]
recorded = create_observations.sync(client=client, body=ObservationsInput(items=items))
assert recorded is not None and not isinstance(recorded, Problem), recorded
assert not isinstance(recorded.items, Unset)
assert [item.value for item in recorded.items] == values
print("python: all as it should be")
