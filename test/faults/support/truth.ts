import { isDeepStrictEqual } from 'node:util';
import { drawMessage } from '../../../src/chat/draw-message.ts';
import type { Clock } from '../../../src/clock.ts';
import { clouds } from '../../../src/clouds.ts';
import type { Database } from '../../../src/db/database.ts';
import { drawAccessCard } from '../../../src/features/approvals/draw-access-card.ts';
import { drawRequest } from '../../../src/features/provisioning/draw.ts';
import type { Message } from '../../../src/outbox/message.ts';
import { toMessage } from '../../../src/outbox/message-store.ts';
import type { StoreParts } from '../../../src/requests/store.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import { isPersonalChat } from '../../../src/teams/conversations.ts';
import type { ShownCard } from '../../support/usher.ts';
import { gate } from './scale.ts';

/** The faults found, in words; empty when all is as it should be. */
export type Complaints = readonly string[];

/** The work that is still to be done. */
export async function findUnfinished(database: Database): Promise<Complaints> {
  const { query } = database;
  const turns = await query.selectFrom('turns').select('id').where('incoming', 'is not', null).execute();
  const tasks = await query
    .selectFrom('tasks')
    .select(['id', 'state', 'again', 'attempts'])
    .where('state', 'in', ['held', 'waiting', 'running'])
    .execute();
  const access = await query
    .selectFrom('access_requests')
    .select(['id', 'state'])
    .where('state', 'in', ['pending', 'approved', 'started'])
    .execute();
  const messages = await query
    .selectFrom('messages')
    .select(['id', 'kind', 'reference', 'shown_revision', 'latest_revision', 'due_at', 'gone'])
    .execute();
  const owed = messages.filter(({ due_at }) => due_at !== null);
  const old = messages.filter(
    ({ gone, shown_revision, latest_revision }) => !gone && shown_revision < (latest_revision ?? 0),
  );
  const told = new Set(messages.map(({ reference }) => reference));
  const requests = await query.selectFrom('requests').select('id').execute();
  // A request that carries out an access request has the cards of that one.
  const carried = await query.selectFrom('access_requests').select('request_id').execute();
  const cardless = new Set(carried.map(({ request_id }) => request_id));
  const untold = requests.filter(({ id }) => !told.has(id) && !cardless.has(id));
  return [
    ...turns.map(({ id }) => `turn ${id} has no answer`),
    ...tasks.map(({ id, state, again, attempts }) => `task ${id} is ${state} (${again ?? 'first'}, ${attempts} calls)`),
    ...access.map(({ id, state }) => `access request ${id} is ${state}`),
    ...owed.map(({ id, kind }) => `message ${id} (${kind}) is owed`),
    ...old.map(
      ({ id, kind, shown_revision, latest_revision }) =>
        `message ${id} (${kind}) shows ${shown_revision} of ${latest_revision}`,
    ),
    ...untold.map(({ id }) => `the card of ${id} was not posted`),
  ];
}

/** Cards that show another state than the store, and of which nobody was told that they stay as they are. */
export async function findUntrueCards(
  database: Database,
  clock: Clock,
  shown: readonly ShownCard[],
): Promise<Complaints> {
  const store: StoreParts = { database, clock, gate: { scope: 'tenant', limits: gate } };
  const entraPortal = clouds.public.entraPortal;
  // What is finished is drawn from the store alone.
  const unasked = new Proxy({}, { get: () => () => Promise.reject(new Error('Graph was asked about what is over')) });
  // Alex approves, and may retry what ended badly; Megan asks. Nobody loses a role in these runs.
  const rolesOf = (id: string) => (id === people.alex.id ? ['operator', 'approver'] : ['requester']);
  const callerOf = (id: string) => ({
    id,
    tenantId: '',
    name: '',
    principalName: '',
    roles: rolesOf(id),
    memberOf: [],
  });
  const helpdesk = { id: '', kind: 'group', name: 'Helpdesk', people: [{ id: '', name: 'Alex Wilber' }], count: 1 };
  const identify = async ({ id }: { readonly id: string }) => ({ kind: 'caller', caller: callerOf(id) });
  const applications = { find: async () => ({ ok: true, value: { kind: 'none', known: [] } }) };
  const fromGraph = { directory: unasked, applications, assignments: unasked };
  const inRequests = {
    ...{ store, entraPortal, isOpenPlace: () => true, isPersonalChat, graphAccess: 'appOnly' as const },
    // All people of these runs are assigned.
    applications: { find: () => Promise.reject(new Error('Graph was asked about an assignment')) },
    // They take no access away.
    synchronization: { findJob: () => Promise.reject(new Error('Graph was asked about a threshold')) },
  };
  type DrawParts = Parameters<typeof drawAccessCard>[0];
  const partsWith = (contacts: readonly object[]) => {
    const access = { identify, contacts: async () => contacts };
    return { store, entraPortal, isPersonalChat, access, ...fromGraph } as unknown as DrawParts;
  };
  // Graph may have been away when a card was to name the helpdesk.
  const drawers = [partsWith([helpdesk]), partsWith([])].map((parts) => {
    const request = { draw: (_: unknown, { reference }: Message) => drawRequest(inRequests, reference) };
    const access = { draw: (_: unknown, message: Message) => drawAccessCard(parts, message) };
    return { registry: { messages: { request, access } } } as never;
  });
  const rows = await database.query
    .selectFrom('messages')
    .selectAll()
    .where('activity_id', 'is not', null)
    .where('kind', 'in', ['request', 'access'])
    .where('gone', '=', 0)
    .execute();
  const complaints: string[] = [];
  for (const message of rows.map(toMessage)) {
    const drawings = await Promise.all(drawers.map((parts) => drawMessage(parts, message)));
    const card = shown.find((one) => one.id === message.activityId);
    const contents = drawings.map((drawing) =>
      drawing === null || 'text' in drawing.content ? null : drawing.content,
    );
    const isAsDrawn = contents.some((content) =>
      isDeepStrictEqual(card?.content, JSON.parse(JSON.stringify(content?.card ?? null))),
    );
    if (!isAsDrawn && !shown.some((other) => givesUp(other, card, message)))
      complaints.push(
        `the card of ${message.id} says: ${card?.text ?? 'nothing'} — and the store: ${contents[0]?.summary}`,
      );
  }
  return complaints;
}

/** Of two replicas that are killed as they edit the same card, Usher believes that the card did it (`crash-guard.ts`). */
const givesUp = (other: ShownCard, card: ShownCard | undefined, { reference }: Message): boolean =>
  other.conversationId === card?.conversationId &&
  other.text.includes(`stopped twice while updating the card of request ${reference}`);

/** Requests that did not end exactly once. */
export async function findMiscounted({ query }: Database): Promise<Complaints> {
  const ends = await query
    .selectFrom('audit_log')
    .select(['request_id', 'kind', 'details'])
    .where('kind', 'in', ['finished', 'accessAsked', 'accessApproved', 'accessStarted', 'accessFinished'])
    .execute();
  const counted = new Map<string, number>();
  for (const { request_id, kind, details } of ends) {
    const { subject = '' } = JSON.parse(details) as { subject?: string };
    const key = kind === 'finished' ? `${request_id} ${subject} ${kind}` : `${request_id} ${kind}`;
    counted.set(key, (counted.get(key) ?? 0) + 1);
  }
  // What was withdrawn had been asked for once more, after an answer that said to try again.
  const tasks = await query
    .selectFrom('tasks')
    .select(['request_id', 'subject_id'])
    .where('state', '!=', 'cancelled')
    .execute();
  const access = await query.selectFrom('access_requests').select(['id', 'state']).execute();
  const kindsOf = (isWithdrawn: boolean) =>
    isWithdrawn ? ['accessAsked'] : ['accessAsked', 'accessApproved', 'accessStarted', 'accessFinished'];
  const expected = [
    ...tasks.map(({ request_id, subject_id }) => `${request_id} ${subject_id} finished`),
    ...access.flatMap(({ id, state }) => kindsOf(state === 'cancelled').map((kind) => `${id} ${kind}`)),
  ];
  const all = new Set([...expected, ...counted.keys()]);
  const wanted = new Set(expected);
  return [
    ...[...all].flatMap((key) => {
      const times = counted.get(key) ?? 0;
      return times === 1 && wanted.has(key) ? [] : [`${key}: ${times} times`];
    }),
    ...(wanted.size === expected.length ? [] : ['a person was requested twice']),
  ];
}

/** Arrivals that share a window with more than the limit. */
export function findCrowds(arrivals: readonly number[]): Complaints {
  return arrivals.flatMap((at, index) => {
    const first = arrivals[index - gate.limit];
    return first === undefined || at - first >= gate.windowMs
      ? []
      : [`arrivals ${index - gate.limit} to ${index} lie within ${Math.round(at - first)} ms`];
  });
}

/**
 * Cards that nobody keeps up to date, say that something waits, and are explained by nothing that followed. A replica
 * that dies right after it has posted a card, and a connector that names no id, orphan it: Teams has the card, and no
 * replica could store its activity id.
 */
export async function findUnexplainedCards(
  database: Database,
  shown: readonly ShownCard[],
): Promise<readonly ShownCard[]> {
  const kept = await database.query.selectFrom('messages').select('activity_id').execute();
  const ids = new Set(kept.map(({ activity_id }) => activity_id));
  return shown.filter(
    (card) =>
      card.content !== null && !ids.has(card.id) && waits(card) && !shown.some((other) => explains(other, card)),
  );
}

/** Its title tells, and so do its buttons. */
function waits({ text, buttons }: ShownCard): boolean {
  const isAsking = buttons.some(({ data }) => /"verb":"(?:confirm|cancel|approve)"/.test(JSON.stringify(data)));
  return isAsking || /One moment|Waiting|in line|any moment|In progress|about to start|\b\d+ of \d+ done/.test(text);
}

/** In the same conversation, about the same people; a card that was only a first sign names none. */
function explains(other: ShownCard, stray: ShownCard): boolean {
  const named = /season\d+/i.exec(stray.text)?.[0].toLowerCase() ?? '';
  return (
    other.conversationId === stray.conversationId &&
    other.text.includes('An earlier card of this request may still say that it waits.') &&
    other.text.toLowerCase().includes(named)
  );
}
