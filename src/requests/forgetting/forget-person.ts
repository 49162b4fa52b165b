import { type Kysely, sql, type Transaction } from 'kysely';
import { assertNever } from '../../assert-never.ts';
import type { Database } from '../../db/database.ts';
import type { Schema } from '../../db/schema.ts';
import { notKept } from '../../masking/attributes.ts';
import { readGate } from '../../rate-gate/gate-row.ts';
import { markOf } from '../archive/lines.ts';
import { readArchived } from '../archive/looking.ts';
import { writeAudit } from '../audit-log.ts';
import { findKnown, type Known } from '../known-names.ts';
import type { StoreParts } from '../store.ts';
import { archivedNames, isInArchivedText, rewriteArchived, sweepArchived } from './archived.ts';
import { isAnyOpen, type OpenWork, openWorkOf } from './open-work.ts';
import { type Found, rewriteRow, rowsWithId, rowsWithTraces, searching, type Table, tablesOf } from './sweep.ts';
import { type AnyRow, forgottenName, namesIn, type Traces, tracesOf, withoutPerson } from './traces.ts';

/**
 * Forgets a person: what every table has of them but ids is replaced, and the record says that it was done. In two
 * parts, as a search of a large database takes minutes:
 *
 *     sweep    row by row, while requests of others go on; ended early, it can be run again
 *     close    in one transaction that holds new requests off: is nothing open? Then what Usher writes to the person
 *              by, and the names by which this person can be found, go last, and the entry is written
 */
export type Forgetting =
  | { readonly kind: 'forgotten' | 'found'; readonly id: string; readonly rows: Rows }
  | { readonly kind: 'unknown'; readonly people: readonly Known[] }
  /** `begun`: it came up during the sweep, which has replaced some of it. */
  | { readonly kind: 'open'; readonly id: string; readonly work: OpenWork; readonly begun: boolean };

/** How many rows of each table. */
export type Rows = Readonly<Record<string, number>>;

export interface ForgettingParts extends StoreParts {
  /** Whether only one person reads a conversation. */
  isPersonalChat(conversation: string): boolean;
}

/** @param how `look` counts what would be replaced, and changes nothing */
export async function forgetPerson(parts: ForgettingParts, text: string, how: 'forget' | 'look'): Promise<Forgetting> {
  const { database } = parts;
  return searching(database, async (db) => {
    const person = await identify(database, db, text);
    if (typeof person !== 'string') return { kind: 'unknown', people: person };
    const work = await openWorkOf(db, person);
    if (isAnyOpen(work)) return { kind: 'open', id: person, work, begun: false };
    const tables = await tablesOf(database, db);
    const traces = tracesOf(person, await namesOf(database, db, tables, person));
    switch (how) {
      case 'look':
        return { kind: 'found', id: person, rows: (await sweep(database, db, tables, traces, null)).rows };
      case 'forget':
        return replace(parts, db, tables, traces);
      default:
        return assertNever(how, 'how');
    }
  });
}

async function replace(
  parts: ForgettingParts,
  db: Kysely<Schema>,
  tables: readonly Table[],
  traces: Traces,
): Promise<Forgetting> {
  const { database } = parts;
  const { id } = traces;
  // An SQLite file still holds what was replaced: even if this process dies, the next start takes it out.
  await database.dialect.noteRewritten(db as Kysely<unknown>);
  const rows: Record<string, number> = {};
  let isWhole = false;
  // A row that another process changes meanwhile is found again.
  while (!isWhole) {
    const swept = await sweep(database, db, tables, traces, (found, changed) =>
      rewriteRow(database, db, found, changed),
    );
    for (const [table, count] of Object.entries(swept.rows)) rows[table] = (rows[table] ?? 0) + count;
    // Nor does a request get lost that was archived meanwhile, or taken out: the last pass finds nothing.
    isWhole = swept.isWhole && Object.keys(swept.rows).length === 0;
  }
  const work = await database.transact(async (transaction) => {
    await readGate(parts, transaction);
    const open = await openWorkOf(transaction, id);
    if (isAnyOpen(open)) return open;
    await endContact(parts, transaction, id);
    await forgetNames(transaction, id);
    const details = { subject: id, rows: Object.values(rows).reduce((sum, count) => sum + count, 0) };
    await writeAudit(transaction, {
      at: parts.clock.now(),
      actorId: '',
      kind: 'personForgotten',
      requestId: null,
      details,
    });
    return null;
  });
  await database.dialect.wipeRewritten(database.query);
  return work === null ? { kind: 'forgotten', id, rows } : { kind: 'open', id, work, begun: true };
}

/** Usher writes to the person no more: neither by itself, nor what their own chat watches. */
async function endContact(
  { isPersonalChat }: ForgettingParts,
  transaction: Transaction<Schema>,
  id: string,
): Promise<void> {
  await transaction.deleteFrom('known_people').where('person_id', '=', id).execute();
  for (const table of ['watches', 'held_news'] as const) {
    const rows = await transaction
      .selectFrom(table)
      .select(['key', 'conversation'])
      .where('conversation', 'like', `%"${id}"%`)
      .execute();
    const keys = rows.filter(({ conversation }) => isPersonalChat(conversation)).map(({ key }) => key);
    if (keys.length === 0) continue;
    await transaction.deleteFrom(table).where('key', 'in', keys).execute();
    await transaction.deleteFrom('quiet_hours').where('key', 'in', keys).execute();
  }
}

/** The search finds the person by the id alone. */
async function forgetNames(transaction: Transaction<Schema>, id: string): Promise<void> {
  const ofPerson = transaction.deleteFrom('known_names').where('id', '=', id).where('kind', '=', 'person');
  await ofPerson.where(sql<boolean>`folded <> lower(id)`).execute();
  const named = transaction.updateTable('known_names').set({ name: forgottenName }).where('id', '=', id);
  await named.where('kind', '=', 'person').execute();
}

/** The id that is meant, as the database spells it; else the people who have this as a name. */
async function identify(database: Database, db: Kysely<Schema>, text: string): Promise<string | readonly Known[]> {
  const wanted = text.trim();
  const { rows } = await sql<{ readonly id: string }>`
    select id from known_names where folded = lower(${wanted}) and lower(id) = folded and kind in ('person', 'actor')
    union select person_id from known_people where lower(person_id) = lower(${wanted})`.execute(db);
  const group = sql<{ readonly id: string }>`
    select subject_id as id from tasks where subject_id = ${wanted} and lower(subject_type) = 'group' limit 1`;
  if ((await group.execute(db)).rows.length > 0 || (await isArchivedGroup(db, wanted))) return [];
  const known = rows.find((row) => row.id === wanted) ?? rows[0];
  if (known !== undefined) return known.id;
  const people = (await findKnown(database, wanted)).filter(({ kind }) => kind === 'person');
  if (people.length > 0 || !guid.test(wanted)) return people;
  // A member of a group, for instance, has no row with this id as its own.
  const lower = wanted.toLowerCase();
  for await (const _ of rowsWithId(database, db, await tablesOf(database, db), lower)) return lower;
  return (await isInArchivedText(db, lower)) ? lower : [];
}

async function isArchivedGroup(db: Kysely<Schema>, id: string): Promise<boolean> {
  const line = db.selectFrom('archived_lines').select('id').where('subject', '=', markOf(id)).limit(1);
  const found = await line.executeTakeFirst();
  if (found === undefined) return false;
  const { tasks } = await readArchived(db, [found.id]);
  return tasks.some(({ subject_id, subject_type }) => subject_id === id && subject_type.toLowerCase() === 'group');
}

const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

async function namesOf(
  database: Database,
  db: Kysely<Schema>,
  tables: readonly Table[],
  id: string,
): Promise<readonly string[]> {
  const noted = await db
    .selectFrom('known_names')
    .select(['folded', 'name'])
    .where('id', '=', id)
    .where('kind', '=', 'person')
    .execute();
  const names = noted
    .flatMap(({ folded, name }) => (folded.includes('@') ? [folded, name] : [name]))
    .filter((name) => name.toLowerCase() !== id.toLowerCase());
  for await (const { row } of rowsWithId(database, db, tables, id)) names.push(...namesIn(row ?? {}, id));
  return [...names, ...(await archivedNames(db, id))];
}

/** Why people were taken out of apps, by requests and repairs that name the person in their tasks alone. */
async function reasonsAbout({ dialect }: Database, db: Kysely<Schema>, id: string): Promise<readonly Found[]> {
  const about = sql`(select request_id from tasks where subject_id = ${id} or members like ${`%"${id}"%`})`;
  const found = async (table: 'requests' | 'repairs', column: 'id' | 'request_id') => {
    const address = sql.raw(dialect.rowAddress);
    const { rows } = await sql<{ readonly address: string | number }>`
      select ${address} as address from ${sql.table(table)}
      where reason <> ${notKept} and ${sql.ref(column)} in ${about}`.execute(db);
    return rows.map((row): Found => ({ table, address: row.address, row: null }));
  };
  return [...(await found('requests', 'id')), ...(await found('repairs', 'request_id'))];
}

/**
 * Passes on each row that changes; counts those that `write` has written. `isWhole`: it has missed none that another
 * process was changing.
 */
async function sweep(
  database: Database,
  db: Kysely<Schema>,
  tables: readonly Table[],
  traces: Traces,
  write: ((found: Found, changed: AnyRow) => Promise<boolean>) | null,
): Promise<{ readonly rows: Rows; readonly isWhole: boolean }> {
  const rows: Record<string, number> = {};
  let isWhole = true;
  const pass = async (found: Found, changed: AnyRow) => {
    const isWritten = write === null || (await write(found, changed));
    if (isWritten) rows[found.table] = (rows[found.table] ?? 0) + 1;
    isWhole &&= isWritten;
  };
  for (const found of await reasonsAbout(database, db, traces.id)) await pass(found, { reason: notKept });
  for await (const found of rowsWithTraces(database, db, tables, traces)) {
    if (found.row === null) {
      isWhole = false;
      continue;
    }
    const changed = withoutPerson(found.row, traces);
    if (Object.keys(changed).length > 0) await pass(found, changed);
  }
  const archived = await sweepArchived(
    db,
    traces,
    write === null ? null : (found, changed) => rewriteArchived(db, found, changed),
    (table, count) => {
      rows[table] = (rows[table] ?? 0) + count;
    },
  );
  return { rows, isWhole: isWhole && archived.isWhole };
}
