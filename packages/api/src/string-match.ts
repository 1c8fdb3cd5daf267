import { z } from "zod";
import { regex } from "./primitives.ts";

const exact = z.string().max(8192).describe("The whole value.");
const prefix = z.string().min(1).max(8192).describe("How the value starts.");

/** How one string is compared: exactly one of the forms. */
export const stringMatch = z
  .union([
    z.strictObject({ exact }),
    z.strictObject({ prefix }),
    z.strictObject({ regex }),
    z.strictObject({
      present: z.boolean().describe("Whether there must be a value at all, or must be none."),
    }),
  ])
  .meta({ description: "How a value is compared: exactly one of `exact`, `prefix`, `regex`, `present`." });
export type StringMatch = z.output<typeof stringMatch>;

const path = z.string().startsWith("/", "must start with /").max(1024);
const ignoreCase = z.boolean().exactOptional().describe("Compare without regard to case.");

/** `prefix` is by path segment, as in Gateway API: `/a` matches `/a` and `/a/b`, not `/ab`. */
export const pathMatch = z
  .union([
    z.strictObject({ exact: path.describe("The whole path."), ignoreCase }),
    z.strictObject({
      prefix: path.describe("How the path starts, by segment: `/a` matches `/a` and `/a/b`, not `/ab`."),
      ignoreCase,
    }),
    z.strictObject({ regex, ignoreCase }),
  ])
  .meta({ description: "How a path is compared: exactly one of `exact`, `prefix` (by segment), `regex`." });
export type PathMatch = z.output<typeof pathMatch>;
