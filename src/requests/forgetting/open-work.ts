import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../db/schema.ts';
import { packedSince } from '../../seals/packs.ts';

/** What of a person is still open, by ids, so that it cannot go on under no name. */
export interface OpenWork {
  /** Requests, access requests and repairs that name them, or in which they had a hand. */
  readonly requests: readonly string[];
  /** Requests by which they have access that Usher is to end. */
  readonly ends: readonly string[];
  /** They wrote something that has no answer yet. */
  readonly unanswered: boolean;
}

export const isAnyOpen = ({ requests, ends, unanswered }: OpenWork): boolean =>
  requests.length > 0 || ends.length > 0 || unanswered;

export async function openWorkOf(db: Kysely<Schema>, id: string): Promise<OpenWork> {
  const within = `%"${id.replace(/[\\%_]/g, '\\$&')}"%`;
  /** The record has who confirmed, approved or retried. */
  const hadHand = (request: string) =>
    sql<boolean>`exists (select 1 from audit_log where request_id = ${sql.ref(request)} and actor_id = ${id})`;
  const tasks = await db
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .select('requests.id')
    .distinct()
    .where('tasks.state', 'in', ['held', 'waiting', 'running'])
    .where((row) =>
      row.or([
        row('tasks.subject_id', '=', id),
        row('requests.requested_by_id', '=', id),
        sql<boolean>`tasks.members like ${within} escape '\\'`,
        hadHand('requests.id'),
      ]),
    )
    .execute();
  const accessRequests = await db
    .selectFrom('access_requests')
    .select('id')
    .where('state', 'in', ['pending', 'approved', 'started'])
    .where((row) =>
      row.or([row('subject_id', '=', id), row('requested_by_id', '=', id), hadHand('access_requests.id')]),
    )
    .execute();
  const repairs = await db
    .selectFrom('repairs')
    .select('id')
    .where('state', '<>', 'ended')
    .where((row) => row.or([row('requested_by_id', '=', id), hadHand('repairs.id'), hadHand('repairs.request_id')]))
    .execute();
  const ends = await db
    .selectFrom('entitlements')
    .select('request_id')
    .distinct()
    .where('subject_id', '=', id)
    .where('state', '<>', 'ended')
    .execute();
  const inPacks = await handsInPacks(db, id);
  const turns = await db.selectFrom('turns').select('incoming').where('incoming', 'is not', null).execute();
  return {
    requests: [...new Set([...[...tasks, ...accessRequests, ...repairs].map((row) => row.id), ...inPacks])].toSorted(),
    ends: ends.map((row) => row.request_id).toSorted(),
    unanswered: turns.some(({ incoming }) => speakerOf(incoming) === id),
  };
}

function speakerOf(incoming: string | null): string | null {
  const { speaker } = JSON.parse(incoming ?? '{}') as { readonly speaker?: { readonly id: string } };
  return speaker?.id ?? null;
}

/** The open ones that are old enough to have entries in packs, and in which the person had a hand by these. */
async function handsInPacks(db: Kysely<Schema>, id: string): Promise<readonly string[]> {
  const { latest } = await db
    .selectFrom('entry_packs')
    .select(({ fn }) => fn.max('last_at').as('latest'))
    .executeTakeFirstOrThrow();
  if (latest === null) return [];
  const requests = await db
    .selectFrom('requests')
    .select(['id as entry', 'id', 'created_at as at'])
    .where('created_at', '<=', latest)
    .where('id', 'in', (select) =>
      select.selectFrom('tasks').select('request_id').where('state', 'in', ['held', 'waiting', 'running']),
    )
    .execute();
  const access = await db
    .selectFrom('access_requests')
    .select(['id as entry', 'id', 'created_at as at'])
    .where('created_at', '<=', latest)
    .where('state', 'in', ['pending', 'approved', 'started'])
    .execute();
  const repairs = await db
    .selectFrom('repairs')
    .select(['id', 'request_id', 'created_at as at'])
    .where('created_at', '<=', latest)
    .where('state', '<>', 'ended')
    .execute();
  const open = [
    ...requests,
    ...access,
    ...repairs.flatMap(({ request_id, ...one }) => [one.id, request_id ?? one.id].map((entry) => ({ ...one, entry }))),
  ];
  if (open.length === 0) return [];
  const found = new Set<string>();
  for await (const entries of packedSince(db, Math.min(...open.map(({ at }) => at)))) {
    const own = new Set(entries.flatMap(({ actor_id, request_id }) => (actor_id === id ? [request_id] : [])));
    for (const one of open) if (own.has(one.entry)) found.add(one.id);
  }
  return [...found];
}
