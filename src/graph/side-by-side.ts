/** Runs `act` on each item, at most `atOnce` at a time; the results keep the order of the items. */
export async function eachSideBySide<T, R>(
  items: readonly T[],
  atOnce: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const workers = Array.from({ length: atOnce }, async () => {
    // All workers share one iterator, so each item is taken once.
    for (const [index, item] of queue) results[index] = await act(item);
  });
  await Promise.all(workers);
  return results;
}
