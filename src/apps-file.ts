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
function withoutMark(app: string): string {
  return app.replace(/^id:\s*/i, '');
}

const fileSchema = z.array(
  z.strictObject({
    app: z
      .string()
      .trim()
      .min(1)
      .refine((app) => !/^id:/i.test(app) || z.guid().safeParse(withoutMark(app)).success, 'is no id behind “id:”')
      .transform(withoutMark),
    aliases: z.array(z.string().trim().min(1)).default([]),
    approvers: z.array(z.guid('is not an object id; names do not work here').toLowerCase()).default([]),
    assign: z
      .strictObject({ appRole: z.string().trim().min(1) })
      .nullable()
      .default(null),
  }),
);

export type AppsFileResult =
  | { readonly ok: true; readonly entries: readonly AppEntry[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Reads the file that `APPS_FILE` names; without a name there are no entries. Reports every problem in it at once. */
export function readAppsFile(path: string | null): AppsFileResult {
  if (path === null) return { ok: true, entries: [] };
  const fail = (problem: string, fix: string): ConfigProblem => ({ variable: 'APPS_FILE', problem, fix });
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const isSyntax = error instanceof SyntaxError;
    const problem = isSyntax ? `names ${path}, which does not hold JSON` : `names ${path}, which cannot be read`;
    return {
      ok: false,
      problems: [fail(problem, isSyntax ? `correct it: ${error.message}` : 'check path and rights')],
    };
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) =>
      fail(
        `has a mistake at ${issue.path.join('.') || 'the top'}: ${issue.message}`,
        'see "Applications" in the README',
      ),
    );
    return { ok: false, problems };
  }
  const names = parsed.data.flatMap((entry) => entry.aliases.map((alias) => alias.toLowerCase()));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) {
    const problem = `gives an alias to two apps: ${[...new Set(twice)].join(', ')}`;
    return { ok: false, problems: [fail(problem, 'let each alias stand once')] };
  }
  return { ok: true, entries: parsed.data };
}
