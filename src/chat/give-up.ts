import { findAccessCard } from '../features/approvals/access-requests/access-cards.ts';
import type { Reader } from '../requests/request.ts';
import type { StoreParts } from '../requests/store.ts';
import { toWatch } from '../features/checks/watching/watch.ts';
import { isAccessCardId } from '../features/approvals/draw-access-card.ts';
import { createMessages } from './messages.ts';
import type { CardMessage } from './reply.ts';
import { problem } from './views/problem.ts';

export interface GiveUpParts {
  readonly store: Pick<StoreParts, 'database'>;
  /** Posts a card outside a turn; resolves with its id, or null where Teams did not take it. */
  readonly post: (conversation: string, message: CardMessage) => Promise<string | null>;
}

export type GivenUp =
  /** The card of a request. */
  | { readonly kind: 'cardGivenUp'; readonly id: string }
  /** An undelivered message; `about` is an id or an app. */
  | { readonly kind: 'messageGivenUp'; readonly about: string }
  | { readonly kind: 'watchGivenUp'; readonly app: string };

interface Place {
  readonly conversation: string;
  readonly reader: Reader;
}

/** Tells one conversation what crashed processes (`requests/crash-guard.ts`). False where Teams did not take it. */
export async function tellGivenUp(
  { post }: GiveUpParts,
  { conversation, reader }: Place,
  what: GivenUp,
  reference: string,
): Promise<boolean> {
  const words = createMessages(reader.locale, reader.timeZone);
  return (await post(conversation, problem(words, { ...what, reference }))) !== null;
}

/** The conversation and subject of a live card, read without drawing it. */
async function placeOfCard(
  { store: { database } }: GiveUpParts,
  liveId: string,
): Promise<(Place & { readonly id: string; readonly revision: number }) | null> {
  if (isAccessCardId(liveId)) {
    const copy = await findAccessCard(database, liveId);
    return copy === null ? null : { ...copy, id: copy.accessRequestId };
  }
  const row = await database.query
    .selectFrom('requests')
    .select(['id', 'conversation', 'locale', 'time_zone', 'revision'])
    .where('id', '=', liveId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { id, conversation, locale, time_zone: timeZone, revision } = row;
  return { id, conversation, reader: { locale, timeZone }, revision };
}

/** A card that can neither be drawn nor sent stays as it is; it counts as drawn, so that no restart tries it again. */
export async function giveUpCard(
  parts: GiveUpParts,
  liveId: string,
  reference: string,
  markDrawn: (liveId: string, revision: number) => Promise<void>,
): Promise<boolean> {
  const place = await placeOfCard(parts, liveId);
  if (place === null) return true;
  if (!(await tellGivenUp(parts, place, { kind: 'cardGivenUp', id: place.id }, reference))) return false;
  await markDrawn(liveId, place.revision);
  return true;
}

/** Tells every conversation that watches the app. */
export async function giveUpWatch(parts: GiveUpParts, appId: string, reference: string): Promise<boolean> {
  const rows = await parts.store.database.query
    .selectFrom('watches')
    .selectAll()
    .where('app_id', '=', appId)
    .orderBy('key')
    .execute();
  for (const watch of rows.map(toWatch))
    await tellGivenUp(parts, watch, { kind: 'watchGivenUp', app: watch.app.name }, reference);
  return true;
}
