import { sql } from 'kysely';
import type { Database } from '../../src/db/database.ts';
import { type Group, groups } from '../../src/sandbox/tenant/groups.ts';
import { objectId } from '../../src/sandbox/tenant/identity.ts';
import { type Person, people } from '../../src/sandbox/tenant/people.ts';
import { createTenant, type Tenant } from '../../src/sandbox/tenant/tenant.ts';

/** A person of whom each word is unlike any other in the tenant, so that a search for them finds nothing else. */
export const zebulonica: Person = {
  ...people.johanna,
  id: objectId(0xabc),
  displayName: 'Zebulonica Quirkwhistle',
  givenName: 'Zebulonica',
  surname: 'Quirkwhistle',
  userPrincipalName: 'zebulonica.quirkwhistle@contoso.com',
  mail: 'thimblerig@contoso.com',
  mailNickname: 'zebquirk',
  jobTitle: 'Gyroscopist',
  department: 'Umbrellamaking',
  managerId: people.megan.id,
};

/** Her name, addresses and attributes, and what is typed by and about her. */
export const words = [
  ...['zebulonica', 'quirkwhistle', 'thimblerig', 'zebquirk', 'gyroscopist', 'umbrellamaking'],
  ...['flummoxed', 'bamboozled', 'hornswoggled', 'discombobulated', 'skedaddled'],
];

const group = (number: number, displayName: string, memberIds: readonly string[]): Group => ({
  ...groups.engineering,
  id: objectId(number),
  displayName,
  description: displayName,
  mailNickname: `group-${number}`,
  memberIds,
});
const desk = group(0xabd, 'Night Desk', [zebulonica.id]);
const crew = group(0xabe, 'Whirligig Crew', [zebulonica.id, people.isaiah.id]);

export const tenantWithHer = (): Tenant => createTenant({ further: { people: [zebulonica], groups: [desk, crew] } });

/** She may do all that Alex and Patti may. */
export const herRoles = {
  OPERATORS: `${groups.helpdesk.id},${desk.id}`,
  APPROVERS: `${groups.helpdesk.id},${groups.appApprovers.id},${desk.id}`,
};

/** The words of hers in each table, by what the database itself lists. */
export async function tracesIn({ query, dialect }: Database): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {};
  const listed =
    dialect.engine === 'sqlite'
      ? sql<{ name: string }>`select name from sqlite_schema where type = 'table'`
      : sql<{ name: string }>`select table_name as name from information_schema.tables
          where table_schema = current_schema() and table_type = 'BASE TABLE'`;
  const { rows: tables } = await listed.execute(query);
  for (const { name } of tables) {
    const { rows } = await sql`select * from ${sql.table(name)}`.execute(query);
    const text = JSON.stringify(rows).toLowerCase();
    const here = words.filter((word) => text.includes(word));
    if (here.length > 0) found[name] = here;
  }
  return found;
}

export async function everyRow({ query }: Database, table: string): Promise<readonly unknown[]> {
  return (await sql`select * from ${sql.table(table)} order by id`.execute(query)).rows;
}
