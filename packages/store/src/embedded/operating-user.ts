import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { StoreError } from "../store-error.ts";

const run = promisify(execFile);

/** Who PostgreSQL runs as; empty for the user of this process. */
export interface OperatingUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root: there it runs as the system user `postgres`, which is created where it is missing. */
export async function operatingUser(): Promise<OperatingUser> {
  if (process.getuid?.() !== 0) return {};
  try {
    return await systemUser().catch(async () => {
      await run("useradd", [
        "--system",
        "--user-group",
        "--no-create-home",
        "--shell",
        "/bin/false",
        "postgres",
      ]);
      return systemUser();
    });
  } catch (cause) {
    throw new StoreError(
      "EmbeddedPostgresFailed",
      "PostgreSQL does not run as root, and there is no system user `postgres` nor could one be created: create it, or run as another user",
      { cause },
    );
  }
}

async function systemUser(): Promise<OperatingUser> {
  const [uid, gid] = await Promise.all([run("id", ["-u", "postgres"]), run("id", ["-g", "postgres"])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
