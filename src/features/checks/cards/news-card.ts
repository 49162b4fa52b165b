import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import { jobWord } from '../../../chat/jobs/job-words.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import {
  callName,
  FALLBACK_NAME,
  listAsText,
  listButton,
  MOST_BUTTONS,
  maybe,
  rowButton,
  short,
} from '../../../chat/views/parts.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import { isByConnection } from '../diagnosis.ts';
import { writeStatus } from '../status-line.ts';
import type { JobChangeDetails } from '../watching/announcement-details.ts';
import { CHANGES } from './announcement-card.ts';
import { writeTest } from './status-card.ts';

const LEVELS = [
  { rows: 25, name: 80, changes: 4 },
  { rows: 25, name: 40, changes: 2 },
  { rows: 15, name: 40, changes: 1 },
  { rows: 8, name: 40, changes: 1 },
];

/** Tells a conversation of several changes at once: an app a row, those that are worst off now first. */
export function newsCard(
  words: Messages,
  { news, now }: { readonly news: readonly JobChangeDetails[]; readonly now: number },
): CardMessage {
  const apps = [...Map.groupBy(news, ({ app }) => app.id).values()]
    .flatMap((changes) => {
      const last = changes.at(-1);
      return last === undefined
        ? []
        : [{ app: last.app, status: last.status, changes, state: jobWord(words, last.status) }];
    })
    .toSorted((one, other) => one.state.rank - other.state.rank || one.app.name.localeCompare(other.app.name));
  const names = apps.map(({ app }) => app);
  const broken = apps
    .filter(({ status }) => typeof status !== 'string' && isByConnection(status))
    .slice(0, MOST_BUTTONS);
  const summary = words.plain('news.summary', { count: apps.length });
  const lines = apps.map(({ app, state }) =>
    words.plain('fallback.app', { app: short(app.name, FALLBACK_NAME), result: state.word }),
  );
  const card = renderLargestThatFits('apps', LEVELS, (limits) => ({
    fallbackText: listAsText(summary, lines),
    title: words.card('news.title', { count: apps.length }),
    intro: maybe(words.card('news.intro')),
    rows: apps.slice(0, limits.rows).map(({ app, changes, state }) => ({
      look: lookOf(state.tone),
      name: markdownText(short(app.name, limits.name)) || '—',
      lines: changes.slice(-limits.changes).map(({ change, at }) => {
        const [, , word] = CHANGES[change];
        return { text: words.card('news.change', { change: words.plain(word), time: words.moment(at, now) }) };
      }),
      state: markdownText(state.word),
      opens: rowButton(words, writeStatus({ verb: 'status', app: callName(app, names) })),
    })),
    more: maybe(apps.length > limits.rows ? words.card('statusList.more') : null),
    buttons: broken.flatMap(({ app }) =>
      listButton(words, 'button.testOf', writeTest(callName(app, names)), 'run', {
        app: short(app.name, FALLBACK_NAME),
        count: broken.length,
      }),
    ),
  }));
  return { card, summary: words.dotted([summary, ...lines.slice(0, 3)]) };
}
