import type { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { readAppsFile } from './apps-file.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Config, ownEnvironment, readConfig } from './config.ts';
import { type Disk, ownDisk } from './db/inspect.ts';
import { appsFileChecks } from './doctor/apps-file-checks.ts';
import { credentialChecks, isRequested } from './doctor/credentials.ts';
import { delegatedChecks } from './doctor/delegated.ts';
import { words } from './doctor/doctor-messages.ts';
import { endpointChecks } from './doctor/endpoint.ts';
import { watchLogin } from './doctor/login.ts';
import { machineChecks } from './doctor/machine.ts';
import { permissionChecks } from './doctor/permissions.ts';
import { createReach, type Tokens } from './doctor/reach.ts';
import { good, type Line, runChecks, skipped, wrong } from './doctor/run-checks.ts';
import { doubtLines, fileLines } from './doctor/settings.ts';
import { streamChecks } from './doctor/stream-checks.ts';
import { tenantChecks } from './doctor/tenant.ts';
import { botToken, graphToken, type LoginOptions } from './graph/credential.ts';
import { forTerminal } from './masking/hidden.ts';

/**
 * The doctor, `npm run doctor`, for an operator who sets Usher up or looks for a fault. It reads the configuration as
 * the bot does, tries everything that the bot will need, and changes nothing. All checks run concurrently, each with a
 * limit; a check that another one's failure makes impossible says so instead of failing too.
 */
export interface Terminal {
  readonly out: Writable;
  readonly err: Writable;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface DoctorOptions {
  readonly clock?: Clock;
  /** The source of tokens, instead of the login. */
  readonly tokens?: Tokens;
  /** How to reach the login. */
  readonly login?: LoginOptions;
  /** How long each check may take; milliseconds. */
  readonly limitMs?: number;
  /** The file that Node read settings from; null for none. */
  readonly envFile?: string | null;
  readonly disk?: Disk;
}

const defaultLimitMs = 30_000;

/** Runs the command; returns the exit code. */
export async function runDoctor(
  args: readonly string[],
  terminal: Terminal,
  options: DoctorOptions = {},
): Promise<number> {
  const wanted = readArguments(args);
  if (typeof wanted === 'string') {
    terminal.err.write(forTerminal(`${wanted}\n${words.see}\n`));
    return 2;
  }
  if (wanted.help) {
    terminal.out.write(words.help);
    return 0;
  }
  const lines = await examine(terminal.environment ?? ownEnvironment, wanted.url, options);
  terminal.out.write(wanted.json ? jsonOf(lines) : forTerminal(textOf(lines)));
  return lines.some(({ outcome }) => outcome === 'wrong') ? 1 : 0;
}

/** The options, or what is wrong with them. */
function readArguments(args: readonly string[]): { help: boolean; json: boolean; url: string | null } | string {
  try {
    const flag = { type: 'boolean' } as const;
    const options = { url: { type: 'string' }, json: flag, help: { ...flag, short: 'h' } } as const;
    const { url = null, json = false, help = false } = parseArgs({ args: [...args], options, strict: true }).values;
    const isAddress = url === null || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol));
    return isAddress ? { help, json, url } : words.badUrl;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function examine(
  environment: NonNullable<Terminal['environment']>,
  url: string | null,
  options: DoctorOptions,
): Promise<readonly Line[]> {
  const say = words.configuration;
  const read = readConfig(environment);
  // What a file has lost explains what the configuration lacks.
  const files = fileLines(options.envFile ?? null, environment);
  const appsFile = readAppsFile(read.ok ? read.config.appsFile : read.appsFile);
  const problems = [...(read.ok ? [] : read.problems), ...(appsFile.ok ? [] : appsFile.problems)];
  if (!read.ok || !appsFile.ok) {
    const finding = wrong(
      say.wrong(problems.map(({ variable, problem }) => `${variable} ${problem}`)),
      say.fix(problems.map(({ variable, fix }) => `${variable}: ${fix}`)),
    );
    return [
      ...files,
      { id: 'configuration', title: say.title, ...finding },
      { id: 'rest', title: say.rest, ...skipped(say.first) },
    ];
  }
  const { config } = read;
  const { clock = systemClock, limitMs = defaultLimitMs } = options;
  const isDelegated = config.graph.auth === 'delegated';
  const { HTTPS_PROXY, https_proxy } = environment;
  const isProxied = Boolean(HTTPS_PROXY || https_proxy);
  const reach = createReach(config, appsFile, options.tokens ?? tokensOf(config, options.login), clock, isProxied);
  try {
    const found = await runChecks(
      [
        { id: 'configuration', title: say.title, run: async () => good(say.good(config.cloud)) },
        ...(isDelegated
          ? [...reach.checks.filter(({ id }) => id !== 'graphToken'), ...delegatedChecks(reach)]
          : [
              ...reach.checks,
              ...permissionChecks(reach.needs, reach.granted, (id) => isRequested(reach, id)),
              ...tenantChecks(reach),
              ...appsFileChecks(reach),
            ]),
        ...credentialChecks(reach, clock),
        ...machineChecks(reach, clock, options.disk ?? ownDisk),
        ...endpointChecks(config, clock, url),
        ...streamChecks(config, clock),
      ],
      limitMs,
      clock,
    );
    return [...files, ...doubtLines(config, [...appsFile.entries, ...appsFile.kits]), ...found];
  } finally {
    await reach.close();
  }
}

function tokensOf({ bot, graph, cloud }: Config, login: LoginOptions = {}): Tokens {
  const [watchBot, watchGraph] = [watchLogin(), watchLogin()];
  // Where people sign in the bot makes no calls with a token of its own; the doctor still checks what such a token
  // allows.
  const auth = graph.auth === 'delegated' ? 'azure' : graph.auth;
  return {
    bot: botToken(bot, cloud, { ...login, ...watchBot.options }),
    graph: graphToken({ ...graph, auth }, cloud, { ...login, ...watchGraph.options }),
    seen: { bot: watchBot.latest, graph: watchGraph.latest },
  };
}

function jsonOf(lines: readonly Line[]): string {
  const ok = lines.every(({ outcome }) => outcome !== 'wrong');
  return `${JSON.stringify({ ok, lines }, null, 2)}\n`;
}

function textOf(lines: readonly Line[]): string {
  const count = (wanted: Line['outcome']) => lines.filter(({ outcome }) => outcome === wanted).length;
  const texts = lines.map((line) => {
    const text = `${words.marks[line.outcome]} ${line.title}: ${line.detail}`;
    return 'fix' in line ? `${text}\n    ${words.toFix(line.fix)}` : text;
  });
  return `${texts.join('\n')}\n\n${words.sum(count('wrong'), count('warning'), count('skipped'))}\n`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [envFile = null] = process.execArgv.flatMap((flag) => /^--env-file(?:-if-exists)?=(.*)$/.exec(flag)?.[1] ?? []);
  runDoctor(process.argv.slice(2), { out: process.stdout, err: process.stderr }, { envFile }).then(
    // Does not wait for what slow checks still do, but for the output to be written.
    (code) => process.stdout.write('', () => process.exit(code)),
    (error: unknown) => {
      process.stderr.write(forTerminal(`${error instanceof Error ? error.message : String(error)}\n`));
      process.exit(1);
    },
  );
}
