import type { EndTerms } from '../../../access-ends.ts';
import type { AppsView } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import { writeCheckName } from '../../../chat/grammar/check-names.ts';
import { writeName } from '../../../chat/grammar/names.ts';
import { type JobReading, jobWord } from '../../../chat/jobs/job-words.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { sayEndTerms } from '../../../chat/views/ends.ts';
import { callName, LONGEST_NAME, lineButton, maybe, moreText, rowButton, short } from '../../../chat/views/parts.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import type { KitTrouble } from '../../../graph/kit-apps.ts';

export interface SeenKit {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly apps: readonly SeenApp[];
}

/** What those who ask for the kit have to know. */
export interface SeenTerms {
  /** Names, or ids where Entra has none; null for all who may ask for its apps. */
  readonly ask: readonly string[] | null;
  /** The same of those who decide; empty for the approvers of each app. */
  readonly approvers: readonly string[];
  readonly needsTicket: boolean;
  readonly ends: EndTerms;
}

export type SeenApp =
  | { readonly name: string; readonly id: string; readonly status: JobReading }
  | { readonly name: string; readonly id: null; readonly trouble: KitTrouble };

interface State {
  readonly tone: Tone;
  /** Plain, a value for a message. */
  readonly word: string;
  /** Nothing can be provisioned to the app now, as far as Usher could read. */
  readonly isTrouble: boolean;
}

export interface KitsInput {
  readonly kits: readonly SeenKit[];
  /** A name that no kit has; null for the list that was asked for. */
  readonly search: string | null;
  /** `kits` is the one with a similar name. */
  readonly isNear: boolean;
  /** The reader can have a kit added. */
  readonly mayAdd: boolean;
}

const LEVELS = [
  { rows: 25, line: 240 },
  { rows: 12, line: 160 },
  { rows: 5, line: 120 },
];
const APP_COUNTS = [20, 12, 8];
const MOST_ALIASES = 5;
const MOST_DECIDING = 5;
const MOST_TROUBLES = 3;
/** Names in a notification. */
const MOST_NAMED = 5;

/** All kits, or the one with a name similar to `search`, a row each with its apps and what is wrong with them. */
export function kitsCard(words: Messages, input: KitsInput): CardMessage {
  const { kits, search } = input;
  const summary = summaryOf(words, input);
  const title = search === null ? words.card('kits.title') : words.card('kits.titleUnknown', { search: short(search) });
  const card = renderLargestThatFits('apps', LEVELS, ({ rows, line }) => ({
    fallbackText: summary,
    title,
    intro: [{ text: words.card(introOf(input)) }],
    rows: kits.slice(0, rows).map((kit) => kitRow(words, kit, line)),
    more: moreText(words, kits.length - rows),
    buttons: input.isNear ? lineButton(words, 'button.kits', 'kits') : [],
  }));
  return { card, summary };
}

/** One kit, a row for each app with the state of its provisioning. */
export function kitCard(words: Messages, kit: SeenKit, terms: SeenTerms): CardMessage {
  const { apps } = kit;
  const names = words.list(apps.slice(0, MOST_NAMED).map(({ name }) => short(name, 40)));
  const said = words.plain('kits.oneSummary', { kit: short(kit.name), apps: names });
  const summary = words.dotted([said, ...troublesOf(words, kit).slice(0, MOST_TROUBLES)]);
  const broken = apps.filter(({ id }) => id === null).length;
  const card = renderLargestThatFits('apps', APP_COUNTS, (rows) => ({
    fallbackText: summary,
    title: words.card('kits.titleOne', { kit: short(kit.name) }),
    intro: [
      ...maybe(aliasesOf(words, kit)),
      ...termLines(words, terms),
      ...maybe(broken === 0 ? null : words.card('kits.incomplete', { count: broken })),
      { text: words.card('apps.intro') },
    ],
    rows: apps.slice(0, rows).map((app) => appRow(words, app, apps)),
    more: moreText(words, apps.length - rows),
    buttons: lineButton(words, 'button.kits', 'kits'),
  }));
  return { card, summary };
}

function summaryOf(words: Messages, { kits, search, isNear }: KitsInput): string {
  const names = words.list(kits.slice(0, MOST_NAMED).map(({ name }) => short(name, 40)));
  if (search !== null && isNear) return words.plain('kits.nearSummary', { search: short(search), kit: names });
  if (search !== null) return words.plain('kits.titleUnknown', { search: short(search) });
  const troubles = kits.flatMap((kit) => troublesOf(words, kit)).slice(0, MOST_TROUBLES);
  const counted = words.plain('kits.summary', { count: kits.length });
  return words.dotted([names === '' ? counted : words.labelled(counted, names), ...troubles]);
}

function introOf({ kits, search, isNear, mayAdd }: KitsInput): MessageKey {
  if (kits.length === 0) return mayAdd ? 'kits.howToAdd' : 'kits.none';
  if (search === null) return 'kits.intro';
  return isNear ? 'kits.near' : 'kits.others';
}

function kitRow(words: Messages, kit: SeenKit, line: number): AppsView['rows'][number] {
  const troubles = troublesOf(words, kit);
  return {
    look: lookOf(toneOf(words, kit)),
    name: markdownText(kit.name, LONGEST_NAME) || '—',
    state: words.card('kits.count', { count: kit.apps.length }),
    lines: [
      ...maybe(aliasesOf(words, kit, line)),
      ...maybe(markdownText(words.list(kit.apps.map(({ name }) => short(name))), line)),
      ...troubles.slice(0, MOST_TROUBLES).flatMap((trouble) => maybe(markdownText(trouble, line))),
      ...moreText(words, troubles.length - MOST_TROUBLES),
    ],
    opens: rowButton(words, `kits ${writeName(kit.name)}`),
  };
}

function appRow(words: Messages, app: SeenApp, all: readonly SeenApp[]): AppsView['rows'][number] {
  const { tone, word } = stateOf(words, app);
  return {
    look: lookOf(tone),
    name: markdownText(app.name, LONGEST_NAME) || '—',
    state: markdownText(word),
    lines: [],
    opens: app.id === null ? [] : rowButton(words, `status ${writeCheckName(callName(app, all))}`),
  };
}

function termLines(words: Messages, { ask, approvers, needsTicket, ends }: SeenTerms) {
  const named = (names: readonly string[]) => {
    const more = names.length - MOST_DECIDING;
    const rest = more > 0 ? [words.plain('kits.moreNames', { count: more })] : [];
    return words.list([...names.slice(0, MOST_DECIDING).map((name) => short(name)), ...rest]);
  };
  return [
    ...maybe(ask === null ? null : words.card('kits.ask', { names: named(ask) })),
    ...maybe(approvers.length === 0 ? null : words.card('kits.approvers', { names: named(approvers) })),
    ...maybe(needsTicket ? words.card('kits.ticket') : null),
    ...maybe(sayEndTerms(words, ends)),
  ];
}

function aliasesOf(words: Messages, { aliases }: SeenKit, limit?: number): string | null {
  const others = short(words.list(aliases.slice(0, MOST_ALIASES)), limit);
  return others === '' ? null : words.card('apps.aliases', { aliases: others });
}

/** "GitHub Enterprise: In quarantine", one for each app that takes no people now; plain. */
function troublesOf(words: Messages, { apps }: SeenKit): readonly string[] {
  return apps.flatMap((app) => {
    const { word, isTrouble } = stateOf(words, app);
    return isTrouble ? [words.plain('statusList.one', { app: short(app.name, 40), state: word })] : [];
  });
}

function toneOf(words: Messages, { apps }: SeenKit): Tone {
  const tones = apps.map((app) => stateOf(words, app)).flatMap(({ tone, isTrouble }) => (isTrouble ? [tone] : []));
  if (tones.length === 0) return 'good';
  if (tones.includes('bad')) return 'bad';
  return tones.every((tone) => tone === 'unknown') ? 'unknown' : 'warning';
}

function stateOf(words: Messages, app: SeenApp): State {
  if (app.id === null) return { tone: 'bad', word: words.plain(`kitTrouble.${app.trouble}`), isTrouble: true };
  const { status } = app;
  const isTrouble = typeof status === 'string' || ['quarantined', 'notConfigured'].includes(status.health.kind);
  return { ...jobWord(words, status), isTrouble };
}
