import { execSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `npm run sbom`: the bill of materials of what runs in production, as CycloneDX 1.5, written to the file that is named
 * or to `dist/usher.cdx.json`. It is npm's own, from the lockfile, so nothing has to be installed.
 *
 * npm lists everything and marks what is for development. Left to itself (`--omit dev`) it would also leave out what
 * both production and a tool for development need: luxon and pg, with npm 11.19.
 */
interface Bill {
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface Component {
  readonly 'bom-ref': string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

const development = 'cdx:npm:package:development';
const root = fileURLToPath(new URL('../', import.meta.url));
const out = resolve(root, process.argv[2] ?? 'dist/usher.cdx.json');

const listed = execSync('npm sbom --sbom-format cyclonedx --package-lock-only', {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  stdio: ['ignore', 'pipe', 'pipe'],
});
const all = JSON.parse(listed) as Bill;
const components = all.components.filter(({ properties = [] }) => !properties.some(({ name }) => name === development));
const kept = new Set([all.metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])]);
const dependencies = all.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((needed) => kept.has(needed)) }));

mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, `${JSON.stringify({ ...all, components, dependencies }, null, 2)}\n`);
process.stdout.write(`${out}: ${components.length} packages\n`);
