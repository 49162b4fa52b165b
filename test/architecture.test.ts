import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

/**
 * The floors of the source, top to bottom. A file imports from its own floor or below. Modules of one floor still keep
 * apart where `apart` says so.
 */
const floors: readonly (readonly string[])[] = [
  [
    'main.ts',
    'program.ts',
    'first-look.ts',
    'usher-options.ts',
    'graph-access.ts',
    'stopping.ts',
    'print-history.ts',
    'verify-history.ts',
    'forget.ts',
    'print-access.ts',
    'doctor.ts',
    'doctor',
    'metrics.ts',
    'gauges.ts',
    'start-teams.ts',
    'record-start.ts',
    'start-work.ts',
  ],
  ['features/registry.ts'],
  ['server.ts', 'teams'],
  ['features'],
  ['chat'],
  ['requests', 'access', 'outbox', 'seals', 'streams'],
  ['graph', 'rate-gate'],
  [
    'db',
    'assert-never.ts',
    'time-limit.ts',
    'http-exchange.ts',
    'config.ts',
    'config-shape.ts',
    'config-warnings.ts',
    'clock.ts',
    'worker.ts',
    'precedence.ts',
    'bus.ts',
    'lease.ts',
    'log.ts',
    'clouds.ts',
    'languages.ts',
    'apps-file.ts',
    'ticket-rules.ts',
    'access-ends.ts',
    'days.ts',
    'identity.ts',
    'lazily.ts',
    'once-for.ts',
    'secret.ts',
    'public-address.ts',
    'stream-settings.ts',
    'settings-print.ts',
    'masking',
  ],
];

// `requests` may ask `access`: the dispatcher checks again, on the day of the start, what was approved last week. It may
// ask `outbox`, as a request is stored together with its card.
const apart: readonly (readonly [string, string])[] = [
  ['access', 'requests'],
  ['access', 'outbox'],
  ['outbox', 'access'],
  ['graph', 'rate-gate'],
  ['rate-gate', 'graph'],
  ['teams', 'server.ts'],
];

interface Source {
  /** Below src, e.g. `graph/client.ts`. */
  readonly path: string;
  readonly text: string;
  /** What a file imports: paths below src for its own modules, names for packages. */
  readonly imports: readonly string[];
}

const root = new URL('../src/', import.meta.url);

// Imports, re-exports, types alone and calls of import(): every form that names another module.
const importing =
  /(?:^|[\s;])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|[\s;])import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

function importsOf(path: string, text: string): readonly string[] {
  return [...text.matchAll(importing)].map(([, from = '', bare = '', dynamic = '']) => {
    const name = from || bare || dynamic;
    return name.startsWith('.') ? posix.join(posix.dirname(path), name) : name;
  });
}

const sources: readonly Source[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(new URL(path, root), 'utf8');
    return { path, text, imports: importsOf(path, text) };
  });

const part = (path: string) => (path === 'features/registry.ts' ? path : (path.split('/')[0] ?? path));
/** The folder below `features`; null for all else. */
const featureOf = (path: string) => /^features\/(\w+)\//.exec(path)?.[1] ?? null;
const floorOf = (path: string) => floors.findIndex((floor) => floor.includes(part(path)));
const isOwn = (name: string) => /\.(ts|json)$/.test(name);
const isSandbox = ({ path }: Source) => part(path) === 'sandbox';

/** Words that gave way to those of the glossary; `-` joins the words of one name, as in `leftBehind`. */
const retired =
  /-(?:askers?|sights?|deeds?|ears?|couriers?|painters?|owe[ds]?|dut(?:y|ies)|attends?|anew|faces?|left-behind|at-rest|goes-on|side-by-side|approval-places?|live-cards|handing-out|handed-out)(?=-)/;
/** Codes that are stored. */
const storedCodes: ReadonlySet<string> = new Set(['askerMayNot', 'askerGone']);
/** Names that only the migrations may know. */
const oldTables: ReadonlySet<string> = new Set([
  ...['records', 'approval_places', 'asker_id', 'asker_name'],
  ...['access_cards', 'notices', 'announcements', 'card_edits', 'drawn_revision'],
]);
const isRetired = (name: string) =>
  !storedCodes.has(name) &&
  retired.test(
    `-${name
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .replace(/[_./]/g, '-')
      .toLowerCase()}-`,
  );

/** The names in a source that bring back a retired word: its path, identifiers, and tables and columns in quotes. */
function retiredIn({ path, text }: Pick<Source, 'path' | 'text'>): readonly string[] {
  const found = isRetired(path) ? [path] : [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isRetired(node.text)) found.push(`${path}: ${node.text}`);
    if (ts.isStringLiteralLike(node) && oldTables.has(node.text)) found.push(`${path}: '${node.text}'`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return [...new Set(found)];
}

/** One line for each import that a rule forbids, e.g. `chat/chat.ts → teams/bot.ts`. */
function offences(forbids: (source: Source, imported: string) => boolean): readonly string[] {
  return sources.flatMap((source) =>
    source.imports.filter((name) => forbids(source, name)).map((name) => `${source.path} → ${name}`),
  );
}

describe('reading imports', () => {
  it('finds every way to name another module', () => {
    const text = `
      import './a.ts';
      import { b } from '../b.ts';
      import type { C } from "../c/c.ts";
      import {
        d,
      } from 'package-d';
      export { e } from './e.ts';
      export type { F } from 'package-f';
      export * from './g.ts';
      const h = await import('./h.ts');
      const text = "not from 'here'";
    `;

    expect(importsOf('x/y.ts', text)).toEqual([
      'x/a.ts',
      'b.ts',
      'c/c.ts',
      'package-d',
      'x/e.ts',
      'package-f',
      'x/g.ts',
      'x/h.ts',
    ]);
  });
});

describe('the architecture', () => {
  it('is read from all source files', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.find(({ path }) => path === 'main.ts')?.imports.length).toBeGreaterThan(10);
  });

  it('has a floor for every file', () => {
    const homeless = sources.filter((source) => !isSandbox(source) && floorOf(source.path) === -1);

    expect(homeless.map(({ path }) => path)).toEqual([]);
  });

  it('lets no file import from a floor above', () => {
    const upwards = offences(
      (source, name) =>
        !isSandbox(source) && isOwn(name) && floorOf(name) !== -1 && floorOf(name) < floorOf(source.path),
    );

    expect(upwards).toEqual([]);
  });

  it('keeps neighbors apart that know nothing of each other', () => {
    const acrossTheHall = offences(
      (source, name) => isOwn(name) && apart.some(([from, to]) => part(source.path) === from && part(name) === to),
    );

    expect(acrossTheHall).toEqual([]);
  });

  it('lets no feature import another one, except that all may use provisioning', () => {
    const across = offences((source, name) => {
      const [own, other] = [featureOf(source.path), featureOf(name)];
      return own !== null && other !== null && other !== own && other !== 'provisioning';
    });

    expect(across).toEqual([]);
    expect(new Set(sources.flatMap(({ path }) => featureOf(path) ?? []))).toEqual(
      new Set(['approvals', 'checks', 'help', 'leaving', 'provisioning', 'repair']),
    );
  });

  it('lets features register themselves: only the registry, the start and the command line name a feature', () => {
    const naming = sources.filter(
      (source) =>
        featureOf(source.path) === null && !isSandbox(source) && source.imports.some((name) => featureOf(name)),
    );

    expect(naming.map(({ path }) => path).toSorted()).toEqual([
      'features/registry.ts',
      'gauges.ts',
      'print-access.ts',
      'print-history.ts',
      'start-teams.ts',
      'start-work.ts',
    ]);
  });

  it('gives two files the same name only where the name means the same', () => {
    const alike = new Set(['outbox.ts', 'problems.ts', 'rows.ts', 'store.ts']);
    const names = sources.filter((source) => !isSandbox(source)).map(({ path }) => posix.basename(path));
    const twice = names.filter((name, at) => names.indexOf(name) !== at);

    expect(twice.filter((name) => !alike.has(name))).toEqual([]);
  });

  it('has no circle of files, types included', () => {
    const graph = new Map(sources.map((source) => [source.path, source.imports.filter(isOwn)]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, above: readonly string[]): void => {
      if (above.includes(path)) circles.push([...above.slice(above.indexOf(path)), path].join(' → '));
      if (done.has(path) || above.includes(path)) return;
      for (const name of graph.get(path) ?? []) visit(name, [...above, path]);
      done.add(path);
    };

    for (const path of graph.keys()) visit(path, []);

    expect(circles).toEqual([]);
  });

  it('imports only files that exist, and nothing from outside src', () => {
    const known = new Set(sources.map(({ path }) => path));

    expect(offences((_source, name) => name.endsWith('.ts') && !known.has(name))).toEqual([]);
    expect(offences((_source, name) => name.startsWith('..'))).toEqual([]);
  });

  it('keeps the sandbox out of the bot', () => {
    expect(offences((source, name) => !isSandbox(source) && part(name) === 'sandbox')).toEqual([]);
  });

  it.each([
    ['botbuilder', /^(botbuilder|botframework-)/, /^teams\//],
    ['restify', /^restify$/, /^server\.ts$/],
    ['undici', /^undici$/, /^(http-exchange|graph\/client|streams\/receiver|teams\/connector-http)\.ts$/],
    ['@azure/identity', /^@azure\//, /^graph\/(credential|on-behalf-of)\.ts$/],
    ['prom-client', /^prom-client$/, /^metrics\.ts$/],
    ['pino', /^pino$/, /^log\.ts$/],
    ['pg', /^pg$/, /^db\//],
    ['node:sqlite', /^node:sqlite$/, /^db\//],
    ['kysely', /^kysely/, /^(db|requests|outbox|seals|rate-gate|streams|teams|features|chat\/jobs)\//],
    ['adaptivecards-templating', /^adaptive/, /^chat\/cards\//],
  ])('lets one module or folder alone import %s', (_name, library, home) => {
    expect(offences((source, name) => library.test(name) && !home.test(source.path))).toEqual([]);
    expect(offences((source, name) => library.test(name) && home.test(source.path))).not.toEqual([]);
  });

  it('asks for the permission of a command in the registry alone, and runs a command through it alone', () => {
    const asking = sources.filter(({ text }) => /\brefuseUnless\b/.test(text)).map(({ path }) => path);
    const declaring = sources.filter(({ text }) => /= defineCommand\(|= defineButton\(/.test(text));
    const declared = (source: Source) => [...source.text.matchAll(/export const (\w+(?:Command|Button)) = /g)];

    // Besides the registry: the refusal of a line that is no command, and the offers, which check the permission before
    // they show buttons.
    expect(asking.toSorted()).toEqual([
      'chat/not-understood.ts',
      'chat/offers/lookup.ts',
      'chat/registry/run.ts',
      'chat/registry/turn.ts',
    ]);
    expect(declaring.length).toBeGreaterThan(15);
    for (const source of declaring)
      for (const [, name = ''] of declared(source)) {
        const users = sources.filter(
          ({ path, text }) => path !== source.path && new RegExp(`\\b${name}\\b`).test(text),
        );
        expect([name, users.map(({ path }) => path)]).toEqual([name, ['features/registry.ts']]);
      }
  });

  it('loops in the background by one worker, and renews leases by one function', () => {
    const looping = sources.filter(
      (source) =>
        !isSandbox(source) && /while \(!\w+(?:\.signal)?\.aborted\)/.test(source.text) && /\.sleep\(/.test(source.text),
    );
    const renewing = sources.filter(({ text }) => /\bsleep\(leaseMs/.test(text));

    // The connection that listens is no work: it waits for the database to speak. The dispatcher sleeps over its retries.
    expect(looping.map(({ path }) => path).toSorted()).toEqual([
      'db/listening.ts',
      'requests/dispatcher.ts',
      'worker.ts',
    ]);
    expect(renewing.map(({ path }) => path)).toEqual(['lease.ts']);
  });

  it('sends everything by one outbox, which alone posts what is due and notes how a post ended', () => {
    const using = (name: string) =>
      sources.filter(
        ({ imports, text }) => imports.includes('outbox/message-store.ts') && new RegExp(`\\b${name}\\b`).test(text),
      );
    const calling = (name: string) =>
      sources.flatMap(({ path, text }) =>
        [...text.matchAll(new RegExp(`(?<!function )\\b${name}\\(`, 'g'))].map(() => path),
      );

    for (const name of ['claimDue', 'notePost'])
      expect([name, using(name).map(({ path }) => path)]).toEqual([name, ['chat/create-outbox.ts']]);
    expect([calling('createOutbox'), calling('startOutboxSender')]).toEqual([['chat/chat.ts'], ['start-teams.ts']]);
  });

  it('writes the table of messages in its store, besides three places that take back or hasten what they stored', () => {
    const write =
      /\b(?:insertInto|updateTable|deleteFrom)\(\s*'messages'|\b(?:insert into|update|delete from) messages\b/g;
    const writing = sources
      .filter(({ path }) => part(path) !== 'db')
      .flatMap(({ path, text }) => [...text.matchAll(write)].map(([what]) => `${path}: ${what}`));
    const elsewhere = writing.filter((line) => !line.startsWith('outbox/message-store.ts'));

    expect(writing.length - elsewhere.length).toBeGreaterThan(5);
    expect(elsewhere.toSorted()).toEqual([
      // An earlier card of the same conversation, which another one takes the place of.
      "features/approvals/access-requests/access-cards.ts: deleteFrom('messages'",
      // The notice of an approval, once it is known whether the request starts.
      "features/approvals/access-requests/notices.ts: updateTable('messages'",
      // The announcements of a watch that is removed.
      "features/checks/watching/watches.ts: updateTable('messages'",
    ]);
  });

  it('ends an exhaustive switch by one helper', () => {
    expect(sources.filter(({ text }) => /\bconst \w+: never\b/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('names the key of a text by what the text says, without repeating the name', () => {
    const tables = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/const \w+[^=\n]* = \{\n((?: {2}'?[\w.]+'?: '[\w.]+',\n)+)\}/g)].map(([, rows = '']) => ({
        path,
        rows: [...rows.matchAll(/'?([\w.]+)'?: '([\w.]+)'/g)].map(([, name = '', key = '']) => ({ name, key })),
      })),
    );
    const lead = ({ name, key }: { readonly name: string; readonly key: string }) =>
      key.endsWith(`.${name}`) ? key.slice(0, -name.length) : key;
    const twice = tables.filter(
      ({ rows }) => rows.every((row) => lead(row) !== row.key) && new Set(rows.map(lead)).size === 1,
    );

    expect(tables.length).toBeGreaterThan(5);
    expect(twice).toEqual([]);
  });

  it('reads the environment in one place', () => {
    const readers = sources.filter(
      (source) => !isSandbox(source) && /process\s*\.\s*env|\benv\b.*node:process/.test(source.text),
    );

    expect(readers.map(({ path }) => path)).toEqual(['config.ts']);
  });

  it('takes the time from an injected clock', () => {
    const tellers = sources.filter(
      (source) => !isSandbox(source) && /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/.test(source.text),
    );

    expect(tellers.map(({ path }) => path)).toEqual(['clock.ts']);
  });

  it('has no file that holds two files: past 400 lines its first paragraph says why it is one', () => {
    const saysWhy = (text: string) =>
      /\*[^/]*more[\s*]+than[\s*]+400[\s*]+lines[^/]*because/.test(text.slice(0, 1_500));
    const long = sources.filter(({ text }) => text.split('\n').length > 401 && !saysWhy(text));

    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('has no default exports, no enums, no namespaces, and no comment that silences a checker', () => {
    const forbidden =
      /^export default|^\s*(?:export )?(?:const )?enum \w|^\s*(?:export )?namespace \w|@ts-(?:ignore|expect-error|nocheck)|biome-ignore/m;

    expect(sources.filter(({ text }) => forbidden.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('does not bring back retired words', () => {
    const text =
      "const askerId = fromTheEar('records'); // an asker\nconst pear = 'the ear', leftBehind = bear.identifyAnew, liveCards = ['notices'];";
    const ofOldTables = ['db/migrations.ts', 'db/search.ts'];
    const back = sources
      .filter((source) => !isSandbox(source) && !ofOldTables.includes(source.path))
      .flatMap((source) => retiredIn(source));

    expect(retiredIn({ path: 'teams/painter.ts', text })).toEqual([
      'teams/painter.ts',
      'teams/painter.ts: askerId',
      'teams/painter.ts: fromTheEar',
      "teams/painter.ts: 'records'",
      'teams/painter.ts: leftBehind',
      'teams/painter.ts: identifyAnew',
      'teams/painter.ts: liveCards',
      "teams/painter.ts: 'notices'",
    ]);
    expect(back).toEqual([]);
  });
});
