import type { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { RoleSource } from './access/caller.ts';
import { readAppsFile } from './apps-file.ts';
import { systemClock } from './clock.ts';
import { describeProblems, readConfig } from './config.ts';
import { openDatabase } from './db/database.ts';
import { inspectDatabase } from './db/inspect.ts';
import { type AccessReview, decisionDays, reviewAccess } from './features/checks/reviewing/access-review.ts';
import type { NamedSource } from './features/checks/reviewing/holders.ts';
import { createGraphAccess } from './graph-access.ts';
import { createLog } from './log.ts';
import { forTerminal } from './masking/hidden.ts';

/**
 * The access review on the server: `npm run access`. It reads Entra with Usher's own permission and the database of a
 * running bot, and writes to neither.
 */
export interface Terminal {
  readonly out: Writable;
  readonly err: Writable;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const help = `Usage: npm run --silent access -- [--json]

Tells who holds which role of Usher now and through what, with groups expanded from Entra; who has decided how often in
the last ${decisionDays} days; and what access was given without an end, by an approval or an assignment that Usher made.

  --json    the same as JSON
  --help    this text

The exit code is 0 when all was read, 3 when some groups or roles could not be read, 2 when the arguments make no sense,
and 1 for every other fault.
`;

/** So much is listed of what was given without an end; the report says when there is more. */
const mostGiven = 100_000;

/** Runs the command; returns the exit code. */
export async function runAccess(args: readonly string[], terminal: Terminal): Promise<number> {
  const { out, err, environment } = terminal;
  const wanted = readArguments(args);
  if (typeof wanted === 'string') {
    err.write(forTerminal(`${wanted}\nSee: npm run access -- --help\n`));
    return 2;
  }
  if (wanted.help) {
    out.write(help);
    return 0;
  }
  const read = readConfig(environment);
  const appsFile = readAppsFile(read.ok ? read.config.appsFile : read.appsFile);
  const problems = [...(read.ok ? [] : read.problems), ...(appsFile.ok ? [] : appsFile.problems)];
  const fail = (why: string) => {
    err.write(forTerminal(why));
    return 1;
  };
  if (!read.ok || !appsFile.ok) return fail(describeProblems(problems));
  const { config } = read;
  if (config.graph.auth === 'delegated')
    return fail(
      'With GRAPH_AUTH=delegated only people who are signed in can read groups: ask the bot, by “access report”.\n',
    );
  const found = await inspectDatabase(config.database, systemClock);
  if (found.kind === 'notMade')
    return fail('DATABASE_URL names a file that is not there, so Usher has decided nothing.\n');
  if (found.kind === 'reached' && found.pending.length > 0)
    return fail('The database is not of this version of Usher, and reading it would change it.\n');
  const { entries, kits } = appsFile;
  const log = createLog('silent');
  const graph = createGraphAccess({ config, entries, kits, clock: systemClock, log, observe: () => undefined });
  const database = await openDatabase(config.database, systemClock);
  try {
    const { directory, access } = graph.appOnly;
    const parts = { directory, database, sources: access.sources ?? [], clock: systemClock };
    const review = await reviewAccess(parts, mostGiven);
    out.write(wanted.json ? `${JSON.stringify(review, null, 2)}\n` : forTerminal(textOf(review)));
    return review.unread.length > 0 ? 3 : 0;
  } finally {
    await database.close();
    await graph.close();
  }
}

/** The options, or what is wrong with them. */
function readArguments(args: readonly string[]): { readonly help: boolean; readonly json: boolean } | string {
  try {
    const flag = { type: 'boolean' } as const;
    const options = { json: flag, help: { ...flag, short: 'h' } } as const;
    const { json = false, help: asks = false } = parseArgs({ args: [...args], options, strict: true }).values;
    return { json, help: asks };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function textOf({ at, since, people, unread, empty, deciders, withoutEnd }: AccessReview): string {
  const roles = [...new Set(people.flatMap((person) => person.roles.map(({ role }) => role)))].toSorted();
  const holders = roles.flatMap((role) => {
    const ofRole = people.flatMap((person) => {
      const held = person.roles.find((one) => one.role === role);
      if (held === undefined) return [];
      const barred = person.barred === null ? '' : ` (${barredWords[person.barred]})`;
      return `  ${person.name} <${person.principalName}>${barred} through ${held.through.map(sourceWords).join(', ')}`;
    });
    return ['', `${role}: ${ofRole.length}`, ...ofRole];
  });
  const listed = (title: string, lines: readonly string[]) => ['', title, ...(lines.length === 0 ? ['  none'] : lines)];
  return [
    `Who holds a role of Usher, ${new Date(at).toISOString()}`,
    ...holders,
    ...listed(
      'Could not be read, so more people may hold these roles:',
      unread.map((source) => `  ${source.role} through ${idWords(source)}: ${source.code}`),
    ),
    ...listed(
      'Gives its role to no one:',
      empty.map((source) => `  ${source.role} through ${sourceWords(source)}`),
    ),
    ...listed(
      `Decisions since ${dayOf(since)}:`,
      deciders.map(({ id, name, approved, denied, decidesStill }) => {
        const gone = decidesStill === false ? ', decides no longer' : '';
        return `  ${name ?? id}: approved ${approved}, denied ${denied}${gone}`;
      }),
    ),
    ...listed(
      `Given without an end${withoutEnd.isMore ? `, the latest ${withoutEnd.given.length}` : ''}:`,
      withoutEnd.given.map(({ personName, appName, at: given, requestId, approvedBy }) => {
        const by = approvedBy === null ? 'by an operator' : `approved by ${approvedBy}`;
        return `  ${personName}, ${appName}: ${dayOf(given)}, request ${requestId}, ${by}`;
      }),
    ),
    '',
  ].join('\n');
}

const barredWords = {
  guest: 'a guest, so it is of no use',
  accountDisabled: 'disabled, so it is of no use',
  accountUnread: 'Usher cannot read whether the account is enabled, so it is of no use',
} as const;

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const idWords = ({ setting, id }: RoleSource): string => `${setting} ${id}`;
const sourceWords = (source: NamedSource): string =>
  source.name === null ? idWords(source) : `${source.setting} “${source.name}” ${source.id}`;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  runAccess(process.argv.slice(2), { out: process.stdout, err: process.stderr }).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(
        forTerminal(`The access cannot be read: ${error instanceof Error ? error.message : String(error)}\n`),
      );
      process.exitCode = 1;
    },
  );
}
