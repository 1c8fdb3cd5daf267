import { z } from "zod";
import { checkTargets } from "../checks/check-targets.ts";
import { checkUnique } from "../checks/check-unique.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { headerName } from "../primitives.ts";
import { targets } from "../selecting.ts";
import { destinationRef } from "../traffic/backend.ts";

export const mtlsMode = z.enum(["STRICT", "PERMISSIVE", "DISABLE"]);
export type MtlsMode = z.output<typeof mtlsMode>;

const jwt = z.strictObject({
  issuer: z.string().min(1).max(2048).describe("Issuer of the tokens (`iss`)."),
  audiences: z
    .array(z.string().min(1))
    .min(1)
    .exactOptional()
    .describe("One of these must be in `aud`; any unless set."),
  jwks: z
    .union([
      z.strictObject({
        uri: z
          .url({ protocol: /^https?$/, error: "must be an http or https URL" })
          .describe("Where the keys are fetched from."),
      }),
      z.strictObject({
        inline: z.string().min(2).max(65_536).describe("The JSON Web Key Set itself; public keys only."),
      }),
    ])
    .describe("The issuer's public keys: exactly one of `uri`, `inline`."),
  from: z
    .strictObject({
      headers: z
        .array(
          z.strictObject({
            name: headerName,
            prefix: z
              .string()
              .max(256)
              .exactOptional()
              .describe("What stands before the token, e.g. `Bearer `."),
          }),
        )
        .min(1)
        .exactOptional()
        .describe("Headers."),
      params: z.array(z.string().min(1)).min(1).exactOptional().describe("Query parameters."),
      cookies: z.array(z.string().min(1)).min(1).exactOptional().describe("Cookies."),
    })
    .exactOptional()
    .describe("Where the token is read; `Authorization: Bearer` unless set."),
  forward: z
    .strictObject({
      original: z.boolean().exactOptional().describe("Whether the token itself is passed on."),
      payloadHeader: headerName.exactOptional().describe("Header for the token's payload, in base64."),
      claims: z
        .array(
          z.strictObject({
            header: headerName.describe("Header that is set."),
            claim: z.string().min(1).max(256).describe("Claim that it gets."),
          }),
        )
        .min(1)
        .exactOptional()
        .describe("Claims that are passed on as headers."),
    })
    .exactOptional()
    .describe("What the workload gets to see of the token."),
});
export type JwtRule = z.output<typeof jwt>;

const spec = z.strictObject({
  targets,
  mtls: z
    .strictObject({
      mode: mtlsMode
        .exactOptional()
        .describe("`STRICT` refuses plain text, `PERMISSIVE` takes both, `DISABLE` uses none."),
      ports: z
        .record(z.string().regex(/^\d{1,5}$/), mtlsMode)
        .exactOptional()
        .describe("Modes by port number of the workload."),
    })
    .exactOptional()
    .describe("Mutual TLS between workloads."),
  jwt: z.array(jwt).min(1).exactOptional().describe("Requests must carry a token of one of these issuers."),
  tls: z
    .strictObject({
      minVersion: z.enum(["TLSV1_2", "TLSV1_3"]).exactOptional().describe("Lowest version of TLS."),
      cipherSuites: z
        .array(z.string().min(1))
        .min(1)
        .exactOptional()
        .describe("Cipher suites of TLS 1.2, by OpenSSL's names."),
    })
    .exactOptional()
    .describe("What connections within the mesh must use."),
  external: z
    .strictObject({
      service: destinationRef.describe("The service that decides."),
      failOpen: z
        .boolean()
        .default(false)
        .describe("Whether requests pass while the service does not answer."),
      headers: z.array(headerName).min(1).exactOptional().describe("Request headers that it is shown."),
      paths: z
        .array(z.string().min(1).max(1024))
        .min(1)
        .exactOptional()
        .describe("Only requests to these paths are shown to it: exact, `/prefix*` or `*suffix`."),
    })
    .exactOptional()
    .describe("External authorization, e.g. an OIDC proxy."),
});
export type AuthenticationPolicySpec = z.output<typeof spec>;

function check(value: AuthenticationPolicySpec, report: Report): void {
  checkTargets(value.targets, report);
  if (
    value.mtls === undefined &&
    value.jwt === undefined &&
    value.tls === undefined &&
    value.external === undefined
  )
    report({
      code: "EMPTY_POLICY",
      path: [],
      reason: "none of mtls, jwt, tls and external is set, so the policy says nothing",
      remedy: "set at least one of them, or delete the policy",
    });
  checkUnique(value.jwt, ["jwt"], (rule) => rule.issuer, report, { field: "issuer" });
  value.jwt?.forEach((rule, index) => {
    if ("inline" in rule.jwks) checkKeySet(rule.jwks.inline, ["jwt", index, "jwks", "inline"], report);
    else if (rule.jwks.uri.startsWith("http:"))
      report({
        code: "INSECURE_SETTING",
        path: ["jwt", index, "jwks", "uri"],
        reason: "the keys are fetched without TLS, so anyone on the way can replace them",
        remedy: "use an https address",
      });
  });
  const { mtls, external } = value;
  for (const [port, mode] of Object.entries(mtls?.ports ?? {})) {
    const at = ["mtls", "ports", port];
    if (Number(port) < 1 || Number(port) > 65535)
      report({ code: "OUT_OF_RANGE", path: at, reason: `${port} is not a port`, remedy: "use 1 to 65535" });
    if (mode === "DISABLE") reportPlainText(at, report);
  }
  if (mtls?.mode === "DISABLE") reportPlainText(["mtls", "mode"], report);
  if (mtls !== undefined && mtls.mode === undefined && Object.keys(mtls.ports ?? {}).length === 0)
    report({ code: "EMPTY_POLICY", path: ["mtls"], reason: "mtls has neither mode nor ports" });
  if (external?.failOpen === true)
    report({
      code: "INSECURE_SETTING",
      path: ["external", "failOpen"],
      reason: "requests pass unchecked while the service does not answer",
    });
}

function reportPlainText(path: readonly string[], report: Report): void {
  report({
    code: "INSECURE_SETTING",
    path,
    reason: "connections are not encrypted and clients have no identity",
    remedy: "use PERMISSIVE while clients move to the mesh",
  });
}

/** A key set holds public keys; `d` or `k` is the private part of an RSA or EC key, or a symmetric key (RFC 7518 §6). */
function checkKeySet(text: string, path: readonly (string | number)[], report: Report): void {
  try {
    const parsed: unknown = JSON.parse(text);
    const keys = jsonWebKeySet.safeParse(parsed);
    if (!keys.success)
      report({
        code: "INVALID_FORMAT",
        path,
        reason: "it is not a JSON Web Key Set",
        remedy: 'write {"keys": [ … ]}',
      });
    else if (keys.data.keys.some((key) => "d" in key || "k" in key))
      report({
        code: "INLINE_SECRET",
        path,
        reason: "the key set holds a private or symmetric key",
        remedy: "give the public keys only, and replace the key: it was exposed",
      });
  } catch {
    report({ code: "INVALID_FORMAT", path, reason: "it is not JSON", remedy: 'write {"keys": [ … ]}' });
  }
}

const jsonWebKeySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });

export const authenticationPolicy = defineKind({
  kind: "AuthenticationPolicy",
  plural: "authenticationpolicies",
  shortNames: ["authn"],
  area: "security",
  workspaced: true,
  summary: "How clients prove who they are: mutual TLS modes, JWT issuers, external authorization.",
  columns: [{ name: "MTLS", path: ".spec.mtls.mode" }],
  spec,
  check,
});
