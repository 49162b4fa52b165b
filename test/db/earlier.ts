import { type Generated, Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { systemClock } from '../../src/clock.ts';
import { postgresDialect, sqliteDialect } from '../../src/db/dialect.ts';
import { migrations } from '../../src/db/migrations.ts';
import type { AccessRequestRow, RequestRow, Schema } from '../../src/db/schema.ts';
import type { TestDatabase } from '../support/databases.ts';

/** The tables that `024-messages` gathered in one. */
interface SeparateMessages {
  readonly access_cards: AccessCardRow;
  readonly notices: NoticeRow;
  readonly announcements: AnnouncementRow;
  readonly card_edits: { readonly id: string; readonly owner: string; readonly until: number };
}
interface Place {
  readonly conversation: string;
  readonly locale: string;
  readonly time_zone: string;
  readonly created_at: number;
}
interface AccessCardRow extends Place {
  readonly id: string;
  readonly access_request_id: string;
  readonly source: string;
  readonly audience: 'asker' | 'requester' | 'approvers';
  readonly card_id: string | null;
  readonly drawn_revision: number;
  readonly latest_revision: Generated<number | null>;
  readonly failures: Generated<number>;
  readonly gone: Generated<number>;
  readonly due_at: number | null;
}
interface OutgoingRow extends Place {
  readonly id: Generated<number>;
  readonly kind: string;
  readonly failures: Generated<number>;
  readonly due_at: number | null;
}
interface NoticeRow extends OutgoingRow {
  readonly access_request_id: string;
}
interface AnnouncementRow extends OutgoingRow {
  readonly key: string;
  readonly app_id: string;
  readonly details: string;
}
/** The card of a request was columns of its row. */
type WithCard = RequestRow & { readonly card_id: string | null; readonly drawn_revision: number };

/** The tables before `024-messages`. */
export type SeparateSchema = Omit<Schema, 'requests' | 'messages'> & SeparateMessages & { readonly requests: WithCard };
/** The tables before `023-words` renamed some. */
export type EarlierSchema = Omit<SeparateSchema, 'requests' | 'access_requests' | 'audit_log' | 'approval_channels'> & {
  readonly requests: AskedBy<WithCard>;
  readonly access_requests: AskedBy<AccessRequestRow>;
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
export async function asOf<Tables = EarlierSchema>(
  { config }: TestDatabase,
  migration: string,
  work: (earlier: Kysely<Tables>) => Promise<void>,
): Promise<void> {
  const dialect =
    config.kind === 'sqlite' ? sqliteDialect(config.path, systemClock) : postgresDialect(config, systemClock);
  const earlier = new Kysely<Tables>({ dialect: dialect.kysely });
  const provider = { getMigrations: async () => migrations(dialect) };
  const { error } = await new Migrator({ db: earlier, provider }).migrateTo(migration);
  if (error !== undefined) throw error;
  await work(earlier);
  await earlier.destroy();
}
