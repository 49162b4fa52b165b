import { types } from 'node:util';
import { assertNever } from '../assert-never.ts';
import type { DatabaseConfig } from '../config.ts';
import { databaseFaultOf } from './away.ts';
import type { Holder } from './sole-process.ts';
import { sqliteCodeOf } from './sqlite-file.ts';

/** Why Usher does not start on a database, and what the operator can do about it. */
export interface Refusal {
  readonly what: string;
  readonly fix: string;
}

/** A connection as the server knows it; times in ISO 8601. */
export interface Connection {
  readonly pid: number;
  /** Null where it does not come over the network. */
  readonly from: string | null;
  readonly since: string;
}

/** What a database contains that is not, or not only, of this version. */
export type Foreign =
  | { readonly kind: 'newer'; readonly unknown: readonly string[] }
  | { readonly kind: 'ofAnotherProgram'; readonly tables: readonly string[] };

export function foreignRefusal(foreign: Foreign): Refusal {
  switch (foreign.kind) {
    case 'newer':
      return {
        what: `the database belongs to a newer version of Usher: it knows ${foreign.unknown.join(', ')}, which this version does not`,
        fix: 'start the newer version again, or restore the backup from before the upgrade; nothing was changed.',
      };
    case 'ofAnotherProgram': {
      const [first, ...others] = foreign.tables;
      const more = others.length === 0 ? '' : ` and ${others.length} more`;
      return {
        what: `the database holds tables of another program (${first}${more}) and none of Usher's`,
        fix: 'give Usher a database of its own, or a schema of its own that its user finds first, and name it in DATABASE_URL; nothing was changed.',
      };
    }
    default:
      return assertNever(foreign, 'value');
  }
}

export function takenRefusal(path: string, by: Holder | null): Refusal {
  const who = by === null ? 'another process' : `process ${by.pid} on ${by.host}, since ${by.since}`;
  return {
    what: `another Usher runs on ${path} already: ${who}. Two on one SQLite file would take each other's tasks`,
    fix: 'stop the other one first. For several processes set DATABASE_URL to a PostgreSQL that they share (postgres://USER:PASSWORD@HOST/DATABASE).',
  };
}

/** Why the schema must not be changed: these rely on it. */
export function othersRefusal(others: readonly Connection[]): Refusal {
  const [first] = others;
  const who = first === undefined ? '' : `, the oldest from ${first.from ?? 'its own machine'} since ${first.since}`;
  const pids = others.map(({ pid }) => pid).join(', ');
  return {
    what: `an Usher of another version still works on this database (${others.length} of its connections${who}). This version has to change the tables, and the other one would fail on them`,
    fix: `stop all processes of the other version, then start this one; nothing was changed. If they have stopped, or their machine is gone, PostgreSQL still holds their connections: end them with “select pg_terminate_backend(pid)”, pid being ${pids}.`,
  };
}

/** What an engine said, as a message; null where it is not known to be the database's fault. */
export function engineRefusal(error: unknown, kind: DatabaseConfig['kind']): Refusal | null {
  if (databaseFaultOf(error) === null) return null;
  const said = ` (${wordsOf(error)})`;
  const found = kind === 'sqlite' ? sqliteRefusals[sqliteCodeOf(error) ?? fileErrorOf(error)] : postgresRefusal(error);
  const { what, fix } = found ?? unreached[kind];
  return { what: `${what}${said}`, fix };
}

const unreached: Readonly<Record<DatabaseConfig['kind'], Refusal>> = {
  sqlite: {
    what: 'the SQLite file cannot be used',
    fix: 'look at the disk and at the rights on the file and its folder, which DATABASE_URL names.',
  },
  postgres: {
    what: 'PostgreSQL cannot be reached',
    fix: 'check DATABASE_URL, and whether the server runs and this machine may reach it.',
  },
};

const cannotOpen: Refusal = {
  what: 'the SQLite file cannot be opened',
  fix: 'let the user that Usher runs as write to the file and its folder (user 1000 in the container), or name another file in DATABASE_URL.',
};
const damaged: Refusal = {
  what: 'the SQLite file is damaged',
  fix: 'stop Usher, keep the file, and restore the latest backup.',
};

/** By SQLite's primary result code: https://sqlite.org/rescode.html; 14 also covers refusals of the file system. */
const sqliteRefusals: Readonly<Record<number, Refusal>> = {
  3: cannotOpen,
  5: {
    what: 'another program has locked the SQLite file',
    fix: 'end that program (a backup, a shell with an open transaction), and start Usher again.',
  },
  8: {
    what: 'the SQLite file is read-only',
    fix: 'let the user that Usher runs as write to the file and its folder, and mount the drive so that it can be written.',
  },
  10: { what: 'the disk under the SQLite file fails', fix: 'look at the disk, and at what the kernel logs of it.' },
  11: damaged,
  13: { what: 'the disk under the SQLite file is full', fix: 'make room on it, and start Usher again.' },
  14: cannotOpen,
  26: {
    what: 'the file that DATABASE_URL names is no SQLite database',
    fix: 'name another file, or put the database back in its place; nothing was changed.',
  },
};

/** What PostgreSQL lets a user read, and would refuse the work itself. */
export const refusals = {
  tooOld: (version: number): Refusal => ({
    what: `PostgreSQL ${version} is too old`,
    fix: 'bring the server to version 14 or later.',
  }),
  readOnly: {
    what: 'PostgreSQL only reads',
    fix: 'name the primary in DATABASE_URL, not a standby; else look at its disk.',
  },
  encoding: (encoding: string): Refusal => ({
    what: `the database keeps texts as ${encoding}, which lacks characters of names and messages`,
    fix: "create it with encoding 'UTF8' and template template0.",
  }),
  noSchema: {
    what: 'PostgreSQL has no schema for the tables',
    fix: "create the schema that the user's search_path names, and let the user create in it.",
  },
  mayNotCreate: (user: string, schema: string): Refusal => ({
    what: `PostgreSQL does not let the user “${user}” create tables in the schema “${schema}”, which the next start has to do`,
    fix: `let an administrator run: grant usage, create on schema "${schema}" to "${user}"; or make the user the owner of the database.`,
  }),
  notOwner: (user: string, tables: readonly string[]): Refusal => ({
    what: `the next start has to change the tables, and the user “${user}” does not own ${tables.join(', ')}`,
    fix: `name their owner in DATABASE_URL for that start, or let an administrator run for each: alter table … owner to "${user}".`,
  }),
  noRights: (user: string, tables: readonly string[]): Refusal => ({
    what: `PostgreSQL does not let the user “${user}” read and write ${tables.join(', ')}`,
    fix: `let the owner of the tables run for each: grant select, insert, update, delete on … to "${user}".`,
  }),
} as const;

function fileErrorOf(error: unknown): number {
  const name = types.isNativeError(error) && 'code' in error ? String(error.code) : '';
  return name === 'ENOSPC' ? 13 : name === 'EROFS' ? 8 : name.startsWith('E') ? 14 : 0;
}

function postgresRefusal(error: unknown): Refusal | undefined {
  const state = types.isNativeError(error) && 'code' in error ? String(error.code) : '';
  const said = wordsOf(error);
  return postgresRefusals.find(({ states, words }) => states.test(state) && (words?.test(said) ?? true));
}

/** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const postgresRefusals: readonly (Refusal & { readonly states: RegExp; readonly words?: RegExp })[] = [
  {
    // The driver's own, without a state.
    states: /^$/,
    words: /does not support SSL/,
    what: 'PostgreSQL does not offer TLS, which sslmode in DATABASE_URL asks for',
    fix: 'switch TLS on at the server (ssl = on), or write sslmode=disable where the way to it is safe.',
  },
  {
    states: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    what: "PostgreSQL's certificate is for another name",
    fix: 'write the name of the certificate in DATABASE_URL, or sslmode=verify-ca to let any name pass.',
  },
  {
    states: /^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED)/,
    what: "PostgreSQL's certificate is not trusted",
    fix: 'name a PEM file with the authority that signed it in PGSSLROOTCERT; if it has ended, renew it.',
  },
  {
    states: /^28000$/,
    words: /no encryption/,
    what: 'PostgreSQL lets Usher in by TLS alone',
    fix: 'add ?sslmode=require to DATABASE_URL.',
  },
  {
    states: /^(ENOTFOUND|EAI_AGAIN)$/,
    what: 'DNS does not know the host of PostgreSQL',
    fix: 'check the host in DATABASE_URL; in the password, # / ? and % have to be written as %23 %2F %3F %25.',
  },
  {
    states: /^42501$/,
    what: "PostgreSQL does not give Usher's user the rights it needs",
    fix: 'make that user the owner of the database, or grant it usage and create on the schema and all rights on its tables and sequences.',
  },
  {
    states: /^28/,
    what: 'PostgreSQL does not let Usher in',
    fix: 'check user and password in DATABASE_URL, and pg_hba.conf on the server.',
  },
  {
    states: /^3D000$/,
    what: 'PostgreSQL has no such database',
    fix: 'create it, or correct its name at the end of DATABASE_URL.',
  },
  { states: /^3F000$/, ...refusals.noSchema },
  { states: /^25006$/, ...refusals.readOnly },
  {
    states: /^53100$/,
    what: 'the disk of PostgreSQL is full',
    fix: 'make room on it; Usher goes on by itself once it can write.',
  },
  {
    states: /^53300$/,
    what: 'PostgreSQL takes no more connections',
    fix: 'lower DATABASE_POOL_SIZE, or raise max_connections; each process needs its pool and one more.',
  },
  { states: /^XX00[12]$/, what: 'the database is damaged', fix: 'restore the latest backup, on a disk that is sound.' },
];

/** The error that keeps Usher from starting: its message is for people, its cause for the log. */
export function refusalError({ what, fix }: Refusal, cause?: unknown): Error {
  const code = types.isNativeError(cause) && 'code' in cause ? { code: cause.code } : {};
  return Object.assign(new Error(`${what}.\n  To fix: ${fix}`, { cause }), code);
}

/** Opens something of a database, and translates its engine's errors into messages. */
export async function explaining<T>(kind: DatabaseConfig['kind'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const refusal = engineRefusal(error, kind);
    throw refusal === null ? error : refusalError(refusal, error);
  }
}

/** Node collects the failures of a host's addresses in an error without a message of its own. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
