import { execFileSync } from "node:child_process";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { startSilentAgent } from "./testing/silent-agent.ts";
import { freePort, TestCli } from "./testing/test-cli.ts";

// Each command is a process of its own: a dozen of them take long on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let cli: TestCli;
beforeAll(async () => {
  cli = await TestCli.start();
  await cli.ok(`login ${cli.server.url} --token-stdin`, `${cli.server.firstToken}\n`);
});
afterAll(() => cli.close());

const policy = (name: string, weight = 90, metadata = "") => `apiVersion: heddle.io/v1alpha1
kind: TrafficPolicy
metadata:
  name: ${name}
${metadata}spec:
  targets: [{ kind: Service, name: reviews, namespace: shop }]
  rules:
    - split: [{ version: v1, weight: ${weight} }, { version: v2, weight: ${100 - weight} }]
`;
const labelled = "  labels: { app: shop }\n";

describe("contexts", () => {
  it("are kept where only their owner reads them, and used", async () => {
    expect((await stat(cli.path("config.yaml"))).mode & 0o777).toBe(0o600);
    expect(await cli.ok("context list")).toMatch(/^\* +127\.0\.0\.1:\d+ +http:/m);
    await cli.ok(`login ${cli.server.url} --token ${cli.server.firstToken} --name second`);
    expect(await cli.ok("context list")).toMatch(/^\* +second /m);
    await cli.ok("context remove second");
    expect(await cli.fails("context use second")).toContain("no context second");
    expect(await cli.fails("get tp")).toContain("no server is known");
    const { host } = new URL(cli.server.url);
    await cli.ok(`context use ${host}`);
    expect(await cli.ok("version")).toContain(`(${cli.server.url})`);
  });

  it("say which file is broken, without its tokens", async () => {
    const config = cli.path("broken.yaml");
    for (const text of ["a: [secret-token", "contexts: { a: { server: no, token: secret-token } }"]) {
      await writeFile(config, text);
      const said = await cli.fails("get tp", "", { HEDDLE_CONFIG: config });
      expect(said).toContain(`${config} cannot be read`);
      expect(said).not.toContain("secret-token");
    }
  });

  it("refuse a wrong token, a wrong address, and what is no server", async () => {
    expect(await cli.fails(`login ${cli.server.url} --token wrong`)).toContain("UNAUTHENTICATED");
    expect(await cli.fails("login http://127.0.0.1:1 --token x")).toContain("cannot be reached (bad port)");
    const closed = `http://127.0.0.1:${await freePort()}`;
    expect(await cli.fails(`login ${closed} --token x`)).toContain("cannot be reached (ECONNREFUSED)");
    const env = { HEDDLE_SERVER: "nonsense", HEDDLE_TOKEN: "x" };
    expect(await cli.fails("get tp", "", env)).toContain("HEDDLE_SERVER is nonsense");
  });
});

describe("apply", () => {
  it("takes files, folders and standard input, and changes nothing the second time", async () => {
    await mkdir(cli.path("policies/more"), { recursive: true });
    await writeFile(cli.path("policies/a.yaml"), policy("a", 90, labelled));
    await writeFile(cli.path("policies/more/b.yml"), policy("b"));
    await writeFile(cli.path("policies/readme.txt"), "no manifest");
    expect(await cli.ok(`apply -f ${cli.path("policies")}`)).toBe("trafficpolicy/a created\n");
    expect(await cli.ok(`apply -f ${cli.path("policies")} -R`)).toBe(
      "trafficpolicy/a unchanged\ntrafficpolicy/b created\n",
    );
    expect(await cli.ok("apply -f -", policy("a", 50, labelled))).toBe("trafficpolicy/a configured\n");
    expect(await cli.ok(`apply -f ${cli.path("policies/a.yaml")} --dry-run`)).toBe(
      "trafficpolicy/a configured (dry run)\n",
    );
    expect(await cli.ok("get tp a -o yaml")).toContain("weight: 50");
  });

  it("says where each error is, and applies nothing", async () => {
    await writeFile(
      cli.path("wrong.yaml"),
      `${policy("fine")}---\n${policy("wrong").replace("weight: 90", "weight: many")}`,
    );
    const said = await cli.fails(`apply -f ${cli.path("wrong.yaml")}`);
    expect(said).toMatch(/wrong\.yaml:17:\d+ spec\.rules\[0\]\.split\[0\]\.weight/);
    expect(said).toContain("nothing was applied");
    expect(await cli.fails("get tp fine")).toContain("trafficpolicy/fine is not there");
    expect(await cli.fails("apply -f nowhere.yaml")).toContain("nowhere.yaml cannot be read");
  });

  it("warns of what does not exist, and of each thing once: where, why and what to do", async () => {
    const file = cli.path("doubtful.yaml");
    await writeFile(
      file,
      `apiVersion: heddle.io/v1alpha1
kind: ExternalService
metadata: { name: payments }
spec: { hosts: [pay.example], ports: [{ port: 443 }] }
---
apiVersion: heddle.io/v1alpha1
kind: AccessPolicy
metadata: { name: closed }
spec: { action: DENY, targets: [{ kind: ExternalService, name: payment }, { kind: ExternalService, name: payments }] }
`,
    );
    const warnings = [
      `warning: ${file}:9:17 spec.action: without from and to this denies every request to its targets [DENY_ALL]
    add from or to, unless that is what you mean
`,
      `warning: ${file}:6:1 spec.targets[0].name: no ExternalService \`payment\` for workspace \`default\`; did you mean \`payments\`? [REFERENCE_NOT_FOUND]
    correct the name, or apply what it names
`,
    ];
    expect((await cli.run(`plan -f ${file}`)).stderr).toBe(warnings.join(""));
    expect((await cli.run(`apply -f ${file}`)).stderr).toBe(warnings.join(""));
    const still = `warning: ExternalService/default/payments: it is named by AccessPolicy/default/closed at spec.targets[1].name [STILL_REFERENCED]
    change or delete the resources that refer to it
`;
    expect((await cli.run("plan delete externalservice payments")).stderr).toBe(still);
    expect((await cli.run("delete externalservice payments")).stderr).toBe(still);
    await cli.ok("delete accesspolicy closed");
  });

  it("refuses a timeout that is none before it writes", async () => {
    expect(await cli.fails("apply -f - --wait --timeout soon", policy("late"))).toContain("not a duration");
    expect(await cli.fails("get tp late")).toContain("is not there");
  });

  it("goes where --workspace says, and delete -f follows", async () => {
    expect(await cli.ok("-W shop apply -f -", policy("a"))).toContain(
      "trafficpolicy/a (workspace shop) created",
    );
    expect(await cli.ok("-W shop delete -f -", policy("a"))).toContain(
      "trafficpolicy/a (workspace shop) deleted",
    );
    expect(await cli.ok("get tp a -o name")).toBe("trafficpolicy/a\n");
  });
});

describe("get", () => {
  it("prints tables, names and documents", async () => {
    expect(await cli.ok("get tp")).toMatch(/^NAME +ACCEPTED +PROGRAMMED +CLUSTERS +AGE\na +Accepted /);
    expect(await cli.ok("get tp --no-headers")).toMatch(/^a +Accepted/);
    expect(await cli.ok("get tp -o wide")).toContain("MESSAGE");
    expect(await cli.ok("get tp -o name")).toBe("trafficpolicy/a\ntrafficpolicy/b\n");
    expect(await cli.ok("get tp/a tp/b -o name")).toBe("trafficpolicy/a\ntrafficpolicy/b\n");
    expect(await cli.ok("get tp -l app=shop -o name")).toBe("trafficpolicy/a\n");
    expect(await cli.ok("get tp -A")).toMatch(/^WORKSPACE +NAME/);
    expect(JSON.parse(await cli.ok("get tp a -o json"))).toMatchObject({
      kind: "TrafficPolicy",
      metadata: { name: "a" },
    });
    expect(parse(await cli.ok("get tp -o yaml"))).toMatchObject({ kind: "List", items: [{}, {}] });
    expect(JSON.parse(await cli.ok("get tp,ap,workloads -o json")).items).toHaveLength(2);
  });

  it("helps with names that are wrong", async () => {
    expect(await cli.fails("get trafficpolicys")).toContain("did you mean trafficpolicies?");
    expect(await cli.fails("gett tp")).toContain("Did you mean get?");
    expect(await cli.fails("get tp -o xml")).toContain("no output format xml");
    expect(await cli.fails("get tp nothing")).toContain("trafficpolicy/nothing is not there");
    expect(await cli.fails("get tp -l nonsense")).toContain("KEY=VALUE");
    expect((await cli.run("get ap")).stderr).toContain("No accesspolicies found in workspace default");
  });

  it("watches", async () => {
    const deadline = Date.now() + 20_000;
    await cli.ok("apply -f -", policy("w"));
    const watching = cli.spawn(["get", "tp", "w", "-w"]);
    while (!watching.seen.stdout.includes("deleted") && Date.now() < deadline) {
      await cli.ok("apply -f -", policy("w", Math.ceil(Math.random() * 98)));
      await cli.ok("apply -f -", policy("b", Math.ceil(Math.random() * 98)));
      await cli.ok("delete tp w");
    }
    watching.child.kill("SIGINT");
    await watching.ended;
    expect(watching.seen.stdout).toMatch(/\nw +deleted\n/);
    expect(watching.seen.stdout).not.toMatch(/\nb /);
  });

  it("ends quietly when nobody reads on", async () => {
    const { child, ended } = cli.spawn(["api-resources"]);
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("clusters", () => {
  it("are registered, listed, described and removed", async () => {
    expect(await cli.ok("cluster register eu-1 --region eu -l tier=prod --token-only")).toMatch(
      /^heddle1\.\S+\n$/,
    );
    expect(await cli.ok("cluster register eu-1")).toContain("HEDDLE_TOKEN=TOKEN heddle agent run");
    expect(await cli.ok("cluster list")).toMatch(/eu-1 +NotEnrolled/);
    expect(await cli.ok("get clusters -o name")).toBe("cluster/eu-1\n");
    expect(await cli.ok("status eu-1")).toMatch(/eu-1 +NotEnrolled/);
    expect(await cli.fails("status eu-2")).toContain("cluster/eu-2 is not there");
    expect(await cli.ok("cluster describe eu-1")).toMatch(/Last seen: +<never>/);
    expect(await cli.fails("cluster register eu-1 --ttl soon")).toContain("whole number of seconds");
    expect(await cli.fails("cluster list -o xml")).toContain("Allowed choices are wide");
    expect(await cli.ok("cluster remove eu-1")).toContain("cluster/eu-1 removed");
    expect(await cli.fails("cluster remove eu-1")).toContain("cluster/eu-1 is not there");
  });
});

it("waits for clusters, and says when they do not answer", async () => {
  const token = (await cli.ok("cluster register silent --token-only")).trim();
  const agent = await startSilentAgent(token);
  try {
    while (!(await cli.ok("get destinations --cluster silent -o name")).includes("Destination/shop/reviews"));
    expect(await cli.fails("apply -f - --wait --timeout 300ms", policy("a", 33, labelled))).toContain(
      "1 of 1 clusters have not answered within 300ms",
    );
    expect(await cli.ok("describe tp a")).toMatch(/silent: pending/);
    expect(await cli.ok("get destinations -l app=reviews --no-headers")).toMatch(/^silent +shop +reviews/);
    expect(await cli.ok("describe cluster silent")).toMatch(/Meshes: +istio-system \(istio 1\.30\.3\)/);
  } finally {
    await agent.stop();
    await cli.ok("cluster remove silent");
  }
});

it("describes a resource with its conditions", async () => {
  const said = await cli.ok("describe tp a");
  expect(said).toMatch(/Name: +a\n/);
  expect(said).toContain("Accepted");
  expect(await cli.fails("describe tp")).toContain("say which");
  expect(await cli.fails("describe tp nothing")).toContain("is not there");
});

describe("delete", () => {
  it("wants to know exactly what", async () => {
    expect(await cli.fails("delete")).toContain("say which: KIND NAME");
    expect(await cli.fails("delete tp")).toContain("give names, or -l LABELS or --all");
    expect(await cli.fails("delete tp a --all")).toContain("give either names");
    expect(await cli.fails("delete tp a -f x.yaml")).toContain("-f says what to delete already");
    expect(await cli.fails("delete workloads a")).toContain("are not deleted here");
    expect(await cli.ok("get tp -o name")).toBe("trafficpolicy/a\ntrafficpolicy/b\n");
  });

  it("deletes by name, label, manifest and kind", async () => {
    expect(await cli.ok("delete tp -l app=shop --dry-run")).toBe("trafficpolicy/a deleted (dry run)\n");
    expect(await cli.ok("delete tp -l app=shop")).toBe("trafficpolicy/a deleted\n");
    expect(await cli.fails("delete tp a")).toContain("trafficpolicy/a is not there");
    expect(await cli.ok("delete tp a --ignore-not-found")).toBe("");
    expect(await cli.ok("delete tp --all")).toBe("trafficpolicy/b deleted\n");
    expect((await cli.run("delete tp --all")).stderr).toContain("nothing was deleted");
  });
});

it("completes commands, kinds and options in bash", async () => {
  const script = await cli.ok("completion bash");
  const complete = (...words: string[]) =>
    execFileSync(
      "bash",
      [
        "-c",
        `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _heddle; echo "\${COMPREPLY[*]}"`,
        "bash",
        ...words,
      ],
      {
        encoding: "utf8",
      },
    ).trim();
  expect(complete("heddle", "desc")).toBe("describe");
  expect(complete("heddle", "cluster", "reg")).toBe("register");
  expect(complete("heddle", "get", "trafficp")).toBe("trafficpolicies");
  expect(complete("heddle", "-W", "shop", "get", "--no-h")).toBe("--no-headers");
  expect(complete("heddle", "explain", "accessp")).toBe("accesspolicies");
  expect(await cli.fails("completion tcsh")).toContain("use bash, zsh or fish");
});
