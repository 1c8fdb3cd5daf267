import { type KubeClient, KubeError } from "@heddle/kube";
import type { IdentityStore } from "@heddle/relay/agent";
import { readIdentity, writeIdentity } from "./identity-form.ts";

const key = "identity.json";

/** Keeps the agent's key and certificate in one Secret of its own namespace: the one Secret it may read. One update changes both. */
export function secretIdentityStore(client: KubeClient, namespace: string, name: string): IdentityStore {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  return {
    async load() {
      try {
        const { body } = await client.request<{ readonly data?: Readonly<Record<string, string>> }>({
          path: `${path}/${encodeURIComponent(name)}`,
        });
        const data = body.data?.[key];
        return data === undefined ? undefined : readIdentity(Buffer.from(data, "base64").toString("utf8"));
      } catch (error) {
        if (error instanceof KubeError && error.code === "NotFound") return undefined;
        throw error;
      }
    },
    async save(identity) {
      const data = { [key]: Buffer.from(writeIdentity(identity)).toString("base64") };
      try {
        await client.request({
          method: "PATCH",
          path: `${path}/${encodeURIComponent(name)}`,
          contentType: "application/merge-patch+json",
          body: JSON.stringify({ data }),
        });
      } catch (error) {
        if (!(error instanceof KubeError && error.code === "NotFound")) throw error;
        const secret = {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name, namespace },
          type: "heddle.io/agent-identity",
          data,
        };
        await client.request({ method: "POST", path, body: JSON.stringify(secret) });
      }
    },
  };
}
