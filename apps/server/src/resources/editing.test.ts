import { beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { type Applied, apply, canary } from "../testing/samples.ts";
import { type TestServer, useTestServers } from "../testing/test-server.ts";

const servers = useTestServers();
let server: TestServer;
beforeAll(async () => {
  server = await servers.start();
});

const edit = async (manifests: readonly object[], dryRun = false) =>
  (await server.api.data<Applied>(apply, { manifests, dryRun })).apply;
const names = async () =>
  (
    await server.api.data<{ resources: { items: { name: string }[] } }>(
      "{ resources(limit: 1000) { items { name } } }",
    )
  ).resources.items.map(({ name }) => name);

describe("apply", () => {
  it("writes all or none, and lists every error", async () => {
    const wrong = {
      ...canary(10, "wrong"),
      spec: { targets: [{ name: "a" }], rules: [{ timeout: "long" }] },
    };
    const unknown = { ...canary(10, "unknown"), spec: { colour: "red" } };
    const result = await edit([canary(10, "good"), wrong, unknown]);
    expect(result).toMatchObject({ written: false, revision: null, outcomes: [] });
    const errors = result.findings.filter(({ severity }) => severity === "error");
    expect(new Set(errors.map(({ index }) => index))).toEqual(new Set([1, 2]));
    expect(await names()).not.toContain("good");
  });

  it("changes nothing the second time", async () => {
    expect((await edit([canary(10, "same")])).outcomes).toMatchObject([{ outcome: "created" }]);
    const again = await edit([canary(10, "same")]);
    expect(again).toMatchObject({ revision: null, outcomes: [{ outcome: "unchanged" }] });
  });

  it("only says what it would do, for a dry run", async () => {
    const before = await server.api.data<{ revision: number }>("{ revision }");
    expect(await edit([canary(10, "dry")], true)).toMatchObject({
      written: false,
      outcomes: [{ outcome: "created" }],
    });
    expect(await names()).not.toContain("dry");
    expect(await server.api.data("{ revision }")).toEqual(before);
  });

  it("refuses to overwrite what someone else changed, naming it", async () => {
    const [created] = (await edit([canary(10, "shared")])).outcomes;
    const resourceVersion = created?.resourceVersion ?? "";
    await edit([canary(20, "shared")]);
    const mine = canary(30, "shared", { resourceVersion });
    const { body } = await server.api.ask(apply, { manifests: [canary(10, "beside"), mine] });
    expect(body.errors).toMatchObject([
      { extensions: { code: "CONFLICT" }, message: expect.stringContaining("TrafficPolicy/default/shared") },
    ]);
    expect(await names()).not.toContain("beside");
    expect(await server.api.code(apply, { manifests: [canary(1, "twice"), canary(2, "twice")] })).toBe(
      "BAD_REQUEST",
    );
  });

  it("can be read at once", async () => {
    for (let weight = 1; weight < 20; weight++) {
      await edit([canary(weight, "mine")]);
      const { resource } = await server.api.data<{ resource: { manifest: { spec: object } } }>(
        '{ resource(ref: { kind: "tp", name: "mine" }) { manifest status { conditions { reason } } } }',
      );
      expect(resource.manifest.spec).toMatchObject({ rules: [{ split: [{ weight }, {}] }] });
    }
  });

  it("refuses batches beyond its limit", async () => {
    const many = Array.from({ length: 10_001 }, () => ({}));
    expect(await server.api.code(apply, { manifests: many })).toBe("BAD_REQUEST");
  });
});

it("deletes what is there, counts what is not, and refuses what cannot be", async () => {
  await edit([canary(10, "gone")]);
  const remove =
    "mutation($refs: [ResourceRef!]!) { delete(refs: $refs) { revision outcomes { key outcome } } }";
  const refs = [
    { kind: "TrafficPolicy", name: "gone" },
    { kind: "tp", name: "never" },
  ];
  expect(await server.api.data(remove, { refs })).toMatchObject({
    delete: { outcomes: [{ outcome: "deleted" }, { outcome: "absent" }] },
  });
  expect(await server.api.data(remove, { refs: refs.slice(1) })).toMatchObject({
    delete: { revision: null },
  });
  expect(await server.api.code(remove, { refs: [{ kind: "Nothing", name: "x" }] })).toBe("BAD_REQUEST");
});

it("pages through a list without loss or repetition", async () => {
  await edit(Array.from({ length: 25 }, (_, i) => canary(10, `page-${i}`, { labels: { set: "pages" } })));
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { resources }: { resources: { items: { name: string }[]; next: string | null } } =
      await server.api.data(
        'query($after: String) { resources(kind: "tp", labels: { set: "pages" }, after: $after, limit: 10) { items { name } next } }',
        { after },
      );
    seen.push(...resources.items.map(({ name }) => name));
    after = resources.next;
  } while (after !== null);
  expect(seen).toHaveLength(25);
  expect(new Set(seen).size).toBe(25);
  expect(await server.api.code('{ resources(after: "nonsense") { next } }')).toBe("BAD_REQUEST");
});

it("tells subscribers of changes and deletions", async () => {
  interface Event {
    readonly resourceEvents: { readonly type: string; readonly key: string };
  }
  const subscription = server.api.subscribe<Event>(
    'subscription { resourceEvents(kind: "TrafficPolicy", name: "watched") { type key resource { name } } }',
  );
  await subscription.connected;
  await eventually("the first change is told", async () => {
    await edit([canary(Math.ceil(Math.random() * 98), "watched")]);
    return subscription.events.length > 0;
  });
  await edit([canary(10, "not-watched")]);
  await server.api.data('mutation { delete(refs: [{ kind: "tp", name: "watched" }]) { written } }');
  await eventually("the deletion is told", () =>
    subscription.events.some(({ resourceEvents: { type } }) => type === "DELETED"),
  );
  expect(new Set(subscription.events.map(({ resourceEvents: { key } }) => key))).toEqual(
    new Set(["TrafficPolicy/default/watched"]),
  );
  subscription.end();
});

describe("clusters", () => {
  const register =
    "mutation($name: String!, $spec: JSON) { registerCluster(name: $name, spec: $spec) { token } }";

  it("are registered as often as one likes, each time with another token", async () => {
    const tokens = await Promise.all(
      [1, 2].map(() =>
        server.api.data<{ registerCluster: { token: string } }>(register, {
          name: "eu-1",
          spec: { region: "eu" },
        }),
      ),
    );
    expect(new Set(tokens.map(({ registerCluster: { token } }) => token)).size).toBe(2);
    expect(await server.api.data('{ cluster(name: "eu-1") { name enrolled status { connected } } }')).toEqual(
      {
        cluster: { name: "eu-1", enrolled: false, status: { connected: false } },
      },
    );
  });

  it("have names and specs that are checked", async () => {
    expect(await server.api.code(register, { name: "Not A Name" })).toBe("BAD_REQUEST");
    expect(await server.api.code(register, { name: "eu-2", spec: { colour: "red" } })).toBe("BAD_REQUEST");
    expect(await server.api.data('{ cluster(name: "eu-2") { name } }')).toEqual({ cluster: null });
  });

  it("are removed once", async () => {
    const remove = 'mutation { removeCluster(name: "eu-1") }';
    expect(await server.api.data(remove)).toEqual({ removeCluster: true });
    expect(await server.api.data(remove)).toEqual({ removeCluster: false });
    expect(await server.api.data('{ cluster(name: "eu-1") { name } }')).toEqual({ cluster: null });
  });
});
