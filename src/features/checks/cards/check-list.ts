import type { ListView } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import { lastRanLine } from '../../../chat/jobs/job-words.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import {
  callName,
  FALLBACK_NAME,
  listAsText,
  lookAgain,
  maybe,
  personLabel,
  personName,
  rowButton,
  short,
} from '../../../chat/views/parts.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import { writeCheck } from '../check-line.ts';
import { type CheckFacts, type CheckVerdict, judge } from '../diagnosis.ts';
import type { CheckedPerson } from './check-card.ts';
import { refusedCode, verdictTitle } from './check-words.ts';
import { silenceOfLog } from './log-words.ts';

export interface CheckListInput {
  readonly person: CheckedPerson;
  readonly items: readonly {
    readonly app: { readonly id: string; readonly name: string };
    readonly facts: CheckFacts;
  }[];
  /** False when the tenant has apps beyond these. */
  readonly listComplete: boolean;
  readonly now: number;
}

const LEVELS = [
  { rows: 25, name: 80, line: 200 },
  { rows: 20, name: 40, line: 120 },
  { rows: 12, name: 40, line: 120 },
];

/** The same question for all apps, one line each: faults first, healthy ones last, apps without a job at the end. */
export function checkList(words: Messages, { person, items, listComplete, now }: CheckListInput): CardMessage {
  const name = personName({ name: person.name || person.principalName });
  // The first line reports apps that were not read; a row would look like good news.
  const judged = items
    .filter(({ facts }) => facts.jobState !== 'unread')
    .map(({ app, facts }) => ({ app, facts, verdict: judge(facts) }))
    .map((item) => ({
      ...item,
      ...verdictTitle(words, item.verdict, { app: short(item.app.name), jobState: item.facts.jobState }),
    }))
    .toSorted((one, other) => rankOf(one) - rankOf(other) || one.app.name.localeCompare(other.app.name));
  const wrong = judged.filter(({ tone }) => tone === 'bad' || tone === 'warning').length;
  const isPart = judged.length < items.length || !listComplete;
  const part = { read: judged.length, count: items.length, more: listComplete ? 'no' : 'yes' };
  const refused = items.flatMap(({ facts }) => refusedCode(words, facts) ?? []).at(0) ?? null;
  const summary = isPart
    ? `${words.plain('checkList.summaryOfPart', { person: name, wrong })} ${words.plain('checkList.part', part)}`
    : words.plain('checkList.summary', { person: name, count: judged.length, wrong });
  const lines = judged.map(({ app, title }) =>
    words.plain('fallback.app', { app: short(app.name, FALLBACK_NAME), result: title }),
  );
  const { log } = items[0]?.facts ?? {};
  // All rows share one reading of the log, so one sentence says for all of them that it is missing.
  const gap = log === undefined || log.kind === 'read' ? null : silenceOfLog(words, log);
  const names = items.map(({ app }) => app);
  const card = renderLargestThatFits('list', LEVELS, (limits): ListView => {
    const rows = judged.slice(0, limits.rows).map(({ app, tone, title, facts }) => {
      const { glyph, color } = lookOf(tone);
      const ran = lastRanLine(words, facts.jobState, now);
      const line = [title, ...(ran === null ? [] : [ran])].join(' · ');
      return {
        glyph,
        color,
        text: markdownText(app.name, limits.name) || '—',
        line: maybe(markdownText(line, limits.line)),
        opens: rowButton(
          words,
          writeCheck({ verb: 'check', subject: person.principalName, app: callName(app, names) }),
        ),
      };
    });
    return {
      fallbackText: listAsText(summary, lines),
      look: lookOf(wrong > 0 ? 'warning' : 'neutral'),
      title: words.card('checkList.title', { person: name }),
      subject: personLabel(words, { label: person.principalName, guest: person.guest === true }),
      bars: [],
      paragraphs: [
        ...maybe(items.length === 0 ? words.card('checkList.none') : null),
        ...maybe(isPart && items.length > 0 ? words.card('checkList.part', part) : null),
        ...maybe(refused),
        ...maybe(gap === null ? null : words.card('checkList.log', { gap })),
      ],
      sections:
        rows.length === 0
          ? []
          : [{ headings: [], rows, more: maybe(restText(words, isPart, judged.length - rows.length)) }],
      next: [],
      tickets: [],
      footer: maybe(items.length === 0 ? null : words.card('checkList.footer')),
      details: [],
      toggles: [],
      links: [],
      buttons: lookAgain(words, writeCheck({ verb: 'check', subject: person.principalName, app: null })),
    };
  });
  return { card, summary };
}

const ORDER: readonly Tone[] = ['bad', 'warning', 'unknown', 'waiting', 'working', 'good', 'neutral'];

/** "Not assigned" is the normal case in most apps, and comes after real faults. */
function rankOf({ tone, verdict }: { readonly tone: Tone; readonly verdict: CheckVerdict }): number {
  return ORDER.indexOf(tone) + (verdict.kind === 'notAssigned' ? 0.5 : 0);
}

function restText(words: Messages, more: boolean, hidden: number): string | null {
  return more || hidden > 0 ? words.card('statusList.more') : null;
}
