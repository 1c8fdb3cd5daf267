import { z } from "zod";
import { defineKind, type Report } from "../define-kind.ts";
import { headerName } from "../primitives.ts";
import { target } from "../selecting.ts";
import { destinationRef } from "./traffic-policy.ts";

export const mtlsMode = z.enum(["STRICT", "PERMISSIVE", "DISABLE"]);
export type MtlsMode = z.output<typeof mtlsMode>;

const jwt = z.strictObject({
  issuer: z.string().min(1),
  audiences: z.array(z.string().min(1)).min(1).exactOptional(),
  jwks: z.union([z.strictObject({ uri: z.url() }), z.strictObject({ inline: z.string().min(2) })]),
  from: z
    .strictObject({
      headers: z
        .array(z.strictObject({ name: headerName, prefix: z.string().exactOptional() }))
        .min(1)
        .exactOptional(),
      params: z.array(z.string().min(1)).min(1).exactOptional(),
      cookies: z.array(z.string().min(1)).min(1).exactOptional(),
    })
    .exactOptional()
    .describe("Where the token is read; `Authorization: Bearer` unless set."),
  forward: z
    .strictObject({
      original: z.boolean().exactOptional(),
      payloadHeader: headerName.exactOptional(),
      claims: z
        .array(z.strictObject({ header: headerName, claim: z.string().min(1) }))
        .min(1)
        .exactOptional(),
    })
    .exactOptional(),
});
export type JwtRule = z.output<typeof jwt>;

const spec = z.strictObject({
  targets: z.array(target).default([]),
  mtls: z
    .strictObject({
      mode: mtlsMode.exactOptional(),
      ports: z
        .record(z.string().regex(/^\d{1,5}$/), mtlsMode)
        .exactOptional()
        .describe("Modes by port number of the workload."),
    })
    .exactOptional(),
  jwt: z.array(jwt).min(1).exactOptional(),
  tls: z
    .strictObject({
      minVersion: z.enum(["TLSV1_2", "TLSV1_3"]).exactOptional(),
      cipherSuites: z.array(z.string().min(1)).min(1).exactOptional(),
    })
    .exactOptional(),
  external: z
    .strictObject({
      service: destinationRef,
      failOpen: z.boolean().default(false),
      headers: z.array(headerName).min(1).exactOptional(),
      paths: z.array(z.string().min(1)).min(1).exactOptional(),
    })
    .exactOptional()
    .describe("External authorization, e.g. an OIDC proxy."),
});
export type AuthenticationPolicySpec = z.output<typeof spec>;

function check(value: AuthenticationPolicySpec, report: Report): void {
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
  const issuers = new Set<string>();
  value.jwt?.forEach((rule, index) => {
    if (issuers.has(rule.issuer))
      report({
        code: "DUPLICATE_NAME",
        path: ["jwt", index, "issuer"],
        reason: `issuer ${rule.issuer} appears twice`,
        remedy: "merge the two entries",
      });
    issuers.add(rule.issuer);
  });
}

export const authenticationPolicy = defineKind({
  kind: "AuthenticationPolicy",
  plural: "authenticationpolicies",
  shortNames: ["authn"],
  area: "security",
  workspaced: true,
  summary: "How clients prove who they are: mutual TLS modes, JWT issuers, external authorization.",
  spec,
  check,
});
