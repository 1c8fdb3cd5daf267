import { shortKey } from "../commands/apply.ts";
import type { Planned, Source } from "../planned.ts";
import { colour } from "./colour.ts";
import { yamlDiff } from "./yaml-diff.ts";

const marks: Readonly<Record<string, string>> = {
  created: colour("green", "+"),
  create: colour("green", "+"),
  updated: colour("yellow", "~"),
  change: colour("yellow", "~"),
  deleted: colour("red", "-"),
  delete: colour("red", "-"),
};

/** A plan for people: resources, objects with their differences, what the meshes say of it, what could break, and a summary. */
export function planText(planned: Planned): string {
  const edited = planned.resources.flatMap(({ key, outcome }) =>
    marks[outcome] === undefined ? [] : `${marks[outcome]} ${shortKey(key)} would be ${outcome}\n`,
  );
  const objects = planned.objects.map(
    ({ clusters, object, action, before, after, because }) =>
      `\n${marks[action]} ${colour("bold", objectName(object))} in ${few(clusters)}\n${sources(because)}${indent(yamlDiff(before, after))}`,
  );
  const verdicts = planned.verdicts.map(
    ({ clusters, level, how, was, ...source }) =>
      `  ${level === "unsupported" ? "–" : level === "approximated" ? "≈" : "✓"} ${sourceText(source)} in ${few(clusters)}: ${level}${was === null || was === level ? "" : ` (${was} now)`}: ${how}\n`,
  );
  const findings = planned.newFindings.map(
    ({ clusters, code, reason, remedy, ...source }) =>
      `  ! ${sourceText(source)} in ${few(clusters)}: ${reason} [${code}]\n      ${remedy}\n`,
  );
  const conflicts = planned.conflicts.map(
    ({ clusters, winner, loser, at }) =>
      `  ! ${sourceText(loser)} loses to ${sourceText(winner)} in ${few(clusters)}${at === null ? "" : ` (${at})`}\n`,
  );
  const risks = planned.risks.map(
    ({ code, destinations, clusters, reason, clients, because }) =>
      `  ${colour("red", "!")} ${few(destinations)} in ${few(clusters)}: ${reason}${clients.length === 0 ? "" : `: ${few(clients, 10)}`} [${code}]\n${sources(because)}`,
  );
  return [
    ...edited,
    ...objects,
    ...section("How fields would land, where that is not as written or differs from now:", verdicts),
    ...section("New findings:", findings),
    ...section("New conflicts:", conflicts),
    ...section("What could break:", risks),
    `\n${summary(planned)}\n`,
  ].join("");
}

/** `3 to create, 1 to change, 0 to delete in 2 clusters` */
export function summary({ summary: { create, change, delete: deleted, clusters } }: Planned): string {
  return `${create} to create, ${change} to change, ${deleted} to delete in ${clusters} ${clusters === 1 ? "cluster" : "clusters"}`;
}

/** `apiVersion|kind|namespace|name` for people. */
export function objectName(object: string): string {
  const [, kind, namespace, name] = object.split("|");
  return `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

export function sourceText({ resource, path }: Source): string {
  return `${shortKey(resource)} ${path}`;
}

/** The first few of many. */
export function few(names: readonly string[], most = 6): string {
  return names.length <= most
    ? names.join(", ")
    : `${names.slice(0, most - 1).join(", ")} and ${names.length - most + 1} more`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`\n${colour("bold", title)}\n`, ...lines];
}

function sources(because: readonly Source[]): string {
  return because.length === 0 ? "" : `${colour("dim", `    because of ${few(because.map(sourceText))}`)}\n`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "    ");
}
