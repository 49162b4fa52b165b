import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import draft04 from 'ajv-draft-04';
import formats from 'ajv-formats';

/**
 * What Teams would refuse about an app package, found before an administrator uploads it. This module validates the
 * manifest against the schema that Microsoft publishes (draft-04, shipped in `@microsoft/app-manifest`); the schema says
 * nothing of pixels, of leftover placeholders or of the zip, so this module checks those itself.
 * https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/apps-package
 */
export interface Expected {
  readonly appId: string;
  readonly host: string;
  /** The host of the page on which users sign in to the bot; null without sign-in. */
  readonly signIn?: string | null;
  readonly version: string;
}

/** Files by their path inside the zip. */
export type PackageFiles = Readonly<Record<string, Uint8Array>>;

type Fields = Readonly<Record<string, unknown>>;

/** https://semver.org, the expression that it suggests. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

/** Width and height in pixels. */
const ICON_SIZES: Readonly<Record<string, number>> = { color: 192, outline: 32 };

const SCHEMA = '@microsoft/app-manifest/build/json-schemas/teams/v1.29/MicrosoftTeams.schema.json';

/** Everything that is wrong with a package, a sentence each; empty when Teams can take it. */
export function problemsOf(files: PackageFiles, expected: Expected): string[] {
  const misplaced = Object.keys(files)
    .filter((path) => /[/\\]/.test(path))
    .map((path) => `“${path}” is in a folder of the zip; all files belong at its root.`);
  const file = files['manifest.json'];
  if (file === undefined) return [...misplaced, 'There is no manifest.json at the root of the zip.'];

  const text = new TextDecoder().decode(file);
  const manifest = readManifest(text);
  if (manifest === null) return [...misplaced, 'manifest.json is no JSON object.'];
  return [
    ...misplaced,
    ...leftPlaceholders(text),
    ...schemaProblems(manifest),
    ...identityProblems(manifest, expected),
    ...iconProblems(files, fieldsOf(manifest.icons)),
    ...strangers(files, fieldsOf(manifest.icons)),
  ];
}

/** Whether Teams takes it for the version of an app. */
export const isSemver = (version: string): boolean => SEMVER.test(version);

function readManifest(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function leftPlaceholders(text: string): string[] {
  const found = new Set(text.match(/\$\{\{[^}]*\}\}|\{\{[^}]*\}\}/g));
  return [...found].map((placeholder) => `The placeholder ${placeholder} has no value.`);
}

// Compiled once, which takes far longer than to validate.
const validate = compiledSchema();

function compiledSchema() {
  const schema: unknown = JSON.parse(readFileSync(createRequire(import.meta.url).resolve(SCHEMA), 'utf8'));
  if (typeof schema !== 'object' || schema === null) throw new Error(`${SCHEMA} is no schema`);
  // Not strict: the published schema itself has keywords that strict mode frowns upon.
  const ajv = new draft04.default({ allErrors: true, strict: false, validateFormats: true });
  formats.default(ajv);
  return ajv.compile(schema);
}

function schemaProblems(manifest: Fields): string[] {
  if (validate(manifest)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `The schema does not allow ${instancePath === '' ? 'the manifest' : instancePath}: ${message} ${JSON.stringify(params)}`,
  );
}

/** The registration whose token Teams brings. The prefix before the id is the one that Teams knows bots by. */
export function webApplicationInfo(appId: string) {
  return { id: appId, resource: `api://botid-${appId}` };
}

function identityProblems(manifest: Fields, { appId, host, signIn = null, version }: Expected): string[] {
  const bots = Array.isArray(manifest.bots) ? manifest.bots : [];
  return [
    ...differs('id', manifest.id, appId),
    ...differs('bots[0].botId', fieldsOf(bots[0]).botId, appId),
    ...differs('validDomains', manifest.validDomains, signIn === null ? [host] : [host, signIn]),
    ...differs(
      'webApplicationInfo',
      manifest.webApplicationInfo,
      signIn === null ? undefined : webApplicationInfo(appId),
    ),
    ...differs('version', manifest.version, version),
    ...(typeof manifest.version === 'string' && isSemver(manifest.version)
      ? []
      : [`The version “${String(manifest.version)}” is no semantic version, such as 1.2.3.`]),
  ];
}

function differs(name: string, found: unknown, wanted: unknown): string[] {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return [];
  return [`${name} is ${JSON.stringify(found) ?? 'missing'} and should be ${JSON.stringify(wanted)}.`];
}

function iconProblems(files: PackageFiles, icons: Fields): string[] {
  return Object.entries(ICON_SIZES).flatMap(([kind, size]) => {
    const path = icons[kind];
    const file = typeof path === 'string' ? files[path] : undefined;
    if (file === undefined) return [`The ${kind} icon ${JSON.stringify(path) ?? ''} is not in the package.`];
    const found = pngSize(file);
    if (found === null) return [`The ${kind} icon ${path} is no PNG.`];
    const [width, height] = found;
    if (width === size && height === size) return [];
    return [`The ${kind} icon ${path} is ${width}×${height} pixels; Teams wants ${size}×${size}.`];
  });
}

function strangers(files: PackageFiles, icons: Fields): string[] {
  const known = new Set<unknown>(['manifest.json', ...Object.values(icons)]);
  return Object.keys(files)
    .filter((path) => !known.has(path))
    .map((path) => `“${path}” is in the package, but the manifest does not name it.`);
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Width and height from the IHDR chunk, which the format puts first; null for what is no PNG. https://www.w3.org/TR/png-3/#11IHDR */
function pngSize(file: Uint8Array): readonly [width: number, height: number] | null {
  if (file.length < 24 || !SIGNATURE.every((byte, index) => file[index] === byte)) return null;
  if (new TextDecoder('latin1').decode(file.subarray(12, 16)) !== 'IHDR') return null;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return [view.getUint32(16), view.getUint32(20)];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
