// Swagger UI resolves the whole document anew for each operation that is opened, which takes seconds. All our
// references are local, so that what an operation refers to is put in its place here.
const local = () => {
  const at = (root, pointer) =>
    pointer.slice(2).split("/").reduce((node, name) => node?.[name.replaceAll("~1", "/").replaceAll("~0", "~")], root);
  const whole = (root, node, above) => {
    if (Array.isArray(node)) return node.map((item) => whole(root, item, above));
    if (node === null || typeof node !== "object") return node;
    const { $ref, ...beside } = node;
    if (typeof $ref === "string" && $ref.startsWith("#/")) {
      if (above.includes($ref)) return node;
      return { ...whole(root, at(root, $ref), [...above, $ref]), ...whole(root, beside, above), $$ref: $ref };
    }
    return Object.fromEntries(Object.entries(node).map(([name, inner]) => [name, whole(root, inner, above)]));
  };
  const resolveSubtree = async (root, path) => {
    const node = path.reduce((node, name) => node?.[name], root);
    return { spec: whole(root, node, []), errors: [] };
  };
  return { fn: { resolveSubtree } };
};

// Of the answers of an operation, the last success is shown whole, the others in a line that opens; headers and
// links stand folded.
const brief = ({ React, specSelectors }) => {
  const h = React.createElement;
  const folded = (name) => (Original) => (props) =>
    h("details", { className: "folded" }, h("summary", null, name), h(Original, props));
  const last = (path, method) =>
    specSelectors.specJson().getIn(["paths", path, method, "responses"]).keySeq().filter((code) => code < "300").last();
  return {
    wrapComponents: {
      headers: folded("Headers"),
      operationLink: (Original) => ({ name }) => h("div", null, h("code", null, name)),
      response: (Original, { getComponent }) => (props) => {
        const [open, setOpen] = React.useState(props.code === last(props.path, props.method));
        if (open) return h(Original, props);
        return h("tr", { className: "response brief", "data-code": props.code },
          h("td", { className: "response-col_status" },
            h("button", { type: "button", "aria-expanded": false, onClick: () => setOpen(true) }, props.code, " ▸")),
          h("td", { className: "response-col_description", colSpan: 2 },
            h(getComponent("Markdown", true), { source: props.response.get("description") })));
      },
    },
    // A list of periods is a list of texts.
    components: { JsonSchema_string_period: (props) => h(props.getComponent("JsonSchema_string"), props) },
  };
};

window.onload = () => {
  window.ui = SwaggerUIBundle({
    dom_id: "#swagger-ui",
    url: "../openapi.json",
    deepLinking: true,
    displayOperationId: true,
    docExpansion: "none",
    filter: true,
    validatorUrl: "none",
    layout: "StandaloneLayout",
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl, local, brief],
  });
};
