import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type EndTerms, endFields, isUsualTooLong } from './access-ends.ts';
import type { ConfigProblem } from './config.ts';
import { type TicketTerms, ticketFields } from './ticket-rules.ts';

/**
 * What an installation adds to Entra's knowledge of its applications: JSON, one entry for each app.
 *
 *     [{ "app": "Salesforce", "aliases": ["sf", "crm"], "approvers": ["GROUP-ID"], "assign": { "appRole": "User" } }]
 *
 * `ticket`: whether a request needs a ticket number; missing for what `TICKETS` says. `ticketUrl`: the address of a
 * ticket, with `{ticket}` in it. `ticketProjects`: the keys of the projects whose tickets it takes as well, `ABC-123`.
 *
 * `longest` and `usual`: how long access lasts at most, and where a request names no end: `"longest": "90d"`, a whole
 * number of hours (`h`), days, weeks, months or years.
 *
 * With kits, these entries are one of two lists:
 *
 *     { "apps": [], "kits": [{ "kit": "Sales", "aliases": ["sales starter"], "apps": ["Salesforce", "ServiceNow"] }] }
 *
 * A kit may say besides who may `ask` for it, its `approvers`, whether it assigns, and its tickets: `KitTerms`.
 */
export interface AppEntry extends TicketTerms, EndTerms {
  /**
   * The service principal's object id or the application id, with or without `id:` before it, or the display name,
   * which is bound to the app that has it when the entry is first seen; see `graph/app-bindings.ts`.
   */
  readonly app: string;
  /** Short names that people type. */
  readonly aliases: readonly string[];
  /**
   * The approvers of this app: ids of Entra groups, directory role templates or people, in lower case. Empty for those
   * of `APPROVERS`.
   */
  readonly approvers: readonly string[];
  /**
   * The app role (by display name or value) that Usher assigns to a person who is not assigned yet, and on whose word:
   * with an approval, by an operator's click, or both. It needs `AppRoleAssignment.ReadWrite.All`. Null, the default:
   * Usher assigns nothing.
   */
  readonly assign: RoleAssignment | null;
}

const assigners = ['approval', 'operator'] as const;
export type Assigner = (typeof assigners)[number];

export interface RoleAssignment {
  readonly appRole: string;
  /** One at least. */
  readonly by: readonly Assigner[];
}

/** The app role that is assigned on the word of this one; null where none is. */
export function roleAssignedBy(by: Assigner, { assign }: Pick<AppEntry, 'assign'>): string | null {
  return assign?.by.includes(by) === true ? assign.appRole : null;
}

/** What a kit of `APPS_FILE` says about those who ask for it, in place of what its apps say or beside it. */
export interface KitTerms extends Pick<TicketTerms, 'ticket' | 'ticketUrl'>, EndTerms {
  /** Ids, in lower case, of the groups or people of whom requesters may ask for the kit; null for all who may ask. */
  readonly ask: readonly string[] | null;
  /** Ids as `AppEntry.approvers`, who decide on what is asked for by the kit's name. Empty for those of each app. */
  readonly approvers: readonly string[];
  /**
   * Whether an approval of what is asked for by the kit's name assigns the app role of each app's entry; null for what
   * the entry says.
   */
  readonly assign: boolean | null;
}

/** A set of apps that people get together, under one name. */
export interface KitEntry extends KitTerms {
  readonly kit: string;
  /** Other names that people type. */
  readonly aliases: readonly string[];
  /** Each as `AppEntry.app`, in place of an alias that the file has. */
  readonly apps: readonly string[];
}

/** What a kit is known by: "the Sales kit" and "sales" are one name. */
export const kitKey = (kit: string): string =>
  kit
    .trim()
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^the (?=.)/, '')
    .replace(/(?<=.) kit$/, '');

/** `id:…` marks an id. */
const withoutMark = (app: string) => app.replace(/^id:\s*/i, '');
const name = z.string().trim().min(1);
const appName = name
  .refine((app) => !/^id:/i.test(app) || z.guid().safeParse(withoutMark(app)).success, 'is no id behind “id:”')
  .transform(withoutMark);
const kitName = name.transform((kit) => kit.replace(/\s+/g, ' '));
/** A person's card shows all of them. */
const mostInKit = 20;

const appsSchema = z.array(
  z.strictObject({
    app: appName,
    aliases: z.array(name).default([]),
    approvers: z.array(z.guid('is not an object id; names do not work here').toLowerCase()).default([]),
    assign: z
      .strictObject({
        appRole: name,
        by: z.array(z.enum(assigners)).min(1, 'names neither "approval" nor "operator"').default(['approval']),
      })
      .nullable()
      .default(null),
    ...ticketFields,
    ...endFields,
  }),
);
const ids = z.array(z.guid('is not an object id; names do not work here').toLowerCase());
const kitsSchema = z.array(
  z.strictObject({
    kit: kitName,
    aliases: z.array(kitName).default([]),
    apps: z.array(appName).min(1, 'names no app').max(mostInKit, `names more than ${mostInKit} apps`),
    ask: ids
      .min(1, 'names no group and no person; without “ask” all may ask who may ask for its apps')
      .nullable()
      .default(null),
    approvers: ids.default([]),
    assign: z
      .boolean('is neither true nor false; the app role stands in the entry of the app')
      .nullable()
      .default(null),
    ticket: ticketFields.ticket,
    ticketUrl: ticketFields.ticketUrl,
    ...endFields,
  }),
);
const withKits = z.strictObject({ apps: appsSchema.default([]), kits: kitsSchema.default([]) });
const appsAlone = appsSchema.transform((apps): z.infer<typeof withKits> => ({ apps, kits: [] }));

export type AppsFileResult =
  | { readonly ok: true; readonly entries: readonly AppEntry[]; readonly kits: readonly KitEntry[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Reads the file that `APPS_FILE` names; without a name there are no entries. Reports every problem in it at once. */
export function readAppsFile(path: string | null): AppsFileResult {
  if (path === null) return { ok: true, entries: [], kits: [] };
  const fail = (fix: string, ...problems: readonly string[]): AppsFileResult => ({
    ok: false,
    problems: problems.map((problem) => ({ variable: 'APPS_FILE', problem, fix })),
  });
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError)
      return fail(`correct it: ${error.message}`, `names ${path}, which does not hold JSON`);
    return fail('check path and rights', `names ${path}, which cannot be read`);
  }
  const parsed = (Array.isArray(json) ? appsAlone : withKits).safeParse(json);
  if (!parsed.success) {
    const mistakeOf = ({ path: at, message }: z.core.$ZodIssue) =>
      `has a mistake at ${at.join('.') || 'the top'}: ${message}`;
    return fail('see "Applications" in the README', ...parsed.error.issues.map(mistakeOf));
  }
  const { apps: entries } = parsed.data;
  const kits = parsed.data.kits.map((kit) => ({ ...kit, apps: kit.apps.map((app) => entryNamed(entries, app)) }));
  const problems = [
    ...aliasProblems(entries),
    ...kits.flatMap(doubledApps),
    ...kitNameProblems(entries, kits),
    ...[...entries, ...kits].flatMap(endProblems),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, entries, kits };
}

/** As the entry with this alias names its app; the name itself where no entry has it. */
function entryNamed(entries: readonly AppEntry[], app: string): string {
  return entries.find(({ aliases }) => aliases.some((alias) => lower(alias) === lower(app)))?.app ?? app;
}

function aliasProblems(entries: readonly AppEntry[]): readonly ConfigProblem[] {
  const aliases = entries.flatMap((entry) => entry.aliases.map(lower));
  return problemWith(twiceIn(aliases), 'gives an alias to two apps', 'let each alias stand once');
}

function doubledApps({ kit, apps }: KitEntry): readonly ConfigProblem[] {
  return problemWith(
    twiceIn(apps.map(lower)),
    `names an app of the kit ${kit} twice`,
    'let each app of a kit stand once',
  );
}

function endProblems(entry: AppEntry | KitEntry): readonly ConfigProblem[] {
  const name = 'kit' in entry ? `the kit ${entry.kit}` : entry.app;
  return problemWith(isUsualTooLong(entry) ? [name] : [], 'has a “usual” above its “longest”', 'make “usual” shorter');
}

function kitNameProblems(entries: readonly AppEntry[], kits: readonly KitEntry[]): readonly ConfigProblem[] {
  const ofApps = [...entries.flatMap(({ app, aliases }) => [app, ...aliases]), ...kits.flatMap(({ apps }) => apps)];
  const ofKits = kits.flatMap(({ kit, aliases }) => [...new Set([kit, ...aliases].map(kitKey))]);
  return problemWith(
    twiceIn([...ofKits, ...new Set(ofApps.map(kitKey))]),
    'gives one name to two kits, or to a kit and an app',
    'let each name stand once; “the” before it and “kit” behind it make no difference',
  );
}

function problemWith(names: readonly string[], problem: string, fix: string): readonly ConfigProblem[] {
  return names.length === 0 ? [] : [{ variable: 'APPS_FILE', problem: `${problem}: ${names.join(', ')}`, fix }];
}

const lower = (text: string) => text.toLowerCase();

const twiceIn = (names: readonly string[]) => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];
