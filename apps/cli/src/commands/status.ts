import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { clusterTable, listClusters } from "../clusters.ts";
import { wideOption } from "../input/option-values.ts";
import { openSession, print } from "../session.ts";

export function addStatus(program: Command): void {
  program
    .command("status [clusters...]")
    .description("per cluster: desired and applied revision, when it was heard of, and what is wrong")
    .addOption(wideOption())
    .action(async (names: readonly string[], options: { readonly output?: string }, command: Command) => {
      const { api } = await openSession(command);
      const clusters = (await listClusters(api)).filter(
        ({ name }) => names.length === 0 || names.includes(name),
      );
      const missing = names.filter((name) => !clusters.some((cluster) => cluster.name === name));
      if (missing.length > 0)
        throw new CliError(
          missing
            .map((name) => `cluster/${name} is not there: \`heddle cluster list\` lists what is`)
            .join("\n"),
        );
      if (clusters.length === 0) {
        process.stderr.write("No clusters found. `heddle cluster register NAME` makes one known.\n");
        return;
      }
      print(clusterTable(clusters, { wide: options.output === "wide", header: true }));
      for (const { name, problems } of clusters)
        for (const { object, code, message, owner } of problems) {
          const [apiVersion, kind, namespace, objectName] = object.split("|");
          print(
            `\n${name}: ${kind} ${namespace ? `${namespace}/` : ""}${objectName} (${apiVersion}): ${code}\n    ${message}${owner === null ? "" : ` (held by ${owner})`}\n`,
          );
        }
    });
}
