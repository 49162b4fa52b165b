/** Resolves as soon as the condition holds; rejects when it has not within `ms`, five seconds if not said otherwise. */
export async function eventually(condition: () => boolean | Promise<boolean>, ms = 5_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it never happened: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
