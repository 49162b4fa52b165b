import { assertNever } from '../../../assert-never.ts';
import type { CheckView, Fact, ListRow, ListSection } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { provisioningPageUrl, usersPageUrl } from '../../../chat/views/entra-link.ts';
import { assignedText, lineButton, lookAgain, maybe, personalButton, short } from '../../../chat/views/parts.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import type { FoundValue } from '../../../graph/preview/previewing.ts';
import type { ClauseFinding, GroupFinding } from '../../../graph/preview/scope.ts';
import { hasAccount } from '../../../graph/preview/verdict.ts';
import type { IsShown } from '../../../masking/attributes.ts';
import { cutValue } from '../../../masking/cut-outcome.ts';
import { fact } from '../../provisioning/cards/result-details.ts';
import { writeProvision } from '../../provisioning/provision-line.ts';
import { writeCheck } from '../check-line.ts';
import { writePreview } from '../previewing/preview-line.ts';
import { clauseText } from './clause-words.ts';
import { namesOf, personInAppView } from './person-in-app.ts';
import { type PreviewCardInput, previewWords } from './preview-words.ts';

interface Limits {
  readonly groups: number;
  readonly clauses: number;
  readonly values: number;
  readonly line: number;
}

const LEVELS: readonly Limits[] = [
  { groups: 8, clauses: 8, values: 40, line: 120 },
  { groups: 4, clauses: 5, values: 20, line: 60 },
  { groups: 2, clauses: 3, values: 8, line: 40 },
];
const LONGEST_TARGET = 70;

/** Effects of which none is left to try. */
const skips: ReadonlySet<string> = new Set(['lacks', 'matchesNothing']);

/** What would happen, and what to do; then the filters clause by clause, and the values. */
export function previewCard(words: Messages, input: PreviewCardInput): CardMessage {
  const { person, app, verdict } = input;
  const names = namesOf(input);
  const said = previewWords(words, input);
  const isUnassigned = input.assignment.kind === 'missing';
  const mayDisable = (verdict.kind === 'notInScope' || isUnassigned) && hasAccount(input.log);
  const caution = mayDisable ? words.card('preview.mayDisable', names) : null;
  const summary = words.sentences([words.plain('check.summary', { ...names, verdict: said.title }), said.summary]);
  const page = isUnassigned ? usersPageUrl : provisioningPageUrl;
  const helps =
    verdict.kind === 'inScope' ? !skips.has(verdict.effect.kind) : verdict.kind === 'unknown' && !isUnassigned;
  const provision = writeProvision({ verb: 'provision', subject: person.principalName, app: app.name });
  const card = renderLargestThatFits('check', LEVELS, (limits): CheckView => {
    const sections = [...groupSections(words, input, limits), ...valueSection(words, input, limits)];
    const details: CheckView['details'] = [
      { texts: [], tables: [{ facts: factRows(words, input, names.app) }], sections },
    ];
    return {
      ...personInAppView(words, input, said, { summary, details, page }),
      paragraphs: said.paragraphs.map((text) => ({ text })),
      next: said.next === null ? [] : [{ label: words.card('label.next'), text: said.next }],
      further: maybe(caution),
      footer: [{ text: words.card('preview.footer') }],
      buttons: [
        ...(input.canProvision && helps ? lineButton(words, 'button.provisionNow', provision) : []),
        ...lineButton(
          words,
          'button.checkIt',
          writeCheck({ verb: 'check', subject: person.principalName, app: app.name }),
        ),
        ...lookAgain(words, writePreview({ verb: 'preview', subject: person.principalName, app: app.name })),
        ...(input.elsewhere === null ? [] : personalButton(words, input.elsewhere)),
      ],
    };
  });
  return { card, summary };
}

const ACCOUNTS = { true: 'access.account.enabled', false: 'access.account.disabled', null: 'check.unread' } as const;

function factRows(words: Messages, { account, assignment, scope }: PreviewCardInput, app: string): Fact[] {
  const filter = scope.groups.length === 0 && scope.passes === 'yes' ? 'none' : scope.passes;
  return [
    ...fact(words.card('access.fact.account'), words.plain(ACCOUNTS[`${account}`])),
    ...fact(
      words.card('access.fact.assignment'),
      assignment.kind === 'unread' ? words.plain('check.unread') : assignedText(words, assignment, app),
      200,
    ),
    ...fact(words.card('preview.fact.filter'), words.plain(`preview.filter.${filter}`)),
  ];
}

const TRUTHS: Readonly<Record<GroupFinding['passes'], Tone>> = { yes: 'good', no: 'bad', unknown: 'unknown' };

/** The filter's groups, of which one has to be passed. */
function groupSections(words: Messages, { scope, isShown }: PreviewCardInput, limits: Limits): readonly ListSection[] {
  const shown = scope.groups.slice(0, limits.groups);
  return shown.map(({ name, clauses }, index): ListSection => {
    const left = clauses.length - limits.clauses;
    const isLast = index === shown.length - 1;
    const more = [
      left > 0 ? words.card('list.more', { count: left }) : null,
      isLast && scope.groups.length > shown.length
        ? words.card('preview.moreGroups', { count: scope.groups.length - shown.length })
        : null,
    ];
    return {
      headings: maybe(words.card('preview.group', { name: short(name) || '—', count: scope.groups.length })),
      rows: clauses.slice(0, limits.clauses).map((one) => clauseRow(words, one, isShown)),
      more: maybe(words.sentences(more)),
    };
  });
}

function clauseRow(words: Messages, finding: ClauseFinding, isShown: IsShown): ListRow {
  const { is } = finding.truth;
  return row(TRUTHS[is], markdownText(clauseText(words, finding, isShown), 300), words.card(`preview.truth.${is}`));
}

function valueSection(words: Messages, { values, unshown, isShown }: PreviewCardInput, limits: Limits): ListSection[] {
  if (values.length === 0) return [];
  const shown = values.slice(0, limits.values);
  const more = [
    values.length > shown.length ? words.card('list.more', { count: values.length - shown.length }) : null,
    unshown > 0 ? words.card('preview.unshown', { count: unshown }) : null,
  ];
  return [
    {
      headings: maybe(words.card('preview.values')),
      rows: shown.map(({ target, found }) => {
        const text = valueText(words, target, found, { isShown, length: limits.line });
        return row(toneOf(found), markdownText(target, LONGEST_TARGET), text);
      }),
      more: maybe(words.sentences(more)),
    },
  ];
}

function row(tone: Tone, text: string, line: string | null): ListRow {
  const { glyph, color } = lookOf(tone);
  return { glyph, color, text, line: maybe(line), opens: [] };
}

function toneOf({ kind }: FoundValue): Tone {
  if (kind === 'text') return 'good';
  return kind === 'notEvaluated' ? 'bad' : kind === 'unknown' ? 'unknown' : 'neutral';
}

/** A value, or why there is none; finished for a card. */
function valueText(
  words: Messages,
  target: string,
  found: FoundValue,
  { isShown, length }: { readonly isShown: IsShown; readonly length: number },
): string {
  const said = (key: MessageKey, code = '') =>
    words.card(key, { code: short(code, 40), coded: code === '' ? 'no' : 'yes' });
  switch (found.kind) {
    case 'text': {
      const value = short(cutValue(target, found.text, isShown) ?? '', length);
      return words.card('preview.value.text', { value, byDefault: found.byDefault ? 'yes' : 'no' });
    }
    case 'empty':
    case 'notAsked':
      return said('preview.value.empty');
    case 'neverShown':
      return said(`preview.value.${found.why}`);
    case 'notEvaluated':
      return said(`preview.value.${found.why}`, found.code);
    case 'unknown':
      return said(`preview.value.${found.why}`);
    default:
      return assertNever(found, 'value');
  }
}
