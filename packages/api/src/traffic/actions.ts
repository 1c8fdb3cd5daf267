import { z } from "zod";
import { host, httpStatus, port, regex } from "../primitives.ts";

const path = z.string().startsWith("/", "must start with /").max(1024);
const wholePath = path.exactOptional().describe("Replaces the whole path.");
const pathPrefix = path.exactOptional().describe("Replaces the matched prefix.");

export const redirect = z.strictObject({
  scheme: z.enum(["http", "https"]).exactOptional().describe("Scheme of the new address."),
  host: host.exactOptional().describe("Host of the new address."),
  port: port.exactOptional().describe("Port of the new address."),
  path: wholePath,
  prefix: pathPrefix,
  code: z
    .union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)])
    .default(302)
    .describe("HTTP status of the answer."),
});
export type Redirect = z.output<typeof redirect>;

export const directResponse = z.strictObject({
  status: httpStatus,
  body: z.string().max(4096).exactOptional().describe("Body of the answer."),
});
export type DirectResponse = z.output<typeof directResponse>;

export const rewrite = z.strictObject({
  path: wholePath,
  prefix: pathPrefix,
  regex: z
    .strictObject({
      match: regex.describe("RE2 expression; what it finds in the path is replaced."),
      substitute: z.string().max(1024).describe(String.raw`Replacement; \1 is the first group.`),
    })
    .exactOptional()
    .describe("Replaces what an expression finds in the path."),
  host: host.exactOptional().describe("Replaces the host."),
});
export type Rewrite = z.output<typeof rewrite>;
