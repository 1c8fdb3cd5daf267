import { runCommand } from "../../testbed/kubectl.ts";

/**
 * A command of this machine that must succeed; returns its standard output.
 * @throws Error with what it wrote to standard error
 */
export async function must(command: string, args: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args, stdin);
  if (code !== 0)
    throw new Error(`${command} ${args.join(" ")} failed (${code}): ${stderr.trim() || stdout}`);
  return stdout;
}

/** Several `ip` commands in one process, inside a network namespace where given. With `force` none keeps the others from running. */
export async function ip(
  commands: readonly string[],
  { force = false, space }: { force?: boolean; space?: string } = {},
): Promise<void> {
  if (commands.length === 0) return;
  const args = [...(space ? ["-n", space] : []), ...(force ? ["-force"] : []), "-batch", "-"];
  const { code, stderr } = await runCommand("ip", args, `${commands.join("\n")}\n`);
  if (code !== 0 && !force) throw new Error(`ip ${commands.join("; ")} failed: ${stderr.trim()}`);
}
