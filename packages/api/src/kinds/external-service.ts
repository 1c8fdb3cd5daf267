import { z } from "zod";
import { checkPorts } from "../checks/check-ports.ts";
import { checkClientTls } from "../checks/check-tls.ts";
import { checkUnique } from "../checks/check-unique.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { didYouMean, nearestName } from "../nearest-name.ts";
import { dnsSubdomain, host, ipBlock } from "../primitives.ts";
import { refersTo } from "../reference-mark.ts";
import { exportTo } from "../selecting.ts";
import { endpoint, servicePort, tlsOrigination } from "../traffic/endpoint.ts";

const spec = z.strictObject({
  hosts: z.array(host).min(1).max(256).describe("Names under which it is called."),
  addresses: z.array(ipBlock).min(1).exactOptional().describe("Addresses that belong to it, for TCP."),
  ports: z.array(servicePort).min(1).max(64).describe("Its ports."),
  location: z
    .enum(["outside", "inside"])
    .default("outside")
    .describe("`inside`: its endpoints run the mesh's proxies, so connections use the mesh's TLS."),
  resolution: z
    .enum(["none", "static", "dns", "dnsRoundRobin", "dynamicDns"])
    .default("dns")
    .describe(
      "How its endpoints are found: as the client resolved it, from `endpoints`, or by DNS; `dynamicDns` resolves wildcard hosts as they are called.",
    ),
  endpoints: z
    .array(endpoint)
    .min(1)
    .max(1000)
    .exactOptional()
    .describe("Where it is served; with `dns`, host names to resolve instead of `hosts`."),
  tls: z
    .strictObject({
      mode: z.enum(["simple", "mutual"]).default("simple").describe("`mutual` shows a client certificate."),
      ...tlsOrigination,
    })
    .exactOptional()
    .describe("Proxies open TLS to it, so that clients call it in plain text."),
  viaEgressGateway: z
    .strictObject({
      gateway: refersTo("Gateway", dnsSubdomain).describe("Name of a Gateway of role `egress`."),
      originateTls: z
        .boolean()
        .default(true)
        .describe("Whether the gateway opens the TLS of `tls`, rather than the client's proxy."),
    })
    .exactOptional()
    .describe("Leads all calls through an egress gateway."),
  exportTo,
});
export type ExternalServiceSpec = z.output<typeof spec>;

function check(value: ExternalServiceSpec, report: Report): void {
  checkUnique(value.hosts, ["hosts"], (name) => name, report);
  checkPorts(value.ports, ["ports"], report);
  checkClientTls(value.tls, ["tls"], report);
  checkResolution(value, report);
  checkUnique(value.endpoints, ["endpoints"], (entry) => entry.address, report, { field: "address" });
  const names = new Set(value.ports.flatMap((entry) => entry.name ?? []));
  value.endpoints?.forEach((entry, index) => {
    for (const name of Object.keys(entry.ports ?? {}))
      if (!names.has(name))
        report({
          code: "INVALID_VALUE",
          path: ["endpoints", index, "ports", name],
          reason: `no port of the service is named ${name}${didYouMean(nearestName(name, names))}`,
          remedy: names.size > 0 ? `use one of ${[...names].join(", ")}` : "give the ports names",
        });
  });
  if (value.tls !== undefined)
    value.ports.forEach((entry, index) => {
      if (entry.protocol === "TLS" || entry.protocol === "HTTPS")
        report({
          code: "EXCLUSIVE_FIELDS",
          severity: "warning",
          path: ["ports", index, "protocol"],
          reason: `clients already use TLS on a port of protocol ${entry.protocol}, so proxies would encrypt twice`,
          remedy: "write the protocol that clients speak, such as HTTP, or remove tls",
        });
    });
}

function checkResolution(
  { hosts, resolution, endpoints, location }: ExternalServiceSpec,
  report: Report,
): void {
  if (resolution === "static" && endpoints === undefined)
    report({
      code: "MISSING_COMPANION",
      path: ["endpoints"],
      reason: "with resolution static the endpoints must be listed",
      remedy: "set endpoints, or use resolution: dns",
    });
  if ((resolution === "none" || resolution === "dynamicDns") && endpoints !== undefined)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: ["endpoints"],
      reason: `with resolution ${resolution} the client's own address is used`,
      remedy: "remove endpoints, or use resolution: static",
    });
  if (resolution === "static")
    endpoints?.forEach((entry, index) => {
      if (!/^[\d.]+$|:/.test(entry.address))
        report({
          code: "INVALID_FORMAT",
          path: ["endpoints", index, "address"],
          reason: `${entry.address} is a host name, which resolution static does not resolve`,
          remedy: "write an IP address, or use resolution: dns",
        });
    });
  const wildcard = hosts.findIndex((name) => name.startsWith("*"));
  if (wildcard >= 0 && (resolution === "dns" || resolution === "dnsRoundRobin") && endpoints === undefined)
    report({
      code: "MISSING_COMPANION",
      path: ["hosts", wildcard],
      reason: `${hosts[wildcard]} cannot be looked up in DNS`,
      remedy: "set endpoints, or use resolution: none or dynamicDns",
    });
  if (location === "inside" && resolution === "none")
    report({
      code: "EXCLUSIVE_FIELDS",
      severity: "warning",
      path: ["resolution"],
      reason: "with resolution none proxies do not know which endpoints run the mesh's proxies",
      remedy: "use resolution: static or dns",
    });
}

export const externalService = defineKind({
  kind: "ExternalService",
  plural: "externalservices",
  shortNames: ["es"],
  area: "traffic",
  workspaced: true,
  summary: "Something outside of the meshes that workloads call by name.",
  columns: [
    { name: "Hosts", path: ".spec.hosts" },
    { name: "Resolution", path: ".spec.resolution" },
  ],
  spec,
  check,
});
