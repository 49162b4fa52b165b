import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { sayEnd } from '../../../chat/views/ends.ts';
import { lookAgain, moreText, rowButton, short } from '../../../chat/views/parts.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import type { Entitlement } from '../../../requests/entitlement.ts';
import { emptyList } from '../../provisioning/cards/confirm-card.ts';
import { overdueWord } from '../../provisioning/cards/ending-words.ts';
import { type RowLimits, row } from '../../provisioning/cards/people-rows.ts';

export interface EndsCardInput {
  /** What is overdue and what ends soon, soonest first. */
  readonly entitlements: readonly Entitlement[];
  /** All of the tenant; else those that the reader asked for or has. */
  readonly isAll: boolean;
}

const LEVELS: readonly RowLimits[] = [
  { rows: 20, name: 60, line: 160 },
  { rows: 12, name: 40, line: 100 },
];

/** Access that ends soon, or should have ended: what is overdue first. */
export function endsCard(words: Messages, { entitlements, isAll }: EndsCardInput): CardMessage {
  const isOver = ({ state }: Entitlement) => state.kind === 'overdue';
  const sorted = [...entitlements.filter(isOver), ...entitlements.filter((one) => !isOver(one))];
  const overdue = entitlements.filter(isOver).length;
  const values = { count: entitlements.length, overdue, all: isAll ? 'yes' : 'no' };
  const summary = words.plain('ends.summary', values);
  const card = renderLargestThatFits('list', LEVELS, (limits) => ({
    ...emptyList,
    fallbackText: summary,
    look: lookOf(overdue > 0 ? 'warning' : 'neutral'),
    title: words.card('ends.title', values),
    paragraphs: [{ text: words.card(entitlements.length === 0 ? 'ends.none' : 'ends.intro', values) }],
    sections: [
      {
        headings: [],
        rows: sorted.slice(0, limits.rows).map((one) => endRow(words, one, limits)),
        more: moreText(words, Math.max(0, sorted.length - limits.rows)),
      },
    ],
    buttons: lookAgain(words, 'ends'),
  }));
  return { card, summary };
}

const TONES: Readonly<Record<Entitlement['state']['kind'], Tone>> = {
  active: 'waiting',
  ending: 'working',
  overdue: 'bad',
  ended: 'good',
};

function endRow(words: Messages, { subject, app, requestId, endsAt, isTimed, state }: Entitlement, limits: RowLimits) {
  const end = sayEnd(words, { endsAt, hasTime: isTimed });
  const why = state.kind === 'overdue' ? overdueWord(words, state.why) : '';
  const name = words.plain('list.nameAndLabel', {
    name: short(subject.name, limits.name),
    label: short(app.name, limits.name),
  });
  const opens = rowButton(words, `show ${requestId}`);
  return { ...row(TONES[state.kind], name, words.plain(`ends.${state.kind}`, { end, why }), limits), opens };
}
