import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeyAndCsr } from "./certificate-request.ts";
import { loadKeyEncryptionKey, parseKeyEncryptionKey } from "./key-encryption-key.ts";
import { openKey, sealedBy, sealKey } from "./sealed-key.ts";

const kek = parseKeyEncryptionKey(Buffer.alloc(32, 7).toString("base64"));
const otherKek = parseKeyEncryptionKey(Buffer.alloc(32, 8).toString("base64"));

describe("a sealed key", () => {
  it("opens to the same key, says who sealed it and shows nothing", async () => {
    const { privateKeyPem } = await createKeyAndCsr();
    const sealed = sealKey(privateKeyPem, kek, "authority/1");
    expect(openKey(sealed, kek, "authority/1")).toBe(privateKeyPem);
    expect(sealedBy(sealed)).toBe(kek.id);
    expect(sealed).not.toContain("PRIVATE");
    expect(sealKey(privateKeyPem, kek, "authority/1")).not.toBe(sealed);
  });

  it("does not open with another key, for another purpose, or changed anywhere", () => {
    const sealed = sealKey("secret", kek, "authority/1");
    const broken = expect.objectContaining({ code: "SEAL_BROKEN" });
    expect(() => openKey(sealed, otherKek, "authority/1")).toThrow(broken);
    expect(() => openKey(sealed, kek, "authority/2")).toThrow(broken);
    for (let at = 0; at < sealed.length - 1; at++) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === "A" ? "B" : "A"}${sealed.slice(at + 1)}`;
      expect(() => openKey(changed, kek, "authority/1"), `character ${at}`).toThrow(broken);
    }
    expect(() => openKey("", kek)).toThrow(broken);
  });
});

describe("a key-encryption key", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-kek-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is made once, for its owner only, by however many start at once", async () => {
    const path = join(folder, "not there yet", "kek");
    const loaded = await Promise.all(Array.from({ length: 20 }, () => loadKeyEncryptionKey(path)));
    expect(new Set(loaded.map((one) => one.id)).size).toBe(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await loadKeyEncryptionKey(path)).id).toBe(loaded[0]?.id);
    expect(parseKeyEncryptionKey(await readFile(path, "utf8")).id).toBe(loaded[0]?.id);
  });

  it("is refused when everyone may read it, and when it is malformed", async () => {
    const path = join(folder, "kek");
    await loadKeyEncryptionKey(path);
    await chmod(path, 0o644);
    await expect(loadKeyEncryptionKey(path)).rejects.toMatchObject({ code: "KEK_UNUSABLE" });
    await chmod(path, 0o600);
    await writeFile(path, "c2hvcnQ=");
    await expect(loadKeyEncryptionKey(path)).rejects.toMatchObject({ code: "KEK_UNUSABLE" });
  });
});
