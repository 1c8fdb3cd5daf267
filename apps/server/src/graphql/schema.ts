import { builder } from "./builder.ts";
import { addClusterFields } from "./cluster-fields.ts";
import { addExplainFields } from "./explain-fields.ts";
import { addFactFields } from "./fact-fields.ts";
import { addHistoryFields } from "./history-fields.ts";
import { addPlanFields } from "./plan-fields.ts";
import { addResourceFields } from "./resource-fields.ts";
import { addTokenFields } from "./token-fields.ts";

/** Every part of the API, in the order in which the schema lists their fields. */
const parts = [
  addClusterFields,
  addFactFields,
  addResourceFields,
  addPlanFields,
  addExplainFields,
  addHistoryFields,
  addTokenFields,
];
for (const add of parts) add();

/** The one API. `schema.graphql` beside the package is its printed form, held in step by a test. */
export const schema = builder.toSchema();
