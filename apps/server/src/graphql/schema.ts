import "./cluster-fields.ts";
import "./resource-fields.ts";
import "./token-fields.ts";
import { builder } from "./builder.ts";

/** The one API. `schema.graphql` beside the package is its printed form, held in step by a test. */
export const schema = builder.toSchema();
