import { spawn } from "node:child_process";
import { hasCode } from "./artifact-cache.ts";

export class GoMissingError extends Error {
  readonly code = "GO_MISSING";
  readonly retryable = false;
  constructor() {
    super(
      "the testbed builds its Kubernetes API server with Go, and no `go` is on the PATH; install Go 1.26 or newer",
    );
    this.name = "GoMissingError";
  }
}

/** Runs `go`, returns its standard output. Progress goes to standard error as one line every ten seconds. */
export async function go(
  args: readonly string[],
  options: { cwd?: string; progress?: string } = {},
): Promise<string> {
  const child = spawn("go", args, { cwd: options.cwd, stdio: ["ignore", "pipe", "pipe"] });
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const say = (state: string) => options.progress && process.stderr.write(`${options.progress}… ${state}\n`);
  const ticker = setInterval(() => say(`${seconds()} s`), 10_000);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-8_192);
  });
  const endChild = () => child.kill("SIGKILL");
  process.once("exit", endChild);
  try {
    say("started");
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", (error) => reject(hasCode(error, "ENOENT") ? new GoMissingError() : error));
      child.once("close", resolve);
    });
    if (status !== 0) throw new Error(`go ${args.join(" ")} failed (${status}):\n${stderr || stdout}`);
    say(`done in ${seconds()} s`);
    return stdout;
  } finally {
    clearInterval(ticker);
    process.removeListener("exit", endChild);
  }
}
