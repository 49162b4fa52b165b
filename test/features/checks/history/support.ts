import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../../../src/db/database.ts';
import type { AccessRequestRow, TaskRow } from '../../../../src/db/schema.ts';
import type { HistoryEntry } from '../../../../src/features/checks/history/history-entry.ts';

const app = { app_id: 'salesforce', app_name: 'Salesforce' };
const requestedBy = { requested_by_id: 'alex', requested_by_name: 'Alex Wilber' };
const told = { locale: 'en-US', time_zone: 'Europe/Berlin', conversation: 'conversation' };

export interface Seed {
  readonly at: number;
  readonly requestedBy?: string;
  readonly app?: string;
  readonly ticket?: string;
}

const whose = ({ requestedBy: requestedById, app: appId, ticket }: Seed) => ({
  ...requestedBy,
  ...app,
  ticket: ticket ?? null,
  ...(requestedById === undefined
    ? {}
    : { requested_by_id: requestedById, requested_by_name: `${requestedById}'s name` }),
  ...(appId === undefined ? {} : { app_id: appId, app_name: `${appId}'s name` }),
});

/** The form of a stored request's call; `outcome` is its kind, and its report is nothing that could be read. */
export interface SeedTask {
  readonly subject: string;
  /** That of the request by default; of a task that is not the first, another app. */
  readonly app?: string;
  readonly type?: string;
  readonly members?: number;
  readonly state?: TaskRow['state'];
  readonly outcome?: string;
}

/** A request as it stands in the database. */
export async function seedRequest(
  { query }: Database,
  id: string,
  seed: Seed & { readonly tasks?: readonly SeedTask[] },
): Promise<void> {
  const { at, tasks = [{ subject: 'isaiah' }] } = seed;
  const named = tasks.flatMap(({ app: id }) => (id === undefined ? [] : [{ id, name: `${id}'s name` }]));
  const apps = named.length === 0 ? {} : { apps: JSON.stringify(named) };
  await query
    .insertInto('requests')
    .values({ id, source: id, ...whose(seed), ...told, ...apps, revision: 1, created_at: at })
    .execute();
  await query
    .insertInto('tasks')
    .values(
      tasks.map(({ subject, app, type = 'User', members = 0, state = 'done', outcome = 'created' }, position) => ({
        id: randomUUID(),
        request_id: id,
        position,
        subject_id: subject,
        subject_type: type,
        subject_name: `${subject}'s name`,
        subject_label: `${subject}@contoso.com`,
        members: JSON.stringify(Array.from({ length: members }, (_, index) => ({ id: `member ${index}` }))),
        ...(app === undefined
          ? {}
          : { app_id: app, app_name: `${app}'s name`, is_further: app === (seed.app ?? 'salesforce') ? 0 : 1 }),
        job_id: 'job',
        rule_id: 'rule',
        state,
        lane: 0,
        turn: 0,
        enqueued_at: at,
        due_at: at,
        attempts: 1,
        outcome: 'a report that is no JSON',
        outcome_kind: state === 'done' ? outcome : null,
      })),
    )
    .execute();
}

/** An access request as it stands in the database. */
export async function seedAccess(
  { query }: Database,
  id: string,
  seed: Seed & {
    readonly subject?: string;
    readonly state?: AccessRequestRow['state'];
    readonly decidedBy?: string;
    readonly requestId?: string;
  },
): Promise<void> {
  const { at, subject = 'isaiah', state = 'pending', decidedBy = null, requestId = null } = seed;
  await query
    .insertInto('access_requests')
    .values({
      ...accessRow(id, at),
      ...whose(seed),
      subject_id: subject,
      subject_name: `${subject}'s name`,
      state,
      decided_by_id: decidedBy,
      decided_by_name: decidedBy === null ? null : `${decidedBy}'s name`,
      decided_at: decidedBy === null ? null : at,
      request_id: requestId,
    })
    .execute();
}

/** Of a pending access request. */
export const accessRow = (id: string, at: number) => ({
  id,
  source: id,
  ...requestedBy,
  ...app,
  ...told,
  subject_id: 'isaiah',
  subject_name: "isaiah's name",
  asked_as: 'request' as const,
  created_at: at,
  expires_at: at,
  remind_at: at,
  revision: 1,
  state: 'pending' as AccessRequestRow['state'],
});

export const idOf = (entry: HistoryEntry | null) =>
  entry === null ? null : entry.kind === 'access' ? entry.accessRequestId : entry.requestId;

/**
 * A hundred thousand requests, a second apart: of a thousand requesters for a thousand people in a hundred apps. Of
 * every ten, one came of an access request that was made a minute before. Each has one card, up to date. Few statements, as any other way takes long;
 * and several, as each may take ten seconds on PostgreSQL.
 */
export async function seedMany(database: Database, count = 100_000): Promise<void> {
  const isSqlite = database.dialect.singleProcess;
  const text = (value: ReturnType<typeof sql>) => sql`cast(${value} as text)`;
  const id = sql`'R' || ${text(sql`n + 1000000`)}`;
  for (let from = 0; from < count; from += rowsAtOnce) {
    const last = Math.min(count, from + rowsAtOnce) - 1;
    const series = isSqlite
      ? sql`with recursive series(n) as (select ${sql.lit(from)} union all select n + 1 from series where n < ${sql.lit(last)})`
      : sql`with series(n) as (select generate_series(${sql.lit(from)}, ${sql.lit(last)}))`;
    await database.transact(async (transaction) => {
      await sql`insert into requests (id, source, requested_by_id, requested_by_name, app_id, app_name, locale, time_zone, conversation,
        revision, created_at)
      ${series} select ${id}, ${id}, 'asker ' || ${text(sql`n % 997`)}, 'Asker', 'app ' || ${text(sql`n % 101`)},
        'App', 'en', 'UTC', '', 1, n * 1000 + 60000 from series`.execute(transaction);
      await sql`insert into tasks (id, request_id, position, subject_id, subject_type, subject_name, job_id, rule_id,
        state, lane, turn, enqueued_at, due_at, attempts, outcome, outcome_kind)
      ${series} select ${id}, ${id}, 0, 'person ' || ${text(sql`n % 1009`)}, 'User', 'Person', 'job', 'rule',
        'done', 0, 0, 0, 0, 1, 'no JSON', 'created' from series`.execute(transaction);
      await sql`insert into access_requests (id, source, requested_by_id, requested_by_name, subject_id, subject_name, app_id, app_name,
        asked_as, locale, time_zone, conversation, created_at, expires_at, remind_at, revision, state, request_id)
      ${series} select 'A' || ${text(sql`n + 1000000`)}, ${id}, 'asker ' || ${text(sql`n % 997`)}, 'Asker',
        'person ' || ${text(sql`n % 1009`)}, 'Person', 'app ' || ${text(sql`n % 101`)}, 'App', 'request', 'en', 'UTC', '',
        n * 1000, 0, 0, 1, 'finished', ${id} from series where n % 10 = 0`.execute(transaction);
      await sql`insert into messages (id, kind, reference, conversation, locale, time_zone, activity_id, shown_revision,
        latest_revision, created_at)
      ${series} select 'copy-' || ${id}, case when n % 10 = 0 then 'access' else 'request' end,
        case when n % 10 = 0 then 'A' || ${text(sql`n + 1000000`)} else ${id} end, '', 'en', 'UTC', 'card ' || ${id}, 2, 2,
        n * 1000 from series`.execute(transaction);
    });
  }
  await sql`analyze`.execute(database.query);
}

const rowsAtOnce = 20_000;
