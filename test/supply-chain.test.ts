import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** What GitHub runs for the project, read off its files. */
const folder = new URL('../.github/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder), 'utf8');
const workflows = readdirSync(new URL('workflows/', folder)).map((name) => ({ name, text: read(`workflows/${name}`) }));

describe.each(workflows)('the workflow $name', ({ text }) => {
  it('takes every action by its commit, and says which version that is', () => {
    const actions = [...text.matchAll(/uses: (.*)/g)].map(([, action = '']) => action);

    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  });

  it('may read the repository alone, and leaves no credentials in the working copy', () => {
    const checkouts = text.split('actions/checkout@').slice(1);

    expect(text).toMatch(/^permissions:\n {2}contents: read\n\n/m);
    expect(text).not.toContain(': write');
    expect(checkouts.every((after) => /^.*\n {8}with:\n {10}persist-credentials: false\n/.test(after))).toBe(true);
  });
});

describe('the scan for known vulnerabilities', () => {
  const scan = read('workflows/vulnerabilities.yml');

  it('runs every day, and for each change of the packages or the image', () => {
    expect(scan).toMatch(/schedule:\n {4}- cron: '\d+ \d+ \* \* \*'/);
    expect(scan).toMatch(/pull_request:\n {4}paths: \[package-lock\.json, Dockerfile, /);
  });

  it('looks at the packages and at the image that the Dockerfile builds', () => {
    const built = /docker build --tag (\S+) \./.exec(scan)?.[1];

    expect(scan).toContain('npm audit --omit=dev');
    expect(scan).toContain('--lockfile=package-lock.json');
    expect(built).toBeDefined();
    expect(scan).toContain(`image: ${built}\n`);
  });
});

describe('Dependabot', () => {
  it('renews packages, images and actions', () => {
    const kinds = [...read('dependabot.yml').matchAll(/package-ecosystem: (\S+)/g)].map(([, kind]) => kind);

    expect(kinds.toSorted()).toEqual(['docker', 'docker-compose', 'github-actions', 'npm']);
  });
});
