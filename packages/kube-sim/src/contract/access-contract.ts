import { beforeAll, describe, expect, it } from "vitest";
import { at, type JsonObject } from "../json/json.ts";
import type { ContractClient, Reply } from "./contract-client.ts";
import { configMap, must, newNamespace, unique } from "./contract-world.ts";

const rbac = "/apis/rbac.authorization.k8s.io/v1";

export function accessContract(client: () => ContractClient): void {
  describe("access", () => {
    let path = "";
    let namespace = "";
    beforeAll(async () => {
      ({ path, name: namespace } = await newNamespace(client()));
    });

    /** A service account with its token. */
    async function newUser(): Promise<{ name: string; token: string }> {
      const name = unique("sa");
      await must(client().post(`${path}/serviceaccounts`, { metadata: { name } }));
      const request = { spec: { expirationSeconds: 3600 } };
      const { body } = await must(client().post(`${path}/serviceaccounts/${name}/token`, request));
      return { name, token: String(at(body, "status", "token")) };
    }

    async function allow(user: string, rules: JsonObject[], cluster = false): Promise<void> {
      const name = unique("role");
      const kind = cluster ? "ClusterRole" : "Role";
      const root = cluster ? rbac : `${rbac}/namespaces/${namespace}`;
      const roles = cluster ? "clusterroles" : "roles";
      await must(client().post(`${root}/${roles}`, { metadata: { name }, rules }));
      await must(
        client().post(`${root}/${cluster ? "clusterrolebindings" : "rolebindings"}`, {
          metadata: { name },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name },
          subjects: [{ kind: "ServiceAccount", name: user, namespace }],
        }),
      );
    }
    const as = (token: string, method: string, url: string, body?: JsonObject): Promise<Reply> =>
      client().send(method, url, { token, ...(body === undefined ? {} : { body }) });

    /** Asks again while rights are still on their way to the authoriser's cache. */
    async function allowed(ask: () => Promise<Reply>): Promise<number> {
      for (;;) {
        const { code } = await ask();
        if (code !== 403) return code;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }

    it("refuses a token that it does not know", async () => {
      const { code, body } = await as("nonsense", "GET", `${path}/configmaps`);
      expect(code).toBe(401);
      expect(body).toMatchObject({
        kind: "Status",
        reason: "Unauthorized",
        message: "Unauthorized",
        code: 401,
      });
    });

    it("takes a request without a token for one of anonymous", async () => {
      const { code, body } = await client().send("GET", `${path}/configmaps`, { token: null });
      expect([code, body["reason"]]).toEqual([403, "Forbidden"]);
      expect(body["message"]).toContain('User "system:anonymous" cannot list resource "configmaps"');
      expect((await client().send("GET", "/version", { token: null })).code).toBe(200);
    });

    it("issues tokens for service accounts", async () => {
      const { name, token } = await newUser();
      const review = await as(token, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {});
      expect(review.code).toBe(201);
      expect(at(review.body, "status", "userInfo", "username")).toBe(
        `system:serviceaccount:${namespace}:${name}`,
      );
      expect(at(review.body, "status", "userInfo", "groups")).toEqual(
        expect.arrayContaining([
          "system:serviceaccounts",
          `system:serviceaccounts:${namespace}`,
          "system:authenticated",
        ]),
      );
      const { code, body } = await client().post(`${path}/serviceaccounts/${name}/token`, { spec: {} });
      expect(code).toBe(201);
      expect(body).toMatchObject({ kind: "TokenRequest", apiVersion: "authentication.k8s.io/v1" });
      expect(at(body, "status", "expirationTimestamp")).toMatch(/Z$/);
      expect((await client().post(`${path}/serviceaccounts/nobody/token`, { spec: {} })).code).toBe(404);
    });

    it("forbids what no rule allows, saying who may not do what where", async () => {
      const { name, token } = await newUser();
      const { code, body } = await as(token, "GET", `${path}/configmaps/x`);
      expect(code).toBe(403);
      expect(body).toMatchObject({
        reason: "Forbidden",
        message: `configmaps "x" is forbidden: User "system:serviceaccount:${namespace}:${name}" cannot get resource "configmaps" in API group "" in the namespace "${namespace}"`,
        details: { name: "x", kind: "configmaps" },
      });
      const { body: everywhere } = await as(token, "GET", "/apis/apps/v1/deployments");
      expect(everywhere["message"]).toBe(
        `deployments.apps is forbidden: User "system:serviceaccount:${namespace}:${name}" cannot list resource "deployments" in API group "apps" at the cluster scope`,
      );
    });

    it("allows discovery to everybody with a name", async () => {
      const { token } = await newUser();
      for (const url of ["/api", "/apis", "/api/v1", "/apis/apps/v1", "/openapi/v3", "/version"]) {
        expect((await as(token, "GET", url)).code).toBe(200);
      }
      expect((await as(token, "GET", "/metrics")).code).toBe(403);
    });

    it("allows verbs and resources of a Role in its namespace only", async () => {
      const { name, token } = await newUser();
      await allow(name, [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "create"] }]);
      expect(await allowed(() => as(token, "GET", `${path}/configmaps`))).toBe(200);
      expect((await as(token, "POST", `${path}/configmaps`, configMap(unique("x"), {}))).code).toBe(201);
      expect((await as(token, "DELETE", `${path}/configmaps/x`)).code).toBe(403);
      expect((await as(token, "GET", `${path}/configmaps?watch=true`)).code).toBe(403);
      expect((await as(token, "GET", `${path}/secrets`)).code).toBe(403);
      expect((await as(token, "GET", "/api/v1/namespaces/default/configmaps")).code).toBe(403);
      expect((await as(token, "GET", "/api/v1/configmaps")).code).toBe(403);
    });

    it("allows named objects only, also where a list selects one by name", async () => {
      const { name, token } = await newUser();
      await allow(name, [
        {
          apiGroups: [""],
          resources: ["configmaps"],
          resourceNames: ["mine"],
          verbs: ["get", "list", "update"],
        },
      ]);
      expect(await allowed(() => as(token, "GET", `${path}/configmaps/mine`))).toBe(404);
      expect((await as(token, "GET", `${path}/configmaps/other`)).code).toBe(403);
      expect((await as(token, "GET", `${path}/configmaps`)).code).toBe(403);
      expect((await as(token, "GET", `${path}/configmaps?fieldSelector=metadata.name%3Dmine`)).code).toBe(
        200,
      );
    });

    it("tells subresources from their objects", async () => {
      const { name, token } = await newUser();
      await allow(name, [
        { apiGroups: ["apps"], resources: ["deployments/status", "*/scale"], verbs: ["get"] },
      ]);
      const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
      expect(await allowed(() => as(token, "GET", `${deployments}/x/status`))).toBe(404);
      expect((await as(token, "GET", `${deployments}/x/scale`)).code).toBe(404);
      expect((await as(token, "GET", `${deployments}/x`)).code).toBe(403);
    });

    it("allows by wildcards and at the cluster's scope", async () => {
      const { name, token } = await newUser();
      await allow(
        name,
        [
          { apiGroups: ["*"], resources: ["*"], verbs: ["get", "list"] },
          { nonResourceURLs: ["/metrics"], verbs: ["get"] },
        ],
        true,
      );
      expect(await allowed(() => as(token, "GET", "/api/v1/nodes"))).toBe(200);
      expect((await as(token, "GET", "/apis/apps/v1/deployments")).code).toBe(200);
      expect((await as(token, "GET", "/metrics")).code).not.toBe(403);
      expect((await as(token, "POST", `${path}/configmaps`, configMap("x", {}))).code).toBe(403);
    });

    it("needs the right to patch for an apply, and to create for one that makes", async () => {
      const { name, token } = await newUser();
      await allow(name, [{ apiGroups: [""], resources: ["configmaps"], verbs: ["patch", "get"] }]);
      const made = unique("x");
      const headers = { "content-type": "application/apply-patch+yaml" };
      const apply = (target: string): Promise<Reply> =>
        client().send("PATCH", `${path}/configmaps/${target}`, {
          token,
          headers,
          query: { fieldManager: "one" },
          body: configMap(target, {}),
        });
      await allowed(() => as(token, "GET", `${path}/configmaps/${made}`));
      expect((await apply(made)).code).toBe(403);
      await must(client().post(`${path}/configmaps`, configMap(made, {})));
      expect((await apply(made)).code).toBe(200);
    });

    it("acts for somebody else, for those who may", async () => {
      const { name, token } = await newUser();
      const user = `system:serviceaccount:${namespace}:${name}`;
      const url = `${path}/configmaps`;
      const headers = { "impersonate-user": user };
      expect((await client().send("GET", url, { headers })).code).toBe(403);
      const refused = await client().send("GET", url, { token, headers: { "impersonate-user": "admin" } });
      expect([refused.code, refused.body["reason"]]).toEqual([403, "Forbidden"]);
      expect(refused.body["message"]).toContain(`User "${user}" cannot impersonate`);
      await allow(name, [{ apiGroups: [""], resources: ["configmaps"], verbs: ["list"] }]);
      await allowed(() => client().send("GET", url, { headers }));
      expect((await client().send("GET", url, { headers })).code).toBe(200);
    });

    it("answers what one may do", async () => {
      const { name, token } = await newUser();
      await allow(name, [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }]);
      await allowed(() => as(token, "GET", `${path}/configmaps/x`));
      const ask = async (verb: string): Promise<unknown> => {
        const spec = { resourceAttributes: { verb, resource: "configmaps", namespace } };
        const { body } = await as(token, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
          spec,
        });
        return at(body, "status", "allowed");
      };
      expect([await ask("get"), await ask("delete")]).toEqual([true, false]);
    });

    it("does not let people grant what they do not have", async () => {
      const { name, token } = await newUser();
      await allow(name, [
        { apiGroups: ["rbac.authorization.k8s.io"], resources: ["*"], verbs: ["create", "get", "list"] },
      ]);
      const roles = `${rbac}/namespaces/${namespace}/roles`;
      await allowed(() => as(token, "GET", roles));
      const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];
      const { code, body } = await as(token, "POST", roles, { metadata: { name: unique("r") }, rules });
      expect([code, body["reason"]]).toEqual([403, "Forbidden"]);
      expect(body["message"]).toContain("is attempting to grant RBAC permissions not currently held");
      const bind = {
        metadata: { name: unique("b") },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      };
      const bindings = `${rbac}/namespaces/${namespace}/rolebindings`;
      expect((await as(token, "POST", bindings, bind)).code).toBe(403);

      await allow(name, [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "list"] }]);
      await allowed(() => as(token, "GET", `${path}/secrets`));
      const granted = await as(token, "POST", roles, { metadata: { name: unique("r") }, rules });
      expect(granted.code).toBe(201);
    });
  });
}
