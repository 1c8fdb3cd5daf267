import { stringify } from "yaml";

/** A kubeconfig with one cluster, one user and one context, as YAML. */
export function writeKubeconfig(server: { url: string; caPem: string; user: string; token: string }): string {
  const name = "kube-sim";
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          server: server.url,
          "certificate-authority-data": Buffer.from(server.caPem).toString("base64"),
        },
      },
    ],
    users: [{ name: server.user, user: { token: server.token } }],
    contexts: [{ name, context: { cluster: name, user: server.user } }],
    "current-context": name,
  });
}
