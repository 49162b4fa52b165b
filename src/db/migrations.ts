import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Dialect } from './dialect.ts';

/** The schema's history, oldest first. A migration that has been released is never edited; a further one follows. */
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
  };
}

/** An outcome has some ten thousand characters, and a desk may have gathered many. */
const outcomesAtOnce = 200;

/** Writes beside each stored outcome of what kind it is. The engines read JSON differently, so it is read here. */
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
