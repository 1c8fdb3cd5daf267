import { z } from "zod";
import { address, dnsLabel, host, labels, port, spiffeId } from "../primitives.ts";
import { caRef, secretRef } from "../secret-ref.ts";

/** Protocols a port can speak; what a mesh does with requests depends on it. */
export const protocols = ["HTTP", "HTTP2", "GRPC", "HTTPS", "TLS", "TCP"] as const;

export const portName = dnsLabel.describe("Name of the port.");

export const servicePort = z.strictObject({
  name: portName.exactOptional(),
  port: port.describe("Port that clients call."),
  protocol: z.enum(protocols).default("TCP").describe("What is spoken on the port."),
  targetPort: port.exactOptional().describe("Port of the endpoints; the same unless set."),
});
export type ServicePort = z.output<typeof servicePort>;

/** `region`, `region/zone` or `region/zone/subzone`. */
export const locality = z
  .string()
  .max(256)
  .regex(/^[^/\s]+(\/[^/\s]+){0,2}$/, "must be region, region/zone or region/zone/subzone")
  .meta({ description: "`region`, `region/zone` or `region/zone/subzone`." });

/** Which region takes over from which when it fails. */
export const regionFailover = z
  .array(
    z.strictObject({
      from: dnsLabel.describe("Region whose clients it is for."),
      to: dnsLabel.describe("Region that takes over."),
    }),
  )
  .min(1)
  .exactOptional();

export const endpoint = z.strictObject({
  address: address.describe("IP address or host name."),
  ports: z
    .record(dnsLabel, port)
    .exactOptional()
    .describe("Port numbers of this endpoint by the name of the port, where they differ."),
  labels: labels.exactOptional().describe("Labels of the endpoint, for subsets."),
  network: dnsLabel.exactOptional().describe("Network it is in."),
  locality: locality.exactOptional().describe("Where it is, for failover."),
  weight: z.int().min(1).max(1_000_000).exactOptional().describe("Share relative to the other endpoints."),
});

/** How a proxy connects by TLS to something that is not in the mesh, or is so in a special way. */
export const tlsOrigination = {
  sni: host.exactOptional().describe("Server name that is asked for; the host that was called unless set."),
  subjectAltNames: z
    .array(z.union([host, spiffeId]))
    .min(1)
    .exactOptional()
    .describe("Names of which the server's certificate must have one."),
  caRef: caRef.exactOptional().describe("CA of the server; the system's unless set."),
  certRef: secretRef.exactOptional().describe("Client certificate and key; for mode `mutual`."),
  minVersion: z.enum(["TLSV1_2", "TLSV1_3"]).exactOptional().describe("Lowest version of TLS."),
  insecureSkipVerify: z
    .boolean()
    .exactOptional()
    .describe("Accepts any certificate of the server. Anyone on the way can pretend to be it."),
};
