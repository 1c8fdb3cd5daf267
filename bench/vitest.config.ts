import { defineConfig } from "vitest/config";

/** Measures: nothing else may run beside it. */
export default defineConfig({
  root: new URL(".", import.meta.url).pathname,
  test: {
    include: ["src/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 1,
  },
});
