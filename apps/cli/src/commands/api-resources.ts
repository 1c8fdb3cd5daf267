import { discoveredKinds, kinds } from "@heddle/api";
import type { Command } from "commander";
import { table } from "../output/table.ts";
import { print } from "../session.ts";

export function addApiResources(program: Command): void {
  program
    .command("api-resources")
    .description("the kinds there are, with their short names")
    .action(() => {
      const rows = [
        ...kinds.map(({ plural, shortNames, kind, workspaced, summary }) => [
          plural,
          shortNames.join(","),
          kind,
          String(workspaced),
          summary,
        ]),
        ...discoveredKinds.map(({ plural, shortNames, kind, summary }) => [
          plural,
          shortNames.join(","),
          kind,
          "discovered",
          summary,
        ]),
      ];
      print(table(["NAME", "SHORTNAMES", "KIND", "WORKSPACED", "SUMMARY"], rows));
    });
}
