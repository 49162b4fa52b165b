/**
 * Resolves as soon as the condition holds; rejects when it has not within `ms`, five seconds if not said otherwise. It
 * looks without a pause; `everyMs` is for what takes many seconds, or is dear to look at.
 */
export async function eventually(condition: Condition, ms?: number, everyMs?: number): Promise<void> {
  if (!(await holdsWithin(condition, ms, everyMs))) throw new Error(`it never happened: ${condition.toString()}`);
}

type Condition = () => boolean | Promise<boolean>;

/** The same, for who goes on where it never holds: then it resolves with false. A condition that throws rejects. */
export async function holdsWithin(condition: Condition, ms = 5_000, everyMs = 0): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => (everyMs === 0 ? setImmediate(resolve) : setTimeout(resolve, everyMs)));
  }
  return true;
}
