import type { Capability, Refine } from "@heddle/core";
import { native, unsupported } from "../capability-levels.ts";
import { ruleCapabilities } from "./rule-capabilities.ts";

/** How gateways land in Istio: a Gateway object for each listener. */
export const gatewayCapabilities: Readonly<Record<string, Capability>> = {
  role: native("Gateway selector, of the gateways that discovery found in this role"),
  "selector.labels": native("Gateway selector"),
  "selector.namespaces": native("Gateway in the namespace of the gateway's pods"),
  "selector.clusters": native("written only in those clusters"),
  "selector.clusterLabels": native("written only in those clusters"),
  "selector.meshes": native("written only for gateways of those meshes"),
  gatewayClassName: unsupported(
    "Heddle binds to gateways that run already; it does not have Istio deploy one",
  ),
  addresses: unsupported("the Service of the gateway has its addresses"),
  "listeners.name": native("name of the Gateway and its server"),
  "listeners.port": native("Gateway servers[].port.number"),
  "listeners.protocol": native("Gateway servers[].port.protocol"),
  "listeners.hosts": native("Gateway servers[].hosts"),
  "listeners.tls.mode": native("Gateway servers[].tls.mode"),
  "listeners.tls.certificateRefs": native("Gateway servers[].tls.credentialName"),
  "listeners.tls.clientValidation": native(
    "Gateway servers[].tls.mode MUTUAL, with the CA of the certificate's Secret",
  ),
  "listeners.tls.clientValidation.optional": native("Gateway servers[].tls.mode OPTIONAL_MUTUAL"),
  "listeners.tls.clientValidation.subjectAltNames": native("Gateway servers[].tls.subjectAltNames"),
  "listeners.tls.minVersion": native("Gateway servers[].tls.minProtocolVersion"),
  "listeners.tls.cipherSuites": native("Gateway servers[].tls.cipherSuites"),
  "listeners.httpsRedirect": native("Gateway servers[].tls.httpsRedirect"),
  "listeners.proxyProtocol": unsupported(
    "read by gateway pods with the annotation proxy.istio.io/config: gatewayTopology.proxyProtocol",
  ),
  "listeners.allowedWorkspaces": native(
    "nothing is written: route tables of other workspaces are not bound to it",
  ),
};

/** How route tables land in Istio: a VirtualService at the gateways, with what is delegated. */
export const routeTableCapabilities: Readonly<Record<string, Capability>> = {
  ...ruleCapabilities,
  rateLimit: unsupported("it is counted at the pods of a Service, not at gateways"),
  gateways: native("VirtualService gateways"),
  hosts: native("VirtualService hosts"),
  delegate: native("the other tables' rules stand in the VirtualService in its place"),
  order: native("order of the rules in the VirtualService"),
};

/** Fields that came to the Gateway later (istio.io/api, by release). */
const severalCertificates = native("Gateway servers[].tls.credentialNames", "1.26");
const caOfItsOwn = native("Gateway servers[].tls.caCertCredentialName", "1.28");

export const refineGateway: Refine = (field, value, _mesh, resource, path) => {
  if (value === false && (field === "listeners.httpsRedirect" || field === "listeners.proxyProtocol"))
    return native("nothing is written: off unless something asks for it");
  if (field === "role" && resource.kind === "Gateway" && resource.spec.selector.labels)
    return native("nothing is written: the labels say which gateways it is for");
  const index = /^spec\.listeners\[(\d+)\]/.exec(path)?.[1];
  if (resource.kind !== "Gateway" || index === undefined) return undefined;
  const { certificateRefs = [], clientValidation } = resource.spec.listeners[Number(index)]?.tls ?? {};
  const below = field.slice("listeners.tls.".length);
  if (below.startsWith("certificateRefs.")) {
    if (below.endsWith(".key"))
      return unsupported("gateways read the keys that Secrets of type kubernetes.io/tls have");
    if (certificateRefs.length > 2)
      return unsupported("a gateway shows two certificates at most: one RSA, one ECDSA");
    return certificateRefs.length > 1 ? severalCertificates : undefined;
  }
  if (!below.startsWith("clientValidation.caRefs.")) return undefined;
  if (below.endsWith(".key")) return unsupported("gateways read the CA as ca.crt or cacert");
  if (clientValidation?.caRefs.some(({ kind }) => kind === "ConfigMap"))
    return unsupported("gateways read CAs from Secrets");
  if (clientValidation !== undefined && clientValidation.caRefs.length > 1)
    return unsupported("a gateway takes one bundle of CAs");
  const [ca] = clientValidation?.caRefs ?? [];
  return usualCa(certificateRefs[0]?.name, ca?.name) ? undefined : caOfItsOwn;
};

/** A gateway looks for the CA in the certificate's own Secret and in one named after it, unless told. */
export function usualCa(certificate: string | undefined, ca: string | undefined): boolean {
  return ca === certificate || ca === `${certificate}-cacert`;
}
