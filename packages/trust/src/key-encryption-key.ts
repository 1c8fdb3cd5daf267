import { createHash, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { TrustError } from "./trust-error.ts";

const keyBytes = 32;
const anyoneElse = 0o007;

/** Encrypts other keys. `id` says which one sealed something, without telling anything of the key. */
export interface KeyEncryptionKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** From base64 text of 32 bytes, as in an environment variable or a mounted Secret. Throws `KEK_UNUSABLE`. */
export function parseKeyEncryptionKey(text: string): KeyEncryptionKey {
  const bytes = Buffer.from(text.trim(), "base64");
  if (bytes.length !== keyBytes)
    throw new TrustError("KEK_UNUSABLE", `A key-encryption key is base64 of ${keyBytes} random bytes.`);
  const id = createHash("sha256")
    .update("heddle key-encryption key id\0")
    .update(bytes)
    .digest("hex")
    .slice(0, 16);
  return { id, key: createSecretKey(bytes) };
}

/**
 * Reads the key from `path`, or makes a random one there (mode 0600) when the file is missing, with its folder. Several processes may do so at once: all get
 * the key of the one that came first, and no one ever reads half a file. Throws `KEK_UNUSABLE` when others on the machine may read
 * it (group access stays possible, for Secrets mounted with an fsGroup) or it is malformed.
 */
export async function loadKeyEncryptionKey(path: string): Promise<KeyEncryptionKey> {
  await createIfMissing(path);
  if (((await stat(path)).mode & anyoneElse) !== 0)
    throw new TrustError(
      "KEK_UNUSABLE",
      `Everyone on this machine can open the key file ${path}; its mode must be 0600.`,
    );
  return parseKeyEncryptionKey(await readFile(path, "utf8"));
}

async function createIfMissing(path: string): Promise<void> {
  if (await stat(path).catch(unlessMissing)) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(`${randomBytes(keyBytes).toString("base64")}\n`);
    await file.sync();
    await link(draft, path).catch((error: unknown) => {
      if (!hasCode(error, "EEXIST")) throw error;
    });
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}

function unlessMissing(error: unknown): undefined {
  if (!hasCode(error, "ENOENT")) throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
