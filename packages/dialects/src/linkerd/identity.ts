import type { MeshFact } from "@heddle/api";

/** Identity of a service account in Linkerd's certificates: a DNS name under the control plane's namespace and trust domain. */
export function identityOf(mesh: MeshFact, serviceAccount: string): string {
  const [namespace = "", name = ""] = serviceAccount.split("/");
  return `${name}.${namespace}.serviceaccount.identity.${mesh.namespace}.${mesh.trustDomain}`;
}

export function identitiesOfNamespace(mesh: MeshFact, namespace: string): string {
  return `*.${namespace}.serviceaccount.identity.${mesh.namespace}.${mesh.trustDomain}`;
}

/** `spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/NAME`, the name or all after `ns/NAMESPACE/` may be `*`; undefined where Linkerd has no name for it. */
export function identityOfSpiffeId(mesh: MeshFact, id: string): string | undefined {
  const found = /^spiffe:\/\/([^/*]+)\/ns\/([^/*]+)\/(?:sa\/([^/*]+|\*)|\*)$/.exec(id);
  const [, trustDomain, namespace, name] = found ?? [];
  if (trustDomain !== mesh.trustDomain || namespace === undefined) return undefined;
  return name === undefined || name === "*"
    ? identitiesOfNamespace(mesh, namespace)
    : identityOf(mesh, `${namespace}/${name}`);
}
