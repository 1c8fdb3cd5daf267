import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Unit, property and golden tests: everything beside the sources. Real components are tested from `e2e/`. */
export default defineConfig({
  // Vite would take the package's ES modules for sources and Node its CommonJS for dependencies: two of every class.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve("graphql")) }] },
  test: {
    include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", ".ci/**/*.test.ts"],
    setupFiles: [".ci/property-seed.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
