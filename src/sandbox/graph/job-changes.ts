import { z } from 'zod';
import type { Tenant } from '../tenant/tenant.ts';

/**
 * What `POST /_sandbox/jobs` may change of an application's job, by the application's name or id, e.g.
 * `{"app":"Salesforce","removal":"skips"}`.
 */
const changeSchema = z.strictObject({
  app: z.string(),
  health: z.enum(['active', 'quarantined', 'neverRun', 'off']).optional(),
  quarantineReason: z.enum(['EncounteredQuarantineException', 'TooManyDeletes']).optional(),
  removal: z.enum(['disables', 'deletes', 'skips', 'unmapped']).optional(),
  takesEverybody: z.boolean().optional(),
  tellsAbsence: z.boolean().optional(),
  deletionThreshold: z.number().int().nullable().optional(),
});

/** Changes a job as the body asks; what is wrong with the body otherwise. */
export function changeJob(tenant: Tenant, body: unknown): string | null {
  const read = changeSchema.safeParse(body);
  if (!read.success) return z.prettifyError(read.error);
  const { app, ...changes } = read.data;
  const wanted = app.toLowerCase();
  const found = tenant
    .applications()
    .find(({ id, displayName }) => id === wanted || displayName.toLowerCase() === wanted);
  if (found === undefined || found.job === null) return `There is no job of ${app}.`;
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  tenant.changeJob(found.id, given);
  return null;
}
