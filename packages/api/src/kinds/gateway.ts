import { z } from "zod";
import { checkUnique } from "../checks/check-unique.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { address, dnsLabel, host, labels, port } from "../primitives.ts";
import { caRef, secretRef } from "../secret-ref.ts";
import { namespaceName, placement, workspaceOrAll } from "../selecting.ts";

const tls = z.strictObject({
  mode: z
    .enum(["Terminate", "Passthrough"])
    .default("Terminate")
    .describe("`Terminate` decrypts here; `Passthrough` leaves TLS to the backend."),
  certificateRefs: z
    .array(secretRef)
    .min(1)
    .max(64)
    .exactOptional()
    .describe("Certificates with keys; for `Terminate`."),
  clientValidation: z
    .strictObject({
      caRefs: z.array(caRef).min(1).max(8).describe("CAs of the clients."),
      optional: z.boolean().default(false).describe("Lets clients without a certificate in, too."),
      subjectAltNames: z
        .array(z.string().min(1).max(2048))
        .min(1)
        .exactOptional()
        .describe("Names of which the client's certificate must have one."),
    })
    .exactOptional()
    .describe("Asks clients for a certificate."),
  minVersion: z.enum(["TLSV1_2", "TLSV1_3"]).exactOptional().describe("Lowest version of TLS."),
  cipherSuites: z
    .array(z.string().min(1).max(128))
    .min(1)
    .exactOptional()
    .describe("Cipher suites of TLS 1.2, by OpenSSL's names."),
});

const listener = z.strictObject({
  name: dnsLabel.describe("Name of the listener."),
  port: port.describe("Port that clients call."),
  protocol: z.enum(["HTTP", "HTTPS", "TLS", "TCP"]).describe("What is spoken on it; gRPC is HTTP or HTTPS."),
  hosts: z.array(host).min(1).max(256).exactOptional().describe("Only for these hosts; all unless set."),
  tls: tls.exactOptional().describe("TLS of clients; for protocols HTTPS and TLS."),
  httpsRedirect: z.boolean().exactOptional().describe("Sends HTTP clients to https with status 301."),
  proxyProtocol: z
    .boolean()
    .exactOptional()
    .describe("Reads the client's address by HAProxy's PROXY protocol."),
  allowedWorkspaces: z
    .array(workspaceOrAll)
    .min(1)
    .exactOptional()
    .describe("Workspaces whose route tables may use it; `*` for all, only its own unless set."),
});

const spec = z.strictObject({
  role: z.enum(["ingress", "egress"]).default("ingress").describe("Which way traffic passes."),
  selector: z
    .strictObject({
      labels: labels.exactOptional().describe("Labels of the gateway's pods."),
      namespaces: z.array(namespaceName).min(1).exactOptional().describe("Namespaces of the gateway's pods."),
      ...placement,
    })
    .default({})
    .describe("Which gateway workloads it is for; the mesh's usual ones unless set."),
  gatewayClassName: dnsLabel
    .exactOptional()
    .describe("Has the mesh run a gateway of this class, where it can, instead of selecting one."),
  addresses: z
    .array(address)
    .min(1)
    .max(16)
    .exactOptional()
    .describe("Addresses that it should have; for `gatewayClassName`."),
  listeners: z.array(listener).min(1).max(64).describe("Ports that it listens on."),
});
export type GatewaySpec = z.output<typeof spec>;
export type Listener = z.output<typeof listener>;

function check(value: GatewaySpec, report: Report): void {
  checkUnique(value.listeners, ["listeners"], (entry) => entry.name, report, { field: "name" });
  if (value.gatewayClassName !== undefined && value.selector.labels !== undefined)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: ["gatewayClassName"],
      reason: "a gateway is either made or selected",
      remedy: "keep one of gatewayClassName, selector.labels",
    });
  if (value.addresses !== undefined && value.gatewayClassName === undefined)
    report({
      code: "MISSING_COMPANION",
      path: ["addresses"],
      reason: "a gateway that is selected already has its addresses",
      remedy: "remove addresses, or set gatewayClassName",
    });
  value.listeners.forEach((entry, index) => {
    checkListener(entry, ["listeners", index], report);
  });
  checkSharedPorts(value.listeners, report);
}

function checkListener(entry: Listener, at: readonly (string | number)[], report: Report): void {
  const secure = entry.protocol === "HTTPS" || entry.protocol === "TLS";
  if (secure && entry.tls === undefined)
    report({
      code: "MISSING_COMPANION",
      path: [...at, "tls"],
      reason: `${entry.protocol} needs tls`,
      remedy: "set tls",
    });
  if (!secure && entry.tls !== undefined)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "tls"],
      reason: `${entry.protocol} is not encrypted`,
      remedy: "remove tls, or use protocol HTTPS or TLS",
    });
  if (entry.httpsRedirect === true && entry.protocol !== "HTTP")
    report({
      code: "MISSING_COMPANION",
      path: [...at, "httpsRedirect"],
      reason: "only HTTP clients can be sent to https",
      remedy: "remove it, or use protocol HTTP",
    });
  const { mode, certificateRefs } = entry.tls ?? {};
  if (mode === "Terminate" && certificateRefs === undefined)
    report({
      code: "MISSING_COMPANION",
      path: [...at, "tls", "certificateRefs"],
      reason: "to decrypt, the gateway needs a certificate",
      remedy: "set certificateRefs, or use mode: Passthrough",
    });
  if (mode === "Passthrough")
    for (const field of ["certificateRefs", "clientValidation", "minVersion", "cipherSuites"] as const)
      if (entry.tls?.[field] !== undefined)
        report({
          code: "EXCLUSIVE_FIELDS",
          path: [...at, "tls", field],
          reason: "with mode Passthrough the gateway has no part in the TLS of its clients",
          remedy: "remove it, or use mode: Terminate",
        });
  if (mode === "Passthrough" && entry.protocol === "HTTPS")
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "tls", "mode"],
      reason: "HTTPS is decrypted at the gateway",
      remedy: "use protocol: TLS to pass it through",
    });
}

/** Listeners can share a port when they speak the same protocol and are for different hosts. */
function checkSharedPorts(listeners: readonly Listener[], report: Report): void {
  const first = new Map<number, Listener>();
  const taken = new Set<string>();
  listeners.forEach((entry, index) => {
    const other = first.get(entry.port);
    if (other === undefined) first.set(entry.port, entry);
    else if (other.protocol !== entry.protocol || entry.protocol === "TCP")
      report({
        code: "DUPLICATE_PORT",
        path: ["listeners", index, "port"],
        reason: `listener ${other.name} already uses port ${entry.port} for ${other.protocol}`,
      });
    for (const name of entry.hosts ?? ["*"]) {
      const key = `${entry.port} ${name}`;
      if (taken.has(key) && other?.protocol === entry.protocol)
        report({
          code: "DUPLICATE_PORT",
          path: ["listeners", index, entry.hosts === undefined ? "port" : "hosts"],
          reason: `another listener on port ${entry.port} is already for ${name}`,
          remedy: "give each listener other hosts, or merge them",
        });
      taken.add(key);
    }
  });
}

export const gateway = defineKind({
  kind: "Gateway",
  plural: "gateways",
  shortNames: ["hgw"],
  area: "traffic",
  workspaced: true,
  summary: "Where traffic enters or leaves a mesh: ports, hosts and certificates of gateway workloads.",
  columns: [
    { name: "Role", path: ".spec.role" },
    { name: "Ports", path: ".spec.listeners[*].port" },
  ],
  spec,
  check,
});
