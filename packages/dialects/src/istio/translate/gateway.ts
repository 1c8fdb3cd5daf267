import { type ObjectName, resourceKey } from "@heddle/api";
import {
  canonicalJson,
  type GatewaySite,
  type GatewayUnit,
  type JsonObject,
  type Provenance,
  type RouteBinding,
  type TranslationBuilder,
  type UnitContext,
} from "@heddle/core";
import { dnsLabelOf, policyObjectName } from "../../object-names.ts";
import { apiVersionOf } from "../api-versions.ts";
import { usualCa } from "../gateway-capabilities.ts";

type Gateway = GatewayUnit["gateway"];
type Listener = RouteBinding["listeners"][number];

/**
 * A Gateway for each listener, so that route tables can be bound to one of them.
 * (istio.io/latest/docs/reference/config/networking/gateway)
 */
export function translateGateway(
  { gateway, sites }: GatewayUnit,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const resource = resourceKey(gateway);
  if (gateway.spec.gatewayClassName !== undefined) {
    out.verdict({ resource, path: "spec" }, "unsupported", "left out: it asks for a gateway of its own");
    return;
  }
  const meant = new Set(sites.map(({ namespace }) => namespace));
  const unmeant = new Set(sites.flatMap(({ alike }) => alike.filter((namespace) => !meant.has(namespace))));
  if (unmeant.size > 0)
    out.verdict(
      { resource, path: "spec.selector.namespaces" },
      "approximated",
      `Istio selects pods by label in every namespace: also in ${[...unmeant].join(", ")}`,
    );
  for (const [index, listener] of gateway.spec.listeners.entries()) {
    const from: Provenance = { resource, path: `spec.listeners[${index}]` };
    for (const site of distinctSites(sites)) {
      const why = unsayable(gateway, listener, site, context);
      if (why !== undefined) out.verdict(from, "unsupported", `left out: ${why}`);
      else
        out.object(gatewayObject(gateway, listener, site, context), [from], {
          "spec.selector": site.labels,
          "spec.servers": [serverOf(listener, gateway.spec.role)],
        });
    }
  }
}

/** Why a listener is left out at a site: what of its TLS could not be said would let in whom it should not. */
export function unsayable(
  gateway: Gateway,
  listener: Listener,
  { namespace }: GatewaySite,
  { unsupported }: UnitContext,
): string | undefined {
  const resource = resourceKey(gateway);
  if (gateway.spec.gatewayClassName !== undefined) return "it asks for a gateway of its own";
  const path = `spec.listeners[${gateway.spec.listeners.indexOf(listener)}].tls`;
  const fields = ["certificateRefs", "clientValidation", "minVersion", "cipherSuites"] as const;
  const cannot = fields.filter((field) => unsupported(resource, `${path}.${field}`));
  if (cannot.length > 0) return `its TLS would be another without ${cannot.join(", ")}`;
  const refs = [...(listener.tls?.certificateRefs ?? []), ...(listener.tls?.clientValidation?.caRefs ?? [])];
  const elsewhere = refs.find((ref) => (ref.namespace ?? namespace) !== namespace);
  return (
    elsewhere &&
    `the gateway runs in ${namespace} and cannot read Secret ${elsewhere.namespace}/${elsewhere.name}`
  );
}

/** The object of a listener at a site. */
export function gatewayObject(
  { metadata }: Gateway,
  { name }: Pick<Listener, "name">,
  { namespace }: Pick<GatewaySite, "namespace">,
  { mesh }: Pick<UnitContext, "mesh">,
): ObjectName {
  return {
    apiVersion: apiVersionOf(mesh, "networking.istio.io"),
    kind: "Gateway",
    namespace,
    // Istio takes no dots in the name of a Gateway.
    name: dnsLabelOf(policyObjectName(metadata, name)),
  };
}

/** Pods are selected by label in every namespace, so of sites that select alike the first stands for all. */
export function distinctSites(sites: readonly GatewaySite[]): GatewaySite[] {
  const first = new Map<string, GatewaySite>();
  for (const site of sites) {
    const key = canonicalJson(site.labels);
    if (!first.has(key)) first.set(key, site);
  }
  return [...first.values()];
}

/** Requests come to a gateway that calls leave by from proxies of the mesh, by its own mTLS. */
function serverOf(listener: Listener, role: Gateway["spec"]["role"]): JsonObject {
  const { name, port, protocol, hosts, httpsRedirect } = listener;
  const fromMesh = role === "egress" && protocol === "HTTP";
  return {
    name,
    port: { number: port, name, protocol: fromMesh ? "HTTPS" : protocol },
    hosts: hosts ?? ["*"],
    ...(fromMesh && { tls: { mode: "ISTIO_MUTUAL" } }),
    ...(httpsRedirect && { tls: { httpsRedirect } }),
    ...(listener.tls && { tls: tlsOf(listener.tls) }),
  };
}

function tlsOf(tls: NonNullable<Listener["tls"]>): JsonObject {
  const { mode, certificateRefs = [], clientValidation, minVersion, cipherSuites } = tls;
  if (mode === "Passthrough") return { mode: "PASSTHROUGH" };
  const [credential, ...more] = certificateRefs.map(({ name }) => name);
  const [ca] = clientValidation?.caRefs ?? [];
  return {
    mode:
      clientValidation === undefined ? "SIMPLE" : clientValidation.optional ? "OPTIONAL_MUTUAL" : "MUTUAL",
    ...(more.length === 0
      ? { credentialName: credential ?? "" }
      : { credentialNames: [credential ?? "", ...more] }),
    ...(ca && !usualCa(credential, ca.name) && { caCertCredentialName: caNameOf(ca.name) }),
    ...(clientValidation?.subjectAltNames && { subjectAltNames: clientValidation.subjectAltNames }),
    ...(minVersion && { minProtocolVersion: minVersion }),
    ...(cipherSuites && { cipherSuites }),
  };
}

/**
 * istiod gives the CA out of a Secret only for a name that ends in `-cacert`, and looks without the ending where there is no such Secret
 * (pilot/pkg/xds/sds.go, pilot/pkg/credentials/kube/secrets.go).
 */
function caNameOf(secret: string): string {
  return secret.endsWith("-cacert") ? secret : `${secret}-cacert`;
}
