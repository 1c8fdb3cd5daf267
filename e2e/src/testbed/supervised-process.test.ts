import { spawn } from "node:child_process";
import { mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { superviseProcess } from "./supervised-process.ts";
import { waitUntil } from "./wait-until.ts";

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

it("passes on the status and keeps the log of a command that ends by itself", async () => {
  const child = superviseProcess(["sh", "-c", "echo out; echo err >&2; exit 3"]);
  expect(await child.ended).toBe(3);
  await waitUntil("the log is complete", () => child.log().includes("err") && child.log().includes("out"));
});

it("ends the command and removes its folder when this process is killed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "heddle-supervised-"));
  const source = `
    import { superviseProcess } from ${JSON.stringify(new URL("./supervised-process.ts", import.meta.url).href)};
    const child = superviseProcess(["sh", "-c", "echo $$; exec sleep 600"], { removeWhenEnded: ${JSON.stringify(folder)} });
    const timer = setInterval(() => { if (child.log()) { console.log(child.log()); clearInterval(timer); } }, 10);
  `;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  parent.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const pid = Number(await waitUntil("the command has started", () => output.trim() || undefined));
  expect(isAlive(pid)).toBe(true);
  parent.kill("SIGKILL");
  await waitUntil("the command has ended", () => !isAlive(pid));
  await waitUntil("its folder is gone", () =>
    stat(folder).then(
      () => false,
      () => true,
    ),
  );
});
