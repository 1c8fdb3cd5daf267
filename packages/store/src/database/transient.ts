/** What a database error says about trying again. */
export type FaultKind =
  /** Nothing took effect, and trying again may work. */
  | "transient"
  /** The connection is gone: harmless before COMMIT was sent, unknown afterwards. */
  | "connection"
  | "permanent";

const transient = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  "23505", // unique_violation: another writer was first; the next run finds what it wrote
  "53300", // too_many_connections
  "57P03", // cannot_connect_now: starting up or recovering
  "P2024", // Prisma: no connection free in time
  "P2034", // Prisma: write conflict or deadlock
  "ECONNREFUSED",
]);
const connection = new Set([
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "P1001", // Prisma: cannot reach the server
  "P1017", // Prisma: the server closed the connection
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
]);

/** Looks through the causes: Prisma wraps the driver's error, which wraps the server's. */
export function faultKind(error: unknown): FaultKind {
  for (const { code, message } of chain(error)) {
    if (transient.has(code) || message.startsWith("timeout exceeded when trying to connect"))
      return "transient";
    if (connection.has(code) || code.startsWith("08") || message.startsWith("Connection terminated"))
      return "connection";
  }
  return "permanent";
}

/** The server's SQLSTATE (or a driver's code) anywhere in the chain of causes. */
export function hasCode(error: unknown, wanted: string): boolean {
  return [...chain(error)].some(({ code }) => code === wanted);
}

function* chain(error: unknown): Generator<{ code: string; message: string }> {
  for (let at = error, depth = 0; typeof at === "object" && at !== null && depth < 6; depth += 1) {
    const text = (name: string) => {
      const value: unknown = Reflect.get(at as object, name);
      return typeof value === "string" ? value : "";
    };
    yield { code: text("code"), message: text("message") };
    if (text("originalCode") !== "") yield { code: text("originalCode"), message: text("originalMessage") };
    const meta: unknown = Reflect.get(at, "meta");
    at =
      Reflect.get(at, "cause") ??
      (typeof meta === "object" && meta !== null ? Reflect.get(meta, "driverAdapterError") : undefined);
  }
}
