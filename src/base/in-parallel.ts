/** Maximum number of independent requests that tpks sends at the same time. */
const maximumInFlight = 16;

/**
 * Calls `run` for each item in order, with at most `limit` calls at the same time, until one is rejected.
 * @throws the first rejection, after all started calls have finished, so that none overlaps with the
 *   caller's next step.
 */
export async function mapInParallel<Item, Result>(
  items: readonly Item[],
  run: (item: Item, index: number) => Promise<Result>,
  limit = maximumInFlight,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const rejections: unknown[] = [];
  // All workers take their next item from the same iterator.
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (rejections.length > 0) return;
      try {
        results[index] = await run(item, index);
      } catch (error) {
        rejections.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  if (rejections.length > 0) throw rejections[0];
  return results;
}
