import { z } from "zod";
import { hasCredentials } from "../checks/inline-secret.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { duration, durationMs } from "../primitives.ts";
import { caRef, secretRef } from "../secret-ref.ts";

const sources = ["generated", "imported", "vault", "csr"] as const;

const spec = z.strictObject({
  source: z
    .enum(sources)
    .describe(
      "`generated`: Heddle makes the root; `imported`: you bring root and key; `vault`: Vault signs; `csr`: you sign requests by hand.",
    ),
  imported: z
    .strictObject({
      certificates: z
        .string()
        .max(262_144)
        .startsWith("-----BEGIN CERTIFICATE-----", "must be certificates in PEM")
        .describe("The signing certificate, its chain and the root, in PEM."),
      key: secretRef.describe("The private key of the first certificate."),
    })
    .exactOptional()
    .describe("For source `imported`."),
  vault: z
    .strictObject({
      address: z
        .url({ protocol: /^https$/, error: "must be an https URL" })
        .describe("Address of the Vault server."),
      mount: z.string().min(1).max(512).default("pki").describe("Path of the PKI secrets engine."),
      role: z
        .string()
        .min(1)
        .max(256)
        .exactOptional()
        .describe("Role of the engine that signs; none unless set."),
      namespace: z.string().min(1).max(256).exactOptional().describe("Vault namespace."),
      auth: z
        .union([
          z.strictObject({ tokenRef: secretRef.describe("A Vault token.") }),
          z.strictObject({
            kubernetes: z
              .strictObject({
                role: z.string().min(1).max(256).describe("Role of the auth method."),
                mount: z.string().min(1).max(512).default("kubernetes").describe("Path of the auth method."),
              })
              .describe("Log in as the server's own service account."),
          }),
          z.strictObject({
            appRole: z
              .strictObject({
                roleId: z.string().min(1).max(256).describe("The AppRole's role ID."),
                secretIdRef: secretRef.describe("The AppRole's secret ID."),
              })
              .describe("Log in by AppRole."),
          }),
        ])
        .describe("How the server logs in: exactly one of `tokenRef`, `kubernetes`, `appRole`."),
      caRef: caRef.exactOptional().describe("CA of the Vault server; the system's unless set."),
    })
    .exactOptional()
    .describe("For source `vault`."),
  key: z
    .strictObject({
      algorithm: z
        .enum(["ECDSA_P256", "ECDSA_P384", "RSA_2048", "RSA_3072", "RSA_4096"])
        .default("ECDSA_P256")
        .describe("Algorithm of the root's key; Linkerd takes only ECDSA_P256."),
      ttl: duration.default("87600h").describe("Lifetime of the root."),
    })
    .default({ algorithm: "ECDSA_P256", ttl: "87600h" })
    .describe("The root's key; it counts for source `generated`."),
  issuers: z
    .strictObject({
      ttl: duration.default("8760h").describe("Lifetime of each cluster's intermediate."),
      renewBefore: duration.default("2920h").describe("How long before its end an intermediate is renewed."),
    })
    .default({ ttl: "8760h", renewBefore: "2920h" })
    .describe("The intermediates, one for each member."),
  rotation: z
    .strictObject({
      trigger: z
        .string()
        .max(256)
        .exactOptional()
        .describe("Any text; changing it starts a rotation to a new root."),
      before: duration.exactOptional().describe("Starts a rotation this long before the root's end."),
      approval: z
        .enum(["auto", "manual"])
        .default("manual")
        .describe("Whether each phase waits for a person when its evidence is complete."),
      emergency: z
        .boolean()
        .default(false)
        .describe("The key is compromised: phases do not wait, and outages are accepted."),
    })
    .default({ approval: "manual", emergency: false })
    .describe("How the root is replaced."),
});
export type TrustAnchorSpec = z.output<typeof spec>;

function check(value: TrustAnchorSpec, report: Report): void {
  for (const name of ["imported", "vault"] as const) {
    if (value.source === name && value[name] === undefined)
      report({
        code: "MISSING_COMPANION",
        path: [name],
        reason: `source ${name} needs the field ${name}`,
        remedy: `set ${name}, or choose another source`,
      });
    if (value.source !== name && value[name] !== undefined)
      report({
        code: "EXCLUSIVE_FIELDS",
        path: [name],
        reason: `${name} has no meaning with source ${value.source}`,
        remedy: `remove it, or write source: ${name}`,
      });
  }
  if (value.imported !== undefined && /PRIVATE KEY-----/.test(value.imported.certificates))
    report({
      code: "INLINE_SECRET",
      path: ["imported", "certificates"],
      reason: "a private key is among the certificates",
    });
  if (value.vault !== undefined && hasCredentials(value.vault.address))
    report({ code: "INLINE_SECRET", path: ["vault", "address"], reason: "the address holds a password" });
  checkLifetimes(value, report);
  if (value.rotation.emergency)
    report({
      code: "INSECURE_SETTING",
      path: ["rotation", "emergency"],
      reason: "a rotation will not wait until every proxy trusts the new root",
      remedy: "remove it when the emergency is over",
    });
}

function checkLifetimes(value: TrustAnchorSpec, report: Report): void {
  const [root, issuer, renew] = [value.key.ttl, value.issuers.ttl, value.issuers.renewBefore].map(durationMs);
  if (root === undefined || issuer === undefined || renew === undefined) return;
  if (value.source === "generated" && issuer >= root)
    report({
      code: "VALUE_ORDER",
      path: ["issuers", "ttl"],
      reason: `an intermediate (${value.issuers.ttl}) would outlive its root (${value.key.ttl})`,
      remedy: "make issuers.ttl shorter than key.ttl",
    });
  if (renew >= issuer)
    report({
      code: "VALUE_ORDER",
      path: ["issuers", "renewBefore"],
      reason: `it would be renewed for ever: ${value.issuers.renewBefore} before an end after ${value.issuers.ttl}`,
      remedy: "make renewBefore shorter than ttl; a third of it is usual",
    });
  const before = value.rotation.before;
  if (before !== undefined && value.source === "generated" && durationMs(before) >= root)
    report({
      code: "VALUE_ORDER",
      path: ["rotation", "before"],
      reason: `${before} before its end the root (${value.key.ttl}) is not made yet`,
      remedy: "make rotation.before shorter than key.ttl",
    });
}

export const trustAnchor = defineKind({
  kind: "TrustAnchor",
  plural: "trustanchors",
  shortNames: ["ta"],
  area: "topology",
  workspaced: false,
  summary: "A root of trust: where it comes from, what it issues to each mesh, and how it is replaced.",
  columns: [
    { name: "Source", path: ".spec.source" },
    { name: "Phase", path: ".status.phase" },
    { name: "Expires", path: ".status.expires" },
  ],
  spec,
  check,
});
