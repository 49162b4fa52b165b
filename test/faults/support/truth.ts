import { isDeepStrictEqual } from 'node:util';
import type { Drawing } from '../../../src/chat/reply.ts';
import type { Clock } from '../../../src/clock.ts';
import { clouds } from '../../../src/clouds.ts';
import type { Database } from '../../../src/db/database.ts';
import { drawAccessCard } from '../../../src/features/approvals/draw-access-card.ts';
import { drawRequest } from '../../../src/features/provisioning/draw.ts';
import type { StoreParts } from '../../../src/requests/store.ts';
import type { ShownCard } from '../../support/usher.ts';
import { gate } from './scale.ts';

/** The faults found, in words; empty when all is as it should be. */
export type Complaints = readonly string[];

/** The work that is still to be done. */
export async function findUnfinished({ query }: Database): Promise<Complaints> {
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
  const notices = await query.selectFrom('notices').select(['id', 'kind']).where('due_at', 'is not', null).execute();
  const unposted = await query.selectFrom('access_cards').select('id').where('card_id', 'is', null).execute();
  const cards = await query
    .selectFrom('requests')
    .select(['id', 'card_id', 'revision', 'drawn_revision'])
    .where((row) =>
      row.and([
        row.or([row('card_id', 'is', null), row('drawn_revision', '<', row.ref('revision'))]),
        // A request that carries out an access request has the cards of that one.
        row.not(
          row.exists(
            row
              .selectFrom('access_requests')
              .select('access_requests.id')
              .whereRef('access_requests.request_id', '=', 'requests.id'),
          ),
        ),
      ]),
    )
    .execute();
  return [
    ...turns.map(({ id }) => `turn ${id} has no answer`),
    ...tasks.map(({ id, state, again, attempts }) => `task ${id} is ${state} (${again ?? 'first'}, ${attempts} calls)`),
    ...access.map(({ id, state }) => `access request ${id} is ${state}`),
    ...notices.map(({ id, kind }) => `notice ${id} (${kind}) is owed`),
    ...unposted.map(({ id }) => `card ${id} was not posted`),
    ...cards.map(({ id, card_id, revision, drawn_revision }) =>
      card_id === null ? `the card of ${id} was not posted` : `card of ${id} shows ${drawn_revision} of ${revision}`,
    ),
  ];
}

/** Cards that show another state than the store. */
export async function findUntrueCards(
  database: Database,
  clock: Clock,
  shown: readonly ShownCard[],
): Promise<Complaints> {
  const store: StoreParts = { database, clock, gate: { scope: 'tenant', limits: gate } };
  const entraPortal = clouds.public.entraPortal;
  // What is finished is drawn from the store alone.
  const unasked = new Proxy({}, { get: () => () => Promise.reject(new Error('Graph was asked about what is over')) });
  // No approver loses a role in these runs.
  const approver = { id: '', tenantId: '', name: '', principalName: '', roles: ['approver'], memberOf: [] };
  const access = { identify: async () => ({ kind: 'caller', caller: approver }) };
  const applications = { find: async () => ({ ok: true, value: { kind: 'none', known: [] } }) };
  const fromGraph = { directory: unasked, access, applications, assignments: unasked } as never;
  const drawParts = { store, entraPortal, ...(fromGraph as object) } as Parameters<typeof drawAccessCard>[0];
  const requests = await database.query.selectFrom('requests').select('id').where('card_id', 'is not', null).execute();
  const cards = await database.query.selectFrom('access_cards').select('id').execute();
  const complaints: string[] = [];
  const compare = (id: string, drawing: Drawing | null) => {
    const card = shown.find((one) => one.id === drawing?.live.cardId);
    const expected: unknown = JSON.parse(JSON.stringify(drawing?.message.card ?? null));
    if (!isDeepStrictEqual(card?.content, expected))
      complaints.push(
        `the card of ${id} says: ${card?.text ?? 'nothing'} — and the store: ${drawing?.message.summary}`,
      );
  };
  for (const { id } of requests) compare(id, await drawRequest({ store, entraPortal, isOpenPlace: () => true }, id));
  for (const { id } of cards) compare(id, await drawAccessCard(drawParts, id));
  return complaints;
}

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
  const tasks = await query.selectFrom('tasks').select(['request_id', 'subject_id', 'state']).execute();
  const access = await query.selectFrom('access_requests').select('id').execute();
  const expected = [
    ...tasks.map(({ request_id, subject_id }) => `${request_id} ${subject_id} finished`),
    ...access.flatMap(({ id }) =>
      ['accessAsked', 'accessApproved', 'accessStarted', 'accessFinished'].map((kind) => `${id} ${kind}`),
    ),
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
 * Cards of a request that are not the one that the card updater keeps up to date. A replica that dies, or loses its
 * database, right after it has posted a card orphans it: Teams has the card, and no replica could store its activity
 * id.
 */
export async function findStrayCards({ query }: Database, shown: readonly ShownCard[]): Promise<readonly ShownCard[]> {
  const requests = await query.selectFrom('requests').select('card_id').execute();
  const cards = await query.selectFrom('access_cards').select('card_id').execute();
  const kept = new Set([...requests, ...cards].map(({ card_id }) => card_id));
  const isLive = (text: string) => /\bseason\d+|One moment/i.test(text) && !/You approved/.test(text);
  return shown.filter(({ id, content, text }) => content !== null && !kept.has(id) && isLive(text));
}
