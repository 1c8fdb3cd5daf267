import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { IdentityStore } from "@heddle/relay/agent";
import { readIdentity, writeIdentity } from "./identity-form.ts";

/** Keeps the agent's key and certificate in one file of mode 0600, replaced atomically. */
export function folderIdentityStore(folder: string): IdentityStore {
  const path = join(folder, "identity.json");
  return {
    async load() {
      try {
        return readIdentity(await readFile(path, "utf8"));
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
    },
    async save(identity) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = `${path}.${process.pid}`;
      const file = await open(draft, "w", 0o600);
      try {
        await file.writeFile(writeIdentity(identity));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    },
  };
}
