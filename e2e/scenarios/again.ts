/** Does something again and again until it is disposed of, which throws what a round has failed with. */
export function again(act: () => Promise<void> | undefined): AsyncDisposable {
  let ended = false;
  const rounds = (async () => {
    for (let round = act(); round !== undefined; round = ended ? undefined : act()) await round;
  })();
  rounds.catch(() => {});
  return {
    async [Symbol.asyncDispose]() {
      ended = true;
      await rounds;
    },
  };
}
