import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/**
 * No container engine runs in the tests, so they build no images. They check what can be read off the files: that these
 * name what exists, and leave out what has no business in an image.
 */
const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** Instructions with their lines joined, comments left out. */
const instructions = read('Dockerfile')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line))
  .map((line) => ({ name: line.slice(0, line.indexOf(' ')), text: line.slice(line.indexOf(' ') + 1).trim() }));

const of = (name: string) => instructions.filter((instruction) => instruction.name === name).map(({ text }) => text);
const digest = /@sha256:[0-9a-f]{64}\b/;
const compose = read('compose.yaml');
const settings = [...read('.env.sample').matchAll(/^([A-Za-z][A-Za-z_]*)=/gm)].map(([, name]) => name);

/** Whether the list of exceptions in `.dockerignore` lets the path through. */
const isSent = (path: string) => read('.dockerignore').split('\n').includes(`!${path}`);

describe('the Dockerfile', () => {
  it('begins with one image, by digest, of the Node that the project runs on', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };

    const [first = '', ...stages] = of('FROM');

    expect(first.replace(digest, '')).toBe(`node:${devDependencies.node}-slim AS base`);
    expect(first).toMatch(digest);
    expect(stages.length).toBeGreaterThan(0);
    expect(stages.filter((stage) => !stage.startsWith('base AS '))).toEqual([]);
    expect(read('Dockerfile').split('\n')[0]).toMatch(digest);
  });

  it('ends as a user that is not root', () => {
    const users = of('USER');

    expect(users.at(-1)).toMatch(/^[1-9]\d*(:[1-9]\d*)?$/);
  });

  it('copies only files that exist and are sent to the builder', () => {
    const copied = of('COPY')
      .filter((text) => !text.startsWith('--from='))
      .flatMap((text) => text.split(/\s+/).slice(0, -1))
      .map((path) => path.replace(/^\.\//, ''));

    expect(copied.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
    expect(copied.filter((path) => !isSent(path))).toEqual([]);
  });

  it('sends neither settings nor data nor tests to the builder', () => {
    const lines = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));

    expect(lines[0]).toBe('*');
    expect(lines.filter((line) => /env|data|test|\.git/.test(line))).toEqual([]);
  });

  it('runs production dependencies alone, without their install scripts', () => {
    const installs = of('RUN').filter((text) => text.includes('npm ci'));

    expect(installs.every((text) => text.includes('--ignore-scripts'))).toBe(true);
    expect(installs.filter((text) => text.includes('--omit=dev'))).toHaveLength(1);
    expect(of('COPY').find((text) => text.endsWith('./node_modules'))).toContain('--from=dependencies');
  });

  it('starts node itself on what the build makes of main.ts, and leaves the signal to it', () => {
    const start = JSON.parse(of('CMD').at(-1) ?? '[]') as string[];

    expect(start[0]).toBe('node');
    expect(start.at(-1)).toBe('dist/main.js');
    expect(existsSync(new URL('src/main.ts', root))).toBe(true);
    expect(of('STOPSIGNAL')).toEqual(['SIGTERM']);
  });

  it('asks the health path that the server has, with a program that can be read', () => {
    const [check = ''] = of('HEALTHCHECK');
    const [program, flag, script = ''] = JSON.parse(check.slice(check.indexOf('['))) as string[];

    expect([program, flag]).toEqual(['node', '-e']);
    expect(script).toContain("'/healthz'");
    expect(read('src/server.ts')).toContain("server.get('/healthz'");
    expect(() => new Function(script)).not.toThrow();
  });

  it.each([
    ['the one that is set', '4000', 'http://127.0.0.1:4000/healthz'],
    ['the usual one where PORT stands empty in .env', '', 'http://127.0.0.1:3978/healthz'],
  ])('checks the port that Usher listens on: %s', (_which, port, address) => {
    const [check = ''] = of('HEALTHCHECK');
    const [, , script = ''] = JSON.parse(check.slice(check.indexOf('['))) as string[];
    const asked: string[] = [];
    const fetched = (url: string) => {
      asked.push(url);
      return new Promise(() => undefined);
    };

    new Function('process', 'fetch', 'AbortSignal', script)({ env: { PORT: port } }, fetched, { timeout: () => null });

    expect(asked).toEqual([address]);
  });

  it('keeps the templates and package.json where the built code looks for them', () => {
    const copied = of('COPY').join('\n');

    expect(copied).toContain('cards ./cards');
    expect(copied).toMatch(/package\.json.* \.\//);
    expect(copied).toContain('/app/dist ./dist');
  });
});

describe('the compose file', () => {
  it('sets no variable that Usher does not know', () => {
    const block = /\n {2}environment:\n((?: {4}.*\n)+)/.exec(compose)?.[1] ?? '';

    const names = [...block.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name);

    expect(names).toEqual(expect.arrayContaining(['HOST', 'DATABASE_URL']));
    expect(names.filter((name) => !settings.includes(name))).toEqual([]);
  });

  it('has a second replica and a PostgreSQL by digest that reports when it is healthy', () => {
    expect(compose).toMatch(/^ {2}usher-two:$/m);
    expect(compose).toMatch(/^ {4}image: postgres:18\.\d+@sha256:[0-9a-f]{64}$/m);
    expect(compose).toContain('pg_isready');
    expect(compose).toContain('condition: service_healthy');
  });

  it('holds no secret, and publishes nothing beyond this machine', () => {
    const passwords = [...compose.matchAll(/PASSWORD: (.*)/g)].map(([, value]) => value);
    const ports = [...compose.matchAll(/ports: \["(.*?)"\]/g)].map(([, port]) => port);

    expect(passwords.every((value) => value?.startsWith('${POSTGRES_PASSWORD:?'))).toBe(true);
    expect(ports).toHaveLength(2);
    expect(ports.every((port) => port?.startsWith('127.0.0.1:'))).toBe(true);
  });

  it('gives Usher longer to stop than it takes, on a file system that cannot be written', () => {
    expect(compose).toContain('stop_grace_period: 30s');
    expect(compose).toContain('read_only: true');
  });
});
