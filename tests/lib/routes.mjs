// The API document as a list of routes, and values made from its schemas.
const METHODS = ["get", "post", "put", "patch", "delete"];

/** Whether an answer that is no problem has the header. */
const saysOf = (operation, header) =>
  Object.entries(operation.responses).some(
    ([status, { headers }]) => status < 300 && headers?.[header] !== undefined,
  );

/**
 * Every operation: { name, method, path (whole, with {…}), open, permission, schema (of a JSON body,
 * resolved), most (bytes of a body), statuses, problems, versioned, tagged and located (whether the
 * answer has an ETag and a Location), lane, lists (whether it answers with a list) }.
 */
export function routesOf(document) {
  const resolved = (schema) =>
    schema?.$ref ? document.components.schemas[schema.$ref.split("/").pop()] : schema;
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => {
      const operation = item[method];
      const content = operation.requestBody?.content ?? {};
      const named = (operation.parameters ?? []).map((p) => p.name ?? p.$ref.split("/").pop());
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path: `/api/v1${path}`,
        open: operation.security?.length === 0,
        permission: operation["x-permission"],
        schema: resolved(content["application/json"]?.schema),
        takes: Object.keys(content)[0],
        most: operation.requestBody?.["x-max-bytes"],
        statuses: Object.keys(operation.responses).map(Number),
        problems: Object.values(operation.responses).flatMap((r) => r["x-problems"] ?? []),
        versioned: named.includes("if_match"),
        tagged: saysOf(operation, "ETag"),
        located: saysOf(operation, "Location"),
        repeatable: named.includes("idempotency_key"),
        parameters: (operation.parameters ?? []).filter((p) => p.in === "query"),
        lane: operation["x-lane"],
        lists: Boolean(
          resolved(operation.responses[200]?.content?.["application/json"]?.schema)?.properties
            ?.items,
        ),
      };
    }),
  );
}

const FORMATS = {
  email: "someone@example.org",
  zone: "Europe/Berlin",
  currency: "EUR",
  colour: "#336699",
  date: "2026-03-04",
  "date-time": "2026-03-04T09:00:00.000Z",
};

/** The plain type of a schema ("string", "integer" …), whether or not it may be null. */
function typeOf(schema) {
  return [schema.type].flat().find((type) => type !== "null");
}

/** A valid value of a schema; an id is `id`. Objects have their required members alone. */
export function sampleOf(schema, id) {
  if (schema.enum) return schema.enum[0];
  switch (typeOf(schema)) {
    case "boolean":
      return true;
    case "integer":
    case "number":
      return Math.max(schema.minimum ?? 1, 1);
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => sampleOf(schema.items, id));
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, sampleOf(schema.properties[name] ?? {}, id)]),
      );
    default:
      return schema.format === "uuid"
        ? id
        : (FORMATS[schema.format] ??
            "something "
              .repeat(30)
              .slice(0, schema.minLength ?? 9)
              .trim());
  }
}

/** Values that are not of the schema's type, or out of its bounds. */
export function wrongFor(schema) {
  const type = typeOf(schema);
  const wrong = [];
  if (type !== "object") wrong.push({ nested: true });
  if (type !== "array") wrong.push([1]);
  if (type === "string") wrong.push(7, true);
  else if (type) wrong.push("a text");
  if (type === "integer") wrong.push(1.5);
  if (schema.maxLength) wrong.push("x".repeat(schema.maxLength + 1));
  if (schema.minLength) wrong.push("");
  if (schema.enum) wrong.push("none of these");
  if (schema.format in FORMATS || schema.format === "uuid") wrong.push("\u0001");
  if (schema.maximum !== undefined) wrong.push(schema.maximum + 1);
  if (schema.minimum !== undefined) wrong.push(schema.minimum - 1);
  if (schema.maxItems) wrong.push(Array(schema.maxItems + 1).fill("x"));
  return type ? wrong : [];
}
