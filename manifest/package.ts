import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { unzipSync, zipSync } from 'fflate';
import { isSemver, problemsOf, webApplicationInfo } from './check-package.ts';
import { commandLists } from './command-lists.ts';

/**
 * `npm run package`: fills in the manifest, packs it with the icons, and writes the zip that an administrator uploads
 * to Teams. It reads the package back and checks it before it writes anything, so a file that exists is a good one.
 */
export interface Terminal {
  readonly out: Writable;
  readonly err: Writable;
}

const help = `Usage: npm run package -- --app-id GUID --host NAME [options]

Writes the app package that an administrator uploads to Teams, after checking it.

  --app-id GUID       the application (client) id of the bot's registration
  --host NAME         where the bot answers, without https:// and path, e.g. usher.contoso.com
  --sso               people sign in to Usher (GRAPH_AUTH=delegated): names the resource that Teams brings a token for
  --sso-host NAME     with --sso: where the page to sign in is (token.botframework.com; other clouds have their own)
  --out FILE          the file to write (dist/usher-VERSION.zip)
  --version VERSION   the version that Teams shows (that of package.json); a changed package needs a higher one
  --developer NAME    who runs Usher in your organization, 32 letters at most (The Usher contributors)
  --website URL       your page about Usher, which the app's details link to (https://NAME of --host)
  --privacy URL       what you tell people about privacy (that of --website)
  --terms URL         your terms of use (that of --website)
  --help              this text

The exit code is 0 when the package was written, and 1 otherwise.
`;

interface Wanted {
  readonly appId: string;
  readonly host: string;
  /** The host of the sign-in page; null without sign-in. */
  readonly signIn: string | null;
  readonly version: string;
  readonly out: string;
  readonly developer: string;
  readonly website: string;
  readonly privacy: string;
  readonly terms: string;
}

/** The host of the sign-in page in the public cloud. */
const publicSignIn = 'token.botframework.com';
const ICONS = ['color.png', 'outline.png'];
const root = new URL('../', import.meta.url);
// The zip of the same files is the same, byte by byte, whenever it is packed. The earliest day that a zip can name.
const PACKED_AT = new Date(1980, 0, 1);

/** Does what the arguments say; returns the exit code. */
export function runPackage(args: readonly string[], terminal: Terminal): number {
  const options = parse(args);
  if (typeof options === 'string') return complain(terminal, [options]);
  if (options.help === true) {
    terminal.out.write(help);
    return 0;
  }
  const mistakes = mistakesIn(options);
  if (mistakes.length > 0) return complain(terminal, mistakes);

  const wanted = wantedFrom(options);
  const zip = pack(wanted);
  const problems = problemsOf(unzipSync(zip), wanted);
  if (problems.length > 0) return complain(terminal, problems);

  mkdirSync(dirname(wanted.out), { recursive: true });
  writeFileSync(wanted.out, zip);
  terminal.out.write(
    `Wrote ${relative(process.cwd(), wanted.out)}, version ${wanted.version}, checked against the schema of Teams.\n` +
      'Next: Teams admin center → Teams apps → Manage apps → Actions → Upload new app.\n',
  );
  return 0;
}

function complain({ err }: Terminal, problems: readonly string[]): number {
  const lines = problems.map((problem) => `✗ ${problem}\n`).join('');
  err.write(`No package was written.\n${lines}See: npm run package -- --help\n`);
  return 1;
}

const text = { type: 'string' } as const;
const OPTIONS = {
  'app-id': text,
  host: text,
  out: text,
  version: text,
  developer: text,
  website: text,
  privacy: text,
  terms: text,
  sso: { type: 'boolean' },
  'sso-host': text,
  help: { type: 'boolean', short: 'h' },
} as const;

type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** The options as they were typed, or what is wrong with them. */
function parse(args: readonly string[]): Options | string {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HOST = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i;

/** What the schema would only call a pattern that does not match. */
function mistakesIn(options: Options): string[] {
  const { 'app-id': appId, host, 'sso-host': signInHost, version, out } = options;
  const pages = (['website', 'privacy', 'terms'] as const).filter((name) => !isPage(options[name]));
  return [
    ...(appId === undefined ? ['--app-id is missing: the application (client) id of the bot’s registration.'] : []),
    ...(appId === undefined || GUID.test(appId)
      ? []
      : [`--app-id is a GUID like 12345678-90ab-cdef-1234-567890abcdef, not “${appId}”.`]),
    ...(host === undefined ? ['--host is missing: the name under which the bot answers.'] : []),
    ...(host === undefined || HOST.test(host)
      ? []
      : [`--host is a name like usher.contoso.com, without https://, port and path, not “${host}”.`]),
    ...(signInHost === undefined || HOST.test(signInHost)
      ? []
      : [`--sso-host is a name like token.botframework.com, without https://, not “${signInHost}”.`]),
    ...(signInHost === undefined || options.sso === true ? [] : ['--sso-host goes with --sso.']),
    ...(version === undefined || isSemver(version)
      ? []
      : [`--version is a semantic version like 1.2.3, not “${version}”.`]),
    ...(out?.trim() === '' ? ['After --out comes the name of a file.'] : []),
    ...pages.map((name) => `--${name} is an address that begins with https://, not “${options[name]}”.`),
  ];
}

const isPage = (address: string | undefined): boolean =>
  address === undefined || (address.startsWith('https://') && URL.canParse(address));

function wantedFrom(options: Options): Wanted {
  const { 'app-id': appId = '', host: typedHost = '', version = ownVersion() } = options;
  const host = typedHost.toLowerCase();
  const { developer = 'The Usher contributors', website = `https://${host}` } = options;
  const { privacy = website, terms = website } = options;
  const out = resolve(options.out ?? fileURLToPath(new URL(`dist/usher-${version}.zip`, root)));
  const signIn = options.sso === true ? (options['sso-host']?.toLowerCase() ?? publicSignIn) : null;
  return { appId: appId.toLowerCase(), host, signIn, version, out, developer, website, privacy, terms };
}

function ownVersion(): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  return String(version);
}

function pack(wanted: Wanted): Uint8Array {
  const values: Readonly<Record<string, string>> = {
    APP_ID: wanted.appId,
    HOST: wanted.host,
    VERSION: wanted.version,
    DEVELOPER: wanted.developer,
    WEBSITE: wanted.website,
    PRIVACY: wanted.privacy,
    TERMS: wanted.terms,
  };
  const template = readFileSync(new URL('manifest.json', import.meta.url), 'utf8');
  // Within a JSON string: a quote in a name must not end it.
  const manifest = template.replace(/\$\{\{(\w+)\}\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : JSON.stringify(value).slice(1, -1);
  });
  const listed = withCommandLists(manifest);
  const whole = wanted.signIn === null ? listed : withSignIn(listed, wanted.appId, wanted.signIn);
  const icons = ICONS.map((name) => [name, new Uint8Array(readFileSync(new URL(name, import.meta.url)))] as const);
  const files = { 'manifest.json': new TextEncoder().encode(whole), ...Object.fromEntries(icons) };
  return zipSync(files, { mtime: PACKED_AT, level: 9 });
}

/** The commands that Teams offers come from their declarations. */
function withCommandLists(manifest: string): string {
  const { bots, ...rest } = JSON.parse(manifest) as { readonly bots: readonly object[] };
  return JSON.stringify({ ...rest, bots: bots.map((bot) => ({ ...bot, commandLists: commandLists() })) }, null, 2);
}

/** What single sign-on for a bot needs besides. https://learn.microsoft.com/microsoftteams/platform/bots/how-to/authentication/bot-sso-manifest */
function withSignIn(manifest: string, appId: string, signIn: string): string {
  const { validDomains, ...rest } = JSON.parse(manifest) as { readonly validDomains: readonly string[] };
  const more = { validDomains: [...validDomains, signIn], webApplicationInfo: webApplicationInfo(appId) };
  return JSON.stringify({ ...rest, ...more }, null, 2);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = runPackage(process.argv.slice(2), { out: process.stdout, err: process.stderr });
}
