/**
 * Waits for all to settle, also after a failure, so that what came up is known to who ends it.
 * @throws the first one's reason
 */
export async function together<T>(all: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(all);
  return outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}
