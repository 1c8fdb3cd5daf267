import type { Stage, StageObserver } from "@heddle/server";
import { spread } from "../spread.ts";

export type StageFigures = ReturnType<typeof spread> & { readonly stage: Stage; readonly count: number };

/** What each stage took, since it was last asked. */
export class StageRecorder {
  readonly #taken = new Map<Stage, number[]>();

  readonly observe: StageObserver = ({ stage, from, to }) => {
    const times = this.#taken.get(stage) ?? [];
    times.push(to - from);
    this.#taken.set(stage, times);
  };

  take(): StageFigures[] {
    const figures = Array.from(this.#taken, ([stage, times]) => ({
      stage,
      count: times.length,
      ...spread(times),
    }));
    this.#taken.clear();
    return figures;
  }
}
