/** Does something with each, at most `atOnce` at a time; the results come in the order of what was given. */
export async function eachSideBySide<T, R>(
  items: readonly T[],
  atOnce: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const workers = Array.from({ length: atOnce }, async () => {
    // One iterator for all: each takes what the others have not.
    for (const [index, item] of queue) results[index] = await act(item);
  });
  await Promise.all(workers);
  return results;
}
