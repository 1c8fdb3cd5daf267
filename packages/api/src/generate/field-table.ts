import { branches, type JsonSchema } from "../json-schema.ts";

interface Row {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** A Markdown table with one row for every field below a schema. */
export function fieldTable(schema: JsonSchema): string {
  const lines = rows(schema, "").map(({ path, type, required, schema: field }) =>
    [
      `\`${path}\``,
      type,
      field.default === undefined ? (required ? "**required**" : "") : `\`${JSON.stringify(field.default)}\``,
      constraints(field),
      field.description ?? "",
    ]
      .map((cell) => cell.replaceAll("|", String.raw`\|`).replaceAll("\n", " "))
      .join(" | "),
  );
  return [
    "| Field | Type | Default | Constraint | Description |",
    "|---|---|---|---|---|",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}

/** Fields in the order of the schema; a field that is in several branches of a union stands once. */
function rows(schema: JsonSchema, prefix: string): Row[] {
  const seen = new Map<string, Row>();
  for (const branch of branches(schema))
    for (const [name, field] of Object.entries(branch.properties ?? {})) {
      const path = `${prefix}${name}${suffix(field)}`;
      const required = branch.required?.includes(name) === true && branches(schema).length === 1;
      for (const row of [
        { path, type: typeText(field), required, schema: field },
        ...rows(inner(field), `${path}.`),
      ])
        if (!seen.has(row.path)) seen.set(row.path, row);
    }
  return [...seen.values()];
}

/** What the fields below are in: the entries of a list or the values of a map. */
function inner(field: JsonSchema): JsonSchema {
  const below = branches(field).flatMap((branch) => {
    if (branch.items !== undefined) return [inner(branch.items)];
    if (typeof branch.additionalProperties === "object" && branch.properties === undefined)
      return [inner(branch.additionalProperties)];
    return [branch];
  });
  return { anyOf: below };
}

function suffix(field: JsonSchema): string {
  const [branch] = branches(field).filter((one) => one.type === "array" || one.type === "object");
  if (branch?.items !== undefined) return `[]${suffix(branch.items)}`;
  if (typeof branch?.additionalProperties === "object" && branch.properties === undefined)
    return Object.keys(branch.additionalProperties).length === 0
      ? ""
      : `.KEY${suffix(branch.additionalProperties)}`;
  return "";
}

function typeText(field: JsonSchema): string {
  return [...new Set(branches(field).map(branchType))].join(" or ");
}

function branchType(field: JsonSchema): string {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.enum !== undefined) return "choice";
  switch (field.type) {
    case "array":
      return `list of ${field.items === undefined ? "anything" : typeText(field.items)}`;
    case "object":
      return field.properties === undefined ? "map" : "object";
    case undefined:
      return "anything";
    default:
      return field.type;
  }
}

/** Longer expressions tell a reader nothing. */
const LONGEST_PATTERN = 60;

/** The limits of a field, and of the entries of a list. */
function constraints(field: JsonSchema): string {
  const texts = branches(field).flatMap((branch) => [
    ...(branch.enum === undefined ? [] : [branch.enum.map((value) => `\`${value}\``).join(", ")]),
    ...range(branch, "minimum", "maximum", ""),
    ...range(branch, "minLength", "maxLength", " characters"),
    ...range(branch, "minItems", "maxItems", " entries"),
    ...(typeof branch["pattern"] === "string" && branch["pattern"].length <= LONGEST_PATTERN
      ? [`matches \`${branch["pattern"]}\``]
      : []),
    ...(branch.items === undefined ? [] : [constraints(branch.items)]),
  ]);
  return [...new Set(texts.filter((text) => text !== ""))].join("; ");
}

function range(schema: JsonSchema, low: string, high: string, unit: string): string[] {
  const min =
    typeof schema[low] === "number" && schema[low] > Number.MIN_SAFE_INTEGER ? schema[low] : undefined;
  const max =
    typeof schema[high] === "number" && schema[high] < Number.MAX_SAFE_INTEGER ? schema[high] : undefined;
  if (min === undefined && max === undefined) return [];
  if (max === undefined) return [`at least ${min}${unit}`];
  return [min === undefined ? `at most ${max}${unit}` : `${min} to ${max}${unit}`];
}
