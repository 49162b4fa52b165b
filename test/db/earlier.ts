import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { systemClock } from '../../src/clock.ts';
import { postgresDialect, sqliteDialect } from '../../src/db/dialect.ts';
import { migrations } from '../../src/db/migrations.ts';
import type { AccessCardRow, AccessRequestRow, RequestRow, Schema } from '../../src/db/schema.ts';
import type { TestDatabase } from '../support/databases.ts';

/** The tables before `023-words` renamed some. */
export type EarlierSchema = Omit<
  Schema,
  'requests' | 'access_requests' | 'access_cards' | 'audit_log' | 'approval_channels'
> & {
  readonly requests: AskedBy<RequestRow>;
  readonly access_requests: AskedBy<AccessRequestRow>;
  readonly access_cards: Omit<AccessCardRow, 'audience'> & { readonly audience: 'asker' | 'approvers' };
  readonly records: Schema['audit_log'];
  readonly approval_places: Schema['approval_channels'];
};
type AskedBy<Row> = Omit<Row, 'requested_by_id' | 'requested_by_name'> & {
  readonly asker_id: string;
  readonly asker_name: string;
};

export const firstDay = {
  source: 'source',
  asker_id: 'alex',
  asker_name: 'Alex Wilber',
  app_id: 'salesforce',
  app_name: 'Salesforce',
  locale: 'en-US',
  time_zone: 'Europe/Berlin',
  conversation: 'conversation',
  revision: 3,
  drawn_revision: 3,
  created_at: 0,
};

export const told = { locale: 'en', time_zone: 'UTC', conversation: 'conversation', created_at: 0 };
export const accessRequest = {
  ...told,
  id: 'A7K3MQ',
  source: 'asked',
  subject_id: 'adele',
  subject_name: 'Adele Vance',
  app_id: 'salesforce',
  app_name: 'Salesforce',
  asked_as: 'request',
  expires_at: 0,
  remind_at: 0,
  revision: 2,
  state: 'started',
  request_id: 'R7K3MX',
} as const;

/** Migrates an empty database as far as an earlier release did, and fills it. */
export async function asOf(
  { config }: TestDatabase,
  migration: string,
  work: (earlier: Kysely<EarlierSchema>) => Promise<void>,
): Promise<void> {
  const dialect =
    config.kind === 'sqlite' ? sqliteDialect(config.path, systemClock) : postgresDialect(config, systemClock);
  const earlier = new Kysely<EarlierSchema>({ dialect: dialect.kysely });
  const provider = { getMigrations: async () => migrations(dialect) };
  const { error } = await new Migrator({ db: earlier, provider }).migrateTo(migration);
  if (error !== undefined) throw error;
  await work(earlier);
  await earlier.destroy();
}
