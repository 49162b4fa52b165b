import { z } from 'zod';
import { sandboxPermissions } from '../tenant/state.ts';
import type { Guesses } from '../tenant/synchronization-job.ts';
import type { Tenant } from '../tenant/tenant.ts';

/**
 * What `POST /_sandbox/jobs` may change of an application's job, by the application's name or id, e.g.
 * `{"app":"Salesforce","removal":"skips"}`.
 */
const groupsSchema = z.array(
  z.object({
    name: z.string(),
    clauses: z.array(
      z.object({ attribute: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }),
    ),
  }),
);

const changeSchema = z.strictObject({
  app: z.string(),
  health: z.enum(['notConfigured', 'off', 'neverRun', 'active', 'paused', 'quarantined', 'switchedOff']).optional(),
  credentials: z.enum(['working', 'refused', 'notFound', 'missing']).optional(),
  /** ISO 8601; the next attempts and the four weeks count from it. */
  quarantinedAt: z.iso.datetime().transform(Date.parse).optional(),
  pausedFrom: z.enum(['active', 'neverRun', 'quarantined']).optional(),
  escrowsPruned: z.boolean().optional(),
  escrowed: z.number().int().optional(),
  /** Ids or principal names of the people whose accounts are to be turned off. */
  heldBack: z.array(z.string()).optional(),
  /** How long cycles take that calls begin. */
  cycleMs: z.number().int().positive().optional(),
  /** A cycle begins now and takes that long. */
  runsFor: z.number().int().positive().optional(),
  /** Earlier quarantines for the audit log, in ISO 8601. */
  quarantines: z.array(z.iso.datetime().transform(Date.parse)).optional(),
  scope: groupsSchema.optional(),
  inputScope: groupsSchema.optional(),
  quarantineReason: z.enum(['EncounteredQuarantineException', 'TooManyDeletes']).optional(),
  removal: z.enum(['disables', 'deletes', 'skips', 'unmapped']).optional(),
  flows: z.array(z.enum(['Add', 'Update', 'Delete'])).optional(),
  maps: z.enum(['usual', 'more']).optional(),
  takesEverybody: z.boolean().optional(),
  maySyncAll: z.boolean().optional(),
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
  const { runsFor, quarantines = [], heldBack, ...rest } = changes;
  const people = heldBack?.map((id) => tenant.person(id)?.id);
  if (people?.includes(undefined)) return 'A person of heldBack is not in the tenant.';
  const now = tenant.clock.now();
  const given = {
    ...rest,
    ...(people === undefined ? {} : { heldBack: people }),
    ...(runsFor === undefined ? {} : { cycle: { beganAt: now, endsAt: now + runsFor } }),
  };
  tenant.changeJob(found.id, Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
  for (const at of quarantines) tenant.recordQuarantine(found.id, at);
  return null;
}

const guessSchema = z.strictObject({
  pausedSchedule: z.enum(['Disabled', 'Paused']).optional(),
  pauseKeepsQuarantine: z.boolean().optional(),
  switchedOffCode: z.enum(['Quarantine', 'Paused']).optional(),
  startWhileRunning: z.enum(['nothing', 'stops']).optional(),
  restartEndsPause: z.boolean().optional(),
  startRunsHeldBack: z.boolean().optional(),
  testFailureStatus: z.number().int().optional(),
  permissionStatus: z.literal([401, 403]).optional(),
  syntaxStatus: z.literal([200, 400]).optional(),
  nullResult: z.enum(['none', 'empty']).optional(),
  wholeMatch: z.boolean().optional(),
  lacking: z.record(z.string(), z.literal([404, 405])).optional(),
} satisfies Record<keyof Guesses, z.ZodType>);

/** Decides what Microsoft does not publish, as `POST /_sandbox/guesses` asks. */
export function changeGuesses(tenant: Tenant, body: unknown): string | null {
  const read = guessSchema.safeParse(body);
  if (!read.success) return z.prettifyError(read.error);
  tenant.guess(Object.fromEntries(Object.entries(read.data).filter(([, value]) => value !== undefined)));
  return null;
}

const registrationSchema = z.strictObject({
  clientId: z.string(),
  missing: z.boolean().default(false),
  secrets: z.array(z.strictObject({ hint: z.string().nullable().default(null), endsInDays: z.number() })).default([]),
  asksFor: z.array(z.string()).default([]),
});

/** Changes until when a registration's secrets are good, as `POST /_sandbox/registrations` asks. */
export function changeRegistration(tenant: Tenant, body: unknown): string | null {
  const read = registrationSchema.safeParse(body);
  if (!read.success) return z.prettifyError(read.error);
  const { clientId, missing, asksFor } = read.data;
  const now = tenant.clock.now();
  const secrets = read.data.secrets.map(({ hint, endsInDays }) => ({ hint, endsAt: now + endsInDays * dayMs }));
  tenant.changeRegistration(clientId, missing ? null : { secrets, asksFor });
  return null;
}

const dayMs = 24 * 60 * 60_000;

const permissions = z.array(z.enum(sandboxPermissions)).default([]);
const permissionSchema = z.strictObject({ withdraw: permissions, giveBack: permissions });

/** Takes permissions from the caller, or gives them back, as `POST /_sandbox/permissions` asks. */
export function changePermissions(tenant: Tenant, body: unknown): string | null {
  const read = permissionSchema.safeParse(body);
  if (!read.success) return z.prettifyError(read.error);
  for (const permission of read.data.withdraw) tenant.withdraw(permission);
  for (const permission of read.data.giveBack) tenant.giveBack(permission);
  return null;
}
