import { createWriteStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { systemClock } from './clock.ts';
import { describeProblems, readConfig } from './config.ts';
import { type Database, openDatabase } from './db/database.ts';
import { inspectDatabase } from './db/inspect.ts';
import { exportAuditLog } from './features/checks/history/audit-lines.ts';
import type { About } from './features/checks/history/history-entry.ts';
import { csvOf, jsonOf } from './features/checks/history/texts.ts';
import { version } from './graph/version.ts';
import { forTerminal } from './masking/hidden.ts';
import { writeAudit } from './requests/audit-log.ts';
import { findKnown } from './requests/known-names.ts';
import { findSeal, type Head } from './seals/chain.ts';
import { readKept, verifyHistory } from './verify-history.ts';

/**
 * The record of who did what, for auditors on the server: `npm run history`. It reads the database of a running bot, and
 * writes to it that it was exported. The record goes to standard output or a file, everything else to standard error.
 */
export interface Terminal {
  /** `isTTY`: shown to people on a terminal, which interprets control sequences. */
  readonly out: Writable & { readonly isTTY?: boolean };
  readonly err: Writable;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const help = `Usage: npm run --silent history -- [--since DATE] [--until DATE] [--after ID] [--about NAME] [--format csv|json]
                                   [--out FILE]
       npm run --silent history -- --verify [--kept COUNT:HASH]

Prints everything that Usher has recorded, denials included, oldest first.

  --since DATE    from this day on, e.g. 2026-11-01 (it begins at midnight UTC), or from 2026-11-01T08:00Z on
  --until DATE    to the end of this day, or before this moment
  --after ID      what was sealed after the entry with this id, in the order of sealing; 0 for all. With the id of the last
                  line that was printed so, the next run goes on there, and no entry is missed or printed twice
  --about NAME    only what is about one person, app or ticket: a name, a user principal name, an id or a ticket number
  --format FORM   csv (the default; no cell can run as a formula) or json
  --out FILE      into this file, which only its owner may read, instead of the terminal
  --verify        tells whether entries were changed, deleted, inserted or swapped since they were sealed, and prints the
                  count and the hash of the last seal
  --kept C:H      a count and hash that were kept away from the database, so that a missing end is found too
  --help          this text

The exit code is 0 when all was printed or the audit log is whole, 1 when it is not, 2 when the arguments make no sense, and 1 for
every other fault.
`;

interface Wanted {
  readonly verify: boolean;
  readonly kept: Head | null;
  readonly since: number | null;
  readonly before: number | null;
  /** The id of an entry. */
  readonly after: number | null;
  readonly about: string | null;
  readonly format: 'csv' | 'json';
  readonly out: string | null;
}

/** Runs the command; returns the exit code. */
export async function runHistory(args: readonly string[], terminal: Terminal): Promise<number> {
  const wanted = readArguments(args);
  if (typeof wanted === 'string') return complain(terminal, wanted);
  if (wanted !== null) return print(wanted, terminal);
  terminal.out.write(help);
  return 0;
}

function complain({ err }: Terminal, why: string): number {
  err.write(forTerminal(`${why}\nSee: npm run history -- --help\n`));
  return 2;
}

/** The options, or what is wrong with them; null where help is asked for. */
function readArguments(args: readonly string[]): Wanted | string | null {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', short: 'h' } as const;
  const ofExport = { since: text, until: text, after: text, about: text, format: text, out: text } as const;
  const options = { ...ofExport, verify: { type: 'boolean' }, kept: text, help: flag } as const;
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    const { since: sinceText, about = null, format = 'csv', out = null, verify = false } = values;
    if (values.help === true) return null;
    if (format !== 'csv' && format !== 'json') return `The format is csv or json, not “${format}”.`;
    if (about?.trim() === '') return 'After --about comes a name or an id.';
    if (out?.trim() === '') return 'After --out comes the name of a file.';
    const since = sinceText === undefined ? null : momentOf(sinceText);
    if (Number.isNaN(since)) return noDate(sinceText);
    const before = values.until === undefined ? null : momentOf(values.until, dayMs);
    if (Number.isNaN(before)) return noDate(values.until);
    if (values.after !== undefined && !/^\d{1,15}$/.test(values.after))
      return 'After --after comes the id of an entry.';
    const after = values.after === undefined ? null : Number(values.after);
    const kept = values.kept === undefined ? null : readKept(values.kept);
    if (values.kept !== undefined && (kept === null || !verify))
      return 'Together with --verify, after --kept comes what it printed last, e.g. 1200:hash.';
    if (verify && Object.keys(ofExport).some((name) => name in values))
      return '--verify looks at the whole audit log, and goes with --kept alone.';
    return { verify, kept, since, before, after, about, format, out };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const noDate = (text = '') => `“${text}” is no date that is understood here; try 2026-11-01.`;
const dayMs = 24 * 3_600_000;

/**
 * Only ISO forms: `Date` parses others differently from machine to machine. NaN for all others. To a day without a time
 * it adds `ofDayMs`.
 */
function momentOf(text: string, ofDayMs = 0): number {
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text)) return Number.NaN;
  // `Date` would read February 31 as March 3.
  const day = new Date(text.slice(0, 10));
  const isThere = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10));
  return isThere ? new Date(text).getTime() + (text.length === 10 ? ofDayMs : 0) : Number.NaN;
}

async function print(wanted: Wanted, terminal: Terminal): Promise<number> {
  const fail = (why: string) => {
    terminal.err.write(forTerminal(why));
    return 1;
  };
  const read = readConfig(terminal.environment);
  if (!read.ok) return fail(describeProblems(read.problems));
  const config = read.config.database;
  // Opening would create an empty database, or migrate an older one while an older Usher still uses it.
  const found = await inspectDatabase(config, systemClock);
  if (found.kind === 'notMade') return fail('DATABASE_URL names a file that is not there, so there is no history.\n');
  if (found.kind === 'reached' && found.pending.length > 0)
    return fail(
      'The database is not of this version of Usher, and reading it would change it. Start this version on it first, or read it with the version that it belongs to.\n',
    );
  const database = await openDatabase(config, systemClock);
  try {
    if (wanted.verify) {
      const { text, isWhole } = await verifyHistory(database, wanted.kept);
      terminal.out.write(text);
      return isWhole ? 0 : 1;
    }
    const about = await findAbout(database, wanted.about);
    if (typeof about === 'string') return complain(terminal, about);
    const { since, before, after } = wanted;
    const afterSeal = after === null ? null : await findSeal(database.query, after);
    if (after !== null && afterSeal === null)
      return complain(
        terminal,
        `No entry with the id ${after} is sealed. Take the id of an entry that --after printed, or 0.`,
      );
    await noteExport(database, { ...wanted, about }, terminal);
    const lines = exportAuditLog(database, { since, before, afterSeal, about });
    const text = Readable.from(wanted.format === 'csv' ? csvOf(lines) : jsonOf(lines));
    if (wanted.out === null) {
      const shown = terminal.out.isTTY === true ? Readable.from(forEyes(text)) : text;
      await pipeline(shown, terminal.out, { end: false });
    } else {
      const file = createWriteStream(wanted.out, { mode: 0o600 });
      const opened = await new Promise<Error | null>((resolve) => {
        file.once('open', () => resolve(null)).once('error', resolve);
      });
      if (opened !== null)
        return complain(
          terminal,
          `${wanted.out} cannot be written (${opened.message}). Name a file in a folder that you may write to, or leave --out away and redirect what is printed.`,
        );
      await pipeline(text, file);
    }
    return 0;
  } catch (error) {
    // The reader has closed the pipe, as `head` does.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0;
    throw error;
  } finally {
    await database.close();
  }
}

/** The record says what was exported of it, and which account of the machine did. A login that only reads cannot. */
async function noteExport(
  database: Database,
  { since, before, after, about, format }: Omit<Wanted, 'about'> & { readonly about: About | null },
  { err }: Terminal,
): Promise<void> {
  const day = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  const limits = { since: day(since), before: day(before), after };
  const account = process.getuid?.() ?? null;
  const details = { ...limits, ...(about ?? {}), format, by: 'npm run history', account, version };
  const entry = { at: systemClock.now(), actorId: '', kind: 'exported', requestId: null, details } as const;
  await writeAudit(database.query, entry).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    err.write(forTerminal(`The record does not say that it was exported, as it cannot be written to: ${why}\n`));
  });
}

/** A file or a pipe gets the record unchanged, as data. */
async function* forEyes(text: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const part of text) yield forTerminal(part);
}

/** The person, app or ticket that is meant, or why it is unknown. */
async function findAbout(database: Database, text: string | null): Promise<About | null | string> {
  if (text === null) return null;
  const known = await findKnown(database, text);
  const ticket = text.trim().toUpperCase();
  const [first, ...others] = known;
  if (first === undefined)
    return (await isTicket(database, ticket))
      ? { ticket }
      : `The audit log has no person, app or ticket called “${text}”.`;
  if (others.length > 0) {
    const choices = known.map(({ kind, id, name }) => `  ${id}  ${name} (${kind})`);
    return `“${text}” may be any of these; name one by its id:\n${choices.join('\n')}`;
  }
  return first.kind === 'app' ? { appId: first.id } : { personId: first.id };
}

async function isTicket({ query }: Database, ticket: string): Promise<boolean> {
  const found = (table: 'requests' | 'access_requests' | 'archived_lines') =>
    query.selectFrom(table).select('id').where('ticket', '=', ticket).limit(1).executeTakeFirst();
  return (
    ((await found('requests')) ?? (await found('access_requests')) ?? (await found('archived_lines'))) !== undefined
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  runHistory(process.argv.slice(2), { out: process.stdout, err: process.stderr }).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(
        forTerminal(`The history cannot be read: ${error instanceof Error ? error.message : String(error)}\n`),
      );
      process.exitCode = 1;
    },
  );
}
