import { type ChildProcess, spawn } from "node:child_process";

/**
 * `sh` runs the command and holds a pipe to this process. When the pipe closes, because `stop` closed it or because this process died
 * in whatever way (also SIGKILL), the command is killed and the folder `$1`, if given, is removed.
 * The shell's own remarks go nowhere: writing "Killed" to a broken pipe would end it before it has cleaned up.
 */
const supervisor = `
exec 3<&0 4>&2 2>/dev/null
remove=$1; shift
"$@" 3<&- </dev/null 2>&4 4>&- &
child=$!
{ read -r _ <&3; kill -KILL $child 2>/dev/null; } &
watcher=$!
wait $child; status=$?
kill -KILL $watcher 2>/dev/null
[ -n "$remove" ] && rm -rf -- "$remove"
exit $status
`;

export interface SupervisedProcess {
  /** Settles when the command has ended; never rejects. */
  readonly ended: Promise<number | null>;
  readonly running: boolean;
  /** The last 64 KiB of standard output and error. */
  log(): string;
  /** Ends the command and waits until it is gone. */
  stop(): Promise<void>;
}

export function superviseProcess(
  command: readonly string[],
  options: { removeWhenEnded?: string; cwd?: string; env?: NodeJS.ProcessEnv } = {},
): SupervisedProcess {
  const child: ChildProcess = spawn(
    "sh",
    ["-c", supervisor, "sh", options.removeWhenEnded ?? "", ...command],
    {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  let tail = "";
  let running = true;
  const collect = (text: string) => {
    tail = (tail + text).slice(-65_536);
  };
  child.stdout?.setEncoding("utf8").on("data", collect);
  child.stderr?.setEncoding("utf8").on("data", collect);
  child.stdin?.on("error", () => {});
  const ended = new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      collect(String(error));
      running = false;
      resolve(null);
    });
    child.once("exit", (status) => {
      running = false;
      child.stdin?.destroy();
      resolve(status);
    });
  });
  return {
    ended,
    get running() {
      return running;
    },
    log: () => tail,
    stop: async () => {
      child.stdin?.end();
      await ended;
    },
  };
}
