import type { Case } from "./case.ts";

export const securityCases: readonly Case[] = [
  ["everything denied", "AccessPolicy", "{action: DENY}", "DENY_ALL spec.action"],
  ["an empty client", "AccessPolicy", "{action: ALLOW, from: [{}]}", "EMPTY_CONDITION spec.from[0]"],
  [
    "an empty exception",
    "AccessPolicy",
    "{action: ALLOW, to: [{ports: [1], not: {}}]}",
    "EMPTY_CONDITION spec.to[0].not",
  ],
  [
    "an exception of everything",
    "AccessPolicy",
    "{action: ALLOW, to: [{methods: [GET], not: {methods: [GET, POST]}}]}",
    "EXCLUSIVE_FIELDS spec.to[0].not.methods",
  ],
  [
    "an address that is none",
    "AccessPolicy",
    "{action: ALLOW, from: [{ipBlocks: [10.0.0.0/40]}]}",
    "INVALID_FORMAT spec.from[0].ipBlocks[0]",
  ],
  [
    "a target anywhere",
    "AccessPolicy",
    "{action: ALLOW, targets: [{kind: Workload, name: a}]}",
    "TARGET_WITHOUT_NAMESPACE spec.targets[0].name",
  ],
  ["authentication that says nothing", "AuthenticationPolicy", "{}", "EMPTY_POLICY spec"],
  ["mtls that says nothing", "AuthenticationPolicy", "{mtls: {}}", "EMPTY_POLICY spec.mtls"],
  [
    "plain text",
    "AuthenticationPolicy",
    '{mtls: {mode: DISABLE, ports: {"80": DISABLE, "99999": STRICT}}}',
    "INSECURE_SETTING spec.mtls.mode",
    'INSECURE_SETTING spec.mtls.ports["80"]',
    'OUT_OF_RANGE spec.mtls.ports["99999"]',
  ],
  [
    "an issuer twice",
    "AuthenticationPolicy",
    "{jwt: [{issuer: a, jwks: {uri: 'https://a'}}, {issuer: a, jwks: {uri: 'https://b'}}]}",
    "DUPLICATE_NAME spec.jwt[1].issuer",
  ],
  [
    "keys without TLS",
    "AuthenticationPolicy",
    "{jwt: [{issuer: a, jwks: {uri: 'http://a'}}]}",
    "INSECURE_SETTING spec.jwt[0].jwks.uri",
  ],
  [
    "keys that are not JSON",
    "AuthenticationPolicy",
    "{jwt: [{issuer: a, jwks: {inline: 'xx'}}]}",
    "INVALID_FORMAT spec.jwt[0].jwks.inline",
  ],
  [
    "keys that are no set",
    "AuthenticationPolicy",
    "{jwt: [{issuer: a, jwks: {inline: '[]'}}]}",
    "INVALID_FORMAT spec.jwt[0].jwks.inline",
  ],
  [
    "private keys",
    "AuthenticationPolicy",
    `{jwt: [{issuer: a, jwks: {inline: '{"keys": [{"kty": "EC", "d": "x"}]}'}}]}`,
    "INLINE_SECRET spec.jwt[0].jwks.inline",
  ],
  [
    "a check that can be skipped",
    "AuthenticationPolicy",
    "{external: {service: {name: a}, failOpen: true}}",
    "INSECURE_SETTING spec.external.failOpen",
  ],
];
