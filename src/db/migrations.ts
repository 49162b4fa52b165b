import { type ColumnDefinitionBuilder, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { cutStoredOutcome, cutStoredWords } from '../masking/cut-stored.ts';
import type { Dialect } from './dialect.ts';
import { nameOutcomes, rewrite } from './rewriting.ts';
import { addSearch } from './search.ts';

/**
 * The schema's history, oldest first. A migration that has been released is never edited; a further one follows. It is
 * more than 400 lines long because a history belongs in one place and only grows.
 */
export function migrations(dialect: Dialect): Record<string, Migration> {
  return {
    '001-requests': {
      async up(db) {
        await db.schema
          .createTable('requests')
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('source', 'text', (column) => column.notNull().unique())
          .addColumn('asker_id', 'text', (column) => column.notNull())
          .addColumn('asker_name', 'text', (column) => column.notNull())
          .addColumn('app_id', 'text', (column) => column.notNull())
          .addColumn('app_name', 'text', (column) => column.notNull())
          .addColumn('locale', 'text', (column) => column.notNull())
          .addColumn('time_zone', 'text', (column) => column.notNull())
          .addColumn('conversation', 'text', (column) => column.notNull())
          .addColumn('card_id', 'text')
          .addColumn('revision', 'integer', (column) => column.notNull())
          .addColumn('drawn_revision', 'integer', (column) => column.notNull())
          .addColumn('created_at', 'bigint', (column) => column.notNull())
          .execute();
        await db.schema
          .createTable('tasks')
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('request_id', 'text', (column) => column.notNull().references('requests.id'))
          .addColumn('position', 'integer', (column) => column.notNull())
          .addColumn('subject_id', 'text', (column) => column.notNull())
          .addColumn('subject_type', 'text', (column) => column.notNull())
          .addColumn('subject_name', 'text', (column) => column.notNull())
          .addColumn('subject_label', 'text')
          .addColumn('job_id', 'text', (column) => column.notNull())
          .addColumn('rule_id', 'text', (column) => column.notNull())
          .addColumn('state', 'text', (column) => column.notNull())
          .addColumn('lane', 'integer', (column) => column.notNull())
          .addColumn('turn', 'bigint', (column) => column.notNull())
          .addColumn('enqueued_at', 'bigint', (column) => column.notNull())
          .addColumn('due_at', 'bigint', (column) => column.notNull())
          .addColumn('again', 'text')
          .addColumn('attempts', 'integer', (column) => column.notNull())
          .addColumn('lease_owner', 'text')
          .addColumn('lease_until', 'bigint')
          .addColumn('started_at', 'bigint')
          .addColumn('finished_at', 'bigint')
          .addColumn('outcome', 'text')
          .addColumn('graph_request_id', 'text')
          .addColumn('client_request_id', 'text')
          .addUniqueConstraint('tasks_position', ['request_id', 'position'])
          .execute();
        await db.schema
          .createIndex('tasks_queue')
          .on('tasks')
          .columns(['state', 'lane', 'turn', 'enqueued_at', 'id'])
          .execute();
        await db.schema
          .createIndex('requests_undrawn')
          .on('requests')
          .columns(['drawn_revision', 'revision'])
          .execute();
        await db.schema
          .createTable('gates')
          .addColumn('scope', 'text', (column) => column.primaryKey())
          .addColumn('grants', 'text', (column) => column.notNull())
          .addColumn('blocked_until', dialect.realNumber, (column) => column.notNull())
          .addColumn('turns', 'text', (column) => column.notNull())
          .execute();
        await db.schema
          .createTable('turns')
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('received_at', 'bigint', (column) => column.notNull())
          .addColumn('incoming', 'text')
          .addColumn('card_id', 'text')
          .execute();
        await db.schema.createIndex('turns_received').on('turns').column('received_at').execute();
        await db.schema
          .createTable('records')
          .addColumn('id', dialect.identity.type, dialect.identity.modify)
          .addColumn('at', 'bigint', (column) => column.notNull())
          .addColumn('actor_id', 'text', (column) => column.notNull())
          .addColumn('kind', 'text', (column) => column.notNull())
          .addColumn('request_id', 'text')
          .addColumn('details', 'text', (column) => column.notNull())
          .execute();
        await db.schema.createIndex('records_at').on('records').columns(['at', 'id']).execute();
      },
    },
    '002-throttles': {
      async up(db) {
        await db.schema
          .alterTable('tasks')
          .addColumn('throttles', 'integer', (column) => column.notNull().defaultTo(0))
          .execute();
      },
    },
    '003-lists': {
      async up(db) {
        const json = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo('[]');
        await db.schema.alterTable('requests').addColumn('left_out', 'text', json).execute();
        await db.schema.alterTable('gates').addColumn('lanes', 'text', json).execute();
        await db.schema.alterTable('tasks').addColumn('members', 'text', json).execute();
        await db.schema.alterTable('tasks').addColumn('cancelled_by', 'text').execute();
        await db.schema.alterTable('tasks').addColumn('outcome_kind', 'text').execute();
        await nameOutcomes(db);
        await db.schema
          .createIndex('tasks_overview')
          .on('tasks')
          .columns(['request_id', 'state', 'outcome_kind'])
          .execute();
      },
    },
    '004-access-requests': {
      async up(db) {
        const flag = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);
        await db.schema.alterTable('tasks').addColumn('awaits_assignment', 'integer', flag).execute();
        await db.schema.alterTable('tasks').addColumn('unseen', 'integer', flag).execute();
        await db.schema
          .createTable('access_requests')
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('source', 'text', (column) => column.notNull().unique())
          .addColumn('asker_id', 'text', (column) => column.notNull())
          .addColumn('asker_name', 'text', (column) => column.notNull())
          .addColumn('subject_id', 'text', (column) => column.notNull())
          .addColumn('subject_name', 'text', (column) => column.notNull())
          .addColumn('subject_label', 'text')
          .addColumn('app_id', 'text', (column) => column.notNull())
          .addColumn('app_name', 'text', (column) => column.notNull())
          .addColumn('reason', 'text')
          .addColumn('starts_at', 'bigint')
          .addColumn('asked_as', 'text', (column) => column.notNull())
          .addColumn('locale', 'text', (column) => column.notNull())
          .addColumn('time_zone', 'text', (column) => column.notNull())
          .addColumn('conversation', 'text', (column) => column.notNull())
          .addColumn('created_at', 'bigint', (column) => column.notNull())
          .addColumn('expires_at', 'bigint', (column) => column.notNull())
          .addColumn('remind_at', 'bigint', (column) => column.notNull())
          .addColumn('reminded_at', 'bigint')
          .addColumn('routed', 'integer', flag)
          .addColumn('held_up', 'text')
          .addColumn('held_up_since', 'bigint')
          .addColumn('revision', 'integer', (column) => column.notNull())
          .addColumn('state', 'text', (column) => column.notNull())
          .addColumn('decided_by_id', 'text')
          .addColumn('decided_by_name', 'text')
          .addColumn('decided_at', 'bigint')
          .addColumn('decision_reason', 'text')
          .addColumn('decided_from', 'text')
          .addColumn('request_id', 'text', (column) => column.references('requests.id'))
          .addColumn('assigning', 'text')
          .addColumn('assigned', 'integer', flag)
          .addColumn('ended_at', 'bigint')
          .addColumn('ended_by_id', 'text')
          .addColumn('ended_by_name', 'text')
          .addColumn('ended_as', 'text')
          .addColumn('due_at', 'bigint')
          .addColumn('lease_owner', 'text')
          .addColumn('lease_until', 'bigint')
          .execute();
        const indexed = (name: string, table: string, columns: readonly string[]) =>
          db.schema
            .createIndex(name)
            .on(table)
            .columns([...columns])
            .execute();
        await indexed('records_request', 'records', ['request_id']);
        await indexed('access_requests_due', 'access_requests', ['due_at']);
        await indexed('access_requests_open', 'access_requests', ['state', 'created_at', 'id']);
        await indexed('access_requests_asker', 'access_requests', ['asker_id', 'state']);
        await indexed('access_requests_request', 'access_requests', ['request_id']);
        await db.schema
          .createTable('access_cards')
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('access_request_id', 'text', (column) => column.notNull().references('access_requests.id'))
          .addColumn('source', 'text', (column) => column.notNull().unique())
          .addColumn('conversation', 'text', (column) => column.notNull())
          .addColumn('locale', 'text', (column) => column.notNull())
          .addColumn('time_zone', 'text', (column) => column.notNull())
          .addColumn('audience', 'text', (column) => column.notNull())
          .addColumn('card_id', 'text')
          .addColumn('drawn_revision', 'integer', (column) => column.notNull())
          .addColumn('created_at', 'bigint', (column) => column.notNull())
          .addColumn('failures', 'integer', flag)
          .addColumn('gone', 'integer', flag)
          .addColumn('due_at', 'bigint')
          .execute();
        await indexed('access_cards_request', 'access_cards', ['access_request_id']);
        await indexed('access_cards_card', 'access_cards', ['card_id']);
        await indexed('access_cards_due', 'access_cards', ['due_at']);
        await db.schema
          .createTable('notices')
          .addColumn('id', dialect.identity.type, dialect.identity.modify)
          .addColumn('access_request_id', 'text', (column) => column.notNull().references('access_requests.id'))
          .addColumn('conversation', 'text', (column) => column.notNull())
          .addColumn('locale', 'text', (column) => column.notNull())
          .addColumn('time_zone', 'text', (column) => column.notNull())
          .addColumn('kind', 'text', (column) => column.notNull())
          .addColumn('created_at', 'bigint', (column) => column.notNull())
          .addColumn('failures', 'integer', flag)
          .addColumn('due_at', 'bigint')
          .execute();
        await indexed('notices_due', 'notices', ['due_at']);
        await db.schema
          .createTable('approval_places')
          .addColumn('key', 'text', (column) => column.primaryKey())
          .addColumn('conversation', 'text', (column) => column.notNull())
          .addColumn('locale', 'text', (column) => column.notNull())
          .addColumn('time_zone', 'text', (column) => column.notNull())
          .addColumn('general', 'integer', (column) => column.notNull())
          .addColumn('apps', 'text', (column) => column.notNull())
          .addColumn('added_by', 'text', (column) => column.notNull())
          .addColumn('added_at', 'bigint', (column) => column.notNull())
          .execute();
        await db.schema
          .createTable('known_people')
          .addColumn('person_id', 'text', (column) => column.primaryKey())
          .addColumn('conversation', 'text', (column) => column.notNull())
          .addColumn('locale', 'text', (column) => column.notNull())
          .addColumn('time_zone', 'text', (column) => column.notNull())
          .addColumn('seen_at', 'bigint', (column) => column.notNull())
          .execute();
      },
    },
    '005-history': {
      async up(db) {
        // Each index serves one path through the history, newest first, without reading the table itself.
        for (const table of ['requests', 'access_requests']) {
          const way = (name: string, ...by: string[]) =>
            db.schema
              .createIndex(`${table}_${name}`)
              .on(table)
              .columns([...by, 'created_at', 'id'])
              .execute();
          await way('newest');
          await way('by_asker', 'asker_id');
          await way('by_app', 'app_id');
          await way('by_asker_and_app', 'asker_id', 'app_id');
        }
        const indexed = (name: string, table: string, columns: readonly string[]) =>
          db.schema
            .createIndex(name)
            .on(table)
            .columns([...columns])
            .execute();
        await indexed('access_requests_by_subject', 'access_requests', ['subject_id', 'created_at', 'id']);
        await indexed('access_requests_by_decider', 'access_requests', ['decided_by_id', 'decided_at']);
        await indexed('tasks_by_subject', 'tasks', ['subject_id', 'request_id']);
      },
    },
    '006-watches': {
      async up(db) {
        const flag = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);
        await db.schema
          .createTable('watches')
          .addColumn('key', 'text', (column) => column.notNull())
          .addColumn('app_id', 'text', (column) => column.notNull())
          .addColumn('app_name', 'text', (column) => column.notNull())
          .addColumn('conversation', 'text', (column) => column.notNull())
          .addColumn('locale', 'text', (column) => column.notNull())
          .addColumn('time_zone', 'text', (column) => column.notNull())
          .addColumn('added_by', 'text', (column) => column.notNull())
          .addColumn('added_at', 'bigint', (column) => column.notNull())
          .addPrimaryKeyConstraint('watches_key', ['key', 'app_id'])
          .execute();
        await db.schema.createIndex('watches_app').on('watches').column('app_id').execute();
        await db.schema
          .createTable('watched_jobs')
          .addColumn('app_id', 'text', (column) => column.primaryKey())
          .addColumn('state', 'text', (column) => column.notNull())
          .addColumn('status', 'text', (column) => column.notNull())
          .addColumn('since', 'bigint', (column) => column.notNull())
          .execute();
        await db.schema
          .createTable('rounds')
          .addColumn('name', 'text', (column) => column.primaryKey())
          .addColumn('due_at', 'bigint', (column) => column.notNull())
          .addColumn('lease_owner', 'text')
          .addColumn('lease_until', 'bigint')
          .execute();
        await db.schema
          .createTable('announcements')
          .addColumn('id', dialect.identity.type, dialect.identity.modify)
          .addColumn('key', 'text', (column) => column.notNull())
          .addColumn('app_id', 'text', (column) => column.notNull())
          .addColumn('conversation', 'text', (column) => column.notNull())
          .addColumn('locale', 'text', (column) => column.notNull())
          .addColumn('time_zone', 'text', (column) => column.notNull())
          .addColumn('kind', 'text', (column) => column.notNull())
          .addColumn('details', 'text', (column) => column.notNull())
          .addColumn('created_at', 'bigint', (column) => column.notNull())
          .addColumn('failures', 'integer', flag)
          .addColumn('due_at', 'bigint')
          .execute();
        await db.schema.createIndex('announcements_due').on('announcements').column('due_at').execute();
      },
    },
    '007-replicas': {
      async up(db) {
        await db.schema.alterTable('turns').addColumn('lease_owner', 'text').execute();
        await db.schema.alterTable('turns').addColumn('lease_until', 'bigint').execute();
        await db.schema
          .createTable('card_edits')
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('owner', 'text', (column) => column.notNull())
          .addColumn('until', 'bigint', (column) => column.notNull())
          .execute();
        // The next due time of a million waiting tasks is looked up each time the gate is closed.
        await db.schema.createIndex('tasks_due').on('tasks').columns(['state', 'due_at']).execute();
        await dialect.announceChanges(db);
      },
    },
    '008-attempts': {
      async up(db) {
        await db.schema.alterTable('tasks').addColumn('perhaps', 'text').execute();
        await db.schema.alterTable('gates').addColumn('blocked_from', dialect.realNumber).execute();
        // What is known of earlier attempts: a result that is unknown, and a wait after a lost answer.
        await sql`update tasks set perhaps = 'noAnswer' where outcome_kind = 'unknown'`.execute(db);
        await sql`
          update tasks set perhaps = 'noAnswer'
          where state = 'waiting' and again in ('noAnswer', 'interrupted', 'serviceUnavailable')`.execute(db);
      },
    },
    '009-lean-outcomes': {
      async up(db) {
        const seen = [
          await rewrite(db, 'tasks', 'id', 'outcome', cutStoredOutcome),
          await rewrite(db, 'watched_jobs', 'app_id', 'status', cutStoredWords),
          await rewrite(db, 'announcements', 'id', 'details', cutStoredWords),
        ];
        if (seen.some((rows) => rows > 0)) await dialect.noteRewritten(db);
      },
    },
    '010-awaiting-assignment': {
      async up(db) {
        await db.schema.alterTable('access_requests').addColumn('awaiting_since', 'bigint').execute();
        await db.schema.alterTable('access_requests').addColumn('awaiting_until', 'bigint').execute();
      },
    },
    '011-turn-attempts': {
      async up(db) {
        const count = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);
        await db.schema.alterTable('turns').addColumn('attempts', 'integer', count).execute();
        await db.schema.alterTable('tasks').addColumn('crashes', 'integer', count).execute();
        await db.schema.alterTable('access_requests').addColumn('crashes', 'integer', count).execute();
      },
    },
    '012-guests': {
      async up(db) {
        const flag = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);
        for (const table of ['tasks', 'access_requests'])
          await db.schema.alterTable(table).addColumn('subject_guest', 'integer', flag).execute();
      },
    },
    '015-bindings': {
      async up(db) {
        await db.schema
          .createTable('app_bindings')
          .addColumn('entry', 'text', (column) => column.primaryKey())
          .addColumn('app_id', 'text', (column) => column.notNull())
          .addColumn('bound_at', 'bigint', (column) => column.notNull())
          .execute();
        await db.schema
          .createTable('card_owners')
          .addColumn('card', 'text', (column) => column.primaryKey())
          .addColumn('person_id', 'text', (column) => column.notNull())
          .addColumn('noted_at', 'bigint', (column) => column.notNull())
          .execute();
        await db.schema.createIndex('card_owners_noted').on('card_owners').column('noted_at').execute();
      },
    },
    '016-search': {
      up: (db) => addSearch(db, dialect.engine),
    },
    '020-gate-fault': {
      async up(db) {
        const count = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);
        await db.schema.alterTable('gates').addColumn('health', 'text').execute();
        await db.schema.alterTable('tasks').addColumn('excused', 'integer', count).execute();
        await db.schema.alterTable('tasks').addColumn('sent', 'integer', count).execute();
        // Until now a call was recorded as sent when it was claimed.
        await sql`update tasks set sent = 1 where state = 'running'`.execute(db);
      },
    },
    '021-standing-grants': {
      async up(db) {
        await db.schema.alterTable('approval_places').addColumn('grants', 'text').execute();
        await db.schema.alterTable('tasks').addColumn('ordered_by', 'text').execute();
      },
    },
    '022-seen-jobs': {
      async up(db) {
        await db.schema
          .createTable('seen_jobs')
          .addColumn('app_id', 'text', (column) => column.primaryKey())
          .addColumn('app_name', 'text', (column) => column.notNull())
          .addColumn('quarantined', 'integer', (column) => column.notNull())
          .addColumn('seen_at', 'bigint', (column) => column.notNull())
          .execute();
        await db.schema
          .createTable('attempts')
          .addColumn('name', 'text', (column) => column.primaryKey())
          .addColumn('owner', 'text', (column) => column.notNull())
          .addColumn('count', 'integer', (column) => column.notNull())
          .addColumn('until', 'bigint', (column) => column.notNull())
          .addColumn('version', 'text', (column) => column.notNull())
          .execute();
      },
    },
  };
}
