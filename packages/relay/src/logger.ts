/** Pino's manner: fields first. Nothing secret is ever passed in. */
export interface Logger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export const silentLogger: Logger = { info: () => undefined, warn: () => undefined };
