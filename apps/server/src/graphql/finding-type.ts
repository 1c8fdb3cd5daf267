import type { Finding } from "@heddle/api";
import { builder } from "./builder.ts";

export const findingType = builder.objectRef<Finding & { readonly index?: number }>("Finding").implement({
  description: "Something a person should know or mend: what, where, why and what to do.",
  fields: (t) => ({
    code: t.exposeString("code", { description: "Stable; docs/reference/findings.md lists them." }),
    severity: t.exposeString("severity", { description: "`error`, `warning` or `info`." }),
    path: t.exposeString("path", { description: "Where in the manifest." }),
    reason: t.exposeString("reason", { description: "Why." }),
    remedy: t.exposeString("remedy", { description: "What to do." }),
    resource: t.exposeString("resource", { nullable: true, description: "`Kind/workspace/name`." }),
    index: t.exposeInt("index", { nullable: true, description: "Which manifest of the input, from 0." }),
  }),
});
