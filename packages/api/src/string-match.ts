import { z } from "zod";
import { regex } from "./primitives.ts";

/** How one string is compared: exactly one of the forms. */
export const stringMatch = z.union([
  z.strictObject({ exact: z.string() }),
  z.strictObject({ prefix: z.string().min(1) }),
  z.strictObject({ regex }),
  z.strictObject({ present: z.boolean() }),
]);
export type StringMatch = z.output<typeof stringMatch>;

const path = z.string().startsWith("/", "must start with /").max(1024);

/** `prefix` is by path segment, as in Gateway API: `/a` matches `/a` and `/a/b`, not `/ab`. */
export const pathMatch = z.union([
  z.strictObject({ exact: path, ignoreCase: z.boolean().exactOptional() }),
  z.strictObject({ prefix: path, ignoreCase: z.boolean().exactOptional() }),
  z.strictObject({ regex, ignoreCase: z.boolean().exactOptional() }),
]);
export type PathMatch = z.output<typeof pathMatch>;
