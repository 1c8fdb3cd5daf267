import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Finding } from "./finding.ts";
import { doubtfulDocuments, refusedDocuments } from "./manifest/document-cases.ts";
import { parseManifests, validateManifest } from "./manifest.ts";

const good = `apiVersion: heddle.io/v1alpha1
kind: TrafficPolicy
metadata: {name: a}
spec: {defaults: {timeout: {request: 3s}}}
`;

function read(text: string | Uint8Array, limits = {}) {
  return parseManifests([{ file: "f.yaml", text }], limits);
}

/** `document:line:column CODE path`, one for each finding. */
function places(findings: readonly Finding[]): string[] {
  return findings.map(({ code, path, origin }) =>
    `${origin?.document}:${origin?.line}:${origin?.column} ${code} ${path}`.trimEnd(),
  );
}

function codes(findings: readonly Finding[]): string[] {
  return findings.map(({ code }) => code);
}

describe("documents", () => {
  it("reads several, and skips comments and empty ones", () => {
    const { manifests, findings } = read(
      `# nothing\n---\n---\n# still nothing\n---\n${good}---\n${good.replace("name: a", "name: b")}`,
    );
    expect(findings).toEqual([]);
    expect(manifests.map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
    expect(manifests[0]).toMatchObject({
      kind: "TrafficPolicy",
      metadata: { workspace: "default", labels: {} },
      spec: { targets: [], onUnsupported: "warn" },
      origin: { file: "f.yaml", document: 2, line: 6, column: 1 },
    });
  });

  it("reads JSON, indented by tabs", () => {
    const { manifests, findings } = read(
      JSON.stringify(
        JSON.parse('{"apiVersion":"heddle.io/v1alpha1","kind":"Cluster","metadata":{"name":"a"},"spec":{}}'),
        null,
        "\t",
      ),
    );
    expect(findings).toEqual([]);
    expect(manifests).toHaveLength(1);
  });

  it("reads the items of a List", () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- apiVersion: heddle.io/v1alpha1\n  kind: Cluster\n  metadata: {name: a}\n  spec: {}\n- apiVersion: heddle.io/v1alpha1\n  kind: Cluster\n  metadata: {name: b}\n  spec: {zon: x}\n- 5\n`;
    const { manifests, findings } = read(list);
    expect(manifests.map(({ metadata }) => metadata.name)).toEqual(["a"]);
    expect(places(findings)).toEqual([
      "0:11:10 UNKNOWN_FIELD items[1].spec.zon",
      "0:12:3 NOT_A_RESOURCE items[2]",
    ]);
  });

  it("tells every mistake of one bad document and keeps the others", () => {
    const bad = `apiVersion: heddle.io/v1alpha1
kind: TrafficPolicy
metadata: {name: A_b, workspac: x}
spec:
  rules:
    - macth: []
    - retries: {attempts: "3"}
      timeout: 3
`;
    const { manifests, findings } = read(`${good}---\n${bad}---\n${good.replace("name: a", "name: c")}`);
    expect(manifests.map(({ metadata }) => metadata.name)).toEqual(["a", "c"]);
    expect(places(findings)).toEqual([
      "1:8:18 INVALID_FORMAT metadata.name",
      "1:8:23 UNKNOWN_FIELD metadata.workspac",
      "1:11:7 UNKNOWN_FIELD spec.rules[0].macth",
      "1:13:16 WRONG_TYPE spec.rules[1].timeout",
      "1:12:27 WRONG_TYPE spec.rules[1].retries.attempts",
    ]);
    expect(findings[0]?.resource).toBe("TrafficPolicy/default/A_b");
  });

  it("goes on after a document that is not YAML", () => {
    const { manifests, findings } = read(`a: b: c\n---\n${good}`);
    expect(codes(findings)).toEqual(["YAML_SYNTAX"]);
    expect(places(findings)).toEqual(["0:1:4 YAML_SYNTAX"]);
    expect(manifests).toHaveLength(1);
  });

  it("refuses the same resource twice, across files", () => {
    const { manifests, findings } = parseManifests([
      { file: "a.yaml", text: good },
      { file: "b.yaml", text: `---\n---\n${good}` },
    ]);
    expect(manifests).toHaveLength(1);
    expect(codes(findings)).toEqual(["DUPLICATE_RESOURCE"]);
    expect(findings[0]?.reason).toContain("a.yaml, document 0, line 1");
    expect(findings[0]?.origin).toMatchObject({ file: "b.yaml", line: 3 });
  });

  it("reads anchors and aliases, and shows mistakes where the alias stands", () => {
    const text = `apiVersion: heddle.io/v1alpha1
kind: TrafficPolicy
metadata: {name: a, annotations: {x: &d 3s}}
spec:
  defaults: {timeout: {request: *d}}
  rules:
    - retries: &r {attempts: x}
      match: [{port: 80}]
    - retries: *r
`;
    expect(places(read(text).findings)).toEqual([
      "0:7:30 WRONG_TYPE spec.rules[0].retries.attempts",
      "0:9:16 WRONG_TYPE spec.rules[1].retries.attempts",
    ]);
  });
});

describe("what is meant", () => {
  function found(text: string) {
    return read(text).findings.map(({ code, reason, remedy }) => `${code}: ${reason} → ${remedy}`);
  }
  const spec = (text: string) => good.replace("{defaults: {timeout: {request: 3s}}}", text);

  it.each([
    [
      "a kind",
      good.replace("TrafficPolicy", "TrafficPolcy"),
      'UNKNOWN_KIND: there is no kind "TrafficPolcy"; did you mean TrafficPolicy? → write TrafficPolicy',
    ],
    [
      "an apiVersion",
      good.replace("v1alpha1", "v1alpha"),
      'UNKNOWN_API_VERSION: "heddle.io/v1alpha" is not an apiVersion of Heddle; did you mean heddle.io/v1alpha1? → write apiVersion: heddle.io/v1alpha1',
    ],
    [
      "a field beside spec",
      `${good}spce: 1\n`,
      'UNKNOWN_FIELD: there is no field "spce" here; did you mean spec? → write spec',
    ],
    [
      "a field of a union",
      spec("{rules: [{match: [{path: {exat: /a}}]}]}"),
      'UNKNOWN_FIELD: there is no field "exat" here; did you mean exact? → write exact',
    ],
    [
      "a value",
      spec("{onUnsupported: rejct}"),
      'INVALID_VALUE: "rejct" is not one of warn, reject; did you mean reject? → write reject',
    ],
    [
      "a port of the same resource",
      "apiVersion: heddle.io/v1alpha1\nkind: ExternalService\nmetadata: {name: a}\nspec: {hosts: [a.example], resolution: static, ports: [{name: https, port: 443}], endpoints: [{address: 10.0.0.1, ports: {htps: 443}}]}\n",
      "INVALID_VALUE: no port of the service is named htps; did you mean https? → use one of https",
    ],
    [
      "a member of the same resource",
      "apiVersion: heddle.io/v1alpha1\nkind: VirtualMesh\nmetadata: {name: a}\nspec: {trust: {mode: federated}, members: [{cluster: eu-main}, {cluster: eu-side, role: remote, controlledBy: eu-mian}]}\n",
      "INVALID_TOPOLOGY: eu-mian is not a member; did you mean eu-main? → name a member that is primary or external or config",
    ],
    [
      "none of a union's forms",
      spec("{rules: [{match: [{path: {}}]}]}"),
      "MISSING_FIELD: exactly one of exact, prefix, regex is needed → set one of exact, prefix, regex",
    ],
    [
      "two of a union's forms",
      spec("{rules: [{match: [{path: {exact: /a, regex: b}}]}]}"),
      "EXCLUSIVE_FIELDS: only one of exact, regex can be set → keep one of exact, regex",
    ],
    [
      "a mistake within one form of a union",
      spec("{rules: [{match: [{path: {exact: a, ignoreCase: true}}]}]}"),
      'INVALID_FORMAT: "a" must start with / → correct the text',
    ],
    [
      "a list",
      spec("{rules: {}}"),
      "WRONG_TYPE: it is a map, not a list → write a list: put a - before each entry",
    ],
    [
      "text",
      good.replace("name: a", "name: 5"),
      'WRONG_TYPE: 5 is a whole number, not text → put it in quotes: "5"',
    ],
    [
      "too many",
      spec("{rules: [{split: []}]}"),
      "OUT_OF_RANGE: it has 0 entries, but must have at least 1 → keep within the limits of the field",
    ],
    [
      "too large",
      spec("{defaults: {retries: {attempts: 101}}}"),
      "OUT_OF_RANGE: 101 must be at most 100 → keep within the limits of the field",
    ],
    [
      "a workspace for the fleet",
      "apiVersion: heddle.io/v1alpha1\nkind: Cluster\nmetadata: {name: a, workspace: b}\nspec: {}\n",
      "WORKSPACE_NOT_APPLICABLE: a Cluster belongs to the whole fleet, not to workspace b → remove metadata.workspace",
    ],
    [
      "a key of a map",
      good.replace("name: a", "name: a, labels: {-x: b}"),
      'INVALID_FORMAT: the key "-x" must be a label key → correct the key',
    ],
    [
      "a kind that is discovered",
      good.replace("TrafficPolicy", "Workload"),
      "READ_ONLY_KIND: a Workload is found by discovery, it cannot be applied → remove the document; change what was discovered in its cluster",
    ],
  ])("explains %s", (_title, text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  it("knows what YAML 1.1 would have read", () => {
    const cluster =
      "apiVersion: heddle.io/v1alpha1\nkind: Cluster\nmetadata: {name: a}\nspec: {paused: yes}\n";
    expect(found(cluster)).toEqual([
      'AMBIGUOUS_YAML: yes is read as "yes" → quote it when text is meant; write true, false or the decimal number otherwise',
      'WRONG_TYPE: "yes" is text, not true or false → write true without quotes',
    ]);
    expect(codes(read(spec("{rules: [{split: [{weight: 010}]}]}")).findings)).toEqual(["AMBIGUOUS_YAML"]);
    expect(codes(read(good.replace("name: a", 'name: a, labels: {a: "no"}')).findings)).toEqual([]);
    expect(found(spec("{defaults: {retries: no}}"))[1]).toBe(
      'INVALID_VALUE: "no" is not false or a map → write false without quotes',
    );
    // A document cannot choose the old rules for itself.
    expect(codes(read(`%YAML 1.1\n---\n${cluster}`).findings)).toContain("WRONG_TYPE");
  });
});

describe("hostile input", () => {
  it.each(refusedDocuments)("refuses $title", ({ text, code, limits }) => {
    const { manifests, findings } = read(text, limits);
    expect(codes(findings)).toContain(code);
    expect(manifests).toEqual([]);
    expect({}).not.toHaveProperty("polluted");
  });

  it.each(doubtfulDocuments)("reads something of $title", ({ text, code, limits }) => {
    const { manifests, findings } = read(text, limits);
    expect(codes(findings)).toEqual([code]);
    expect(manifests).toHaveLength(1);
  });

  it("keeps keys of Object's prototype apart from fields", () => {
    const { manifests, findings } = read(
      good.replace("name: a", "name: a, labels: {constructor: x, toString: y}"),
    );
    expect(findings).toEqual([]);
    expect(manifests[0]?.metadata.labels).toEqual({ constructor: "x", toString: "y" });
  });

  it("stops at its limits and says so", () => {
    expect(codes(read(good, { fileSize: 10 }).findings)).toEqual(["INPUT_TOO_LARGE"]);
    expect(
      codes(read(`${good}---\na: [${"b,".repeat(50)}]\n---\n${good}`, { tokens: 100 }).findings),
    ).toEqual(["INPUT_TOO_LARGE"]);
    expect(places(read(`${good}---\na: [${"b,".repeat(50)}]\n`, { tokens: 100 }).findings)).toEqual([
      "1:5:1 INPUT_TOO_LARGE",
    ]);
    expect(read(`${good}---\na: [${"b,".repeat(50)}]\n`, { tokens: 100 }).manifests).toHaveLength(1);
    expect(codes(read("]".repeat(50), { findings: 10 }).findings)).toEqual(["INPUT_TOO_LARGE"]);
    const many = read(`${good}---\n`.repeat(5), { documents: 3 });
    expect(codes(many.findings)).toEqual(["DUPLICATE_RESOURCE", "DUPLICATE_RESOURCE", "TOO_MANY_DOCUMENTS"]);
    expect(codes(read("---\n".repeat(20), { documents: 10 }).findings)).toEqual(["TOO_MANY_DOCUMENTS"]);
    expect(codes(read("kind: List\n---\n".repeat(20), { documents: 10 }).findings)).toEqual([
      "TOO_MANY_DOCUMENTS",
    ]);
    const broken = read("a: 1\n---\n".repeat(50), { findings: 10 });
    expect(broken.findings).toHaveLength(11);
    expect(codes(broken.findings).at(-1)).toBe("TOO_MANY_FINDINGS");
    expect(broken.findings.at(-1)?.reason).toBe("240 more findings are not listed");
  });

  it("survives a value with more mistakes than zod does", () => {
    const { manifest, findings } = validateManifest({
      apiVersion: "heddle.io/v1alpha1",
      kind: "TrafficPolicy",
      metadata: { name: "a" },
      spec: { rules: Array(300_000).fill(5) },
    });
    expect(manifest).toBeUndefined();
    expect(codes(findings).at(-1)).toBe("TOO_MANY_FINDINGS");
  });

  it("never throws and ends in time, whatever the text", () => {
    const piece = fc.constantFrom(
      "a",
      ": ",
      "- ",
      "\n",
      "  ",
      "{",
      "}",
      "[",
      "]",
      ",",
      "&a ",
      "*a",
      "? ",
      "|\n",
      ">-\n",
      "'",
      '"',
      "#",
      "---\n",
      "...\n",
      "!!str ",
      "%YAML 1.1\n",
      "<<",
      "__proto__",
      "\t",
      "1e999",
      "\\u",
      "kind",
      "spec: ",
      "metadata: ",
      "heddle.io/v1alpha1",
      good,
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece, { maxLength: 60 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (input) => {
        const started = performance.now();
        read(input);
        expect(performance.now() - started).toBeLessThan(2_000);
      }),
      { numRuns: 3_000 },
    );
  });

  it("takes time in proportion to the size", () => {
    const shapes = [
      "[",
      "{a: ",
      "- ",
      "? ",
      "a: b\n",
      "&a ",
      "- a: 1\n  b: [c]\n",
      '"a": ',
      "x: *a\n",
      ": ",
      "]",
    ];
    for (const shape of shapes) {
      const started = performance.now();
      read(shape.repeat(Math.ceil(50_000 / shape.length)));
      expect(performance.now() - started, shape).toBeLessThan(3_000);
    }
  });
});

describe("validateManifest", () => {
  const manifest = { apiVersion: "heddle.io/v1alpha1", kind: "Cluster", metadata: { name: "a" }, spec: {} };

  it("fills in defaults", () => {
    expect(validateManifest(manifest)).toEqual({
      manifest: {
        ...manifest,
        metadata: { name: "a", workspace: "default", labels: {}, annotations: {} },
        spec: { labels: {}, paused: false },
      },
      findings: [],
    });
  });

  it("ignores a status, so that what was read can be applied", () => {
    expect(validateManifest({ ...manifest, status: { conditions: [] } }).findings).toEqual([]);
  });

  it.each([
    ["undefined", undefined, "WRONG_TYPE"],
    ["a function", { ...manifest, spec: () => 1 }, "WRONG_TYPE"],
    ["a symbol", { ...manifest, spec: { a: Symbol("a") } }, "WRONG_TYPE"],
    ["NaN", { ...manifest, spec: { a: Number.NaN } }, "NUMBER_OUT_OF_RANGE"],
    ["an own __proto__", JSON.parse('{"__proto__": {}}'), "UNSAFE_KEY"],
    ["null", null, "NOT_A_RESOURCE"],
    ["nothing", {}, "MISSING_FIELD"],
  ])("refuses %s", (_title, input, code) => {
    const { manifest: result, findings } = validateManifest(input);
    expect(result).toBeUndefined();
    expect(findings[0]?.code).toBe(code);
  });

  it("refuses cycles by their depth, and too many values", () => {
    const cycle: Record<string, unknown> = { ...manifest };
    cycle["spec"] = cycle;
    expect(validateManifest(cycle).findings[0]?.code).toBe("TOO_DEEP");
    expect(
      validateManifest({ ...manifest, spec: { a: Array(20).fill(1) } }, { values: 10 }).findings,
    ).toMatchObject([{ code: "INPUT_TOO_LARGE" }]);
  });

  it("never throws, whatever the value", () => {
    const spec = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSet: true,
    });
    fc.assert(
      fc.property(
        spec,
        fc.constantFrom("TrafficPolicy", "VirtualMesh", "RolloutStrategy", "RawConfig"),
        (input, kind) => {
          validateManifest(input);
          validateManifest({ ...manifest, kind, spec: input });
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
