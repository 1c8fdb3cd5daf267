import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { clusterTable, listClusters } from "../clusters.ts";
import { secondsOption, wideOption } from "../input/option-values.ts";
import { labelsOf } from "../input/resource-names.ts";
import { openSession, print } from "../session.ts";
import { describeCluster } from "./describe.ts";

interface RegisterOptions {
  readonly labels?: string;
  readonly region?: string;
  readonly zone?: string;
  readonly network?: string;
  readonly ttl: number;
  readonly tokenOnly?: boolean;
}

const register = `mutation Register($name: String!, $spec: JSON, $ttl: Int) { registerCluster(name: $name, spec: $spec, ttlSeconds: $ttl) { token expiresAt } }`;

export function addCluster(program: Command): void {
  const cluster = program.command("cluster").description("register, list, describe and remove clusters");

  cluster
    .command("register <name>")
    .description("make a cluster known and get the one-time token for its agent")
    .option("-l, --labels <labels>", "KEY=VALUE,…")
    .option("--region <region>")
    .option("--zone <zone>")
    .option("--network <network>", "clusters of one network reach each other's pods")
    .option("--ttl <seconds>", "how long the token is good", secondsOption, 3_600)
    .option("--token-only", "print the token and nothing else")
    .action(async (name: string, options: RegisterOptions, command: Command) => {
      const { api } = await openSession(command);
      const { labels, region, zone, network } = options;
      const said = {
        ...(labels && { labels: labelsOf(labels) }),
        ...(region && { region }),
        ...(zone && { zone }),
        ...(network && { network }),
      };
      const spec = Object.keys(said).length === 0 ? null : said;
      const { registerCluster } = await api.query<{ registerCluster: { token: string; expiresAt: string } }>(
        register,
        { name, spec, ttl: options.ttl },
      );
      if (options.tokenOnly) {
        print(`${registerCluster.token}\n`);
        return;
      }
      print(
        [
          `cluster/${name} is registered. Its agent enrols with this token, once, until ${registerCluster.expiresAt}:`,
          "",
          `  ${registerCluster.token}`,
          "",
          "In the cluster:",
          `  helm install heddle-agent deploy/charts/heddle-agent -n heddle-agent --create-namespace --set token=TOKEN`,
          "or from here, with a kubeconfig:",
          `  HEDDLE_TOKEN=TOKEN heddle agent run --kubeconfig PATH`,
          "",
        ].join("\n"),
      );
    });

  cluster
    .command("list")
    .alias("ls")
    .description("the clusters and how they stand")
    .addOption(wideOption())
    .action(async (options: { readonly output?: string }, command: Command) => {
      const { api } = await openSession(command);
      print(clusterTable(await listClusters(api), { wide: options.output === "wide", header: true }));
    });

  cluster
    .command("describe <name>")
    .description("all about one cluster")
    .action(async (name: string, _: unknown, command: Command) => {
      const { api } = await openSession(command);
      print(await describeCluster(api, name));
    });

  cluster
    .command("remove <name>")
    .alias("rm")
    .description("forget a cluster and revoke its agent; what Heddle wrote there stays")
    .action(async (name: string, _: unknown, command: Command) => {
      const { api } = await openSession(command);
      const { removeCluster } = await api.query<{ removeCluster: boolean }>(
        "mutation Remove($name: String!) { removeCluster(name: $name) }",
        { name },
      );
      if (!removeCluster)
        throw new CliError(`cluster/${name} is not there: \`heddle cluster list\` lists what is`);
      print(`cluster/${name} removed; its agent's certificate is revoked\n`);
    });
}
