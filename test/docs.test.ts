import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { clouds } from '../src/clouds.ts';

/** Checks the documents against the code: links lead somewhere, and what the documents name exists. */
const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`),
];

const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsOf = (path: string) =>
  [
    ...read(path)
      .replace(/^```[\s\S]*?^```/gm, '')
      .matchAll(/^#{1,6} (.*)$/gm),
  ].map(([, heading = '']) => anchorOf(heading));

interface Link {
  readonly page: string;
  readonly target: string;
}

const links: readonly Link[] = pages.flatMap((page) =>
  [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({ page, target })),
);

/** Why a link leads nowhere; null where it leads to a document, or out of the project. */
function troubleOf({ page, target }: Link): string | null {
  if (/^(https?|mailto):/.test(target)) return null;
  const [path = '', anchor] = target.split('#');
  const to = path === '' ? page : new URL(path, new URL(page, root)).pathname.slice(root.pathname.length);
  if (!existsSync(new URL(to, root))) return `${page} → ${target}: no such file`;
  if (anchor === undefined || statSync(new URL(to, root)).isDirectory()) return null;
  return anchorsOf(to).includes(anchor) ? null : `${page} → ${target}: no such heading`;
}

const settings = new Set([...read('.env.sample').matchAll(/^([A-Za-z]\w*)=/gm)].map(([, name = '']) => name));

/**
 * Settings besides those of .env.sample: for the demo, the tests and the measurements, and for PostgreSQL's own
 * container.
 */
const otherSettings = new Set(
  [
    ...readdirSync(new URL('src/sandbox/', root), { recursive: true, encoding: 'utf8' }).map(
      (path) => `src/sandbox/${path}`,
    ),
    ...readdirSync(new URL('test/bench/', root), { recursive: true, encoding: 'utf8' }).map(
      (path) => `test/bench/${path}`,
    ),
    'test/support/property-runs.ts',
    // Node's own, of which the doctor speaks.
    'src/doctor/doctor-messages.ts',
    'compose.yaml',
  ]
    .filter((path) => /\.(ts|yaml)$/.test(path))
    .flatMap((path) => [...read(path).matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([name]) => name)),
);

/** Named in order to say that Usher does not read them, or that other programs do. */
const named = /\b(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|MicrosoftApp[A-Z]\w*)\b/g;

describe('links', () => {
  it('finds links and headings', () => {
    expect(links.length).toBeGreaterThan(20);
    expect(anchorOf('403 MessageWritesBlocked')).toBe('403-messagewritesblocked');
    expect(anchorOf('The trap of Application.ReadWrite.OwnedBy')).toBe('the-trap-of-applicationreadwriteownedby');
    expect(troubleOf({ page: 'README.md', target: 'docs/nothing.md' })).toContain('no such file');
    expect(troubleOf({ page: 'README.md', target: '#no-such-thing' })).toContain('no such heading');
  });

  it('lead somewhere, anchors included', () => {
    expect(links.map(troubleOf).filter((trouble) => trouble !== null)).toEqual([]);
  });
});

describe('what the documents name', () => {
  it('are settings that .env.sample explains', () => {
    const unknown = pages
      .filter((page) => !page.startsWith('docs/decisions/'))
      .flatMap((page) =>
        [...read(page).matchAll(named)]
          .map(([name]) => name)
          .filter((name) => !settings.has(name) && !otherSettings.has(name))
          .map((name) => `${page}: ${name}`),
      );

    expect(unknown).toEqual([]);
  });

  it('are hosts of the public cloud, in the list of the network', () => {
    const table = /\| Host \| For \|[\s\S]*?\n\n/.exec(read('docs/operations.md'))?.[0] ?? '';
    const named = [...table.matchAll(/`((?:[a-z]+\.)+(?:com|net))`/g)].map(([, host = '']) => host);
    const { graphRoot, loginAuthority, teamsHosts, bot } = clouds.public;
    const urls = [graphRoot, loginAuthority, ...Object.values(bot).filter((value) => URL.canParse(value))];
    const known: readonly string[] = [...urls.map((url) => new URL(url).hostname), ...teamsHosts];

    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((host) => !known.includes(host))).toEqual([]);
    expect(urls.map((url) => new URL(url).hostname).filter((host) => !named.includes(host))).toEqual([]);
  });

  it('are scripts of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

    const unknown = pages.flatMap((page) =>
      [
        ...read(page)
          .replaceAll(/\s+/g, ' ')
          .matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g),
      ]
        .map(([, name = '']) => name)
        .filter((name) => !(name in scripts))
        .map((name) => `${page}: ${name}`),
    );

    expect([...new Set(unknown)]).toEqual([]);
  });

  it('are metrics, every one of them', () => {
    const inCode = [...read('src/metrics.ts').matchAll(/(?:counter|gauge|histogram)\(\s*'(\w+)'/g)].map(
      ([, name]) => `usher_${name}`,
    );
    const inDocs = [...read('docs/operations.md').matchAll(/`(usher_\w+)`/g)].map(([, name]) => name);

    expect(inCode.length).toBeGreaterThan(10);
    expect([...new Set(inDocs)].toSorted()).toEqual(inCode.toSorted());
  });

  it('are the labels that the metrics have', () => {
    const inCode = new Map(
      [...read('src/metrics.ts').matchAll(/(?:counter|gauge|histogram)\(\s*'(\w+)',([\s\S]*?)\),\n/g)].map(
        ([, name = '', rest = '']) => [
          `usher_${name}`,
          [...rest.matchAll(/'([a-z_]+)'/g)].map(([, label = '']) => label).toSorted(),
        ],
      ),
    );
    const rows = [...read('docs/operations.md').matchAll(/^\| `(usher_\w+)` \| (.*) \|$/gm)];

    const said = rows.flatMap(([, name = '', words = '']) => {
      const labels = [...words.matchAll(/`([a-z_]+)`/g)].map(([, label = '']) => label);
      return labels.length === 0 ? [] : [[name, labels.toSorted()] as const];
    });

    expect(said.length).toBeGreaterThan(8);
    expect(said).toEqual(said.map(([name]) => [name, inCode.get(name)]));
  });

  it('are alerts, every one of them', () => {
    const rules = [...read('docs/alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    const explained = [...read('docs/operations.md').matchAll(/^### (Usher\w+)$/gm)].map(([, name]) => name);

    expect(explained).toEqual(rules);
  });

  it('are the codes of the log, every one of them', () => {
    const code = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => read(`src/${path}`))
      .join('\n');
    const table = /\| Code \| Means \|[\s\S]*?\n\n/.exec(read('docs/operations.md'))?.[0] ?? '';
    const rows = [...table.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].map(([, cell = '']) => cell);

    const codes = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));

    const logged = [
      ...code.matchAll(/\.(?:warn|error|info)\(\s*\{[^}]*\bcode: '(\w+)'/g),
      // Where a variable names the code: chosen before the line is written, or passed to the function that writes it.
      ...code.matchAll(/\bconst code = isDatabaseFault\(\w+\) \? '(\w+)' : '(\w+)'/g),
      ...code.matchAll(/\binTime\([\w.]+, '(\w+)'\)/g),
    ].flatMap(([, ...names]) => names);

    expect(logged.length).toBeGreaterThan(40);
    expect(codes.filter((name) => !code.includes(`'${name}'`))).toEqual([]);
    expect(logged.filter((name) => !codes.includes(name))).toEqual([]);
  });

  it('are the tables of the database, every one of them', () => {
    const inCode = /export interface Schema \{([\s\S]*?)\n\}/.exec(read('src/db/schema.ts'))?.[1] ?? '';
    const tables = [...inCode.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
    const stored = /\| Table \| Personal data \|[\s\S]*?\n\n/.exec(read('docs/operations.md'))?.[0] ?? '';
    const explained = [...stored.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );

    expect(explained.toSorted()).toEqual(tables.toSorted());
  });

  it('are the kinds of entries of the audit log, every one of them', () => {
    const union = /export type AuditKind =([\s\S]*?);\n/.exec(read('src/requests/audit-log.ts'))?.[1] ?? '';
    const kinds = [...union.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, name]) => name);
    const table = /\| `kind` \| An entry for \|[\s\S]*?\n\n/.exec(read('docs/operations.md'))?.[0] ?? '';
    const explained = [...table.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].flatMap(([, name = '']) => (name === 'kind' ? [] : name)),
    );

    expect(kinds.length).toBeGreaterThan(40);
    expect(explained.toSorted()).toEqual(kinds.toSorted());
  });
});
