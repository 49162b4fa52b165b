/**
 * What happens in a demo without a browser, in the order of the command line: lines that people write, buttons that they
 * click, and what changes in the make-believe world between them.
 */
export type Step =
  | { readonly kind: 'say'; readonly as: string; readonly line: string }
  /** The newest button of this title that the person sees. */
  | { readonly kind: 'click'; readonly as: string; readonly title: string }
  /** Puts the clock of bot and tenant ahead, by a length such as `8h`. */
  | { readonly kind: 'ahead'; readonly length: string }
  /** The body of `POST /_sandbox/jobs`. */
  | { readonly kind: 'job'; readonly change: string };

/** An option as `parseArgs` reads it, among its `tokens`. */
export interface GivenOption {
  readonly name: string;
  readonly value: string;
}

/**
 * `--as` names the writer of the line or the clicker of the button before it; where it comes first, of all that name no
 * other person. Alex writes what is left.
 */
export function readStory(options: readonly GivenOption[]): readonly Step[] {
  const steps: Step[] = [];
  let usual = 'alex';
  for (const { name, value } of options) {
    if (name === 'say') steps.push({ kind: 'say', as: usual, line: value });
    if (name === 'click') steps.push({ kind: 'click', as: usual, title: value });
    if (name === 'ahead') steps.push({ kind: 'ahead', length: value });
    if (name === 'job') steps.push({ kind: 'job', change: value });
    if (name !== 'as') continue;
    const last = steps.pop();
    if (last === undefined) usual = value;
    else steps.push('as' in last ? { ...last, as: value } : last);
  }
  return steps;
}
