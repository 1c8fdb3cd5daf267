import type { Scenario } from "../scenario.ts";
import { allowAccount } from "./allow-account.ts";
import { allowAddress } from "./allow-address.ts";
import { allowIdentity } from "./allow-identity.ts";
import { allowNamespace } from "./allow-namespace.ts";
import { allowOperation } from "./allow-operation.ts";
import { allowPort } from "./allow-port.ts";
import { defaultDeny } from "./default-deny.ts";
import { deny } from "./deny.ts";
import { denyNot } from "./deny-not.ts";
import { dryRun } from "./dry-run.ts";
import { externalAuthorization } from "./external.ts";
import { externalFailOpen } from "./external-fail-open.ts";
import { externalPaths } from "./external-paths.ts";
import { mtlsChange } from "./mtls-change.ts";
import { mtlsMesh } from "./mtls-mesh.ts";
import { mtlsStrict } from "./mtls-strict.ts";
import { tokenKeys } from "./token-keys.ts";
import { tokens } from "./tokens.ts";
import { virtualMeshDefault } from "./virtual-mesh-default.ts";
import { workspaceDefault } from "./workspace-default.ts";

/** All about one workload, so they run one after the other. */
export const securityScenarios: Readonly<Record<string, Scenario>> = {
  "allow-account": allowAccount,
  "allow-address": allowAddress,
  "allow-identity": allowIdentity,
  "allow-namespace": allowNamespace,
  "allow-operation": allowOperation,
  "allow-port": allowPort,
  "default-deny": defaultDeny,
  "deny-not": denyNot,
  deny: deny,
  "dry-run": dryRun,
  external: externalAuthorization,
  "external-fail-open": externalFailOpen,
  "external-paths": externalPaths,
  "mtls-change": mtlsChange,
  "mtls-mesh": mtlsMesh,
  "mtls-strict": mtlsStrict,
  tokens: tokens,
  "token-keys": tokenKeys,
  "virtual-mesh-default": virtualMeshDefault,
  "workspace-default": workspaceDefault,
};
