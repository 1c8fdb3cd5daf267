import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedFolders, outputs } from "./outputs.ts";

const root = join(import.meta.dirname, "../../../..");
const files = outputs((file) => readFileSync(join(root, file), "utf8"));
for (const [file, text] of files) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
for (const folder of generatedFolders)
  for (const name of readdirSync(join(root, folder)))
    if (!files.has(`${folder}/${name}`)) rmSync(join(root, folder, name));
process.stdout.write(`${files.size} files written\n`);
