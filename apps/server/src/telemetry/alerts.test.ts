import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parser } from "@prometheus-io/lezer-promql";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type TestServer, useTestServers } from "../testing/test-server.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const file = parse(readFileSync(`${root}deploy/charts/heddle/files/alerts.yaml`, "utf8")) as {
  readonly groups: readonly { readonly rules: readonly Alert[] }[];
};
const alerts = file.groups.flatMap(({ rules }) => rules);

/** Names of nodes in the syntax tree of an expression, with their text. */
function nodes(expr: string): { readonly name: string; readonly text: string }[] {
  const found: { name: string; text: string }[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, from, to }) => void found.push({ name, text: expr.slice(from, to) }),
  });
  return found;
}

describe("alarms", () => {
  const servers = useTestServers();
  let server: TestServer;
  let shown: string;
  beforeAll(async () => {
    server = await servers.start();
    shown = await (await server.api.get("/metrics")).text();
  });

  it.each(alerts)("$alert is PromQL on metrics that there are", ({ expr }) => {
    const found = nodes(expr);
    expect(found.filter(({ name }) => name === "⚠")).toEqual([]);
    const metrics = found.filter(({ name }) => name === "Identifier").map(({ text }) => text);
    expect(metrics.length).toBeGreaterThan(0);
    for (const metric of metrics)
      expect(shown).toMatch(new RegExp(`^# TYPE ${metric.replace(/_bucket$/, "")} `, "m"));
    for (const [, label, value] of expr.matchAll(/(state|outcome)="([a-z-]+)"/g))
      expect(shown.includes(`${label}="${value}"`) || shown.includes(String(value))).toBe(true);
  });

  it.each(alerts)("$alert has a runbook that quotes it", ({ alert, expr, annotations, labels }) => {
    expect(annotations.runbook).toBe(`docs/runbooks/${alert}.md`);
    const text = readFileSync(`${root}${annotations.runbook}`, "utf8");
    expect(text).toContain(`\`\`\`promql\n${expr}\n\`\`\``);
    expect(text).toContain(`**${labels.severity}** · ${annotations.summary}`);
    for (const part of ["## What it means", "## Look", "## Mend"]) expect(text).toContain(part);
    const cli = readFileSync(`${root}docs/cli.md`, "utf8");
    for (const [, command] of text.matchAll(/`heddle ([a-z]+(?: [a-z]+)?)/g))
      expect(cli).toMatch(new RegExp(`^## heddle ${command}( |$)`, "m"));
    for (const [, link = ""] of text.matchAll(/\]\(([^)]+)\)/g))
      expect(existsSync(`${root}docs/runbooks/${link}`)).toBe(true);
  });

  it("are all that there are runbooks for", () => {
    const pages = readdirSync(`${root}docs/runbooks`).filter((name) => name !== "README.md");
    expect(pages.sort()).toEqual(alerts.map(({ alert }) => `${alert}.md`).sort());
  });
});
