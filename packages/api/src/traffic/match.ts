import { z } from "zod";
import { headerName, httpMethod, port } from "../primitives.ts";
import { pathMatch, stringMatch } from "../string-match.ts";

export const routeMatch = z.strictObject({
  path: pathMatch.exactOptional(),
  headers: z
    .array(z.strictObject({ name: headerName, value: stringMatch }))
    .min(1)
    .exactOptional()
    .describe("Headers that must all match."),
  query: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(256).describe("Name of the query parameter."),
        value: stringMatch,
      }),
    )
    .min(1)
    .exactOptional()
    .describe("Query parameters that must all match."),
  methods: z.array(httpMethod).min(1).exactOptional().describe("One of these methods."),
  port: port.exactOptional().describe("The port that was called."),
});
export type RouteMatch = z.output<typeof routeMatch>;
