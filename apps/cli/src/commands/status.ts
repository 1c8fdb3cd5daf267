import type { Command } from "commander";
import { clusterTable, listClusters } from "../clusters.ts";
import { openSession, print } from "../session.ts";

export function addStatus(program: Command): void {
  program
    .command("status [clusters...]")
    .description("per cluster: desired and applied revision, when it was heard of, and what is wrong")
    .option("-o, --output <format>", "wide")
    .action(async (names: readonly string[], options: { readonly output?: string }, command: Command) => {
      const { api } = await openSession(command);
      const clusters = (await listClusters(api)).filter(
        ({ name }) => names.length === 0 || names.includes(name),
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
