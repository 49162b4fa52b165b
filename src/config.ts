import { accessSync, constants } from 'node:fs';
import { z } from 'zod';
import { cloudNames, clouds } from './clouds.ts';
import { type Config, logLevels, type SecondPerson } from './config-shape.ts';
import { sslModeOf, sslModes } from './db/tls.ts';
import {
  botIdentity,
  certificateProblem,
  graphIdentity,
  reportBotProblems,
  reportGraphProblems,
  reportSignInProblems,
} from './identity.ts';
import { languages } from './languages.ts';
import { shownAttributeProblems } from './masking/attributes.ts';
import { secret } from './secret.ts';
import { recordable } from './settings-print.ts';
import { auditStreamOf, eventsOf, reportStreamProblems } from './stream-settings.ts';
import { defaultTicketPattern, ticketPatternProblem } from './ticket-rules.ts';

export type { BotConfig, Config, DatabaseConfig, GraphConfig, MetricsConfig, RoleConfig } from './config-shape.ts';
export { type Secret, secret } from './secret.ts';

/**
 * The only reader of the environment. Every variable is checked, and all problems are reported together, each with its
 * fix, so that a new installation does not reveal one error at a time. `.env.sample` documents each.
 */
export interface ConfigProblem {
  readonly variable: string;
  readonly problem: string;
  readonly fix: string;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  /** `appsFile` is returned all the same, as problems in that file belong in the same report. */
  | { readonly ok: false; readonly problems: readonly ConfigProblem[]; readonly appsFile: string | null };

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A field's message carries problem and fix, separated by `fixMark`. */
const fixMark = ' → ';
const says = (problem: string, fix: string) => `${problem}${fixMark}${fix}`;

const wholeNumber = (fallback: number, least: number, most: number) =>
  z
    .string()
    .default(String(fallback))
    .refine((text) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most, {
      message: says(`is not a whole number from ${least} to ${most}`, `set it to such a number, e.g. ${fallback}`),
    })
    .transform(Number);

const oneOf = <const T extends readonly [string, ...string[]]>(values: T, fallback: T[number]) =>
  z
    .string()
    .default(fallback)
    .transform((text, context): T[number] => {
      const match = values.find((value) => value.toLowerCase() === text.toLowerCase());
      if (match !== undefined) return match;
      context.addIssue({
        code: 'custom',
        message: says(`is “${text.slice(0, 40)}”, which Usher does not know`, `use one of ${values.join(', ')}`),
      });
      return z.NEVER;
    });

const text = z.string().default('');

/** Empty, or a text that fits. */
const optional = (fits: (value: string) => boolean, problem: string, fix: string) =>
  text.refine((value) => value === '' || fits(value), { message: says(problem, fix) });

const list = text.transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const guidList = list
  .refine((ids) => ids.every((id) => guid.test(id)), {
    message: says(
      'has an entry that is not a GUID',
      'list Entra object ids, separated by commas; names do not work here',
    ),
  })
  .transform((ids) => [...new Set(ids.map((id) => id.toLowerCase()))]);

const optionalGuid = optional(
  (id) => guid.test(id),
  'is not a GUID',
  'copy the id from the Azure portal, e.g. 00000000-0000-0000-0000-000000000000',
);

const webAddress = optional(
  (address) => URL.canParse(address) && /^https?:$/.test(new URL(address).protocol),
  'is not a web address',
  'give the whole address, e.g. https://graph.microsoft.com/v1.0',
);

const readableFile = (fix: string) => optional(isReadable, 'names a file that cannot be read', fix);

const hostNames = list
  .transform((hosts) => hosts.map((host) => host.toLowerCase()))
  .refine((hosts) => hosts.every((host) => /^[a-z0-9-]+(\.[a-z0-9-]+){2,}$/.test(host) && !/^[^.]*-my\./.test(host)), {
    message: says('is no host of SharePoint', 'name it without https:// and without -my, e.g. contoso.sharepoint.com'),
  });

const attributeNames = list.superRefine((names, context) => {
  for (const { problem, fix } of shownAttributeProblems(names))
    context.addIssue({ code: 'custom', message: says(problem, fix) });
});

const certificateFile = text.superRefine((path, context) => {
  const found = path === '' ? null : certificateProblem(path);
  if (found !== null) context.addIssue({ code: 'custom', message: says(found.problem, found.fix) });
});

const ticketPattern = z
  .string()
  .default(defaultTicketPattern)
  .superRefine((pattern, context) => {
    const found = ticketPatternProblem(pattern);
    if (found !== null) context.addIssue({ code: 'custom', message: says(found.problem, found.fix) });
  });

const secondPerson = z
  .string()
  .default('offboard')
  .transform((text, context): SecondPerson => {
    const [, from] = /^from (\d{1,6})$/i.exec(text) ?? [];
    if (Number(from) > 0) return { from: Number(from) };
    const named = text.toLowerCase();
    if (named === 'always' || named === 'offboard') return named;
    context.addIssue({
      code: 'custom',
      message: says(`is “${text.slice(0, 40)}”, which Usher does not know`, 'use always, offboard, or e.g. from 5'),
    });
    return z.NEVER;
  });

const tokenFile = readableFile('name the file into which the federated token is written');

const environmentSchema = z.object({
  PORT: wholeNumber(3978, 0, 65_535),
  HOST: z.string().min(1).default('127.0.0.1'),
  BOT_AUTH: oneOf(['token', 'none'], 'token'),
  MicrosoftAppId: optionalGuid,
  MicrosoftAppPassword: text,
  MicrosoftAppType: oneOf(['MultiTenant', 'SingleTenant', 'UserAssignedMSI'], 'SingleTenant'),
  MicrosoftAppTenantId: optionalGuid,
  MicrosoftAppCertificatePath: certificateFile,
  MicrosoftAppFederatedTokenFile: tokenFile,
  MicrosoftAppManagedIdentityId: optionalGuid,
  ALLOWED_TENANTS: guidList,
  CLOUD: oneOf(cloudNames, 'public'),
  GRAPH_AUTH: oneOf(['azure', 'delegated', 'none'], 'azure'),
  SIGN_IN_CONNECTION: text,
  GRAPH_BASE_URL: webAddress,
  AZURE_TENANT_ID: optionalGuid,
  AZURE_CLIENT_ID: optionalGuid,
  AZURE_CLIENT_SECRET: text,
  AZURE_CLIENT_CERTIFICATE_PATH: certificateFile,
  AZURE_FEDERATED_TOKEN_FILE: tokenFile,
  DATABASE_URL: z
    .string()
    .default('file:data/usher.db')
    .refine((text) => /^file:.+/.test(text) || /^postgres(ql)?:\/\/.+/.test(text), {
      message: says('is neither a file nor a PostgreSQL address', 'use file:PATH or postgres://USER@HOST/DATABASE'),
    })
    .refine((text) => !text.startsWith('postgres') || hasPlainParts(text), {
      message: says(
        'has a user, password or host that cannot be told apart',
        'write special characters of the password encoded: # as %23, / as %2F, ? as %3F, % as %25, @ as %40',
      ),
    })
    .refine((text) => text.startsWith('file:') || sslModeOf(text) !== 'unknown', {
      message: says(
        'asks for TLS in a way that Usher does not take',
        `use sslmode=${sslModes.join(', ')} alone, and PGSSLROOTCERT for an authority of your own`,
      ),
    }),
  PGSSLROOTCERT: readableFile('name a PEM file with the certificates to trust'),
  DATABASE_POOL_SIZE: wholeNumber(10, 2, 200),
  RETENTION_DAYS: wholeNumber(400, 1, 36_500),
  RECORD_DAYS: wholeNumber(2_555, 1, 36_500),
  PROVISION_LIMIT: wholeNumber(5, 1, 1000),
  PROVISION_WINDOW_MS: wholeNumber(10_000, 10, 3_600_000),
  PROVISION_GUARD_MS: wholeNumber(500, 0, 60_000),
  VIEWERS: guidList,
  REQUESTERS: guidList,
  OPERATORS: guidList,
  APPROVERS: guidList,
  REQUESTS_PER_DAY: wholeNumber(30, 1, 10_000),
  REQUEST_FOR: oneOf(['reports', 'anyone'], 'reports'),
  DETAILS_IN_CHANNELS: oneOf(['on', 'off'], 'off'),
  LANGUAGE: oneOf(['auto', ...languages], 'auto'),
  COMMANDS_PER_MINUTE: wholeNumber(30, 1, 1_000_000),
  REMOVAL_SECOND_PERSON: secondPerson,
  APPROVAL_REMIND_WORKING_DAYS: wholeNumber(1, 1, 30),
  APPROVAL_EXPIRE_DAYS: wholeNumber(7, 1, 365),
  ASSIGNMENT_WAIT_HOURS: wholeNumber(24, 0, 720),
  APPS_FILE: text,
  TICKET_PATTERN: ticketPattern,
  TICKETS: oneOf(['optional', 'required'], 'optional'),
  SHAREPOINT_HOST: hostNames,
  SHOWN_ATTRIBUTES: attributeNames,
  METRICS: oneOf(['on', 'off'], 'on'),
  METRICS_TOKEN: optional(
    (token) => /^[\w.~+/=-]{16,}$/.test(token),
    'is too short for a secret, or has characters that a header cannot carry',
    'set it to 16 or more letters and digits, e.g. what `openssl rand -hex 24` prints',
  ),
  METRICS_PORT: optional(
    (port) => /^\d+$/.test(port) && Number(port) <= 65_535,
    'is not a port',
    'set it to a free port of this machine, e.g. 9464, or leave it empty',
  ),
  AUDIT_STREAM: text,
  EVENTS_URL: text,
  EVENTS_SECRET: list,
  EVENTS_ALLOW_PRIVATE: oneOf(['true', 'false'], 'false'),
  LOG_LEVEL: oneOf(logLevels, 'info'),
});

type Environment = z.infer<typeof environmentSchema>;

/** Those that Usher reads. */
export const settingNames: readonly string[] = Object.keys(environmentSchema.shape);

/** A `#`, `/` or `?` in a password would end the host, after which no `@` follows, and a `%` begins a code. */
function hasPlainParts(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { hash, pathname, search, username, password } = new URL(address);
  return (
    !`${hash}${pathname}${search}`.includes('@') &&
    hash === '' &&
    [username, password].every((part) => !/%(?![0-9a-f]{2})/i.test(part))
  );
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether only this machine can reach the host. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare);
}

/** The environment of this process. */
export const ownEnvironment: Readonly<Record<string, string | undefined>> = process.env;

/**
 * Reads the configuration from an environment, by default `process.env`. Empty variables count as absent, as an `.env`
 * copied from the sample leaves many of them empty.
 */
export function readConfig(environment = ownEnvironment): ConfigResult {
  const present = Object.fromEntries(
    Object.entries(environment)
      .map(([name, value]) => [name, value?.trim()] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(present);
  const problems = parsed.success ? [] : parsed.error.issues.map(toProblem);
  // Related settings are checked on all readable values, so that one run shows everything.
  const readable = parsed.success ? parsed.data : readableFields(present);
  problems.push(...relationProblems(readable));
  if (!parsed.success || problems.length > 0) return { ok: false, problems, appsFile: readable.APPS_FILE || null };
  return { ok: true, config: toConfig(parsed.data) };
}

function toProblem(issue: { path: PropertyKey[]; message: string }): ConfigProblem {
  const [problem = issue.message, fix = 'see .env.sample'] = issue.message.split(fixMark);
  return { variable: String(issue.path[0]), problem, fix };
}

function readableFields(present: Record<string, string | undefined>): Partial<Environment> {
  const fields = Object.entries(environmentSchema.shape).flatMap(([name, field]) => {
    const parsed = field.safeParse(present[name]);
    return parsed.success ? [[name, parsed.data]] : [];
  });
  return Object.fromEntries(fields);
}

/** An unreadable value is absent here, and so not reported a second time. */
function relationProblems(env: Partial<Environment>): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const report = (variable: string, problem: string, fix: string) => void problems.push({ variable, problem, fix });
  // In a real tenant, any client that reaches the port could act as any person.
  const isGraphElsewhere = env.GRAPH_BASE_URL !== undefined && !isLoopback(hostOf(env.GRAPH_BASE_URL));
  if (env.BOT_AUTH === 'none') {
    if (env.HOST !== undefined && !isLoopback(env.HOST))
      report('BOT_AUTH', 'is none while HOST can be reached from outside', 'set HOST=127.0.0.1, or BOT_AUTH=token');
    // GRAPH_AUTH=none has the same rule, and reports it.
    else if (env.GRAPH_AUTH !== 'none' && isGraphElsewhere)
      report(
        'BOT_AUTH',
        'is none while Graph is not on this machine',
        'set BOT_AUTH=token, or point GRAPH_BASE_URL at this machine',
      );
  } else if (env.BOT_AUTH === 'token') {
    reportBotProblems(env, report);
  }
  const tenantIsMissing = problems.some(({ variable }) => variable === 'MicrosoftAppTenantId');
  if (env.ALLOWED_TENANTS?.length === 0 && env.MicrosoftAppTenantId === '' && !tenantIsMissing)
    report('ALLOWED_TENANTS', 'is empty', 'list the ids of the tenants whose people may talk to Usher');
  if (env.GRAPH_BASE_URL) {
    const address = new URL(env.GRAPH_BASE_URL);
    if (address.protocol !== 'https:' && !isLoopback(address.hostname))
      report('GRAPH_BASE_URL', 'is not https', 'use https, or an address of this machine');
    const isPlain = address.href === address.origin + address.pathname;
    if (!isPlain || !address.pathname.replace(/\/$/, '').endsWith('/v1.0'))
      report('GRAPH_BASE_URL', 'does not end in /v1.0', 'add the version, e.g. https://graph.microsoft.com/v1.0');
  }
  if (env.RECORD_DAYS !== undefined && env.RETENTION_DAYS !== undefined && env.RECORD_DAYS < env.RETENTION_DAYS)
    report(
      'RECORD_DAYS',
      'is less than RETENTION_DAYS',
      `set it to ${env.RETENTION_DAYS} or more, or RETENTION_DAYS to less`,
    );
  reportStreamProblems(env, env.DATABASE_URL, report);
  if (env.GRAPH_AUTH === 'azure') reportGraphProblems(env, report);
  if (env.GRAPH_AUTH === 'delegated') reportSignInProblems(env, report);
  if (env.GRAPH_AUTH === 'none' && isGraphElsewhere)
    report(
      'GRAPH_AUTH',
      'is none while Graph is not on this machine',
      'remove it, or point GRAPH_BASE_URL at this machine',
    );
  return problems;
}

function hostOf(address: string): string {
  return address === '' ? '' : new URL(address).hostname;
}

function toConfig(env: Environment): Config {
  return {
    port: env.PORT,
    host: env.HOST,
    bot: { auth: env.BOT_AUTH, appId: env.MicrosoftAppId, identity: botIdentity(env) },
    allowedTenants: env.ALLOWED_TENANTS.length > 0 ? env.ALLOWED_TENANTS : [env.MicrosoftAppTenantId.toLowerCase()],
    graph: {
      auth: env.GRAPH_AUTH,
      baseUrl: (env.GRAPH_BASE_URL || `${clouds[env.CLOUD].graphRoot}/v1.0`).replace(/\/$/, ''),
      identity: env.GRAPH_AUTH === 'delegated' ? botIdentity(env) : graphIdentity(env),
    },
    signInConnection: env.GRAPH_AUTH === 'delegated' ? env.SIGN_IN_CONNECTION : '',
    cloud: env.CLOUD,
    database: env.DATABASE_URL.startsWith('file:')
      ? { kind: 'sqlite', path: env.DATABASE_URL.slice('file:'.length) }
      : {
          kind: 'postgres',
          url: secret(env.DATABASE_URL),
          rootCertificateFile: env.PGSSLROOTCERT || null,
          poolSize: env.DATABASE_POOL_SIZE,
        },
    retention: { requestDays: env.RETENTION_DAYS, recordDays: env.RECORD_DAYS },
    gate: { limit: env.PROVISION_LIMIT, windowMs: env.PROVISION_WINDOW_MS, guardMs: env.PROVISION_GUARD_MS },
    roles: { viewers: env.VIEWERS, requesters: env.REQUESTERS, operators: env.OPERATORS, approvers: env.APPROVERS },
    requestFor: env.REQUEST_FOR,
    detailsInChannels: env.DETAILS_IN_CHANNELS === 'on',
    language: env.LANGUAGE === 'auto' ? null : env.LANGUAGE,
    commandsPerMinute: env.COMMANDS_PER_MINUTE,
    removalSecondPerson: env.REMOVAL_SECOND_PERSON,
    approvals: {
      remindAfterWorkingDays: env.APPROVAL_REMIND_WORKING_DAYS,
      expireAfterDays: env.APPROVAL_EXPIRE_DAYS,
      assignmentWaitHours: env.ASSIGNMENT_WAIT_HOURS,
      requestsPerDay: env.REQUESTS_PER_DAY,
    },
    appsFile: env.APPS_FILE || null,
    tickets: { pattern: env.TICKET_PATTERN, required: env.TICKETS === 'required' },
    sharePointHosts: env.SHAREPOINT_HOST,
    shownAttributes: env.SHOWN_ATTRIBUTES,
    metrics: {
      on: env.METRICS === 'on',
      token: env.METRICS_TOKEN === '' ? null : secret(env.METRICS_TOKEN),
      port: env.METRICS_PORT === '' ? null : Number(env.METRICS_PORT),
    },
    auditStream: auditStreamOf(env),
    events: eventsOf(env),
    logLevel: env.LOG_LEVEL,
    settings: recordable(env),
  };
}

/** The problems as a person reads them in a terminal, one block. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  const lines = problems.map(({ variable, problem, fix }) => `  ${variable} ${problem}.\n    To fix: ${fix}.`);
  return `Usher cannot start: ${problems.length} problem${problems.length === 1 ? '' : 's'} in the configuration.\n${lines.join('\n')}\n`;
}
