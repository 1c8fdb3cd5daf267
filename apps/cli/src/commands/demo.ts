import type { Command } from "commander";
import { print } from "../session.ts";

export function addDemo(program: Command): void {
  program
    .command("demo")
    .description("three simulated clusters with different meshes, policies applied and what became of them")
    .option("--exit", "end once everything was shown")
    .action(async (options: { readonly exit?: boolean }) => {
      const { runDemo } = await import("../demo/run-demo.ts");
      await runDemo({ exit: options.exit ?? false, say: (line) => print(`${line}\n`) });
      process.exit(0);
    });
}
