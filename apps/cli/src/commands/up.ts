import type { Command } from "commander";
import { saveContext } from "../config/contexts.ts";
import { print } from "../session.ts";

export function addUp(program: Command): void {
  program
    .command("up")
    .description("start a server here: with an embedded PostgreSQL unless DATABASE_URL is set")
    .option("--listen <host:port>", "address of the API")
    .option("--relay-listen <host:port>", "address that agents dial")
    .option("--relay-address <host:port>", "the same as agents see it")
    .option("--data-dir <path>", "where the embedded database and the key file are")
    .action(
      async (options: { listen?: string; relayListen?: string; relayAddress?: string; dataDir?: string }) => {
        // Loaded here only: no other command should wait for a database client to be read.
        const { configFrom, startServer } = await import("@heddle/server");
        const server = await startServer(
          configFrom({
            LOG_LEVEL: "warn",
            ...process.env,
            ...(options.listen && { HEDDLE_LISTEN: options.listen }),
            ...(options.relayListen && { HEDDLE_RELAY_LISTEN: options.relayListen }),
            ...(options.relayAddress && { HEDDLE_RELAY_ADDRESS: options.relayAddress }),
            ...(options.dataDir && { HEDDLE_DATA_DIR: options.dataDir }),
          }),
        );
        print(`Heddle is up at ${server.url}; agents dial ${server.relayAddress}\n`);
        if (server.firstToken !== undefined) {
          await saveContext("local", { server: server.url, token: server.firstToken });
          print(
            `administrator's token, shown this once: ${server.firstToken}\nIt is kept as the context \`local\`, which is in use: try \`heddle status\`.\n`,
          );
        }
        await new Promise<void>((resolve) => {
          process.once("SIGINT", resolve);
          process.once("SIGTERM", resolve);
        });
        await server.close();
        process.exit(0);
      },
    );
}
