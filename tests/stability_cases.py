"""Changes of the OpenAPI document, to try the rules of tests/stability.py.

Each case is a name, what it changes, and the breaks that must be found, if any: rule and place. Many changes are made
in one copy, since a comparison takes seconds; so each has a place of its own.
"""

import json

API = "/api/v1/"


def operation(document, path, method="get"):
    return document["paths"][path if path.startswith("/") else API + path][method]


def request(document, path):
    return operation(document, path, "post")["requestBody"]


def response(document, path, method="get", status="200"):
    return operation(document, path, method)["responses"][status]


def parameter(document, path, name):
    return next(one for one in operation(document, path)["parameters"] if one.get("name") == name)


def shared(document, name):
    return document["components"]["parameters"][name]


def schema(document, name):
    return document["components"]["schemas"][name]


def member(document, name, of):
    return schema(document, of)["properties"][name]


def add_member(document, to):
    schema(document, to)["properties"]["new"] = {"type": "string"}


def rename(container, old, new):
    container[new] = container.pop(old)


def rename_schema(document, old, new):
    text = json.dumps(document).replace(f'"#/components/schemas/{old}"', f'"#/components/schemas/{new}"')
    document.clear()
    document.update(json.loads(text))
    rename(document["components"]["schemas"], old, new)


def new(name, required=False):
    return {"name": name, "in": "query", "required": required, "schema": {"type": "string"}}


def new_operation(name):
    return {"operationId": name, "responses": {"204": {"description": "New."}}}


PATHS, PARAMETERS, SCHEMAS = "#/paths/~1api~1v1~1", "#/components/parameters/", "#/components/schemas/"

BREAKS = [
    # Paths and operations
    ("path removed", lambda d: d["paths"].pop("/version"), "path-removed #/paths/~1version"),
    (
        "operation removed",
        lambda d: d["paths"][API + "plans/{code}"].pop("delete"),
        f"operation-removed {PATHS}plans~1{{code}}/delete",
    ),
    (
        "operationId renamed",
        lambda d: operation(d, "/healthz").update(operationId="health"),
        "operation-id-changed #/paths/~1healthz/get/operationId",
    ),
    (
        "security tightened",
        lambda d: operation(d, "units").update(security=[{"key": []}]),
        f"security-requirement-changed {PATHS}units/get/security/0",
    ),
    (
        "least role raised",
        lambda d: operation(d, "entries").update({"x-min-role": "admin"}),
        f"role-raised {PATHS}entries/get/x-min-role",
    ),
    # Parameters
    (
        "parameter removed",
        lambda d: operation(d, "search")["parameters"].remove(parameter(d, "search", "kinds")),
        f"parameter-removed {PATHS}search/get/parameters/1",
    ),
    (
        "new parameter required",
        lambda d: operation(d, "me")["parameters"].append(new("new", required=True)),
        f"parameter-became-required {PATHS}me/get/parameters/1/required",
    ),
    (
        "optional parameter required",
        lambda d: shared(d, "Within2").update(required=True),
        f"parameter-became-required {PARAMETERS}Within2/required",
    ),
    (
        "enum of a parameter narrowed",
        lambda d: schema(d, "CountMode")["enum"].remove("exact"),
        f"enum-values-removed {SCHEMAS}CountMode/enum",
    ),
    (
        "maximum of a parameter lowered",
        lambda d: shared(d, "Limit")["schema"].update(maximum=500),
        f"schema-constraint-changed {PARAMETERS}Limit/schema/maximum",
    ),
    (
        "default of a parameter changed",
        lambda d: shared(d, "BudgetUnit")["schema"].update(default="CNY"),
        f"default-changed {PARAMETERS}BudgetUnit/schema/default",
    ),
    (
        "pattern of a parameter changed",
        lambda d: shared(d, "Cursor")["schema"].update(pattern="^[a-z]+$"),
        f"schema-constraint-changed {PARAMETERS}Cursor/schema/pattern",
    ),
    (
        "way to write a parameter changed",
        lambda d: shared(d, "Stage").update(explode=False),
        f"parameter-serialization-changed {PARAMETERS}Stage/explode",
    ),
    # Requests
    (
        "type of a request narrowed from number to integer",
        lambda d: member(d, "lat", of="PointInput").update(type="integer"),
        f"schema-type-changed {SCHEMAS}PointInput/properties/lat/type",
    ),
    (
        "null no longer taken",
        lambda d: member(d, "report", of="PlanInput").update(type="string"),
        f"schema-type-changed {SCHEMAS}PlanInput/properties/report/type",
    ),
    (
        "null of a reference no longer taken",
        lambda d: member(d, "status", of="MilestoneInput")["oneOf"].pop(),
        f"schema-combinator-changed {SCHEMAS}MilestoneInput/properties/status/oneOf/1",
    ),
    (
        "member of a request newly required",
        lambda d: schema(d, "AreaInput")["required"].append("parent"),
        f"required-properties-added {SCHEMAS}AreaInput/required",
    ),
    (
        "new member of a request required",
        lambda d: (add_member(d, "MetricInput"), schema(d, "MetricInput")["required"].append("new")),
        f"required-properties-added {SCHEMAS}MetricInput/required",
    ),
    (
        "member of a closed request removed",
        lambda d: schema(d, "ProjectInput")["properties"].pop("place"),
        f"property-removed {SCHEMAS}ProjectInput/properties/place",
    ),
    (
        "request closed",
        lambda d: schema(d, "AttachmentInput").update(additionalProperties=False),
        f"schema-constraint-changed {SCHEMAS}AttachmentInput/additionalProperties",
    ),
    (
        "fewer items taken",
        lambda d: member(d, "aliases", of="ProjectInput").update(maxItems=5),
        f"schema-constraint-changed {SCHEMAS}ProjectInput/properties/aliases/maxItems",
    ),
    (
        "media type of a request changed",
        lambda d: rename(request(d, "plans")["content"], "application/json", "application/cbor"),
        f"media-type-removed {PATHS}plans/post/requestBody/content/application~1cbor",
    ),
    # Responses
    (
        "member of a response removed",
        lambda d: (schema(d, "Unit")["properties"].pop("symbol"), schema(d, "Unit")["required"].remove("symbol")),
        f"property-removed {SCHEMAS}Unit/properties/symbol",
        f"required-properties-removed {SCHEMAS}Unit/required",
    ),
    (
        "optional member of a response removed",
        lambda d: schema(d, "ObservationPage")["properties"].pop("count"),
        f"property-removed {SCHEMAS}ObservationPage/properties/count",
    ),
    (
        "member of a response no longer promised",
        lambda d: schema(d, "Health")["required"].remove("status"),
        f"required-properties-removed {SCHEMAS}Health/required",
    ),
    (
        "member of a part of a response no longer promised",
        lambda d: schema(d, "Score")["required"].remove("items"),
        f"required-properties-removed {SCHEMAS}Score/required",
    ),
    (
        "null newly answered",
        lambda d: member(d, "name", of="Me").update(type=["string", "null"]),
        f"schema-type-changed {SCHEMAS}Me/properties/name/type",
    ),
    (
        "another word answered",
        lambda d: schema(d, "FactKind")["enum"].append("new"),
        f"enum-values-added {SCHEMAS}FactKind/enum",
    ),
    (
        "another word taken and answered",
        lambda d: schema(d, "MetricKind")["enum"].append("new"),
        f"enum-values-added {SCHEMAS}MetricKind/enum",
    ),
    (
        "word taken and answered removed",
        lambda d: schema(d, "Direction")["enum"].pop(),
        f"enum-values-removed {SCHEMAS}Direction/enum",
    ),
    (
        "more digits answered",
        lambda d: member(d, "decimals", of="Observation").update(maximum=9),
        f"schema-constraint-changed {SCHEMAS}Observation/properties/decimals/maximum",
    ),
    (
        "format of a response changed",
        lambda d: member(d, "id", of="Me").update(format="uri"),
        f"schema-constraint-changed {SCHEMAS}Me/properties/id/format",
    ),
    (
        "success no longer answered",
        lambda d: operation(d, "areas/{code}", "put")["responses"].pop("201"),
        f"response-removed {PATHS}areas~1{{code}}/put/responses/201",
    ),
    (
        "status of success changed",
        lambda d: rename(operation(d, "submissions", "post")["responses"], "201", "200"),
        f"response-removed {PATHS}submissions/post/responses/200",
    ),
    (
        "media type of a response removed",
        lambda d: response(d, "villages")["content"].pop("text/csv"),
        f"media-type-removed {PATHS}villages/get/responses/200/content/text~1csv",
    ),
    (
        "header of a response removed",
        lambda d: response(d, "bulletins")["headers"].pop("ETag"),
        f"response-header-removed {PATHS}bulletins/get/responses/200/headers/ETag",
    ),
    # Names in generated clients
    ("schema renamed", lambda d: rename_schema(d, "Bulletin", "Notice"), f"schema-removed {SCHEMAS}Bulletin"),
    ("schema renamed a little", lambda d: rename_schema(d, "Report", "Report2"), f"schema-removed {SCHEMAS}Report"),
]

HARMLESS = [
    ("version raised", lambda d: d["info"].update(version="9.0.0")),
    ("description changed", lambda d: schema(d, "Area").update(description="Another.")),
    ("example changed", lambda d: member(d, "name", of="Area").update(example="Another")),
    ("summary and tags changed", lambda d: operation(d, "me").update(summary="Another", tags=["search"])),
    ("deprecated", lambda d: operation(d, "me").update(deprecated=True)),
    ("new path", lambda d: d["paths"].update({"/new": {"get": new_operation("show_new")}})),
    ("new operation", lambda d: d["paths"][API + "me"].update(delete=new_operation("delete_me"))),
    ("security loosened", lambda d: operation(d, "me").update(security=[{}, {"key": []}])),
    ("least role lowered", lambda d: operation(d, "entries").update({"x-min-role": "reader"})),
    ("new optional parameter", lambda d: operation(d, "units")["parameters"].append(new("new"))),
    ("required parameter optional", lambda d: parameter(d, "search", "q").update(required=False)),
    ("enum of a parameter widened", lambda d: schema(d, "CountMode")["enum"].append("new")),
    ("maximum of a parameter raised", lambda d: shared(d, "Limit")["schema"].update(maximum=5000)),
    ("pattern of a parameter removed", lambda d: shared(d, "Cursor")["schema"].pop("pattern")),
    ("new optional member of a request", lambda d: add_member(d, "PlanInput")),
    ("member of a request no longer required", lambda d: schema(d, "AreaInput")["required"].remove("kind")),
    ("null newly taken", lambda d: member(d, "lon", of="PointInput").update(type=["number", "null"])),
    ("type of a request widened", lambda d: member(d, "year", of="PlanInput").update(type="number")),
    ("request opened", lambda d: schema(d, "PointInput").pop("additionalProperties")),
    ("new member of a response", lambda d: add_member(d, "Area")),
    ("optional member of a response promised", lambda d: schema(d, "ObservationPage")["required"].append("count")),
    ("null no longer answered", lambda d: member(d, "expires_at", of="Me").update(type="string")),
    ("null of a reference no longer answered", lambda d: member(d, "spread", of="Observation")["oneOf"].pop()),
    ("word no longer answered", lambda d: schema(d, "FactKind")["enum"].pop()),
    ("fewer digits answered", lambda d: member(d, "decimals", of="Observation").update(maximum=3)),
    ("new refusal", lambda d: operation(d, "units")["responses"].update({"418": {"description": "New"}})),
    ("new media type of a response", lambda d: response(d, "me")["content"].update({"text/csv": {}})),
    (
        "reference replaced by what it refers to",
        lambda d: schema(d, "Area")["properties"].update(level=dict(schema(d, "AreaLevel"))),
    ),
]

# The one body that lets other members in is closed among the breaks, so this is tried beside the rest.
OPEN_BODY = (
    "member of an open request renamed",
    lambda d: rename(schema(d, "AttachmentInput")["properties"], "file", "file2"),
    f"request-member-ignored {SCHEMAS}AttachmentInput/properties/file",
)

COPIES = [BREAKS, [*HARMLESS, OPEN_BODY]]
