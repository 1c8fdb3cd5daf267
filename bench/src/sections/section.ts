import type { Row } from "../row.ts";

export interface SectionOptions {
  /** How many agents, where a section measures several numbers. */
  readonly agents: readonly number[];
  /** Folder for CPU profiles of the server and of the agents. */
  readonly profile: string | undefined;
  /** Told what is going on, for people who wait. */
  readonly say: (line: string) => void;
}

export type Section = (options: SectionOptions) => Promise<readonly Row[]>;
