import type { RequestOptions } from "node:https";
import { type ApiConnection, apiConnection, type Credentials } from "./connection.ts";

/**
 * The connection that a kubeconfig describes, with every way to log in that `@kubernetes/client-node` knows (certificates, tokens, exec
 * plugins, OIDC). That library is loaded here and nowhere else, on call: it adds 80 MB to a process, which an agent in a pod does not pay.
 * @throws when the context is missing, or names a proxy.
 */
export async function fromKubeconfig(
  source: { readonly path: string } | { readonly text: string },
  context?: string,
): Promise<ApiConnection> {
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  if ("path" in source) config.loadFromFile(source.path);
  else config.loadFromString(source.text);
  if (context) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (!cluster)
    throw new Error(`the kubeconfig has no context ${JSON.stringify(config.getCurrentContext())}`);
  if (cluster.proxyUrl)
    throw new Error(`the kubeconfig's cluster ${cluster.name} uses a proxy, which is not supported`);
  return apiConnection(cluster.server, async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return credentialsOf(options);
  });
}

function credentialsOf(options: RequestOptions): Credentials {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {}))
    if (typeof value === "string") headers[name.toLowerCase()] = value;
  if (options.auth) headers["authorization"] = `Basic ${Buffer.from(options.auth).toString("base64")}`;
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  return {
    ...(isPem(ca) ? { ca } : {}),
    ...(isPem(cert) ? { cert } : {}),
    ...(isPem(key) ? { key } : {}),
    ...(servername ? { servername } : {}),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    headers,
  };
}

function isPem(value: unknown): value is string | Buffer {
  return typeof value === "string" || Buffer.isBuffer(value);
}
