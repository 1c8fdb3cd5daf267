import { testbedAvailability } from "../../testbed/binaries.ts";
import { runCommand } from "../../testbed/kubectl.ts";

const commands = ["ip", "iptables", "setpriv", "unshare", "python3", "openssl"];

/** Whether a real mesh can run here: it needs root for network namespaces, and some commands of Linux. */
export async function meshAvailability(): Promise<{ available: boolean; reason: string }> {
  const no = (reason: string) => ({ available: false, reason });
  if (process.platform !== "linux") return no("network namespaces are Linux's");
  if (process.getuid?.() !== 0) return no("it takes root to make network namespaces");
  const script = 'for command; do command -v "$command" >/dev/null || echo "$command"; done';
  const { stdout } = await runCommand("sh", ["-c", script, "sh", ...commands]);
  const missing = stdout.split("\n").filter((line) => line !== "");
  if (missing.length > 0)
    return no(`no ${missing.join(", ")} on the PATH (Debian: apt-get install iproute2 iptables openssl)`);
  const probe = `heddle-probe-${process.pid}`;
  const made = await runCommand("ip", ["netns", "add", probe]);
  await runCommand("ip", ["netns", "del", probe]);
  if (made.code !== 0) return no(`no network namespaces: ${made.stderr.trim()}`);
  return testbedAvailability();
}
