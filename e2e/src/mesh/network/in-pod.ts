/**
 * The command inside a pod's network namespace, and in a process namespace of its own: when that one's first process is killed, so is
 * everything in it (pilot-agent would leave Envoy behind). The first is a shell that stays root: a process that changes its user would
 * not hear of its parent's death (PR_SET_PDEATHSIG in prctl(2)).
 */
export function inPod(space: string, command: readonly string[]): string[] {
  const first = ["sh", "-c", '"$@"; exit $?', "sh"];
  return ["ip", "netns", "exec", space, "unshare", "--pid", "--fork", "--kill-child", ...first, ...command];
}
