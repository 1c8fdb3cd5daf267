import { homedir, hostname } from "node:os";
import { join } from "node:path";
import type { ServerRates } from "@heddle/relay";
import { z } from "zod";
import type { StageObserver } from "./telemetry/stage.ts";
import type { TracingConfig } from "./telemetry/tracing.ts";

/** PostgreSQL never runs as root, and no other user may enter root's home. */
function defaultDataDir(): string {
  return process.getuid?.() === 0 ? "/var/lib/heddle" : join(homedir(), ".local", "share", "heddle");
}

const address = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:[\]]+):\d{1,5}$/, "must be HOST:PORT");

const environment = z.object({
  DATABASE_URL: z.string().optional(),
  REDIS_URL: z.string().optional(),
  HEDDLE_DATA_DIR: z.string().default(defaultDataDir),
  HEDDLE_LISTEN: address.default("127.0.0.1:8088"),
  HEDDLE_RELAY_LISTEN: address.default("127.0.0.1:9443"),
  HEDDLE_RELAY_ADDRESS: address.optional(),
  HEDDLE_KEY_FILE: z.string().optional(),
  HEDDLE_REPLICA: z.string().optional(),
  HEDDLE_TRUST_DOMAIN: z.string().default("heddle"),
  HEDDLE_DRIFT: z.enum(["repair", "report"]).default("repair"),
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url().optional(),
  OTEL_SERVICE_NAME: z.string().default("heddle-server"),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
});

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** All that a server is told; everything else it finds in its database. */
export interface ServerConfig {
  /** Undefined starts an embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Undefined runs the queue on PostgreSQL. */
  readonly redisUrl: string | undefined;
  readonly dataDir: string;
  readonly listen: HostAndPort;
  readonly relayListen: HostAndPort;
  /** `host:port` that agents dial, as enrolment tokens say it; where the relay listens unless set. */
  readonly relayAddress: string | undefined;
  /** File of the key that encrypts other keys in the database. Replicas must share it. */
  readonly keyFile: string;
  readonly replica: string;
  readonly trustDomain: string;
  /** What agents do when someone changes an object that Heddle owns. */
  readonly drift: "repair" | "report";
  readonly logLevel: string;
  /** Undefined records no traces. */
  readonly tracing?: TracingConfig;
  /** Hears of each stage of each change as well. For benchmarks. */
  readonly onStage?: StageObserver;
  /** Folder of migrations in place of the program's own; its URL ends with a slash. For tests of upgrades. */
  readonly migrations?: URL;
  /** How fast agents may connect and enrol from one address; the relay's own limits unless given. For benchmarks and tests. */
  readonly relayRates?: Partial<ServerRates>;
}

/** Reads the configuration from environment variables. Throws a ZodError that names the variable. */
export function configFrom(env: Readonly<Record<string, string | undefined>>): ServerConfig {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = environment.parse(given);
  const tracing = tracingFrom(parsed);
  return {
    databaseUrl: parsed.DATABASE_URL,
    redisUrl: parsed.REDIS_URL,
    dataDir: parsed.HEDDLE_DATA_DIR,
    listen: hostAndPort(parsed.HEDDLE_LISTEN),
    relayListen: hostAndPort(parsed.HEDDLE_RELAY_LISTEN),
    relayAddress: parsed.HEDDLE_RELAY_ADDRESS,
    keyFile: parsed.HEDDLE_KEY_FILE ?? join(parsed.HEDDLE_DATA_DIR, "key-encryption-key"),
    replica: parsed.HEDDLE_REPLICA ?? `${hostname()}-${process.pid}`,
    trustDomain: parsed.HEDDLE_TRUST_DOMAIN,
    drift: parsed.HEDDLE_DRIFT,
    logLevel: parsed.LOG_LEVEL,
    ...(tracing !== undefined && { tracing }),
  };
}

/** On when one of OpenTelemetry's variables says where spans go. @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
function tracingFrom(parsed: z.infer<typeof environment>): TracingConfig | undefined {
  const endpoint = parsed.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? parsed.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined || parsed.OTEL_SDK_DISABLED === "true") return undefined;
  return { serviceName: parsed.OTEL_SERVICE_NAME, ratio: parsed.OTEL_TRACES_SAMPLER_ARG };
}

function hostAndPort(text: string): HostAndPort {
  const colon = text.lastIndexOf(":");
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
}
