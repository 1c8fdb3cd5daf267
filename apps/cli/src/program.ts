import { Command } from "commander";
import { addAgent } from "./commands/agent.ts";
import { addApiResources } from "./commands/api-resources.ts";
import { addApply } from "./commands/apply.ts";
import { addCluster } from "./commands/cluster.ts";
import { addCompletion } from "./commands/completion.ts";
import { addDelete } from "./commands/delete.ts";
import { addDemo } from "./commands/demo.ts";
import { addDescribe } from "./commands/describe.ts";
import { addDiff } from "./commands/diff.ts";
import { addExplain } from "./commands/explain.ts";
import { addGet } from "./commands/get.ts";
import { addHistory } from "./commands/history.ts";
import { addLogin } from "./commands/login.ts";
import { addPlan } from "./commands/plan.ts";
import { addRollback } from "./commands/rollback.ts";
import { addStatus } from "./commands/status.ts";
import { addUp } from "./commands/up.ts";
import { addVersion } from "./commands/version.ts";

/** The commands, in the order that help shows them. */
const commands = [
  addUp,
  addDemo,
  addLogin,
  addCluster,
  addPlan,
  addApply,
  addGet,
  addDescribe,
  addExplain,
  addDelete,
  addHistory,
  addDiff,
  addRollback,
  addStatus,
  addAgent,
  addApiResources,
  addCompletion,
  addVersion,
];

export function createProgram(): Command {
  const program = new Command("heddle")
    .description("One control plane above many service meshes.")
    .option("--context <name>", "which of the servers you are logged in to")
    .option("-W, --workspace <name>", "workspace of resources; `default` unless the context says another")
    .showHelpAfterError("(add --help for what there is)")
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      "\nExit codes: 0 done; 1 refused or failed, stderr says what to do; 2 there are differences (plan, diff).",
    );
  for (const add of commands) add(program);
  return program;
}
