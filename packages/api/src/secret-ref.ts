import { z } from "zod";
import { dnsLabel, dnsSubdomain } from "./primitives.ts";
import { refersTo } from "./reference-mark.ts";

const secretName = {
  name: dnsSubdomain.describe("Name of the Secret."),
  namespace: dnsLabel.exactOptional().describe("Namespace of the Secret."),
  key: z
    .string()
    .regex(/^[-._a-zA-Z0-9]{1,253}$/, "must be a key of a Secret")
    .exactOptional()
    .describe("Key within the Secret, where one value is meant."),
};

/**
 * A secret by reference; values are never part of a resource. Where a cluster uses it, the Secret is read there, in the namespace of the
 * proxy or gateway that needs it unless set; where the server uses it (git, Vault), it is one of the server's own secrets.
 */
export const secretRef = refersTo("Secret", z.strictObject(secretName)).meta({
  description: "A Secret, by reference.",
});
export type SecretRef = z.output<typeof secretRef>;

/** Where a CA bundle comes from: it is public, so a ConfigMap will do too. */
export const caRef = refersTo(
  "byKind",
  z.strictObject({
    kind: z.enum(["Secret", "ConfigMap"]).default("Secret").describe("What holds the certificates."),
    ...secretName,
  }),
).meta({ description: "CA certificates (PEM), by reference." });
export type CaRef = z.output<typeof caRef>;
