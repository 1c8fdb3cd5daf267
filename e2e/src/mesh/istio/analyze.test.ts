import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runCommand } from "../../testbed/kubectl.ts";
import { meshAvailability } from "./mesh-availability.ts";
import { ensureMeshBinaries, type MeshBinaries } from "./mesh-binaries.ts";

const golden = fileURLToPath(new URL("../../../../packages/dialects/golden/", import.meta.url));

/** Warnings that are about what the author of the policy said, not about how it was translated. */
const expected: readonly RegExp[] = [
  // Rules in order: Heddle has a finding of its own for rules that others shadow.
  /virtualService rule .* is not used \(duplicate\/overlapping match/,
  // A DENY by HTTP attributes also refuses what is not HTTP: the stricter side, as SEMANTICS asks for.
  /will deny all traffic to TCP ports under its scope/,
  // istiod lets proxies verify against the system's CAs then (pilot/pkg/networking/core/cluster_tls.go); this analyzer does not know.
  /IST0128 .* TLS mode set to SIMPLE but no caCertificates are set/,
  // Said of every EnvoyFilter; Heddle writes one only for what Istio has no kind for.
  /EnvoyFilter exposes internal implementation details that may change at any time/,
];

interface GoldenObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

interface GoldenWorld {
  readonly clusters: Readonly<Record<string, { readonly meshConfig?: object }>>;
}

const { available } = await meshAvailability();

/** Istio's own validator, which its webhook is, and its analyzers over everything that golden cases say Heddle writes. */
describe.skipIf(!available)("istioctl finds nothing wrong with the golden cases", async () => {
  let binaries: MeshBinaries;
  let folder: string;
  beforeAll(async () => {
    binaries = await ensureMeshBinaries();
    folder = await mkdtemp(join(tmpdir(), "heddle-analyze-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  for (const name of (await readdir(golden)).toSorted())
    it(name, async () => {
      const outcome = parse(await readFile(join(golden, name, "expected.yaml"), "utf8")) as Record<
        string,
        { objects?: readonly GoldenObject[] }
      >;
      const world = parse(await readFile(join(golden, name, "world.yaml"), "utf8")) as GoldenWorld;
      for (const [cluster, { objects = [] }] of Object.entries(outcome)) {
        const own = objects.filter(({ apiVersion }) => /\.istio\.io\//.test(apiVersion));
        if (own.length === 0) continue;
        const file = join(folder, `${name}.${cluster}.yaml`);
        await writeFile(
          file,
          [...own, ...servicesFor(own)].map((object) => JSON.stringify(object)).join("\n---\n"),
        );
        const meshConfig = join(folder, `${name}.${cluster}.mesh.yaml`);
        await writeFile(meshConfig, JSON.stringify(world.clusters[cluster]?.meshConfig ?? {}));
        expect(await complaints(binaries.istioctl, file, meshConfig), cluster).toEqual([]);
      }
    });
});

async function complaints(istioctl: string, file: string, meshConfig: string): Promise<string[]> {
  const validated = await runCommand(istioctl, ["validate", "-f", file]);
  const lines = `${validated.stdout}\n${validated.stderr}`.split("\n").filter((line) => /^\s*\*/.test(line));
  const analyzed = await runCommand(istioctl, [
    ...["analyze", "-A", "--use-kube=false", "-o", "json", "--meshConfigFile", meshConfig, file],
  ]);
  // After the list it says in words how much it found.
  const list = analyzed.stdout.slice(0, analyzed.stdout.lastIndexOf("]") + 1);
  const found = JSON.parse(list) as readonly {
    level: string;
    code: string;
    message: string;
    origin: string;
  }[];
  return [
    ...lines.map((line) => line.trim()),
    ...found
      .filter(({ level }) => level !== "Info")
      .map(({ code, message, origin }) => `${code} ${origin}: ${message}`),
  ].filter((line) => !expected.some((pattern) => pattern.test(line)));
}

/** Services, so that hosts exist: the world of a golden case has facts, not objects. */
function servicesFor(objects: readonly GoldenObject[]): object[] {
  const hosts = JSON.stringify(objects).matchAll(/([a-z0-9-]+)\.([a-z0-9-]+)\.svc\.cluster\.local/g);
  const services = new Map(
    [...hosts].map(([, name = "", namespace = ""]) => [`${namespace}/${name}`, { name, namespace }]),
  );
  return [...services.values()].map(({ name, namespace }) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: [{ name: "http", port: 80 }] },
  }));
}
