import { shortKey } from "../commands/apply.ts";
import type { Effect, Explained, ExplainedObject, Field, Lost, Unheard } from "../explained.ts";
import type { Source } from "../planned.ts";
import { colour } from "./colour.ts";
import { few, objectName, sourceText } from "./plan-text.ts";
import { yaml } from "./yaml-diff.ts";

/** An explanation for people: the chain, what holds for which clients, who lost and why. */
export function explanationText(told: Explained, clusters: readonly string[] = [told.cluster]): string {
  const { kind, name, meshes, chain, clients, access, defaultAccess, authentication, unheard, objects } =
    told;
  return [
    `${colour("bold", `${kind} ${name}`)} in ${few(clusters)}, ${meshes.length === 0 ? "outside of every mesh" : `mesh ${meshes.join(", ")}`}\n`,
    ...(chain.length === 0 ? ["no policy bears on it\n"] : ["\nPolicies that bear on it, in rank order:\n"]),
    ...chain.map(
      ({ resource, rank, reason, before }) =>
        `  ${rank === null ? "-" : `${rank}.`} ${shortKey(resource)}: ${reason}\n${before === null ? "" : `     before the next: ${before}\n`}`,
    ),
    ...clients.flatMap(({ mesh, clients: condition, rules, connection }) => [
      `\n${clientsText(condition)}${meshes.length > 1 ? ` in mesh ${mesh}` : ""}:\n`,
      ...rules.map(({ name: rule, from, match, ports, action, fields }) => {
        const requests = `${match === null ? "every request" : `requests with ${compact(match)}`}${ports === null ? "" : ` to port ${ports.join(", ")}`}`;
        return `  ${requests}: ${actionText(action)}   ${colour("dim", `rule ${rule}${from === null ? "" : `, ${sourceText(from)}`}`)}\n${fieldLines(fields, "    ")}`;
      }),
      ...(connection.length === 0 ? [] : [`  connections:\n${fieldLines(connection, "    ")}`]),
    ]),
    ...(access.length === 0 && defaultAccess.from.length === 0
      ? []
      : ["\nAccess; a DENY that matches decides, else an ALLOW that matches:\n"]),
    ...access.map(
      ({ resource, action, level, ports, from, to, dryRun }) =>
        `  ${action}${dryRun ? " (dry run)" : ""} from ${from === null ? "everybody" : compact(from)}${to === null ? "" : ` to ${compact(to)}`}${ports === null ? "" : ` on port ${ports.join(", ")}`}   ${colour("dim", `${shortKey(resource)}, said for the ${level}`)}\n`,
    ),
    ...(defaultAccess.from.length === 0 ? [] : [fieldLines([defaultAccess], "  ")]),
    ...(authentication.length === 0 ? [] : [`\nAuthentication:\n${fieldLines(authentication, "  ")}`]),
    ...unheardLines(unheard),
    ...(objects.length === 0
      ? []
      : [`\nObjects:\n${objects.map((object) => `  ${objectName(object)}\n`).join("")}`]),
  ].join("");
}

/** An object's fields with the resources behind them. */
export function objectText({ object, fields }: ExplainedObject, clusters: readonly string[]): string {
  return `${colour("bold", objectName(object))} in ${few(clusters)}\n${fieldLines(fields, "  ")}`;
}

/** What a resource comes to at one thing. */
export function effectText(
  { kind, name, rank, of, reason, won, lost, unheard, objects }: Effect,
  clusters: readonly string[],
): string {
  return [
    `${colour("bold", `${kind} ${name}`)} in ${few(clusters)}: ${rank === null ? "" : `${rank} of ${of}: `}${reason}\n`,
    ...won.map(({ field, value, path }) => `  ✓ ${field} = ${compact(value)}   ${colour("dim", path)}\n`),
    ...lost.map(
      ({ field, value, path, outcome, why, to }) =>
        `  ✗ ${field} = ${compact(value)}   ${colour("dim", path)}\n      ${outcome}, ${few(to.map(sourceText))} holds: ${shortened(why)}\n`,
    ),
    ...unheard.map(({ path, outcome, why }) => `  ✗ ${path}\n      ${words(outcome)}: ${shortened(why)}\n`),
    ...(objects.length === 0 ? [] : [`  in ${few(objects.map(objectName))}\n`]),
  ].join("");
}

function clientsText(condition: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(condition).map(([field, value]) => `${field} ${compact(value)}`);
  return parts.length === 0
    ? "Every client that is in no other class"
    : `Clients with ${parts.join(" and ")}`;
}

function actionText(action: unknown): string {
  return action === "forward" ? "to the destination itself" : compact(action);
}

function fieldLines(fields: readonly Field[], margin: string): string {
  return fields
    .map(({ field, value, from, lost }) => {
      const inline = compact(value);
      const source = colour("dim", few(from.map(sourceText)));
      const said =
        inline.length <= longest
          ? `${margin}${field} = ${inline}   ${source}\n`
          : `${margin}${field}:   ${source}\n${yaml(value).replace(/^(?=.)/gm, `${margin}  `)}`;
      return `${said}${lost.map((loser) => lostLine(loser, margin)).join("")}`;
    })
    .join("");
}

/** Characters of a value beyond which it gets lines of its own. */
const longest = 100;

function lostLine({ value, outcome, why, ...source }: Lost, margin: string): string {
  return `${margin}  not ${compact(value)} of ${sourceText(source as Source)}: ${outcome}: ${shortened(why)}\n`;
}

function unheardLines(unheard: readonly Unheard[]): string[] {
  if (unheard.length === 0) return [];
  return [
    "\nNot heard:\n",
    ...unheard.map(
      ({ outcome, why, ...source }) => `  ${sourceText(source)}: ${words(outcome)}: ${shortened(why)}\n`,
    ),
  ];
}

function words(outcome: string): string {
  return outcome === "keptOut" ? "kept out" : outcome;
}

/** Resource keys in a sentence, as this program writes them elsewhere. */
function shortened(sentence: string): string {
  return sentence.replace(/[A-Z]\w+\/[a-z0-9-]+\/[a-z0-9.-]+/g, shortKey);
}

/** A value in one line, as YAML's short form has it. */
function compact(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(compact).join(", ")}]`;
  if (value !== null && typeof value === "object")
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${compact(item)}`)
      .join(", ")}}`;
  return String(value);
}
