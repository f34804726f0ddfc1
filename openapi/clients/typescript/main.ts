// What a program does with the types that openapi-typescript makes of openapi.json, and openapi-fetch: it reads, writes
// and is refused, and checks what it gets to the last digit. Run by tests/clients.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const TOWN = "430681107";
const [url, key] = [process.argv[2] ?? "", process.env["TAIZHANG_KEY"] ?? ""];
type Json = "application/json" | "application/problem+json";

// Lists are had as files too: whoever wants JSON says so in the type, and gets pages and no text.
const open = createClient<paths, Json>({
  baseUrl: url,
  headers: { "Accept-Language": "en" },
});
const files = createClient<paths, "text/csv">({ baseUrl: url });
const client = createClient<paths, Json>({
  baseUrl: url,
  headers: { "Accept-Language": "en", Authorization: `Bearer ${key}` },
});

// The villages of 弼时镇.
const villages = await open.GET("/api/v1/villages", { params: { query: { within: TOWN } } });
assert.equal(villages.data?.items.length, 18);
assert.ok(villages.data.items.some((village) => village.name === "序贤村"));

// Every observation, page by page.
const seen: (number | undefined)[] = [];
for (let cursor: string | null | undefined; cursor !== null; ) {
  const query = { limit: 20, ...(cursor === undefined ? {} : { cursor }) };
  const { data }: { data?: { items: { id?: number }[]; next: string | null } } = await open.GET(
    "/api/v1/observations",
    { params: { query } },
  );
  assert.ok(data);
  seen.push(...data.items.map((item) => item.id));
  cursor = data.next;
}
assert.ok(seen.length > 40 && new Set(seen).size === seen.length);

// Two values of one parameter.
const both = await open.GET("/api/v1/observations", {
  params: { query: { role: ["actual", "target"], limit: 1000 } },
});
assert.equal(both.data?.items.length, seen.length);

// One observation, with and without a day that it is read as of.
const id = both.data.items[0]?.id ?? 0;
const now = await open.GET("/api/v1/observations/{id}", { params: { path: { id } } });
const then = await open.GET("/api/v1/observations/{id}", {
  params: { path: { id }, query: { as_of: "2023-12-31" } },
});
assert.ok(now.data?.id === id);
assert.deepEqual(then.data, now.data);

// A ranking, a series and a roll-up.
const code = "housing.relocation.households";
const ranking = await open.GET("/api/v1/metrics/{code}/ranking", {
  params: { path: { code }, query: { within: TOWN, period: "2022" } },
});
assert.equal(ranking.data?.meta.metric, code);
const series = await open.GET("/api/v1/metrics/{code}/series", {
  params: { path: { code }, query: { area: [TOWN] } },
});
assert.equal(series.data?.items[0]?.value, 106);
const totals = await open.GET("/api/v1/metrics/{code}/aggregate", {
  params: { path: { code }, query: { within: "4306", group_by: "county", period: "2022" } },
});
assert.equal(totals.data?.meta.group_by, "county");

// A file.
const csv = await files.GET("/api/v1/villages", {
  params: { query: { within: TOWN, format: "csv" } },
  parseAs: "text",
});
assert.equal(String(csv.data).trim().split("\n").length, 19);

// A project, made twice with one key and made once; then changed.
const project = {
  code: "client-typescript",
  name: "示范项目",
  kind: "service",
  areas: [TOWN],
  stage: "idea",
} as const;
const make = () =>
  client.POST("/api/v1/projects", {
    params: { header: { "Idempotency-Key": "client-typescript-1" } },
    body: { ...project, areas: [...project.areas] },
  });
const [made, again] = [await make(), await make()];
assert.equal(made.response.status, 201);
assert.deepEqual(again.data, made.data);
const tag = made.response.headers.get("etag") ?? "";
const change = () =>
  client.PATCH("/api/v1/projects/{code}", {
    params: { path: { code: project.code }, header: { "If-Match": tag } },
    body: { name: "示范工程", lead_unit: "镇农业综合服务中心" },
    headers: { "Content-Type": "application/merge-patch+json" },
  });
const changed = await change();
assert.equal(changed.data?.name, "示范工程");
assert.equal(changed.data.lead_unit, "镇农业综合服务中心");
const stale = await change();
assert.equal(stale.response.status, 412);

// What is refused says why.
const lost = await open.GET("/api/v1/projects/{code}", { params: { path: { code: "no-such" } } });
assert.equal(lost.error?.type, "/problems/not_found");
const wrong = await client.POST("/api/v1/projects", {
  body: { ...project, code: "client-typescript-2", areas: ["11"], report: "no-such" },
});
assert.equal(wrong.error?.status, 422);
assert.deepEqual(wrong.error.errors.map((error) => error.pointer).sort(), ["/areas/0", "/report"]);

// A read that is repeated sends nothing again.
const first = await open.GET("/api/v1/metrics/{code}", { params: { path: { code } } });
const unchanged = await open.GET("/api/v1/metrics/{code}", {
  params: { path: { code } },
  headers: { "If-None-Match": first.response.headers.get("etag") ?? "" },
});
assert.equal(unchanged.response.status, 304);

// A photo.
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const photo = await client.POST("/api/v1/attachments", {
  body: { file: "" },
  bodySerializer: () => {
    const form = new FormData();
    form.append("file", new Blob([png], { type: "image/png" }), "photo.png");
    return form;
  },
});
assert.equal(photo.data?.media_type, "image/png");

// Several figures at once, to the last digit.
const values = [1234567.89, 999999999999.125, 0.000001, 273.15];
const recorded = await client.POST("/api/v1/observations", {
  body: {
    items: values.map((value, at) => ({
      metric: "land.cultivated.area",
      area: TOWN,
      period: String(2001 + at),
      value,
    })),
  },
});
assert.deepEqual(recorded.data?.items?.map((item) => item.value), values);
console.log("typescript: all as it should be");
