import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ConfigProblem } from './config.ts';

/**
 * What an installation adds to Entra's knowledge of its applications: JSON, one entry for each app.
 *
 *     [{ "app": "Salesforce", "aliases": ["sf", "crm"], "approvers": ["GROUP-ID"], "assign": { "appRole": "User" } }]
 */
export interface AppEntry {
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
   * With it, an approval also assigns this app role (by display name or value) to the person, which needs
   * `AppRoleAssignment.ReadWrite.All`. Null, the default: Usher assigns nothing.
   */
  readonly assign: { readonly appRole: string } | null;
}

/** `id:…` marks an id. */
const withoutMark = (app: string) => app.replace(/^id:\s*/i, '');
const name = z.string().trim().min(1);

const fileSchema = z.array(
  z.strictObject({
    app: name
      .refine((app) => !/^id:/i.test(app) || z.guid().safeParse(withoutMark(app)).success, 'is no id behind “id:”')
      .transform(withoutMark),
    aliases: z.array(name).default([]),
    approvers: z.array(z.guid('is not an object id; names do not work here').toLowerCase()).default([]),
    assign: z.strictObject({ appRole: name }).nullable().default(null),
  }),
);

export type AppsFileResult =
  | { readonly ok: true; readonly entries: readonly AppEntry[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Reads the file that `APPS_FILE` names; without a name there are no entries. Reports every problem in it at once. */
export function readAppsFile(path: string | null): AppsFileResult {
  if (path === null) return { ok: true, entries: [] };
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
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const mistakeOf = ({ path: at, message }: z.core.$ZodIssue) =>
      `has a mistake at ${at.join('.') || 'the top'}: ${message}`;
    return fail('see "Applications" in the README', ...parsed.error.issues.map(mistakeOf));
  }
  const names = parsed.data.flatMap((entry) => entry.aliases.map((alias) => alias.toLowerCase()));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0)
    return fail('let each alias stand once', `gives an alias to two apps: ${[...new Set(twice)].join(', ')}`);
  return { ok: true, entries: parsed.data };
}
