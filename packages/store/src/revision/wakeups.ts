import pg from "pg";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";

export interface Subscription {
  close(): void;
}

/** Tells the readers of every replica that the revision has grown. A hint only: what is lost is made up for by a slow look. */
export interface Wakeups {
  /** After a commit. Returns at once; while one NOTIFY is under way the next ones become one. */
  announce(): void;
  subscribe(onWake: (revision: number) => void): Subscription;
  close(): Promise<void>;
}

export interface WakeupOptions {
  readonly url: string;
  readonly database: Database;
  readonly clock: Clock;
  /** How often to look without having been told. */
  readonly lookEveryMs: number;
}

const channel = "heddle_changes";
const reconnectMs = 250;
const connectWithinMs = 5_000;

export function openWakeups({ url, database, clock, lookEveryMs }: WakeupOptions): Wakeups {
  const subscribers = new Set<(revision: number) => void>();
  let closed = false;
  let listener: pg.Client | undefined;
  let listening: Promise<void> | undefined;
  let wokenFor = -1;

  const look = coalesced(async () => {
    const [row] = await database.query<{ value: number }>("SELECT value FROM revision");
    if (row === undefined || row.value === wokenFor || closed) return;
    wokenFor = row.value;
    for (const wake of subscribers) wake(row.value);
  });
  const announce = coalesced(async () => {
    await database.query("SELECT pg_notify($1, '')", [channel]);
  });
  let timer: NodeJS.Timeout | undefined;

  async function listen(): Promise<void> {
    while (!closed) {
      const client = new pg.Client({
        connectionString: url,
        keepAlive: true,
        connectionTimeoutMillis: connectWithinMs,
        application_name: "heddle changes",
      });
      const ended = new Promise<void>((resolve) => {
        client.on("end", () => resolve());
        client.on("error", () => resolve());
      });
      try {
        await client.connect();
        listener = client;
        client.on("notification", look);
        await client.query(`LISTEN ${channel}`);
        look();
        if (closed) break;
        await ended;
      } catch {
        // As after a lost connection: try again below.
      } finally {
        listener = undefined;
        await client.end().catch(() => undefined);
      }
      if (!closed) await clock.sleep(reconnectMs);
    }
  }

  return {
    announce,
    subscribe(onWake) {
      subscribers.add(onWake);
      listening ??= listen();
      timer ??= setInterval(look, lookEveryMs).unref();
      if (wokenFor >= 0) onWake(wokenFor);
      return { close: () => subscribers.delete(onWake) };
    },
    async close() {
      closed = true;
      clearInterval(timer);
      await listener?.end().catch(() => undefined);
      await listening;
      await Promise.all([look.settled(), announce.settled()]);
    },
  };
}

interface Coalesced {
  (): void;
  settled(): Promise<void>;
}

/** Runs `work` once at a time; calls made meanwhile become one run afterwards. Failures are dropped: the next look makes up for them. */
function coalesced(work: () => Promise<void>): Coalesced {
  let running: Promise<void> | undefined;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await work().catch(() => undefined);
    } while (again);
    running = undefined;
  };
  const call = () => {
    again = true;
    running ??= run();
  };
  return Object.assign(call, { settled: async () => running });
}
