import type { ApiClient } from "../client/api-client.ts";

interface Report {
  readonly cluster: string;
  readonly state: string;
  readonly objects: readonly { readonly object: string; readonly state: string }[];
  readonly fields: readonly { readonly path: string; readonly level: string; readonly how: string }[];
}

const query = `query Reports($ref: ResourceRef!) {
  resource(ref: $ref) { report { cluster state objects { object state } fields { path level how } } } }`;

/** Per resource and cluster: the objects that were written, and every field that is not there as it was said. */
export async function showReports(
  api: ApiClient,
  keys: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  for (const key of keys) {
    const [kind, workspace, name] = key.split("/");
    const { resource } = await api.query<{ resource: { report: readonly Report[] } }>(query, {
      ref: { kind, workspace, name },
    });
    say(`   ${kind} ${name}`);
    for (const { cluster, objects, fields } of resource.report) {
      const written = objects.map(({ object, state }) => {
        const [, objectKind, namespace, objectName] = object.split("|");
        return `${objectKind} ${namespace}/${objectName}${state === "applied" ? "" : ` (${state})`}`;
      });
      say(`     ${cluster.padEnd(9)} ${written.join(", ") || "nothing"}`);
      for (const { path, level, how } of fields)
        say(`     ${" ".repeat(9)} ${level === "approximated" ? "≈" : "✗"} ${path}: ${level}: ${how}`);
    }
  }
}
