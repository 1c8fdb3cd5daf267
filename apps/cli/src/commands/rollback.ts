import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { onlyResource } from "../input/resource-names.ts";
import { planText } from "../output/plan-text.ts";
import { changesAnything, type Planned, plannedFields } from "../planned.ts";
import { openSession, print, type Session } from "../session.ts";
import { shortKey } from "./apply.ts";
import { refuseErrors } from "./plan.ts";

const parameters = "$ref: ResourceRef, $toGeneration: Int, $toRevision: Revision";
const where = "ref: $ref, toGeneration: $toGeneration, toRevision: $toRevision";
const query = `query PlanRollback(${parameters}) { planRollback(${where}) { ${plannedFields} } }`;
const mutation = `mutation Rollback(${parameters}, $planned: Revision, $message: String) {
  rollback(${where}, planned: $planned, message: $message) { revision outcomes { key outcome } findings { reason } } }`;

interface RollbackOptions {
  readonly toGeneration?: string;
  readonly toRevision?: string;
  readonly message?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export function addRollback(program: Command): void {
  program
    .command("rollback [type] [name]")
    .description(
      "bring a resource back to a generation, or everything back to a revision; shows the plan and asks first",
    )
    .option("--to-generation <number>", "of the resource that is named; `heddle history` lists them")
    .option("--to-revision <number>", "all resources as they were then")
    .option("-m, --message <text>", "why; kept in the history")
    .option("-y, --yes", "do not ask; needed where nobody can be asked")
    .option("--dry-run", "show the plan, write nothing")
    .action(
      async (
        type: string | undefined,
        name: string | undefined,
        options: RollbackOptions,
        command: Command,
      ) => {
        const session = await openSession(command);
        const target = targetOf(session, type, name, options);
        const { planRollback: planned } = await session.api.query<{ planRollback: Planned }>(query, target);
        refuseErrors(planned, []);
        if (!changesAnything(planned)) {
          print("nothing would change\n");
          return;
        }
        print(planText(planned));
        if (options.dryRun) return;
        if (!options.yes) await confirm();
        const { rollback } = await session.api.query<{
          rollback: {
            readonly revision: number | null;
            readonly outcomes: readonly { readonly key: string; readonly outcome: string }[];
          };
        }>(mutation, { ...target, planned: planned.revision, message: options.message ?? "" });
        for (const { key, outcome } of rollback.outcomes) print(`${shortKey(key)} ${outcome}\n`);
        print(`rolled back, as revision ${rollback.revision}\n`);
      },
    );
}

/** @throws CliError unless it is one resource and its generation, or a revision alone */
function targetOf(
  session: Session,
  type: string | undefined,
  name: string | undefined,
  { toGeneration, toRevision }: RollbackOptions,
): Record<string, unknown> {
  if (type !== undefined && toGeneration !== undefined && toRevision === undefined)
    return { ref: onlyResource(session.workspace, type, name), toGeneration: whole(toGeneration) };
  if (type === undefined && toRevision !== undefined && toGeneration === undefined)
    return { toRevision: whole(toRevision) };
  throw new CliError(
    "say what to roll back: rollback KIND NAME --to-generation N, or rollback --to-revision N for everything",
  );
}

export function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new CliError(`${text} is not a whole number`);
  return Number(text);
}

async function confirm(): Promise<void> {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new CliError("nothing was changed: there is nobody to ask here, add --yes to go on");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Roll back? [y/N] ");
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError("nothing was changed");
}
