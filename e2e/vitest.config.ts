import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests on real components. The first run on a machine builds them, see `src/testbed/`. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  test: {
    include: ["{src,scenarios}/**/*.test.ts"],
    globalSetup: ["src/testbed/prepare.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
