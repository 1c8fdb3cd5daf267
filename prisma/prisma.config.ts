import { defineConfig } from "prisma/config";

/** The Prisma CLI only generates and formats here; migrations are applied by `@heddle/store` and authored by `npm run migration`. */
export default defineConfig({
  schema: "schema.prisma",
  migrations: { path: "migrations" },
});
