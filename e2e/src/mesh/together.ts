/**
 * Waits for all to settle, also after a failure, so that what came up is known to who ends it.
 * @throws the first one's reason
 */
export async function together<T extends readonly unknown[]>(
  all: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  await Promise.allSettled(all);
  return (await Promise.all(all)) as unknown as T;
}
