import { assertNever } from '../../../assert-never.ts';
import type { PendingView } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { type JobReading, jobWord } from '../../../chat/jobs/job-words.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import {
  FALLBACK_NAME,
  LONGEST_NAME,
  lineButton,
  listAsText,
  moreText,
  personName,
  short,
} from '../../../chat/views/parts.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import { writeWatch } from '../watch-line.ts';
import type { Watched } from '../watching/watch-row.ts';

/** As many as fit on a card with the longest names. */
export const WATCHES_SHOWN = 14;

export interface WatchesCardInput {
  readonly items: readonly {
    readonly watched: Watched;
    readonly addedBy: { readonly name: string };
    /** Milliseconds since 1970. */
    readonly addedAt: number;
    /** Null where it was not read. */
    readonly status: JobReading | null;
    /** Whether the person who added the watch may still watch. */
    readonly counts?: boolean;
  }[];
  /** The quiet hours, finished; null where there are none. */
  readonly quiet: string | null;
  /** Whether to offer Unwatch. It only controls the button: a click is checked again. */
  readonly canChange: boolean;
  readonly now: number;
}

const NAME_LENGTHS = [80, 50, 30, 20];

/** What is watched: the name of the app, and what of it. Plain, a value for a message. */
export function watchedText(words: Messages, watched: Watched, length = LONGEST_NAME): string {
  const name = watched.kind === 'all' ? '' : short(watched.app.name, length);
  return words.plain('watches.watched', { what: watched.kind, app: name });
}

function unwatchLine(watched: Watched): string {
  switch (watched.kind) {
    case 'all':
      return 'unwatch all';
    case 'sync':
      return writeWatch({ verb: 'unwatch', app: watched.app.name });
    case 'failures':
      return writeWatch({ verb: 'unwatch', app: watched.app.name, failures: true });
    default:
      return assertNever(watched, 'watched');
  }
}

/** The apps that this conversation watches. */
export function watchesCard(words: Messages, { items, quiet, canChange, now }: WatchesCardInput): CardMessage {
  const shown = items.slice(0, WATCHES_SHOWN);
  const summary = words.plain('watches.summary', { count: items.length });
  const lines = shown.map(({ watched, status }) => {
    const name = watchedText(words, watched, FALLBACK_NAME);
    return status === null ? name : words.plain('fallback.app', { app: name, result: jobWord(words, status).word });
  });
  const card = renderLargestThatFits('pending', NAME_LENGTHS, (nameLength): PendingView => {
    return {
      fallbackText: listAsText(summary, lines),
      title: words.card('watches.title'),
      intro: words.sentences([
        words.card(items.length === 0 ? 'watches.none' : 'watches.intro'),
        quiet === null ? null : words.card('watches.quiet', { hours: quiet }),
      ]),
      rows: shown.map(({ watched, addedBy, addedAt, status, counts = true }) => {
        const state = status === null ? null : jobWord(words, status);
        const name = watchedText(words, watched, nameLength);
        return {
          name:
            state === null
              ? words.card('watches.row', { app: name })
              : words.card('watches.rowState', { app: name, state: state.word, glyph: lookOf(state.tone).glyph }),
          lines: [
            {
              text: words.card('watches.since', {
                requestedBy: short(personName(addedBy), nameLength),
                time: words.moment(addedAt, now),
              }),
            },
            ...(counts
              ? []
              : [{ text: words.card('watches.notCounting', { requestedBy: short(personName(addedBy), nameLength) }) }]),
          ],
          opens: canChange ? lineButton(words, 'button.unwatch', unwatchLine(watched)) : [],
        };
      }),
      more: moreText(words, items.length - shown.length),
      buttons: [],
    };
  });
  return { card, summary };
}
