/**
 * The command inside a pod's network namespace, and in a process namespace of its own: when its first process is killed, so is everything
 * it started (pilot-agent would leave Envoy behind).
 */
export function inPod(space: string, command: readonly string[]): string[] {
  return ["ip", "netns", "exec", space, "unshare", "--pid", "--fork", "--kill-child", "--", ...command];
}
