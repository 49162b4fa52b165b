import type { StillMay } from '../../access/still-may.ts';
import type { PendingView } from '../cards/card-views.ts';
import { renderLargestThatFits } from '../cards/render.ts';
import type { Messages } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { FALLBACK_NAME, lineButton, listAsText, moreText, personName, short } from './parts.ts';

/** A standing grant: approvals sent to a channel or chat, or a watch. */
export interface GrantRow {
  /** The reference for use in a line. */
  readonly ref: string;
  /** The grant belongs to the conversation that shows the list. */
  readonly isHere: boolean;
  /** Names; null for all apps without approvers of their own. */
  readonly apps: readonly (string | null)[];
  /** The conversation's key, which ends in Teams' own id of it. */
  readonly conversation: string;
  readonly grants: readonly { readonly name: string; readonly at: number }[];
  readonly counts: StillMay;
}

/** As many as fit on a card with the longest names. */
export const mostGrants = 12;
const NAME_LENGTHS = [80, 50, 30, 20];

/** All approval channels, or all watches: who added them, and whether they count now. */
export function grantsCard(
  words: Messages,
  input: {
    readonly kind: 'channels' | 'watches';
    readonly rows: readonly GrantRow[];
    readonly total: number;
    readonly now: number;
  },
): CardMessage {
  const { kind, rows, total, now } = input;
  const summary = words.plain(`grants.${kind}.summary`, { count: total });
  const named = ({ apps }: GrantRow, length: number) => {
    const names = apps.map((app) => (app === null ? words.plain('grants.general') : short(app, FALLBACK_NAME)));
    return short(words.list(names), length * 2);
  };
  const card = renderLargestThatFits('pending', NAME_LENGTHS, (length): PendingView => {
    return {
      fallbackText: listAsText(
        summary,
        rows.map((row) => named(row, FALLBACK_NAME)),
      ),
      title: words.card(`grants.${kind}.title`),
      intro: words.card(total === 0 ? `grants.${kind}.none` : `grants.${kind}.intro`),
      rows: rows.map((row) => {
        const line = kind === 'channels' ? `remove approval place ${row.ref}` : `remove watch ${row.ref}`;
        return {
          name: words.card('grants.row', { ref: row.ref, apps: named(row, length) }),
          lines: [
            {
              text: words.card('grants.where', {
                here: row.isHere ? 'yes' : 'no',
                id: short(idOf(row.conversation), length),
              }),
            },
            ...row.grants.slice(0, 3).map(({ name, at }) => {
              return {
                text: words.card('watches.since', {
                  requestedBy: short(personName({ name }), length),
                  time: words.moment(at, now),
                }),
              };
            }),
            { text: words.card(`grants.counts.${row.counts}`) },
          ],
          opens: lineButton(words, 'button.removeGrant', line),
        };
      }),
      more: moreText(words, total - rows.length),
      buttons: [],
    };
  });
  return { card, summary };
}

const idOf = (conversation: string): string => conversation.slice(conversation.lastIndexOf('|') + 1);
