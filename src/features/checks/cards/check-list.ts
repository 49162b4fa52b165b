import type { ListRow, ListView, SubmitButton } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import { lastRanLine } from '../../../chat/jobs/job-words.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { appNames } from '../../../chat/views/app-names.ts';
import {
  callName,
  FALLBACK_NAME,
  listAsText,
  listButton,
  maybe,
  personLabel,
  personName,
  rowButton,
  short,
} from '../../../chat/views/parts.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import { writeCheck } from '../check-line.ts';
import { type CheckFacts, judge, sideOf } from '../diagnosis.ts';
import { refusedCode, verdictTitle } from './check-words.ts';
import { silenceOfLog } from './log-words.ts';
import type { CheckedPerson } from './person-in-app.ts';

export interface CheckListInput {
  readonly person: CheckedPerson;
  readonly items: readonly {
    /** `called`: what a line calls it; without it, its name or, where another row has that name, its id. */
    readonly app: { readonly id: string; readonly name: string; readonly called?: string };
    readonly facts: CheckFacts;
  }[];
  /** False when the tenant has apps beyond these. */
  readonly listComplete: boolean;
  /** Missing where the line names no apps, and the card has those that could be read. */
  readonly named?: NamedApps;
  readonly now: number;
}

/** The reader wants to know about each of the apps, also where it cannot be checked. */
export interface NamedApps {
  /** Apps of a kit that lead to no app of the tenant, or to several. */
  readonly gone: readonly string[];
  /** The line that checks them again. */
  readonly again: string;
  /** Where the person can be provisioned now, and the line that does it; null for a reader who may not run it. */
  readonly due: { readonly apps: readonly string[]; readonly line: string } | null;
}

const LEVELS = [
  { rows: 25, name: 80, line: 200, opens: true },
  { rows: 20, name: 40, line: 120, opens: true },
  { rows: 12, name: 40, line: 120, opens: true },
];
/** Each named app keeps its row. In scripts of several bytes a letter, long names leave no room for what rows open. */
const NAMED_LEVELS = [...LEVELS.slice(0, 2), { rows: 20, name: 40, line: 90, opens: false }];

/** The same question for all or several apps, a line each: faults first, healthy ones last, then those without a job. */
export function checkList(words: Messages, { person, items, listComplete, named, now }: CheckListInput): CardMessage {
  const name = personName({ name: person.name || person.principalName });
  // The first line reports apps that were not read; a row would look like good news, unless the reader named the app.
  const shown = named === undefined ? items.filter(isRead) : items;
  const judged = shown
    .map(({ app, facts }) => ({ app, facts, ...rowTitle(words, facts, short(app.name)) }))
    .toSorted((one, other) => one.rank - other.rank || one.app.name.localeCompare(other.app.name));
  const wrong = judged.filter(({ tone }) => tone === 'bad' || tone === 'warning').length;
  const read = items.filter(isRead).length;
  const isPart = read < items.length || !listComplete;
  // Of named apps, each has a row that says it.
  const isListPart = isPart && named === undefined;
  const part = { read, count: items.length, more: listComplete ? 'no' : 'yes' };
  const refused = items.flatMap(({ facts }) => refusedCode(words, facts) ?? []).at(0) ?? null;
  const summary = isPart
    ? words.sentences([
        words.plain('checkList.summaryOfPart', { person: name, wrong }),
        words.plain('checkList.part', part),
      ])
    : words.plain('checkList.summary', { person: name, count: judged.length, wrong });
  const lines = judged.map(({ app, title }) =>
    words.plain('fallback.app', { app: short(app.name, FALLBACK_NAME), result: title }),
  );
  const { log } = items[0]?.facts ?? {};
  // All rows share one reading of the log, so one sentence says for all of them that it is missing.
  const gap = log === undefined || log.kind === 'read' ? null : silenceOfLog(words, log);
  const names = items.map(({ app }) => app);
  const due = named?.due ?? null;
  const lineOf = (app: string | null) => writeCheck({ verb: 'check', subject: person.principalName, app });
  const card = renderLargestThatFits('list', named === undefined ? LEVELS : NAMED_LEVELS, (limits): ListView => {
    const checked = judged.slice(0, limits.rows).map(({ app, tone, title, facts }) => {
      const { glyph, color } = lookOf(tone);
      const ran = lastRanLine(words, facts.jobState, now);
      const line = words.dotted([title, ...(ran === null ? [] : [ran])]);
      return {
        glyph,
        color,
        text: markdownText(app.name, limits.name) || '—',
        line: maybe(markdownText(line, limits.line)),
        opens: limits.opens ? rowButton(words, lineOf(app.called ?? callName(app, names))) : ([] as const),
      };
    });
    const rows = [...checked, ...(named?.gone ?? []).map((app) => goneRow(words, app, limits.name))];
    return {
      fallbackText: listAsText(summary, lines),
      look: lookOf(wrong > 0 ? 'warning' : 'neutral'),
      title:
        named === undefined
          ? words.card('checkList.title', { person: name })
          : words.card('subject.inApp', { person: name, app: appNames(words, names) }),
      subject: personLabel(words, { label: person.principalName, guest: person.guest === true }),
      bars: [],
      paragraphs: [
        ...maybe(items.length === 0 ? words.card('checkList.none') : null),
        ...maybe(isListPart && items.length > 0 ? words.card('checkList.part', part) : null),
        ...maybe(refused),
        ...maybe(gap === null ? null : words.card('checkList.log', { gap })),
      ],
      sections:
        rows.length === 0
          ? []
          : [{ headings: [], rows, more: maybe(restText(words, isListPart, judged.length - checked.length)) }],
      next: due === null ? [] : [{ label: words.card('label.next'), text: dueText(words, name, due.apps) }],
      tickets: [],
      footer: maybe(items.length === 0 || !limits.opens ? null : words.card('checkList.footer')),
      details: [],
      toggles: [],
      links: [],
      buttons: [
        ...(due === null ? [] : provisionButton(words, due)),
        ...listButton(words, 'button.refresh', named?.again ?? lineOf(null), 'choose'),
      ],
    };
  });
  return { card, summary };
}

const goneRow = (words: Messages, app: string, longest: number): ListRow => ({
  ...lookOf('neutral'),
  text: markdownText(app, longest),
  line: maybe(words.card('checkList.gone')),
  opens: [],
});

const isRead = ({ facts }: CheckListInput['items'][number]): boolean => facts.jobState !== 'unread';

const ORDER: readonly Tone[] = ['bad', 'warning', 'unknown', 'waiting', 'working', 'good', 'neutral'];

/** What the row of an app says, and its place; for an app that this card cannot tell about, that it was not checked. */
function rowTitle(words: Messages, facts: CheckFacts, app: string) {
  const verdict = judge(facts);
  const { tone, title } =
    facts.jobState === 'unread'
      ? ({ tone: 'unknown', title: words.plain('checkList.unread') } as const)
      : facts.assignment.kind === 'notNeeded' && sideOf(verdict) !== 'sync'
        ? ({ tone: 'neutral', title: words.plain('checkList.elsewhere') } as const)
        : verdictTitle(words, verdict, { app, jobState: facts.jobState });
  // "Not assigned" is the normal case in most apps, and comes after real faults.
  return { tone, title, rank: ORDER.indexOf(tone) + (verdict.kind === 'notAssigned' ? 0.5 : 0) };
}

/** The line is on the button alone, so the text names all of its apps. */
const dueText = (words: Messages, person: string, apps: readonly string[]): string =>
  words.card('checkList.due', { person, apps: words.list(apps.map((name) => short(name, FALLBACK_NAME))) });

function provisionButton(words: Messages, { apps, line }: NonNullable<NamedApps['due']>): readonly SubmitButton[] {
  const values = { count: apps.length, app: short(apps[0] ?? '', FALLBACK_NAME) };
  return listButton(words, 'button.provisionDue', line, 'run', values);
}

function restText(words: Messages, more: boolean, hidden: number): string | null {
  return more || hidden > 0 ? words.card('statusList.more') : null;
}
