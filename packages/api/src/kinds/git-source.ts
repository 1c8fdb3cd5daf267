import { z } from "zod";
import { hasCredentials } from "../checks/inline-secret.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { duration, durationMs, semverRange } from "../primitives.ts";
import { caRef, secretRef } from "../secret-ref.ts";
import { workspaceOrAll } from "../selecting.ts";

const refName = z
  .string()
  .max(255)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.+@-]*(\/[A-Za-z0-9_][A-Za-z0-9_.+@-]*)*$/,
    "must be the name of a branch or tag",
  )
  .refine((name) => !/\.\.|\.lock(\/|$)|\.(\/|$)|@\{/.test(name), "must be the name of a branch or tag");

const spec = z.strictObject({
  url: z
    .string()
    .max(2048)
    .regex(
      /^(https?:\/\/[^\s/]+\/\S+|ssh:\/\/[^\s/-][^\s/]*\/\S+)$/,
      "must be an https, http or ssh URL (ssh://git@host/path)",
    )
    .describe("Address of the repository: `https://…` or `ssh://git@host/path`."),
  ref: z
    .strictObject({
      branch: refName.exactOptional().describe("Newest commit of this branch."),
      tag: refName.exactOptional().describe("This tag."),
      semver: semverRange.exactOptional().describe("Newest tag in this range of versions."),
      commit: z
        .string()
        .regex(/^([a-f0-9]{40}|[a-f0-9]{64})$/, "must be a full commit hash")
        .exactOptional()
        .describe("This commit, by its full hash."),
    })
    .default({ branch: "main" })
    .describe("What is checked out: exactly one of `branch`, `tag`, `semver`, `commit`."),
  path: z
    .string()
    .max(1024)
    .default(".")
    .describe("Folder in the repository that holds the manifests; all below it are read."),
  include: z
    .array(z.string().min(1).max(256))
    .min(1)
    .exactOptional()
    .describe(
      "Only files that match one of these globs; `**/*.yaml`, `**/*.yml` and `**/*.json` unless set.",
    ),
  exclude: z
    .array(z.string().min(1).max(256))
    .min(1)
    .exactOptional()
    .describe("No files that match one of these globs."),
  interval: duration.default("1m").describe("How often the repository is asked for changes; at least 10s."),
  timeout: duration.default("60s").describe("How long fetching may take."),
  prune: z
    .boolean()
    .default(false)
    .describe("Deletes resources that this source made and that are no longer in the repository."),
  suspend: z.boolean().default(false).describe("Stops reading; what is there stays."),
  workspaces: z
    .array(workspaceOrAll)
    .min(1)
    .exactOptional()
    .describe("Workspaces that it may write to; its own unless set. Others need an administrator."),
  verify: z
    .strictObject({
      mode: z
        .enum(["head", "tag", "tagAndHead"])
        .default("head")
        .describe("Whether the commit, the tag, or both must be signed."),
      provider: z.enum(["gpg", "ssh"]).describe("Kind of signature."),
      keysRef: secretRef.describe("The public keys of which one must have signed; one file each key."),
    })
    .exactOptional()
    .describe("Reads only what was signed."),
  auth: z
    .strictObject({
      type: z
        .enum(["basic", "token", "ssh", "githubApp"])
        .describe(
          "`basic` needs username and password, `token` a bearer token, `ssh` identity and known_hosts.",
        ),
      secretRef: secretRef.describe("The credentials."),
      caRef: caRef.exactOptional().describe("CA of the git server; the system's unless set."),
    })
    .exactOptional()
    .describe("How to log in; without it anonymously."),
});
export type GitSourceSpec = z.output<typeof spec>;

function check(value: GitSourceSpec, report: Report): void {
  const refs = (["branch", "tag", "semver", "commit"] as const).filter(
    (name) => value.ref[name] !== undefined,
  );
  if (refs.length !== 1)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: refs.length === 0 ? ["ref"] : ["ref", refs[1] ?? "branch"],
      reason: refs.length === 0 ? "it does not say what to check out" : `${refs.join(" and ")} are set`,
      remedy: "set exactly one of branch, tag, semver, commit",
    });
  if (value.path.startsWith("/") || value.path.split(/[\\/]/).includes(".."))
    report({
      code: "INVALID_FORMAT",
      path: ["path"],
      reason: "it leads out of the repository",
      remedy: "write a path below the repository's root, without ..",
    });
  if (durationMs(value.interval) < 10_000)
    report({ code: "OUT_OF_RANGE", path: ["interval"], reason: `${value.interval} is shorter than 10s` });
  checkTransport(value, report);
  if (
    value.verify !== undefined &&
    value.verify.mode !== "head" &&
    (refs[0] === "branch" || refs[0] === "commit")
  )
    report({
      code: "MISSING_COMPANION",
      path: ["verify", "mode"],
      reason: `a ${refs[0]} is checked out, so there is no tag to verify`,
      remedy: "write mode: head, or check out a tag",
    });
}

function checkTransport({ url, auth, verify }: GitSourceSpec, report: Report): void {
  if (hasCredentials(url))
    report({
      code: "INLINE_SECRET",
      path: ["url"],
      reason: "the address holds a password",
      remedy: "put it into a Secret, name it in auth.secretRef, and replace the password: it was exposed",
    });
  const ssh = url.startsWith("ssh:");
  if (ssh && auth?.type !== "ssh")
    report({
      code: "MISSING_COMPANION",
      path: ["auth"],
      reason: "ssh needs a key and known hosts",
      remedy: "set auth with type: ssh",
    });
  if (!ssh && auth?.type === "ssh")
    report({
      code: "EXCLUSIVE_FIELDS",
      path: ["auth", "type"],
      reason: "the address is not an ssh one",
      remedy: "use an ssh:// address, or type basic, token or githubApp",
    });
  if (url.startsWith("http:"))
    report({
      code: "INSECURE_SETTING",
      severity: auth === undefined ? "warning" : "error",
      path: ["url"],
      reason:
        auth === undefined
          ? verify === undefined
            ? "anyone on the way can change what is read"
            : "anyone on the way can see what is read"
          : "the credentials would be sent in plain text",
      remedy: "use https",
    });
}

export const gitSource = defineKind({
  kind: "GitSource",
  plural: "gitsources",
  shortNames: ["gs"],
  area: "delivery",
  workspaced: true,
  summary: "A git repository whose manifests are applied and kept applied.",
  columns: [
    { name: "URL", path: ".spec.url" },
    { name: "Suspended", path: ".spec.suspend", type: "boolean" },
  ],
  spec,
  check,
});
