/** Resolves as soon as the condition holds; rejects when it has not within five seconds. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it never happened: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
