/**
 * The way of a change, in order. `commit` writes it; `wake` lasts from the wake-up until this replica has read it; `compile` translates it;
 * `enqueue` lasts until a worker takes up a cluster that it concerns; `send` until that cluster's stream has taken what is due; `apply` is
 * what the agent says it needed; `acknowledge` is the rest until the agent's word is here.
 */
export const stages = ["commit", "wake", "compile", "enqueue", "send", "apply", "acknowledge"] as const;

export type Stage = (typeof stages)[number];

/** One stage that is over. */
export interface StageTaken {
  readonly stage: Stage;
  /** The newest revision that it brought forward. */
  readonly revision: number;
  /** Ms, as `performance.now()` says it. */
  readonly from: number;
  readonly to: number;
  /** The cluster whose agent it concerns, for the stages of delivery. */
  readonly cluster?: string;
}

/** Hears of every stage when it is over. Must not throw. */
export type StageObserver = (taken: StageTaken) => void;
