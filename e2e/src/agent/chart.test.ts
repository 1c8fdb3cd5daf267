import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { chartFolder, helm, type Manifest, renderChart } from "../testbed/helm.ts";
import { gatewayApiCrds, istioCrds, linkerdCrds, testbedAvailability } from "../testbed/index.ts";

const { available } = await testbedAvailability();

const required = { relayAddress: "relay.example:9443", databaseSecret: "database", keySecret: "key" };
const full = {
  heddle: {
    ...required,
    replicas: 3,
    redisSecret: "redis",
    drift: "report",
    image: { repository: "registry.example/heddle", tag: "1.2.3", pullPolicy: "Always" },
    relayService: { type: "NodePort", annotations: { "example.com/a": "b" } },
    nodeSelector: { disk: "ssd" },
    tolerations: [{ key: "a", operator: "Exists" }],
    affinity: { nodeAffinity: {} },
    monitoring: { enabled: true, tokenSecret: "scraper" },
    tracing: { endpoint: "http://collector:4318", ratio: 0.1 },
  },
  "heddle-agent": {
    token: "heddle1.abc",
    relayAddress: "relay.example:9443",
    meshes: { istio: { enabled: true, configMaps: ["istio", "istio-canary"] }, linkerd: { enabled: false } },
    extraRules: [
      { apiGroups: ["networking.istio.io"], resources: ["envoyfilters"], verbs: ["get", "list", "watch"] },
    ],
    nodeSelector: { disk: "ssd" },
    tolerations: [{ key: "a", operator: "Exists" }],
    affinity: { nodeAffinity: {} },
  },
};

describe.skipIf(!available)("charts", () => {
  describe.each([
    ["heddle", required],
    ["heddle-agent", {}],
  ] as const)("%s", (name, least) => {
    it.each([
      ["default", least],
      ["all", full[name]],
    ])("lints and renders with %s values", async (_which, values) => {
      const lint = await helm(["lint", "--strict", chartFolder(name)], values);
      expect(lint.stdout + lint.stderr).toContain("0 chart(s) failed");
      const objects = await renderChart(name, { namespace: "mesh-control", values });
      expect(objects.map(({ kind }) => kind)).toContain("Deployment");
      for (const object of objects)
        if (!object.kind.startsWith("ClusterRole")) expect(object.metadata.namespace).toBe("mesh-control");
    });

    it.each([
      { relayAdress: "relay.example:9443" },
      { relayAddress: "https://relay.example" },
      { logLevel: "loud" },
      { tracing: { ratio: 2 } },
      { image: { tag: 7 } },
    ])("refuses the wrong values %j", async (wrong) => {
      const outcome = await helm(["template", name, chartFolder(name), "--kube-version", "1.36.0"], {
        ...least,
        ...wrong,
      });
      expect(outcome.code).not.toBe(0);
      expect(outcome.stderr).toContain("values don't meet the specifications of the schema");
    });
  });

  it("refuses extra rules with a wildcard", async () => {
    const extraRules = [{ apiGroups: ["x"], resources: ["*"], verbs: ["get"] }];
    await expect(renderChart("heddle-agent", { namespace: "a", values: { extraRules } })).rejects.toThrow(
      "schema",
    );
  });

  it("grants the agent every kind that a dialect writes, and no other", async () => {
    const granted = new Set(
      (await rulesOf("heddle-agent-apply", {})).flatMap(({ apiGroups, resources, verbs }) =>
        verbs.includes("patch")
          ? apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`))
          : [],
      ),
    );
    expect([...granted].sort()).toEqual(await writtenResources());
  });

  it("grants whole sets of verbs: what is written can be listed, watched and removed", async () => {
    const all = [
      ...(await rulesOf("heddle-agent-discover", {})),
      ...(await rulesOf("heddle-agent-apply", {})),
    ];
    const verbsOf = (group: string, resource: string) =>
      new Set(
        all
          .filter((rule) => rule.apiGroups.includes(group) && rule.resources.includes(resource))
          .flatMap(({ verbs }) => verbs),
      );
    for (const written of await writtenResources()) {
      const [group = "", resource = ""] = written.split("/");
      expect([...verbsOf(group, resource)].sort(), written).toEqual([
        "create",
        "delete",
        "get",
        "list",
        "patch",
        "watch",
      ]);
    }
  });

  it("grants nothing of a mesh that is turned off", async () => {
    const meshes = { istio: { enabled: false } };
    const rules = [
      ...(await rulesOf("heddle-agent-apply", { meshes })),
      ...(await rulesOf("heddle-agent-discover", { meshes })),
    ];
    expect(rules.filter(({ apiGroups }) => apiGroups.some((group) => group.endsWith("istio.io")))).toEqual(
      [],
    );
    expect(rules.flatMap(({ resourceNames = [] }) => resourceNames)).toEqual(["linkerd-config"]);
  });
});

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

async function rulesOf(role: string, values: object): Promise<Rule[]> {
  const objects = await renderChart("heddle-agent", { namespace: "heddle", values });
  const found = objects.find(({ kind, metadata }) => kind === "ClusterRole" && metadata.name === role);
  return (found?.["rules"] ?? []) as Rule[];
}

const dialectsFolder = fileURLToPath(new URL("../../../packages/dialects", import.meta.url));

/** `group/plural` of all that dialects write: what their golden cases have, and kinds that only their sources name. */
async function writtenResources(): Promise<string[]> {
  const plurals = new Map([["/Service", "services"]]);
  for (const { spec } of [
    ...(await istioCrds()),
    ...(await linkerdCrds()),
    ...(await gatewayApiCrds("experimental")),
  ])
    plurals.set(`${spec.group}/${spec.names.kind}`, spec.names.plural);
  const golden = goldenKinds();
  const covered = new Set(golden.map((kind) => kind.slice(kind.indexOf("/"))));
  const others = [...plurals.keys()].filter((kind) => !covered.has(kind.slice(kind.indexOf("/"))));
  const kinds = [...golden, ...kindsInSources(others)];
  const resourceOf = (kind: string) =>
    `${kind.slice(0, kind.indexOf("/"))}/${plurals.get(kind) ?? `a kind without a definition: ${kind}`}`;
  return [...new Set(kinds.map(resourceOf))].sort();
}

/** `group/Kind` of every object in the golden cases. */
function goldenKinds(): string[] {
  return readdirSync(`${dialectsFolder}/golden`).flatMap((name) => {
    const expected = readFileSync(`${dialectsFolder}/golden/${name}/expected.yaml`, "utf8");
    const clusters = parse(expected) as Record<string, { readonly objects: readonly Manifest[] }>;
    return Object.values(clusters).flatMap(({ objects }) =>
      objects.map(
        ({ apiVersion, kind }) => `${apiVersion.slice(0, Math.max(0, apiVersion.indexOf("/")))}/${kind}`,
      ),
    );
  });
}

/** Those of `known` whose kind a dialect's translation names, in a group that the dialect names. */
function kindsInSources(known: readonly string[]): string[] {
  const dialects = readdirSync(`${dialectsFolder}/src`, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  return dialects.flatMap(({ name }) => {
    const folder = `${dialectsFolder}/src/${name}`;
    const source = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .map((file) => readFileSync(`${folder}/${file}`, "utf8"))
      .join("\n");
    return known.filter((entry) => {
      const slash = entry.indexOf("/");
      const [group, kind] = [entry.slice(0, slash), entry.slice(slash + 1)];
      return group !== "" && source.includes(`"${group}`) && source.includes(`kind: "${kind}"`);
    });
  });
}
