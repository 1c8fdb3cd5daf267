import type { Case } from "./case.ts";

export const extensionCases: readonly Case[] = [
  ["no extension", "ExtensionPolicy", "{}", "EMPTY_POLICY spec"],
  [
    "code by address only",
    "ExtensionPolicy",
    "{wasm: [{name: a, url: 'oci://r/i:1'}]}",
    "INSECURE_SETTING spec.wasm[0].sha256",
  ],
  ["code by digest", "ExtensionPolicy", "{wasm: [{name: a, url: 'oci://r/i@sha256:abc'}]}"],
  [
    "passwords for a module",
    "ExtensionPolicy",
    "{wasm: [{name: a, url: 'https://u:p@r/i@sha256:abc', config: {clientSecret: x}, env: {PASSWORD: x}}]}",
    "INLINE_SECRET spec.wasm[0].url",
    "INLINE_SECRET spec.wasm[0].config.clientSecret",
    "INLINE_SECRET spec.wasm[0].env.PASSWORD",
  ],
  [
    "a name twice",
    "ExtensionPolicy",
    "{lua: [{name: a, code: x}, {name: a, code: y}]}",
    "DUPLICATE_NAME spec.lua[1].name",
  ],
  [
    "a processor that sees nothing",
    "ExtensionPolicy",
    "{externalProcessing: [{name: a, service: {name: b}, requestHeaders: false, responseHeaders: false}]}",
    "EMPTY_POLICY spec.externalProcessing[0]",
  ],
  [
    "a machine that is nowhere",
    "ExternalWorkload",
    "{namespace: a, addresses: [10.0.0.1], ports: [{port: 1}], identity: {serviceAccount: a}}",
    "MISSING_COMPANION spec.cluster",
  ],
  [
    "everything twice",
    "ExternalWorkload",
    "{namespace: a, cluster: c, addresses: [10.0.0.1, 10.0.0.1], ports: [{name: x, port: 1}, {name: x, port: 1}], identity: {serviceAccount: a}}",
    "DUPLICATE_NAME spec.addresses[1]",
    "DUPLICATE_PORT spec.ports[1].port",
    "DUPLICATE_NAME spec.ports[1].name",
  ],
  [
    "two identities",
    "ExternalWorkload",
    "{namespace: a, cluster: c, addresses: [10.0.0.1], ports: [{port: 1}], identity: {serviceAccount: a, spiffeId: 'spiffe://a/b'}}",
    "EXCLUSIVE_FIELDS spec.identity.spiffeId",
  ],
];
