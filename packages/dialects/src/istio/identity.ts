import type { DestinationFact, MeshFact } from "@heddle/api";

/** Fully qualified host of a Service. Short names resolve in the rule's own namespace, so they are never written. */
export function hostOf(destination: Pick<DestinationFact, "namespace" | "name">, mesh: MeshFact): string {
  return `${destination.name}.${destination.namespace}.svc.${mesh.clusterDomain}`;
}

/** Principal of a service account as AuthorizationPolicy writes it: the SPIFFE ID without its scheme. */
export function principalOf(mesh: MeshFact, serviceAccount: string): string {
  const [namespace = "", name = ""] = serviceAccount.split("/");
  return `${mesh.trustDomain}/ns/${namespace}/sa/${name}`;
}

export function principalOfSpiffeId(id: string): string {
  return id.replace(/^spiffe:\/\//, "");
}

/** The service account that a SPIFFE ID of this mesh names, where it is of the namespace; undefined otherwise. */
export function serviceAccountOfSpiffeId(
  { trustDomain }: Pick<MeshFact, "trustDomain">,
  namespace: string,
  id: string,
): string | undefined {
  const prefix = `spiffe://${trustDomain}/ns/${namespace}/sa/`;
  const name = id.startsWith(prefix) ? id.slice(prefix.length) : "";
  return name === "" || name.includes("/") ? undefined : name;
}
