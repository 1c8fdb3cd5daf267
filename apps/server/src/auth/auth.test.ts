import { beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { type Applied, apply, canary, manifest } from "../testing/samples.ts";
import { type TestServer, useTestServers } from "../testing/test-server.ts";

const servers = useTestServers();
let server: TestServer;
beforeAll(async () => {
  server = await servers.start({}, { recheckMs: 100 });
});

interface NewToken {
  readonly createToken: { readonly secret: string; readonly token: { readonly id: string } };
}
const create = `mutation($name: String!, $roles: [String!]!, $workspaces: [String!], $expiresAt: String) {
  createToken(name: $name, roles: $roles, workspaces: $workspaces, expiresAt: $expiresAt) { secret token { id } } }`;
const token = async (name: string, roles: readonly string[], more: object = {}) =>
  (await server.api.data<NewToken>(create, { name, roles, ...more })).createToken;
const withRole = async (name: string, roles: readonly string[], more: object = {}) =>
  server.as((await token(name, roles, more)).secret);

describe("tokens", () => {
  it("are asked for: none, an unknown and a revoked one are refused with 401", async () => {
    const { secret, token: made } = await token("short-lived", ["viewer"]);
    const holder = server.as(secret);
    expect((await holder.ask("{ version }")).status).toBe(200);
    await server.api.data("mutation($id: String!) { revokeToken(id: $id) }", { id: made.id });
    for (const client of [server.as(undefined), server.as("wrong"), holder]) {
      const { status, body } = await client.ask("{ version }");
      expect([status, body.errors?.[0]?.extensions.code]).toEqual([401, "UNAUTHENTICATED"]);
    }
  });

  it("end when they say", async () => {
    const expiresAt = new Date(Date.now() + 400).toISOString();
    const holder = await withRole("ends-soon", ["viewer"], { expiresAt });
    expect((await holder.ask("{ version }")).status).toBe(200);
    await eventually("it has expired", async () => (await holder.ask("{ version }")).status === 401);
  });

  it("are made of known roles, with an end to come", async () => {
    expect(await server.api.code(create, { name: "x", roles: ["emperor"] })).toBe("BAD_REQUEST");
    expect(await server.api.code(create, { name: "x", roles: ["toString"] })).toBe("BAD_REQUEST");
    expect(await server.api.code(create, { name: "x", roles: ["viewer"], expiresAt: "soon" })).toBe(
      "BAD_REQUEST",
    );
    expect(await server.api.code(create, { name: "No Name", roles: ["viewer"] })).toBe("BAD_REQUEST");
  });

  it("of an administrator of some workspaces make no token for others", async () => {
    const limited = await withRole("limited-admin", ["admin"], { workspaces: ["default", "shop"] });
    expect(await limited.code(create, { name: "wide", roles: ["admin"] })).toBe("FORBIDDEN");
    expect(await limited.code(create, { name: "other", roles: ["admin"], workspaces: ["bank"] })).toBe(
      "FORBIDDEN",
    );
    expect(
      await limited.code(create, { name: "narrow", roles: ["admin"], workspaces: ["shop"] }),
    ).toBeUndefined();
  });
});

describe("subscriptions", () => {
  const watch = "subscription { resourceEvents { key } }";

  it("are refused with 4401 and the reason without a good token", async () => {
    for (const client of [server.as(undefined), server.as("wrong")]) {
      const { code, reason } = await client.subscribe(watch).closed;
      expect(code).toBe(4401);
      expect(reason).toContain("token");
    }
  });

  it("end with 4401 when their token is revoked", async () => {
    const { secret, token: made } = await token("watcher", ["viewer"]);
    const subscription = server.as(secret).subscribe(watch);
    await subscription.connected;
    await server.api.data("mutation($id: String!) { revokeToken(id: $id) }", { id: made.id });
    expect((await subscription.closed).code).toBe(4401);
  });

  it("are held to the limits of queries, and validated", async () => {
    const wrong = server.api.subscribe("subscription { resourceEvents { nothing } }");
    await eventually("it was refused", () => wrong.errors.length > 0);
    const costly = server.api.subscribe(
      `subscription { resourceEvents { resource { ${Array.from({ length: 40 }, (_, i) => `a${i}: report { objects { object state } fields { path how } }`).join(" ")} } } }`,
    );
    await eventually("it was refused, too", () => costly.errors.length > 0);
    expect(costly.errors[0]).toMatch(/complexity|breadth/);
    wrong.end();
    costly.end();
  });

  it("show only what the actor may watch", async () => {
    const shop = await withRole("shop-watcher", ["viewer"], { workspaces: ["shop"] });
    const subscription = shop.subscribe<{ resourceEvents: { key: string } }>(watch);
    await subscription.connected;
    await eventually("an event of the own workspace came", async () => {
      await server.api.data(apply, { manifests: [canary(Math.ceil(Math.random() * 98), "w1")] });
      await server.api.data(apply, {
        manifests: [canary(Math.ceil(Math.random() * 98), "w2", { workspace: "shop" })],
      });
      return subscription.events.length > 0;
    });
    expect(new Set(subscription.events.map(({ resourceEvents: { key } }) => key))).toEqual(
      new Set(["TrafficPolicy/shop/w2"]),
    );
    subscription.end();
  });
});

describe("roles", () => {
  const changes = [canary(50, "by-role")];

  it("viewer reads and plans, editor applies, neither makes rights", async () => {
    const viewer = await withRole("viewer", ["viewer"]);
    const editor = await withRole("editor", ["editor"]);
    expect(await viewer.code(apply, { manifests: changes })).toBe("FORBIDDEN");
    expect(await viewer.code(apply, { manifests: changes, dryRun: true })).toBeUndefined();
    expect(await editor.code(apply, { manifests: changes })).toBeUndefined();
    const grants = [
      manifest("Role", "all", { rules: [{ verbs: ["*"], kinds: ["*"], workspaces: ["*"] }] }),
      manifest("RoleBinding", "me", { role: "admin", subjects: [{ kind: "Token", name: "editor" }] }),
    ];
    for (const grant of grants) expect(await editor.code(apply, { manifests: [grant] })).toBe("FORBIDDEN");
    expect(await editor.code(create, { name: "more", roles: ["viewer"] })).toBe("FORBIDDEN");
    expect(await editor.code('mutation { registerCluster(name: "c") { token } }')).toBe("FORBIDDEN");
    expect(await viewer.code('mutation { removeCluster(name: "c") }')).toBe("FORBIDDEN");
  });

  it("come from Role resources and from bindings, for as long as these are there", async () => {
    const nobody = await withRole("nobody", []);
    expect(await nobody.code("{ resources { next } }")).toBe("FORBIDDEN");
    await server.api.data(apply, {
      manifests: [
        manifest("Role", "router", {
          rules: [{ verbs: ["get", "list", "apply"], kinds: ["TrafficPolicy"], workspaces: ["*"] }],
        }),
        manifest("RoleBinding", "nobody-routes", {
          role: "router",
          subjects: [{ kind: "Token", name: "nobody" }],
          workspaces: ["shop"],
        }),
      ],
    });
    const inShop = [canary(10, "bound", { workspace: "shop" })];
    expect(await nobody.code(apply, { manifests: inShop })).toBeUndefined();
    expect(await nobody.code(apply, { manifests: [canary(10, "bound")] })).toBe("FORBIDDEN");
    const role = manifest("Role", "x", { rules: [{ verbs: ["get"], kinds: ["*"], workspaces: ["*"] }] });
    expect(await nobody.code(apply, { manifests: [role] })).toBe("FORBIDDEN");
    await server.api.data(
      'mutation { delete(refs: [{ kind: "RoleBinding", name: "nobody-routes" }]) { written } }',
    );
    expect(await nobody.code(apply, { manifests: inShop })).toBe("FORBIDDEN");
  });

  it("bound to `admin` make rights; to one that ended, nothing", async () => {
    const bound = await withRole("bound-admin", []);
    const binding = (expires?: string) =>
      manifest("RoleBinding", "bound-admin", {
        role: "admin",
        subjects: [{ kind: "Token", name: "bound-admin" }],
        ...(expires && { expires }),
      });
    const role = manifest("Role", "made", { rules: [{ verbs: ["get"], kinds: ["*"], workspaces: ["*"] }] });
    await server.api.data(apply, { manifests: [binding()] });
    expect(await bound.code(apply, { manifests: [role] })).toBeUndefined();
    await server.api.data(apply, { manifests: [binding("2020-01-01T00:00:00Z")] });
    expect(await bound.code(apply, { manifests: [role] })).toBe("FORBIDDEN");
  });

  it("filter lists instead of refusing them", async () => {
    await server.api.data<Applied>(apply, {
      manifests: ["a", "b", "c"].flatMap((name) => [
        canary(20, `list-${name}`),
        canary(20, `list-${name}`, { workspace: "shop" }),
      ]),
    });
    const shop = await withRole("shop-reader", ["viewer"], { workspaces: ["shop"] });
    const names: string[] = [];
    let after: string | null = null;
    do {
      const {
        resources,
      }: { resources: { items: { workspace: string; name: string }[]; next: string | null } } =
        await shop.data(
          "query($after: String) { resources(after: $after, limit: 2) { items { workspace name } next } }",
          {
            after,
          },
        );
      for (const { workspace } of resources.items) expect(workspace).toBe("shop");
      expect(resources.items.length).toBeLessThanOrEqual(2);
      names.push(...resources.items.map(({ name }) => name));
      after = resources.next;
    } while (after !== null);
    expect(names).toEqual(expect.arrayContaining(["list-a", "list-b", "list-c"]));
    expect(await shop.code('{ resources(workspace: "default") { next } }')).toBe("FORBIDDEN");
    const foreign = '{ resource(ref: { kind: "TrafficPolicy", name: "list-a" }) { name } }';
    expect(await shop.code(foreign)).toBe("FORBIDDEN");
  });

  it("are judged by the name that is read, however it is spelled", async () => {
    const shop = await withRole("shop-speller", ["viewer"], { workspaces: ["shop"] });
    for (const ref of [
      { kind: "TrafficPolicy/default", workspace: "shop", name: "list-a" },
      { kind: "TrafficPolicy", workspace: "shop/../default", name: "list-a" },
      { kind: "TrafficPolicy", workspace: "shop", name: "../list-a" },
    ])
      expect(await shop.code("query($ref: ResourceRef!) { resource(ref: $ref) { name } }", { ref })).toBe(
        "BAD_REQUEST",
      );
  });
});

it("writes down who did what, and no secret", async () => {
  const { secret } = await token("audited", ["editor"]);
  const editor = server.as(secret);
  await editor.data(apply, { manifests: [canary(33, "audited")] });
  await editor.data(apply, { manifests: [canary(33, "audited")] });
  await editor.data('mutation { delete(refs: [{ kind: "tp", name: "audited" }]) { written } }');
  const { registerCluster } = await server.api.data<{ registerCluster: { token: string } }>(
    'mutation { registerCluster(name: "audited") { token } }',
  );
  await server.api.data('mutation { removeCluster(name: "audited") }');
  interface Audit {
    readonly audit: {
      readonly items: readonly { readonly actor: string; readonly action: string; readonly target: string }[];
    };
  }
  const { audit } = await server.api.data<Audit>(
    "{ audit(limit: 1000) { items { at actor action target detail } } }",
  );
  expect(
    audit.items
      .filter(({ actor }) => actor === "token:audited")
      .map(({ action, target }) => [action, target]),
  ).toEqual([
    ["delete", "TrafficPolicy/default/audited"],
    ["apply", "TrafficPolicy/default/audited"],
  ]);
  const actions = new Set(audit.items.map(({ action }) => action));
  for (const action of ["token.create", "token.revoke", "cluster.register", "cluster.remove"])
    expect(actions).toContain(action);
  expect(audit.items.at(-1)).toMatchObject({ actor: "system", action: "token.create" });
  expect(JSON.stringify(audit)).not.toContain(secret.slice(-16));
  expect(JSON.stringify(audit)).not.toContain(registerCluster.token.slice(-16));
});
