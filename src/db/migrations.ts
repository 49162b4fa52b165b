import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { cutStoredOutcome, cutStoredWords } from '../masking/cut-stored.ts';
import { addArchive } from './archive-migrations.ts';
import type { Dialect } from './dialect.ts';
import { takeReasonsOut } from './reason-migrations.ts';
import type { Foreign } from './refusals.ts';
import { addRetention } from './retention-migrations.ts';
import { addPacks, addSeals } from './seals-migrations.ts';
import {
  addSearch,
  joinAccessRequests,
  keepRemovalCards,
  keepRepairCards,
  keepRevisions,
  nameTaskApps,
  renameSearched,
} from './search.ts';
import { addSettingsSeen } from './settings-migrations.ts';
import { addStreams } from './streams-migrations.ts';
import { addQuietHours } from './watching-migrations.ts';

/**
 * The schema's history, oldest first. What a released migration does is never changed; a further one follows. It has more
 * than 400 lines because a history that is torn apart cannot be read in its order.
 */
export function migrations(dialect: Dialect): Record<string, Migration> {
  const realNumber = sql.raw(dialect.realNumber);
  const countedId = sql.raw(`"id" ${dialect.countedId}`);
  const steps: Readonly<Record<string, Migration['up']>> = {
    async '001-requests'(db) {
      await sql`create table requests (
        id text primary key, source text not null unique, asker_id text not null, asker_name text not null,
        app_id text not null, app_name text not null, locale text not null, time_zone text not null,
        conversation text not null, card_id text, revision integer not null, drawn_revision integer not null,
        created_at bigint not null)`.execute(db);
      await sql`create table tasks (
        id text primary key, request_id text not null references requests (id), position integer not null,
        subject_id text not null, subject_type text not null, subject_name text not null, subject_label text,
        job_id text not null, rule_id text not null, state text not null, lane integer not null,
        turn bigint not null, enqueued_at bigint not null, due_at bigint not null, again text,
        attempts integer not null, lease_owner text, lease_until bigint, started_at bigint, finished_at bigint,
        outcome text, graph_request_id text, client_request_id text,
        constraint tasks_position unique (request_id, position))`.execute(db);
      await sql`create index tasks_queue on tasks (state, lane, turn, enqueued_at, id)`.execute(db);
      await sql`create index requests_undrawn on requests (drawn_revision, revision)`.execute(db);
      await sql`create table gates (
        scope text primary key, grants text not null, blocked_until ${realNumber} not null,
        turns text not null)`.execute(db);
      await sql`create table turns (
        id text primary key, received_at bigint not null, incoming text, card_id text)`.execute(db);
      await sql`create index turns_received on turns (received_at)`.execute(db);
      await sql`create table records (
        ${countedId}, at bigint not null, actor_id text not null, kind text not null, request_id text,
        details text not null)`.execute(db);
      await sql`create index records_at on records (at, id)`.execute(db);
    },
    async '002-throttles'(db) {
      await sql`alter table tasks add column throttles integer not null default 0`.execute(db);
    },
    async '003-lists'(db) {
      await sql`alter table requests add column left_out text not null default '[]'`.execute(db);
      await sql`alter table gates add column lanes text not null default '[]'`.execute(db);
      await sql`alter table tasks add column members text not null default '[]'`.execute(db);
      await sql`alter table tasks add column cancelled_by text`.execute(db);
      await sql`alter table tasks add column outcome_kind text`.execute(db);
      await nameOutcomes(db);
      await sql`create index tasks_overview on tasks (request_id, state, outcome_kind)`.execute(db);
    },
    async '004-access-requests'(db) {
      await sql`alter table tasks add column awaits_assignment integer not null default 0`.execute(db);
      await sql`alter table tasks add column unseen integer not null default 0`.execute(db);
      await sql`create table access_requests (
        id text primary key, source text not null unique, asker_id text not null, asker_name text not null,
        subject_id text not null, subject_name text not null, subject_label text, app_id text not null,
        app_name text not null, reason text, starts_at bigint, asked_as text not null, locale text not null,
        time_zone text not null, conversation text not null, created_at bigint not null,
        expires_at bigint not null, remind_at bigint not null, reminded_at bigint,
        routed integer not null default 0, held_up text, held_up_since bigint, revision integer not null,
        state text not null, decided_by_id text, decided_by_name text, decided_at bigint, decision_reason text,
        decided_from text, request_id text references requests (id), assigning text,
        assigned integer not null default 0, ended_at bigint, ended_by_id text, ended_by_name text, ended_as text,
        due_at bigint, lease_owner text, lease_until bigint)`.execute(db);
      await sql`create index records_request on records (request_id)`.execute(db);
      await sql`create index access_requests_due on access_requests (due_at)`.execute(db);
      await sql`create index access_requests_open on access_requests (state, created_at, id)`.execute(db);
      await sql`create index access_requests_asker on access_requests (asker_id, state)`.execute(db);
      await sql`create index access_requests_request on access_requests (request_id)`.execute(db);
      await sql`create table access_cards (
        id text primary key, access_request_id text not null references access_requests (id),
        source text not null unique, conversation text not null, locale text not null, time_zone text not null,
        audience text not null, card_id text, drawn_revision integer not null, created_at bigint not null,
        failures integer not null default 0, gone integer not null default 0, due_at bigint)`.execute(db);
      await sql`create index access_cards_request on access_cards (access_request_id)`.execute(db);
      await sql`create index access_cards_card on access_cards (card_id)`.execute(db);
      await sql`create index access_cards_due on access_cards (due_at)`.execute(db);
      await sql`create table notices (
        ${countedId}, access_request_id text not null references access_requests (id), conversation text not null,
        locale text not null, time_zone text not null, kind text not null, created_at bigint not null,
        failures integer not null default 0, due_at bigint)`.execute(db);
      await sql`create index notices_due on notices (due_at)`.execute(db);
      await sql`create table approval_places (
        key text primary key, conversation text not null, locale text not null, time_zone text not null,
        general integer not null, apps text not null, added_by text not null,
        added_at bigint not null)`.execute(db);
      await sql`create table known_people (
        person_id text primary key, conversation text not null, locale text not null, time_zone text not null,
        seen_at bigint not null)`.execute(db);
    },
    async '005-history'(db) {
      // Each index serves one path through the history, newest first, without reading the table itself.
      for (const table of ['requests', 'access_requests'])
        for (const [name, columns] of [
          ['newest', 'created_at, id'],
          ['by_asker', 'asker_id, created_at, id'],
          ['by_app', 'app_id, created_at, id'],
          ['by_asker_and_app', 'asker_id, app_id, created_at, id'],
        ])
          await sql.raw(`create index ${table}_${name} on ${table} (${columns})`).execute(db);
      await sql`create index access_requests_by_subject on access_requests (subject_id, created_at, id)`.execute(db);
      await sql`create index access_requests_by_decider on access_requests (decided_by_id, decided_at)`.execute(db);
      await sql`create index tasks_by_subject on tasks (subject_id, request_id)`.execute(db);
    },
    async '006-watches'(db) {
      await sql`create table watches (
        key text not null, app_id text not null, app_name text not null, conversation text not null,
        locale text not null, time_zone text not null, added_by text not null, added_at bigint not null,
        constraint watches_key primary key (key, app_id))`.execute(db);
      await sql`create index watches_app on watches (app_id)`.execute(db);
      await sql`create table watched_jobs (
        app_id text primary key, state text not null, status text not null, since bigint not null)`.execute(db);
      await sql`create table rounds (
        name text primary key, due_at bigint not null, lease_owner text, lease_until bigint)`.execute(db);
      await sql`create table announcements (
        ${countedId}, key text not null, app_id text not null, conversation text not null, locale text not null,
        time_zone text not null, kind text not null, details text not null, created_at bigint not null,
        failures integer not null default 0, due_at bigint)`.execute(db);
      await sql`create index announcements_due on announcements (due_at)`.execute(db);
    },
    async '007-replicas'(db) {
      await sql`alter table turns add column lease_owner text`.execute(db);
      await sql`alter table turns add column lease_until bigint`.execute(db);
      await sql`create table card_edits (id text primary key, owner text not null, until bigint not null)`.execute(db);
      // The next due time of a million waiting tasks is looked up each time the gate is closed.
      await sql`create index tasks_due on tasks (state, due_at)`.execute(db);
      await dialect.announceChanges(db);
    },
    async '008-attempts'(db) {
      await sql`alter table tasks add column perhaps text`.execute(db);
      await sql`alter table gates add column blocked_from ${realNumber}`.execute(db);
      // What is known of earlier attempts: a result that is unknown, and a wait after a lost answer.
      await sql`update tasks set perhaps = 'noAnswer' where outcome_kind = 'unknown'`.execute(db);
      await sql`
        update tasks set perhaps = 'noAnswer'
        where state = 'waiting' and again in ('noAnswer', 'interrupted', 'serviceUnavailable')`.execute(db);
    },
    async '009-lean-outcomes'(db) {
      const seen = [
        await rewrite(db, 'tasks', 'id', 'outcome', cutStoredOutcome),
        await rewrite(db, 'watched_jobs', 'app_id', 'status', cutStoredWords),
        await rewrite(db, 'announcements', 'id', 'details', cutStoredWords),
      ];
      if (seen.some((rows) => rows > 0)) await dialect.noteRewritten(db);
    },
    async '010-awaiting-assignment'(db) {
      await sql`alter table access_requests add column awaiting_since bigint`.execute(db);
      await sql`alter table access_requests add column awaiting_until bigint`.execute(db);
    },
    async '011-turn-attempts'(db) {
      await sql`alter table turns add column attempts integer not null default 0`.execute(db);
      await sql`alter table tasks add column crashes integer not null default 0`.execute(db);
      await sql`alter table access_requests add column crashes integer not null default 0`.execute(db);
    },
    async '012-guests'(db) {
      await sql`alter table tasks add column subject_guest integer not null default 0`.execute(db);
      await sql`alter table access_requests add column subject_guest integer not null default 0`.execute(db);
    },
    async '015-bindings'(db) {
      await sql`create table app_bindings (
        entry text primary key, app_id text not null, bound_at bigint not null)`.execute(db);
      await sql`create table card_owners (
        card text primary key, person_id text not null, noted_at bigint not null)`.execute(db);
      await sql`create index card_owners_noted on card_owners (noted_at)`.execute(db);
    },
    '016-search': (db) => addSearch(db, dialect.engine),
    async '020-gate-fault'(db) {
      await sql`alter table gates add column health text`.execute(db);
      await sql`alter table tasks add column excused integer not null default 0`.execute(db);
      await sql`alter table tasks add column sent integer not null default 0`.execute(db);
      // Until now a call was recorded as sent when it was claimed.
      await sql`update tasks set sent = 1 where state = 'running'`.execute(db);
    },
    async '021-standing-grants'(db) {
      await sql`alter table approval_places add column grants text`.execute(db);
      await sql`alter table tasks add column ordered_by text`.execute(db);
    },
    async '022-seen-jobs'(db) {
      await sql`create table seen_jobs (
        app_id text primary key, app_name text not null, quarantined integer not null,
        seen_at bigint not null)`.execute(db);
      await sql`create table attempts (
        name text primary key, owner text not null, count integer not null, until bigint not null,
        version text not null)`.execute(db);
    },
    async '023-words'(db) {
      await renameSearched(db, dialect.engine);
      await sql`alter table approval_places rename to approval_channels`.execute(db);
      await sql`update access_cards set audience = 'requester' where audience = 'asker'`.execute(db);
    },
    async '024-messages'(db) {
      await moveMessages(db, dialect.clock.now());
      await keepRevisions(db, dialect.engine);
      await dialect.announceMessages(db);
      for (const index of ['requests_card', 'requests_undrawn']) await sql.raw(`drop index ${index}`).execute(db);
      for (const column of ['card_id', 'drawn_revision'])
        await sql.raw(`alter table requests drop column ${column}`).execute(db);
      for (const table of ['access_cards', 'notices', 'announcements', 'card_edits'])
        await sql.raw(`drop table ${table}`).execute(db);
    },
    async '025-edited-messages'(db) {
      await sql`alter table turns add column unread integer not null default 0`.execute(db);
    },
    '026-task-apps': (db) => nameTaskApps(db, dialect.engine),
    async '027-tickets'(db) {
      for (const table of ['requests', 'access_requests']) {
        await sql.raw(`alter table ${table} add column ticket text`).execute(db);
        await sql.raw(`alter table ${table} add column ticket_url text`).execute(db);
        await sql
          .raw(`create index ${table}_by_ticket on ${table} (ticket, created_at, id) where ticket is not null`)
          .execute(db);
      }
    },
    async '028-task-assigning'(db) {
      await sql`alter table tasks add column assign_role text`.execute(db);
      await sql`alter table tasks add column assigning text`.execute(db);
      await sql`create index tasks_assigning on tasks (state, due_at) where assign_role is not null`.execute(db);
    },
    '029-joint-requests': (db) => joinAccessRequests(db, dialect.engine),
    async '030-task-unassigning'(db) {
      await sql`alter table tasks add column unassign text`.execute(db);
      await sql`drop index tasks_assigning`.execute(db);
      await sql`create index tasks_assigning on tasks (state, due_at) where assign_role is not null or unassign is not null`.execute(
        db,
      );
      await sql`alter table requests add column purpose text`.execute(db);
      await sql`alter table requests add column second_person integer not null default 0`.execute(db);
    },
    '031-entitlements': addEntitlements,
    async '032-removal-cards'(db) {
      await sql`alter table requests add column second_person_decision text`.execute(db);
      await keepRemovalCards(db, dialect.engine);
    },
    async '033-extended-by'(db) {
      await sql`alter table entitlements add column extended_by text`.execute(db);
      await sql`create index entitlements_extended on entitlements (extended_by) where extended_by is not null`.execute(
        db,
      );
    },
    async '034-why-and-by-whom'(db) {
      await sql`alter table requests add column reason text`.execute(db);
      await sql`alter table entitlements add column ended_by text`.execute(db);
    },
    '035-quiet-hours': addQuietHours,
    '036-repairs': (db) => addRepairs(db, dialect.engine),
    async '037-reasons-leave-the-record'(db) {
      if (await takeReasonsOut(db, dialect.engine)) await dialect.noteRewritten(db);
    },
    '037-seals': (db) => addSeals(db, dialect.engine),
    '038-settings-seen': addSettingsSeen,
    '039-streams': addStreams,
    '040-retention': (db) => addRetention(db, dialect.countedId),
    async '041-overdue'(db) {
      await sql`create index entitlements_overdue on entitlements (state) where state = 'overdue'`.execute(db);
    },
    async '042-language'(db) {
      await sql`alter table known_people add column language text`.execute(db);
    },
    '043-archive': (db) => addArchive(db, dialect.engine),
    '044-entry-packs': (db) => addPacks(db, dialect.engine),
    async '045-answer-copies'(db) {
      await sql`alter table turns add column copies integer not null default 0`.execute(db);
    },
  };
  return Object.fromEntries(Object.entries(steps).map(([name, up]) => [name, { up }]));
}

/**
 * Gathers what was posted, and waits to be posted, in one table. A request that carries out an access request has no
 * card of its own. One without a card, whose process died before it noted it, gets it now unless it is a day old.
 */
async function moveMessages(db: Kysely<unknown>, now: number): Promise<void> {
  await sql`create table messages (
    id text primary key, kind text not null, reference text not null, source text unique, conversation text not null,
    locale text not null, time_zone text not null, audience text, details text, activity_id text,
    shown_revision integer not null default 0, latest_revision integer, created_at bigint not null, due_at bigint,
    failures integer not null default 0, gone integer not null default 0, posting integer not null default 0, repeated integer not null default 0,
    earlier_card integer not null default 0, told text, edit_owner text, edit_until bigint)`.execute(db);
  const kept = 'conversation, locale, time_zone, created_at';
  const lost = `card_id is null and created_at > ${now - dayMs}`;
  const run = (statement: string) => sql.raw(statement).execute(db);
  await run(`insert into messages (id, kind, reference, activity_id, shown_revision, latest_revision, due_at, earlier_card, ${kept})
    select id, 'request', id, card_id,
      case when card_id is not null then drawn_revision when ${lost} then 0 else revision end, revision,
      case when ${lost} then ${now} end, case when ${lost} then 1 else 0 end, ${kept}
    from requests
    where id not in (select request_id from access_requests where request_id is not null)`);
  await run(`insert into messages (id, kind, reference, source, audience, activity_id, shown_revision, latest_revision, due_at,
      failures, gone, ${kept})
    select id, 'access', access_request_id, source, audience, card_id, drawn_revision, latest_revision, due_at, failures,
      case when card_id is null and due_at is null then 1 else gone end, ${kept}
    from access_cards`);
  await run(`insert into messages (id, kind, reference, details, due_at, failures, ${kept})
    select 'notice-' || id, 'notice', access_request_id, kind, due_at, failures, ${kept} from notices`);
  await run(`insert into messages (id, kind, reference, details, due_at, failures, ${kept})
    select 'announcement-' || id, 'announcement', app_id || '|' || key, details, due_at, failures, ${kept}
    from announcements`);
  await sql`create index messages_due on messages (due_at) where due_at is not null`.execute(db);
  await sql`create index messages_about on messages (reference, kind)`.execute(db);
  await sql`create index messages_posted on messages (activity_id) where activity_id is not null`.execute(db);
  await sql`create index messages_unshown on messages (created_at)
    where shown_revision < latest_revision and due_at is null`.execute(db);
}

const dayMs = 24 * 3_600_000;

/** How a database compares to this version of Usher. `pending`: the migrations still to run. */
export type Standing = { readonly kind: 'ours'; readonly pending: readonly string[] } | Foreign;

/** Where Kysely records which migrations were run. */
const migrationTables = ['kysely_migration', 'kysely_migration_lock'];

/** Reads only. */
export async function findStanding<Tables>(dialect: Dialect, query: Kysely<Tables>): Promise<Standing> {
  const db = query as Kysely<unknown>;
  const tables = await dialect.tables(db);
  const known = Object.keys(migrations(dialect));
  const run = tables.includes('kysely_migration') ? await namesRun(db) : [];
  const unknown = run.filter((name) => !known.includes(name));
  const others = tables.filter((name) => !migrationTables.includes(name));
  const isUshers = run.some((name) => known.includes(name));
  if (!isUshers && (others.length > 0 || unknown.length > 0))
    return { kind: 'ofAnotherProgram', tables: others.length > 0 ? others : tables };
  if (unknown.length > 0) return { kind: 'newer', unknown };
  return { kind: 'ours', pending: known.filter((name) => !run.includes(name)) };
}

async function namesRun(db: Kysely<unknown>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

interface StoredText {
  readonly id: string | number;
  readonly text: string;
}

/**
 * Rewrites a text of every row, in batches; returns how many rows it has looked at. An unchanged row is not written.
 */
async function rewrite(
  db: Kysely<unknown>,
  table: string,
  key: string,
  column: string,
  change: (text: string) => string,
): Promise<number> {
  const [rowsOf, id, text] = [sql.table(table), sql.ref(key), sql.ref(column)];
  let seen = 0;
  let last: string | number | null = null;
  for (;;) {
    const beyond: RawBuilder<unknown> = last === null ? sql`` : sql`and ${id} > ${last}`;
    const { rows }: { readonly rows: readonly StoredText[] } = await sql<StoredText>`
      select ${id} as id, ${text} as text from ${rowsOf}
      where ${text} is not null ${beyond} order by ${id} limit ${sql.lit(outcomesAtOnce)}`.execute(db);
    for (const row of rows) {
      const rewritten = change(row.text);
      if (rewritten !== row.text)
        await sql`update ${rowsOf} set ${text} = ${rewritten} where ${id} = ${row.id}`.execute(db);
      last = row.id;
    }
    seen += rows.length;
    if (rows.length < outcomesAtOnce) return seen;
  }
}

/** An outcome has some ten thousand characters, and a long-running Usher may have many. */
const outcomesAtOnce = 200;

/** Writes the kind beside each stored outcome. The engines read JSON differently, so it is read here. */
async function nameOutcomes(db: Kysely<unknown>): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ id: string; outcome: string }>`
      select id, outcome from tasks
      where outcome is not null and outcome_kind is null
      limit ${sql.lit(outcomesAtOnce)}`.execute(db);
    for (const { id, outcome } of rows) {
      const { kind } = JSON.parse(outcome) as { readonly kind: string };
      await sql`update tasks set outcome_kind = ${kind} where id = ${id}`.execute(db);
    }
    if (rows.length < outcomesAtOnce) return;
  }
}

/** Access that ends: one row for each task that gives some. */
async function addEntitlements(db: Kysely<unknown>): Promise<void> {
  const run = (statement: string) => sql.raw(statement).execute(db);
  await run('alter table access_requests add column ends text');
  await run('alter table tasks add column assignment_id text');
  await run('alter table tasks add column ends_at bigint');
  await run('alter table tasks add column ends_timed integer not null default 0');
  await run(`create table entitlements (
    task_id text primary key references tasks (id), request_id text not null references requests (id),
    subject_id text not null, subject_name text not null, subject_label text, app_id text not null, app_name text not null,
    ends_at bigint not null, timed integer not null default 0, remind_at bigint, state text not null, ended_as text,
    why text, inherited_assignment text, removal_id text references requests (id), tries integer not null default 0,
    due_at bigint, lease_owner text, lease_until bigint)`);
  await run('create index entitlements_due on entitlements (due_at) where due_at is not null');
  await run('create index entitlements_of on entitlements (subject_id, app_id)');
  await run("create index entitlements_ending on entitlements (task_id) where state = 'ending'");
  await run('create index entitlements_by_request on entitlements (request_id)');
  await run('create index entitlements_removal on entitlements (removal_id) where removal_id is not null');
}

/** Acts on synchronization jobs. */
async function addRepairs(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const run = (statement: string) => sql.raw(statement).execute(db);
  await run(`create table repairs (
    id text primary key, source text not null unique, kind text not null, app_id text not null, app_name text not null,
    job_id text not null, requested_by_id text not null, requested_by_name text not null, conversation text not null,
    locale text not null, time_zone text not null, reason text, needs_second_person integer not null default 0,
    second_person text, pause_until bigint, request_id text references requests (id), state text not null,
    since bigint not null, ended_as text, why text, tries integer not null default 0, due_at bigint,
    revision integer not null default 1, created_at bigint not null, lease_owner text, lease_until bigint)`);
  await run('create index repairs_due on repairs (due_at) where due_at is not null');
  await run("create index repairs_open on repairs (app_id) where state <> 'ended'");
  await keepRepairCards(db, engine);
}
