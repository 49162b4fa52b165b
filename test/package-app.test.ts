import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import { type PackageFiles, problemsOf } from '../manifest/check-package.ts';
import { commandLists } from '../manifest/command-lists.ts';
import { runPackage } from '../manifest/package.ts';
import { parse } from './support/grammar.ts';

const appId = '5eed0000-0000-4000-8000-0000000000aa';
const host = 'usher.contoso.com';
const expected = { appId, host, version: '1.2.3' };
const { version: ownVersion } = JSON.parse(readFileSync('package.json', 'utf8'));

let folder: string;
let zip: string;
let files: PackageFiles;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-package-'));
  zip = join(folder, 'deep', 'usher.zip');
  run('--app-id', appId, '--host', host, '--version', '1.2.3', '--out', zip);
  files = unzipSync(readFileSync(zip));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]) {
  const told = { out: '', err: '' };
  const into = (name: keyof typeof told) =>
    new Writable({
      write(chunk, _encoding, done) {
        told[name] += String(chunk);
        done();
      },
    });
  const code = runPackage(args, { out: into('out'), err: into('err') });
  return { code, ...told };
}

const textOf = (packed: PackageFiles) => new TextDecoder().decode(packed['manifest.json']);
const manifestOf = (packed: PackageFiles) => JSON.parse(textOf(packed));

/** The package with its manifest's text changed. */
function withText(change: (text: string) => string): PackageFiles {
  return { ...files, 'manifest.json': new TextEncoder().encode(change(textOf(files))) };
}

function withManifest(change: Readonly<Record<string, unknown>>): PackageFiles {
  return withText((text) => JSON.stringify({ ...JSON.parse(text), ...change }));
}

describe('the app package', () => {
  it('holds the manifest and both icons at its root, and nothing else', () => {
    expect(Object.keys(files).sort()).toEqual(['color.png', 'manifest.json', 'outline.png']);
  });

  it('names the bot, its version and where it answers', () => {
    const manifest = manifestOf(files);

    expect(manifest).toMatchObject({ id: appId, version: '1.2.3', manifestVersion: '1.29', validDomains: [host] });
    expect(manifest.bots).toMatchObject([
      { botId: appId, scopes: ['personal', 'team', 'groupChat'], supportsFiles: true },
    ]);
    expect(manifest.developer).toMatchObject({ name: 'The Usher contributors', websiteUrl: `https://${host}` });
  });

  it('passes its own check', () => {
    expect(problemsOf(files, expected)).toEqual([]);
  });

  it('is the same, byte by byte, when it is packed again', () => {
    const again = join(folder, 'again.zip');

    run('--app-id', appId.toUpperCase(), '--host', 'Usher.Contoso.com', '--version', '1.2.3', '--out', again);

    expect(readFileSync(again).equals(readFileSync(zip))).toBe(true);
  });

  it('carries the names and pages of the organization, whatever characters are in them', () => {
    const out = join(folder, 'named.zip');
    const name = 'Contoso "IT" \\ Süd';

    const args = ['--app-id', appId, '--host', host, '--out', out, '--developer', name];
    const { code } = run(...args, '--website', 'https://it.contoso.com/usher', '--terms', 'https://contoso.com/terms');

    expect(code).toBe(0);
    expect(manifestOf(unzipSync(readFileSync(out))).developer).toEqual({
      name,
      websiteUrl: 'https://it.contoso.com/usher',
      privacyUrl: 'https://it.contoso.com/usher',
      termsOfUseUrl: 'https://contoso.com/terms',
    });
  });

  it('names the resource for which Teams brings a token, where people sign in, and passes the check all the same', () => {
    const out = join(folder, 'sso.zip');

    const { code } = run('--app-id', appId, '--host', host, '--version', '1.2.3', '--out', out, '--sso');

    const packed = unzipSync(readFileSync(out));
    expect(code).toBe(0);
    expect(manifestOf(packed)).toMatchObject({
      webApplicationInfo: { id: appId, resource: `api://botid-${appId}` },
      validDomains: [host, 'token.botframework.com'],
    });
    expect(manifestOf(files)).not.toHaveProperty('webApplicationInfo');
    expect(problemsOf(packed, { ...expected, signIn: 'token.botframework.com' })).toEqual([]);
    expect(problemsOf(files, { ...expected, signIn: 'token.botframework.com' })).toHaveLength(2);
    expect(problemsOf(packed, expected)).toHaveLength(2);
  });

  it('names the sign-in page of another cloud', () => {
    const out = join(folder, 'cloud.zip');

    const { code } = run('--app-id', appId, '--host', host, '--out', out, '--sso', '--sso-host', 'token.example.cn');

    expect(code).toBe(0);
    expect(manifestOf(unzipSync(readFileSync(out)))).toMatchObject({ validDomains: [host, 'token.example.cn'] });
  });

  it('takes its version from package.json', () => {
    const out = join(folder, 'own.zip');

    const { out: said } = run('--app-id', appId, '--host', host, '--out', out);

    expect(manifestOf(unzipSync(readFileSync(out))).version).toBe(ownVersion);
    expect(said).toContain(`own.zip, version ${ownVersion}`);
  });
});

describe('the commands that Teams offers', () => {
  const lists = commandLists();
  const commands = lists.flatMap((list) => list.commands);

  it('are a list for each scope, with no command twice', () => {
    expect(lists.map(({ scopes }) => scopes)).toEqual([['personal'], ['team'], ['groupChat']]);
    for (const list of lists) {
      const titles = list.commands.map(({ title }) => title);
      expect(new Set(titles).size).toBe(titles.length);
      expect(titles.at(-1)).toBe('help');
    }
  });

  it.each([...new Set(commands.map(({ title }) => title))])('begin a line that Usher understands: %s', (title) => {
    const parsed = parse(title);

    // A beginning is enough: Usher asks for what is missing, and guesses nothing.
    expect(['command', 'incomplete']).toContain(parsed.kind);
  });

  it('give examples that work as they stand', () => {
    const examples = commands
      .map(({ title, description }) => ({ title, example: description.split(': ')[1] }))
      .filter(({ example }) => example !== undefined);

    expect(examples.length).toBeGreaterThan(6);
    for (const { title, example = '' } of examples) {
      expect(example.startsWith(title)).toBe(true);
      expect({ example, kind: parse(example).kind }).toEqual({ example, kind: 'command' });
    }
  });
});

describe('the icons', () => {
  it('fill the whole square in color', () => {
    const colourType = files['color.png']?.[25];

    // RGB: without an alpha channel nothing of Teams' own background shows through, light or dark.
    expect(colourType).toBe(2);
  });

  it('are an outline of pure white on nothing', () => {
    const pixels = pixelsOf(files['outline.png']);
    const seen = pixels.filter(([, , , alpha]) => alpha !== 0);
    const [corner] = pixels;

    expect(pixels.length).toBe(32 * 32);
    expect(corner?.[3]).toBe(0);
    expect(seen.length).toBeGreaterThan(150);
    expect(seen.filter(([red, green, blue]) => red !== 255 || green !== 255 || blue !== 255)).toEqual([]);
  });
});

describe('a package that Teams would refuse', () => {
  const png = (width: number, height: number) => {
    const file = new Uint8Array(files['color.png'] ?? []);
    new DataView(file.buffer).setUint32(16, width);
    new DataView(file.buffer).setUint32(20, height);
    return file;
  };

  it.each<[string, () => PackageFiles, RegExp]>([
    ['in a folder', () => ({ 'usher/manifest.json': files['manifest.json'] ?? new Uint8Array() }), /no manifest\.json/],
    ['with a file in a folder', () => ({ ...files, 'icons/more.png': png(1, 1) }), /“icons\/more\.png” is in a folder/],
    ['with a file that the manifest does not name', () => ({ ...files, '.DS_Store': png(1, 1) }), /does not name it/],
    ['whose manifest is no JSON', () => withText((text) => text.slice(1)), /no JSON/],
    ['with a placeholder left', () => withManifest({ accentColor: '{{COLOR}}' }), /placeholder \{\{COLOR\}\}/],
    ['with a field too many', () => withManifest({ colour: 'blue' }), /schema .* must NOT have additional properties/],
    ['of another manifest version', () => withManifest({ manifestVersion: '1.5' }), /schema .*\/manifestVersion/],
    ['with a name that is too long', () => withManifest({ name: { short: 'x'.repeat(31) } }), /\/name\/short/],
    [
      'for another bot',
      () => withText((text) => text.replace(`"botId": "${appId}"`, `"botId": "${appId.replace('a', 'b')}"`)),
      /botId/,
    ],
    ['for another host', () => withManifest({ validDomains: ['*.contoso.com'] }), /validDomains is/],
    ['with a version that is none', () => withManifest({ version: '1.2' }), /no semantic version/],
    [
      'with a color icon of the wrong size',
      () => ({ ...files, 'color.png': png(96, 96) }),
      /color\.png is 96×96 .* 192×192/,
    ],
    [
      'with an outline as wide as high, but not 32',
      () => ({ ...files, 'outline.png': png(32, 33) }),
      /outline\.png is 32×33/,
    ],
    [
      'with an icon that is no PNG',
      () => ({ ...files, 'color.png': new TextEncoder().encode('<svg/>'.repeat(9)) }),
      /is no PNG/,
    ],
    [
      'without its outline',
      () => ({ 'manifest.json': files['manifest.json'] ?? png(1, 1), 'color.png': png(192, 192) }),
      /outline icon .* not in/,
    ],
  ])('fails the check: %s', (_, broken, why) => {
    const problems = problemsOf(broken(), expected);

    expect(problems.join('\n')).toMatch(why);
  });
});

describe('npm run package', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['nothing at all', [], /--app-id is missing[\s\S]*--host is missing/],
    ['an id that is no GUID', ['--app-id', 'usher', '--host', host], /--app-id is a GUID like .*, not “usher”/],
    [
      'an address in place of a host',
      ['--app-id', appId, '--host', 'https://usher.contoso.com/'],
      /without https:\/\//,
    ],
    ['a sign-in host without sign-in', ['--app-id', appId, '--host', host, '--sso-host', host], /goes with --sso/],
    [
      'an address to sign in at',
      ['--app-id', appId, '--host', host, '--sso', '--sso-host', 'https://x.cn'],
      /--sso-host is a name/,
    ],
    ['a host with a port', ['--app-id', appId, '--host', 'usher.contoso.com:3978'], /without https:\/\/, port/],
    ['a host that is an address of numbers', ['--app-id', appId, '--host', '10.0.0.1'], /--host is a name/],
    ['a version that is none', ['--app-id', appId, '--host', host, '--version', 'v1'], /--version is a semantic/],
    ['a page without https', ['--app-id', appId, '--host', host, '--privacy', 'http://x.y'], /--privacy is an address/],
    [
      'a developer with too long a name',
      ['--app-id', appId, '--host', host, '--developer', 'x'.repeat(33)],
      /\/developer\/name/,
    ],
    ['an option that there is none', ['--appid', appId], /--appid/],
  ])('refuses %s, and writes nothing', (_, args, why) => {
    const out = join(folder, 'none.zip');

    const { code, err } = run(...args, '--out', out);

    expect(code).toBe(1);
    expect(err).toMatch(/^No package was written\.\n✗ /);
    expect(err).toMatch(why);
    expect(existsSync(out)).toBe(false);
  });

  it('names every setting that it reads', () => {
    const { code, out } = run('--help');

    expect(code).toBe(0);
    for (const option of ['--app-id', '--host', '--out', '--version', '--developer', '--website'])
      expect(out).toContain(option);
  });

  it('runs on the command line, and ends with 1 when something is wrong', async () => {
    const out = join(folder, 'from-shell.zip');
    const node = (...args: string[]) => promisify(execFile)(process.execPath, ['manifest/package.ts', ...args]);

    const { stdout } = await node('--app-id', appId, '--host', host, '--out', out);
    const failure = await node('--host', host).catch((error: unknown) => error);

    expect(stdout).toContain('from-shell.zip');
    expect(Object.keys(unzipSync(readFileSync(out)))).toContain('manifest.json');
    expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining('--app-id is missing') });
  });
});

/** The pixels of a PNG with eight bits each of red, green, blue and alpha: chunks joined, inflated, filters undone. */
function pixelsOf(file: Uint8Array | undefined): number[][] {
  const png = Buffer.from(file ?? []);
  const [width, height, channels] = [png.readUInt32BE(16), png.readUInt32BE(20), 4];
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const content = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(content);
  }
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * channels;
  let above = Buffer.alloc(stride);
  const pixels: number[][] = [];
  for (let row = 0; row < height; row++) {
    const start = row * (stride + 1);
    const filter = raw[start] ?? 0;
    const line = Buffer.from(raw.subarray(start + 1, start + 1 + stride));
    for (let index = 0; index < stride; index++) {
      const left = line[index - channels] ?? 0;
      const up = above[index] ?? 0;
      const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, above[index - channels] ?? 0)];
      line[index] = ((line[index] ?? 0) + (guesses[filter] ?? 0)) & 0xff;
    }
    for (let index = 0; index < stride; index += channels) pixels.push([...line.subarray(index, index + channels)]);
    above = line;
  }
  return pixels;
}

function paeth(left: number, up: number, corner: number): number {
  const [byLeft, byUp, byCorner] = [left, up, corner].map((one) => Math.abs(left + up - corner - one));
  if (byLeft === undefined || byUp === undefined || byCorner === undefined) return 0;
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}
