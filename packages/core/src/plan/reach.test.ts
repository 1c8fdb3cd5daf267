import type { AccessPolicySpec } from "@heddle/api";
import { describe, expect, it } from "vitest";
import type { AccessRule } from "../policy/effective-access.ts";
import { type Client, reachOf } from "./reach.ts";

const web: Client = {
  cluster: "east",
  namespace: "shop",
  serviceAccount: "web",
  trustDomain: "cluster.local",
};
const outside: Client = { ...web, trustDomain: undefined };

function rule(
  spec: Pick<AccessPolicySpec, "action"> & Partial<AccessPolicySpec>,
  ports?: number[],
): AccessRule {
  return {
    key: "AccessPolicy/default/a",
    name: "a",
    workspace: "default",
    level: "destination",
    ports,
    spec: { targets: [], onUnsupported: "reject", ...spec },
  };
}

const reach = (rules: readonly AccessRule[], client = web) => reachOf({ rules, denied: undefined }, client);

describe("reach", () => {
  it("is open without rules, unless the default denies", () => {
    expect(reach([])).toBe("all");
    const denied = {
      value: "deny",
      from: { resource: "Workspace/default/w", path: "spec.defaultAccess" },
    } as const;
    expect(reachOf({ rules: [], denied }, web)).toBe("none");
    expect(reachOf({ rules: [rule({ action: "ALLOW" })], denied }, web)).toBe("all");
  });

  it("needs an ALLOW that matches once there is one, and any DENY ends it", () => {
    const allow = rule({ action: "ALLOW", from: [{ serviceAccounts: ["shop/web"] }] });
    expect(reach([allow])).toBe("all");
    expect(reach([allow], { ...web, serviceAccount: "other" })).toBe("none");
    expect(reach([allow, rule({ action: "DENY", from: [{ namespaces: ["shop"] }] })])).toBe("none");
    expect(reach([rule({ action: "AUDIT", from: [{ namespaces: ["other"] }] })])).toBe("all");
    expect(reach([{ ...allow, spec: { ...allow.spec, dryRun: true } }], outside)).toBe("all");
  });

  it("gives a client without a proxy no identity", () => {
    expect(reach([rule({ action: "ALLOW", from: [{ namespaces: ["shop"] }] })], outside)).toBe("none");
    expect(reach([rule({ action: "ALLOW" })], outside)).toBe("all");
    expect(reach([rule({ action: "DENY", from: [{ namespaces: ["shop"] }] })], outside)).toBe("all");
  });

  it("is partial where the request, the port, the address or a token decides", () => {
    for (const some of [
      rule({ action: "ALLOW", to: [{ methods: ["GET"] }] }),
      rule({ action: "DENY", to: [{ methods: ["GET"] }] }),
      rule({ action: "ALLOW" }, [80]),
      rule({ action: "ALLOW", from: [{ ipBlocks: ["10.0.0.0/8"] }] }),
      rule({ action: "ALLOW", from: [{ jwt: { issuer: "i" } }] }),
      rule({
        action: "ALLOW",
        from: [{ identities: ["web.shop.serviceaccount.identity.linkerd.cluster.local"] }],
      }),
    ])
      expect(reach([some])).toBe("some");
  });

  it("understands SPIFFE IDs, with a * at their end, and what is left out", () => {
    const identity = (id: string) => reach([rule({ action: "ALLOW", from: [{ identities: [id] }] })]);
    expect(identity("spiffe://cluster.local/ns/shop/sa/web")).toBe("all");
    expect(identity("spiffe://cluster.local/ns/shop/*")).toBe("all");
    expect(identity("spiffe://other/ns/shop/sa/web")).toBe("none");
    const but = (not: object) => reach([rule({ action: "ALLOW", from: [{ clusters: ["east"], not }] })]);
    expect(but({ serviceAccounts: ["shop/web"] })).toBe("none");
    expect(but({ namespaces: ["lab"] })).toBe("all");
    expect(but({ namespaces: ["lab"], serviceAccounts: ["shop/web"] })).toBe("none");
    expect(but({ ipBlocks: ["10.0.0.0/8"] })).toBe("some");
  });
});
