import type { EndTerms } from '../../../access-ends.ts';
import type { AppsView } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import { writeCheckName } from '../../../chat/grammar/check-names.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { sayEndTerms } from '../../../chat/views/ends.ts';
import { callName, LONGEST_NAME, lineButton, maybe, rowButton, short } from '../../../chat/views/parts.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';

export type AppState =
  | 'healthy'
  | 'neverRun'
  | 'paused'
  | 'quarantined'
  | 'disabled'
  | 'appDisabled'
  | 'notConfigured'
  | 'unknown';

export interface AppEntry {
  readonly id: string;
  readonly name: string;
  readonly state: AppState;
  /** Other names that Usher accepts for the app. */
  readonly aliases: readonly string[];
  readonly ends?: EndTerms | undefined;
}

const STATES: Readonly<Record<AppState, { readonly tone: Tone; readonly word: MessageKey }>> = {
  healthy: { tone: 'good', word: 'appState.healthy' },
  neverRun: { tone: 'neutral', word: 'appState.neverRun' },
  paused: { tone: 'warning', word: 'appState.paused' },
  quarantined: { tone: 'bad', word: 'appState.quarantined' },
  disabled: { tone: 'neutral', word: 'appState.disabled' },
  appDisabled: { tone: 'warning', word: 'appState.appDisabled' },
  notConfigured: { tone: 'neutral', word: 'appState.notConfigured' },
  unknown: { tone: 'unknown', word: 'appState.unknown' },
};

/** Rows on one card, from a screenful down to what fits with the longest names. */
const ROW_COUNTS = [25, 15, 8];
const LONGEST_ALIASES = 120;

/** The apps that match a search, or all of them: some of `count`, or of more where the list is incomplete. */
export function apps(
  words: Messages,
  {
    entries,
    count,
    complete,
    search,
    isNear = false,
  }: {
    readonly entries: readonly AppEntry[];
    readonly count: number;
    readonly complete: boolean;
    readonly search: string | null;
    /** None matches, and these have a similar name. */
    readonly isNear?: boolean;
  },
): CardMessage {
  const names = words.list(entries.slice(0, 5).map(({ name }) => short(name, 40)));
  const isPart = !complete || count > entries.length;
  const part = { shown: entries.length, count, more: complete ? 'no' : 'yes' };
  const said = isPart ? words.plain('apps.part', part) : words.plain('apps.summary', { count });
  const listed = names === '' ? said : words.labelled(said, names);
  const noMatch = isNear && search !== null ? { search: short(search) } : null;
  const summary = noMatch === null ? listed : words.plain('apps.nearSummary', { ...noMatch, names });
  const card = renderLargestThatFits('apps', ROW_COUNTS, (rows) => ({
    fallbackText: summary,
    title: titleOf(words, search, isNear),
    intro:
      entries.length === 0
        ? maybe(noneText(words, search))
        : [
            ...maybe(isPart && !isNear ? words.card('apps.part', part) : null),
            { text: words.card(isNear ? 'apps.near' : 'apps.intro', { count }) },
          ],
    rows: entries.slice(0, rows).map((entry) => row(words, entry, entries)),
    more: maybe((isPart && !isNear) || entries.length > rows ? words.card('apps.more') : null),
    buttons: entries.length === 0 || isNear ? allApps(words, search) : [],
  }));
  return { card, summary };
}

const allApps = (words: Messages, search: string | null) =>
  search === null ? [] : lineButton(words, 'button.apps', 'apps');

function titleOf(words: Messages, search: string | null, isNear: boolean): string {
  if (search === null) return words.card('apps.title');
  return words.card(isNear ? 'apps.titleNear' : 'apps.titleSearch', { search: short(search) });
}

function noneText(words: Messages, search: string | null): string {
  return search === null ? words.card('apps.none') : words.card('apps.noneSearch', { search: short(search) });
}

function row(words: Messages, entry: AppEntry, all: readonly AppEntry[]): AppsView['rows'][number] {
  const { name, state, aliases, ends = {} } = entry;
  const { tone, word } = STATES[state];
  const others = short(words.list(aliases.slice(0, 5)), LONGEST_ALIASES);
  return {
    look: lookOf(tone),
    name: markdownText(name, LONGEST_NAME),
    lines: [
      ...maybe(others === '' ? null : words.card('apps.aliases', { aliases: others })),
      ...maybe(sayEndTerms(words, ends)),
    ],
    state: words.card(word),
    opens: rowButton(words, `status ${writeCheckName(callName(entry, all))}`),
  };
}
