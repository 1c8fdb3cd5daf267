import { z } from "zod";
import { dnsLabel, dnsSubdomain, headerName, labels, percent, port } from "../primitives.ts";
import { refersTo } from "../reference-mark.ts";

const headerValues = z.record(headerName, z.string().max(8192));
const headerChange = z.strictObject({
  set: headerValues.exactOptional().describe("Replaces the header, or adds it."),
  add: headerValues.exactOptional().describe("Adds a value, keeping the ones that are there."),
  remove: z.array(headerName).min(1).exactOptional().describe("Removes these headers."),
});
export const headerChanges = z.strictObject({
  request: headerChange.exactOptional().describe("Changes to the request."),
  response: headerChange.exactOptional().describe("Changes to the response."),
});
export type HeaderChanges = z.output<typeof headerChanges>;

/** What a request can be sent to; without one, the policy's own target. */
export const destinationRef = refersTo(
  "byKind",
  z.strictObject({
    kind: z
      .enum(["Service", "VirtualDestination", "ExternalService"])
      .default("Service")
      .describe("What the destination is."),
    name: dnsSubdomain.describe("Name of the destination."),
    namespace: refersTo("Namespace", dnsLabel).exactOptional().describe("The target's namespace unless set."),
  }),
);
export type DestinationRef = z.output<typeof destinationRef>;

const backendFields = {
  destination: destinationRef.exactOptional().describe("Where requests go; the policy's target unless set."),
  cluster: refersTo("Cluster", dnsSubdomain).exactOptional().describe("Only the endpoints in this cluster."),
  version: z.string().min(1).max(63).exactOptional().describe("Short for `subset: {version: …}`."),
  subset: labels.exactOptional().describe("Only the pods with these labels."),
  port: port.exactOptional().describe("Port of the destination; needed where it has several."),
};
export const split = z.strictObject({
  ...backendFields,
  weight: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(1)
    .describe("Share relative to the other backends of the rule."),
  headers: headerChanges.exactOptional().describe("Changes only to what goes to this backend."),
});
export type Split = z.output<typeof split>;

export const mirror = z.strictObject({
  ...backendFields,
  percent: percent.default(100).describe("Share of the requests that is copied, 0 to 100."),
});
export type Mirror = z.output<typeof mirror>;
