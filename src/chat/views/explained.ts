import type { MessageKey, Messages, MessageValues } from '../messages.ts';
import type { Tone } from './tone.ts';
import { nextFor, type Viewpoint } from './viewpoint.ts';

/** What a thing means and what to do next. Finished texts; `summary` is plain. */
export interface Meaning {
  readonly paragraphs: readonly string[];
  readonly next: string | null;
  /** What the reader needs less than the next step; missing for nothing. */
  readonly further?: readonly string[];
  readonly code: string | null;
  readonly summary: string;
}

/** The same below a title. */
export interface Explained extends Meaning {
  readonly tone: Tone;
  readonly title: string;
}

/** What happened and what to do next, by their keys. */
export function meaning(
  words: Messages,
  happened: MessageKey,
  next: MessageKey | null,
  values: MessageValues = {},
): Meaning {
  return {
    paragraphs: [words.card(happened, values)],
    next: next === null ? null : words.card(next, values),
    code: null,
    summary: words.sentences([words.plain(happened, values), next === null ? null : words.plain(next, values)]),
  };
}

/** The same with the next step for this reader. */
export function meaningFor(
  words: Messages,
  viewpoint: Viewpoint,
  { happened, ...steps }: { readonly happened: MessageKey; readonly next: MessageKey; readonly ask: MessageKey | null },
  values: MessageValues = {},
): Meaning {
  return {
    paragraphs: [words.card(happened, values)],
    next: words.sentences(nextFor(viewpoint, steps, words.card, words, values)),
    code: null,
    summary: words.sentences([words.plain(happened, values), ...nextFor(viewpoint, steps, words.plain, words, values)]),
  };
}

/**
 * A job's quarantine as the job reports it. Every part but the app may be missing; times in milliseconds since 1970.
 */
export interface Quarantine {
  readonly kind: 'appQuarantined';
  readonly app: string;
  /** The service's own word, e.g. `EncounteredQuarantineException`. */
  readonly reason: string | null;
  readonly since: number | null;
  readonly nextAttempt: number | null;
  /** About when Microsoft turns the job off. */
  readonly endsAt: number | null;
  readonly errorCode: string | null;
  readonly message: string | null;
  /** Whether the tenant's own administrator can fix it. */
  readonly tenantActionable: boolean | null;
  /** When this is shown, so that times on another day get a date. */
  readonly now: number;
  /** Who reads it; missing for an operator. */
  readonly viewpoint?: Viewpoint;
}
