import type { User } from "../auth/user.ts";
import { joinApiVersion } from "../json/kube-object.ts";
import type { Served } from "../resources/registry.ts";

export type FieldValidation = "Ignore" | "Warn" | "Strict";

/** One request to a resource, with everything that the operations need to know of it. */
export interface Call extends Served {
  readonly namespace: string;
  /** Empty for the collection. */
  readonly name: string;
  readonly subresource: string;
  readonly user: User;
  readonly fieldManager: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  /** Texts for the `Warning` headers of the response; operations add to it. */
  readonly warnings: string[];
}

/** How errors name the resource of a call. */
export const named = (call: Served) => ({
  group: call.resource.group,
  plural: call.resource.plural,
  kind: call.resource.kind,
});

export const apiVersionOf = (call: Served): string => joinApiVersion(call.resource.group, call.version.name);
export const storedVersionOf = (call: Served): string =>
  joinApiVersion(call.resource.group, call.resource.storageVersion);
