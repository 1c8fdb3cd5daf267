import type { Clock } from "./clock.ts";
import { RelayError } from "./relay-error.ts";

/** The promise's outcome, or `RELAY_TIMEOUT` if it has none after `ms`. */
export async function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const callOff = clock.after(ms, () => reject(new RelayError("RELAY_TIMEOUT")));
  try {
    return await Promise.race([promise, late]);
  } finally {
    callOff();
  }
}
