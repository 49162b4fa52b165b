/**
 * Resolves as soon as the condition holds; rejects when it has not within `ms`, five seconds if not said otherwise. It
 * looks without a pause; `everyMs` is for what takes many seconds, or is dear to look at.
 */
export async function eventually(condition: () => boolean | Promise<boolean>, ms = 5_000, everyMs = 0): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it never happened: ${condition.toString()}`);
    await new Promise((resolve) => (everyMs === 0 ? setImmediate(resolve) : setTimeout(resolve, everyMs)));
  }
}
