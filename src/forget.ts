import type { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { assertNever } from './assert-never.ts';
import { systemClock } from './clock.ts';
import { describeProblems, readConfig } from './config.ts';
import { claimDatabase } from './db/claim.ts';
import { openDatabase } from './db/database.ts';
import { inspectDatabase } from './db/inspect.ts';
import { forTerminal } from './masking/hidden.ts';
import { type Forgetting, forgetPerson, type Rows } from './requests/forgetting/forget-person.ts';
import type { OpenWork } from './requests/forgetting/open-work.ts';
import { isPersonalChat } from './teams/conversations.ts';

/**
 * `npm run forget`, for an operator on the server whom a privacy officer has asked to have a person forgotten. On
 * PostgreSQL it works beside a running Usher; an SQLite file belongs to one process at a time, so there Usher is
 * stopped first.
 */
export interface Terminal {
  readonly out: Writable;
  readonly err: Writable;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const help = `Usage: npm run --silent forget -- --person ID [--dry-run]

Replaces the name, the addresses, the attributes and the typed reasons of a person everywhere in the database. Ids and
codes stay, and the audit log says that the person was forgotten. It cannot be undone.

  --person ID   the person's Entra object id, as “npm run history” prints it
  --dry-run     only counts what would be replaced
  --help        this text

The exit code is 0 when it is done, 2 when the arguments make no sense or no person has this id, and 1 for every other
reason not to do it.
`;

/** Runs the command; returns the exit code. */
export async function runForget(args: readonly string[], terminal: Terminal): Promise<number> {
  const wanted = readArguments(args);
  if (typeof wanted === 'string') {
    terminal.err.write(forTerminal(`${wanted}\nSee: npm run forget -- --help\n`));
    return 2;
  }
  if (wanted !== null) return forget(wanted, terminal);
  terminal.out.write(help);
  return 0;
}

interface Wanted {
  readonly person: string;
  readonly isDry: boolean;
}

/** The options, or what is wrong with them; null where help is asked for. */
function readArguments(args: readonly string[]): Wanted | string | null {
  try {
    const flag = { type: 'boolean' } as const;
    const options = { person: { type: 'string' }, 'dry-run': flag, help: { ...flag, short: 'h' } } as const;
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    if (values.help === true) return null;
    const { person = '', 'dry-run': isDry = false } = values;
    return person.trim() === '' ? 'Name the person: --person, and their Entra object id.' : { person, isDry };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function forget({ person, isDry }: Wanted, { out, err, environment }: Terminal): Promise<number> {
  const fail = (why: string) => {
    err.write(forTerminal(`${why}\n`));
    return 1;
  };
  const read = readConfig(environment);
  if (!read.ok) return fail(describeProblems(read.problems));
  const { database: config, gate } = read.config;
  const found = await inspectDatabase(config, systemClock);
  if (found.kind === 'notMade') return fail('DATABASE_URL names a file that is not there, so no person is in it.');
  if (found.kind === 'away') return fail(`The database cannot be read: ${found.why}.`);
  if (found.pending.length > 0)
    return fail('The database is not of this version of Usher. Start this version on it first; nothing was changed.');
  const database = await (isDry ? openDatabase : claimDatabase)(config, systemClock);
  try {
    const limits = { scope: 'tenant', limits: gate };
    const parts = { database, clock: database.dialect.clock, gate: limits, isPersonalChat };
    const forgotten = await forgetPerson(parts, person, isDry ? 'look' : 'forget');
    const { code, text } = tell(forgotten, person, config.kind);
    (code === 0 ? out : err).write(forTerminal(text));
    return code;
  } finally {
    await database.close();
  }
}

function tell(
  forgotten: Forgetting,
  person: string,
  engine: 'sqlite' | 'postgres',
): { readonly code: number; readonly text: string } {
  switch (forgotten.kind) {
    case 'found':
      return { code: 0, text: `Nothing was changed. This would be replaced:\n${counts(forgotten.rows)}` };
    case 'forgotten': {
      const later =
        engine === 'sqlite'
          ? 'The file holds nothing of it any more.'
          : 'PostgreSQL’s files may hold it until “vacuum (full, analyze)” has run.';
      const text = `${forgotten.id} is forgotten. Replaced:\n${counts(forgotten.rows)}${later} Backups made before still hold it.\n`;
      return { code: 0, text };
    }
    case 'unknown':
      return { code: 2, text: unknown(person, forgotten.people) };
    case 'open': {
      const changed = forgotten.begun
        ? 'This came up meanwhile: some of it is replaced already, so run this again once that has ended.'
        : 'Nothing was changed.';
      return { code: 1, text: `${forgotten.id} cannot be forgotten yet. ${changed}\n${openLines(forgotten.work)}` };
    }
    default:
      return assertNever(forgotten, 'kind');
  }
}

function counts(rows: Rows): string {
  const lines = Object.entries(rows).map(([table, count]) => `  ${table}: ${count}\n`);
  return lines.length === 0 ? '  nothing\n' : lines.toSorted().join('');
}

function unknown(person: string, people: Extract<Forgetting, { kind: 'unknown' }>['people']): string {
  if (people.length === 0) return `The database has no person with the id “${person}”. Nothing was changed.\n`;
  const choices = people.map(({ id, name }) => `  ${id}  ${name}\n`).join('');
  return `“${person}” is a name. Nothing was changed; name the person by the id:\n${choices}`;
}

/** A list longer than that says no more. */
const mostNamed = 20;

function openLines({ requests, ends, unanswered }: OpenWork): string {
  const named = (ids: readonly string[]) =>
    ids.length > mostNamed
      ? `${ids.slice(0, mostNamed).join(', ')} and ${ids.length - mostNamed} more`
      : ids.join(', ');
  return [
    ...(requests.length === 0
      ? []
      : [
          `  Open requests that name them, or in which they had a hand: ${named(requests)}. Let them end, or cancel them.\n`,
        ]),
    ...(ends.length === 0
      ? []
      : [`  Access that Usher is to end, by the requests ${named(ends)}. End it first: “end ID now”.\n`]),
    ...(unanswered ? ['  A message of theirs that Usher has not answered yet. Try again in a few minutes.\n'] : []),
  ].join('');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  runForget(process.argv.slice(2), { out: process.stdout, err: process.stderr }).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(forTerminal(`${error instanceof Error ? error.message : String(error)}\n`));
      process.exitCode = 1;
    },
  );
}
