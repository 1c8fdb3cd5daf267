/** Exit codes, as the README documents them. */
export const exitCodes = { ok: 0, failed: 1, changes: 2 } as const;

/** Something a person has to hear on stderr; the command ends with `exitCode`. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.failed, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
