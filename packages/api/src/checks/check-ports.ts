import type { Report } from "../define-kind.ts";
import type { PathSegment } from "../finding.ts";
import type { ServicePort } from "../traffic/endpoint.ts";
import { checkUnique } from "./check-unique.ts";

/** Checks ports of a destination: numbers and names are unique, and several ports need names. */
export function checkPorts(ports: readonly ServicePort[], at: readonly PathSegment[], report: Report): void {
  checkUnique(ports, at, (entry) => entry.port, report, { field: "port", code: "DUPLICATE_PORT" });
  checkUnique(ports, at, (entry) => entry.name, report, { field: "name" });
  if (ports.length > 1)
    ports.forEach((entry, index) => {
      if (entry.name === undefined)
        report({
          code: "MISSING_COMPANION",
          path: [...at, index, "name"],
          reason: "where there are several ports each needs a name",
          remedy: "give each port a name",
        });
    });
}
