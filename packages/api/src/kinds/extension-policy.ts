import { z } from "zod";
import { checkTargets } from "../checks/check-targets.ts";
import { checkUnique } from "../checks/check-unique.ts";
import { checkInlineSecrets, hasCredentials } from "../checks/inline-secret.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { dnsLabel, duration, jsonObject, port } from "../primitives.ts";
import { secretRef } from "../secret-ref.ts";
import { targets } from "../selecting.ts";
import { destinationRef } from "../traffic/backend.ts";

const order = {
  phase: z
    .enum(["first", "authn", "authz", "stats", "last"])
    .default("last")
    .describe(
      "Before which of the proxy's own filters it runs; `last` is just before the request is sent on.",
    ),
  priority: z.int().min(-1000).max(1000).default(0).describe("Higher runs first within a phase."),
  direction: z
    .enum(["inbound", "outbound", "both"])
    .default("inbound")
    .describe("Whether it sees requests to the target, from the target, or both."),
  ports: z.array(port).min(1).exactOptional().describe("Only on these ports."),
};

const wasm = z.strictObject({
  name: dnsLabel.describe("Name of the module."),
  url: z
    .string()
    .max(2048)
    .regex(/^(oci|https?|file):\/\/\S+$/, "must be an oci, https, http or file URL")
    .describe("Where the module is: `oci://`, `https://`, `http://` or a `file://` in the proxy."),
  sha256: z
    .string()
    .regex(/^[a-f0-9]{64}$/, "must be 64 hexadecimal digits")
    .exactOptional()
    .describe("SHA-256 of the module; another one is not run."),
  pullSecretRef: secretRef.exactOptional().describe("Credentials of the registry."),
  ...order,
  config: jsonObject.exactOptional().describe("Configuration that the module gets."),
  env: z
    .record(z.string().min(1).max(256), z.string().max(2048))
    .exactOptional()
    .describe("Environment variables that the module gets."),
  failOpen: z.boolean().default(false).describe("Whether requests pass when the module cannot run."),
});

const lua = z.strictObject({
  name: dnsLabel.describe("Name of the script."),
  code: z.string().min(1).max(65_536).describe("The script, with `envoy_on_request` or `envoy_on_response`."),
  ...order,
});

const body = z.enum(["none", "streamed", "buffered", "bufferedPartial"]).default("none");
const externalProcessing = z.strictObject({
  name: dnsLabel.describe("Name of the processor."),
  service: destinationRef.describe("The service, which speaks Envoy's external processing protocol."),
  ...order,
  timeout: duration.default("200ms").describe("How long one answer may take."),
  failOpen: z.boolean().default(false).describe("Whether requests pass while the service does not answer."),
  requestHeaders: z.boolean().default(true).describe("Whether it sees the headers of requests."),
  responseHeaders: z.boolean().default(true).describe("Whether it sees the headers of answers."),
  requestBody: body.describe("How it sees the body of requests."),
  responseBody: body.describe("How it sees the body of answers."),
});

const spec = z.strictObject({
  targets,
  wasm: z.array(wasm).min(1).max(32).exactOptional().describe("WebAssembly modules."),
  lua: z.array(lua).min(1).max(32).exactOptional().describe("Lua scripts."),
  externalProcessing: z
    .array(externalProcessing)
    .min(1)
    .max(8)
    .exactOptional()
    .describe("Services that see and change requests."),
});
export type ExtensionPolicySpec = z.output<typeof spec>;

function check(value: ExtensionPolicySpec, report: Report): void {
  checkTargets(value.targets, report);
  if (value.wasm === undefined && value.lua === undefined && value.externalProcessing === undefined)
    report({ code: "EMPTY_POLICY", path: [], reason: "none of wasm, lua and externalProcessing is set" });
  for (const field of ["wasm", "lua", "externalProcessing"] as const)
    checkUnique<{ readonly name: string }>(value[field], [field], (entry) => entry.name, report, {
      field: "name",
    });
  value.wasm?.forEach((module, index) => {
    const at = ["wasm", index];
    checkInlineSecrets(module.config, [...at, "config"], report);
    checkInlineSecrets(module.env, [...at, "env"], report);
    if (hasCredentials(module.url))
      report({ code: "INLINE_SECRET", path: [...at, "url"], reason: "the address holds a password" });
    if (module.sha256 === undefined && !module.url.includes("@sha256:"))
      report({
        code: "INSECURE_SETTING",
        path: [...at, "sha256"],
        reason: "without a hash, whoever controls the address decides what runs in your proxies",
        remedy: "set sha256, or name an OCI image by digest",
      });
  });
  value.externalProcessing?.forEach((entry, index) => {
    if (
      !entry.requestHeaders &&
      !entry.responseHeaders &&
      entry.requestBody === "none" &&
      entry.responseBody === "none"
    )
      report({
        code: "EMPTY_POLICY",
        path: ["externalProcessing", index],
        reason: "the service is shown nothing",
        remedy: "turn on one of requestHeaders, responseHeaders, requestBody, responseBody",
      });
  });
}

export const extensionPolicy = defineKind({
  kind: "ExtensionPolicy",
  plural: "extensionpolicies",
  shortNames: ["xp"],
  area: "extension",
  workspaced: true,
  summary: "Code of yours in the path of requests: WebAssembly, Lua, or a service that processes them.",
  spec,
  check,
});
