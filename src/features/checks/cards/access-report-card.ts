import type { ListRow, ListSection } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { roleName } from '../../../chat/views/denied.ts';
import { meaning } from '../../../chat/views/explained.ts';
import { noticeCard } from '../../../chat/views/notice.ts';
import { lookAgain, maybe, moreText, rowButton, short } from '../../../chat/views/parts.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import { emptyList } from '../../provisioning/cards/confirm-card.ts';
import { type RowLimits, row } from '../../provisioning/cards/people-rows.ts';
import type { AccessReview, Decider, Given } from '../reviewing/access-review.ts';
import { decisionDays } from '../reviewing/access-review.ts';
import type { Holder, NamedSource } from '../reviewing/holders.ts';

/** Rows of each section. */
const LEVELS: readonly RowLimits[] = [
  { rows: 15, name: 60, line: 160 },
  { rows: 8, name: 40, line: 120 },
  { rows: 4, name: 40, line: 100 },
];
/** Of what gives one person their roles. */
const MOST_SOURCES = 3;

/** The access review, as far as it fits. Long lists say how much they leave out, and what lists all. */
export function accessReportCard(words: Messages, review: AccessReview): CardMessage {
  const { people, unread, withoutEnd } = review;
  const values = {
    people: people.length,
    unread: unread.length,
    days: decisionDays,
    given: withoutEnd.given.length,
    isMore: withoutEnd.isMore ? 'yes' : 'no',
  };
  const summary = words.plain('accessReport.summary', values);
  const card = renderLargestThatFits('list', LEVELS, (limits) => {
    const sections = sectionsOf(words, review, values, limits);
    const isCut = sections.some(({ more }) => more.length > 0) || withoutEnd.isMore;
    return {
      ...emptyList,
      fallbackText: summary,
      look: lookOf(unread.length > 0 ? 'warning' : 'neutral'),
      title: words.card('accessReport.title'),
      paragraphs: unread.length === 0 ? [] : [{ text: words.card('accessReport.unreadIntro', values) }],
      sections,
      footer: maybe(isCut ? words.card('accessReport.all') : null),
      buttons: lookAgain(words, 'access report'),
    };
  });
  return { card, summary };
}

function sectionsOf(
  words: Messages,
  { people, unread, empty, deciders, withoutEnd }: AccessReview,
  values: Readonly<Record<string, string | number>>,
  limits: RowLimits,
): readonly ListSection[] {
  const nameless = unread.map((source) => ({ ...source, name: null }));
  return [
    section(words, 'accessReport.unread', values, limits, nameless, (source) =>
      row('warning', sourceName(words, source, limits), unreadLine(words, source), limits),
    ),
    section(words, 'accessReport.holders', values, limits, people, (one) => holderRow(words, one, limits)),
    section(words, 'accessReport.emptyHeading', values, limits, empty, (source) => {
      const line = words.plain('accessReport.empty', roleOf(words, source));
      return row('neutral', sourceName(words, source, limits), line, limits);
    }),
    section(words, 'accessReport.deciders', values, limits, deciders, (one) => deciderRow(words, one, limits)),
    section(words, 'accessReport.given', values, limits, withoutEnd.given, (one) => givenRow(words, one, limits)),
  ].filter(({ rows }) => rows.length > 0);
}

type Heading = `accessReport.${'unread' | 'holders' | 'emptyHeading' | 'deciders' | 'given'}`;

/** Draws what fits alone: a group may have thousands of members. */
function section<T>(
  words: Messages,
  heading: Heading,
  values: Readonly<Record<string, string | number>>,
  limits: RowLimits,
  items: readonly T[],
  draw: (item: T) => ListRow,
): ListSection {
  return {
    headings: maybe(words.card(heading, values)),
    rows: items.slice(0, limits.rows).map(draw),
    more: moreText(words, Math.max(0, items.length - limits.rows)),
  };
}

function holderRow(words: Messages, { id, name, principalName, roles, barred }: Holder, limits: RowLimits) {
  const through = roles
    .flatMap((one) => one.through)
    .map((source) => (source.id === id ? source.setting : sourceName(words, source, limits)));
  const shown = [...new Set(through)];
  const more = shown.length - MOST_SOURCES;
  const values = {
    roles: words.list(roles.map(({ role }) => roleName(role, words))),
    through: words.list(shown.slice(0, MOST_SOURCES)),
    more: Math.max(0, more),
    barred: barred ?? 'no',
  };
  const shownName = short(name, limits.name) || short(principalName, limits.name) || '—';
  return row(barred === null ? 'good' : 'neutral', shownName, words.plain('accessReport.holder', values), limits);
}

function deciderRow(words: Messages, { id, name, approved, denied, decidesStill }: Decider, limits: RowLimits) {
  const gone = decidesStill === false ? 'yes' : 'no';
  const line = words.plain('accessReport.decider', { approved, denied, gone });
  return row(gone === 'yes' ? 'warning' : 'good', short(name ?? id, limits.name) || id, line, limits);
}

function givenRow(words: Messages, { requestId, at, personName, appName, approvedBy }: Given, limits: RowLimits) {
  const name = words.plain('list.nameAndLabel', {
    name: short(personName, limits.name) || '—',
    label: short(appName, limits.name) || '—',
  });
  const line = words.plain('accessReport.givenRow', {
    day: words.day(at),
    approved: approvedBy === null ? 'no' : 'yes',
    by: approvedBy === null ? '' : short(approvedBy, limits.name),
  });
  return { ...row('neutral', name, line, limits), opens: rowButton(words, `show ${requestId}`) };
}

/** A group by its name; an id alone with the setting that has it. */
function sourceName(words: Messages, { setting, id, name }: NamedSource, limits: RowLimits): string {
  if (name !== null && name !== '') return short(name, limits.name);
  return setting === 'Entra' ? words.plain('accessReport.entraRole', { id }) : `${setting} ${id}`;
}

const roleOf = (words: Messages, { role }: Pick<NamedSource, 'role'>) => ({ role: roleName(role, words) });

function unreadLine(words: Messages, source: AccessReview['unread'][number]): string {
  return words.plain('accessReport.unreadRow', { ...roleOf(words, source), code: short(source.code, 80) });
}

/** The report names many people, so no channel gets it. */
export function accessReportOnlyPersonal(words: Messages): CardMessage {
  return noticeCard(words, {
    tone: 'warning',
    title: words.card('accessReport.onlyPersonal.title'),
    ...meaning(words, 'accessReport.onlyPersonal.happened', 'accessReport.onlyPersonal.next'),
    buttons: [{ label: 'inPersonal', verb: 'personal', text: 'access report' }],
  });
}
