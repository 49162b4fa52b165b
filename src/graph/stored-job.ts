import { Duration } from 'luxon';
import { z } from 'zod';
import { maskLabel, maskText } from '../masking/mask-text.ts';
import { nullableText, orNull, readable } from './odata.ts';

/** A synchronization job as Graph sends it: read tolerantly, its texts masked, its dates and spans as numbers. */

// Edm.Int64 may travel as text.
const count = orNull(z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]));

/** The service's texts, which may pass on the application's: a quarantine's message may quote what was sent. */
const masked = (mask: (text: string) => string) =>
  nullableText.transform((said) => (said === null ? null : mask(said)));
const code = masked(maskLabel);
const message = masked(maskText);

/** `tenantActionable`: whether an admin of the tenant can fix it, according to Microsoft. */
const errorSchema = orNull(z.object({ code, message, tenantActionable: orNull(z.boolean()) }));
export type JobError = Readonly<NonNullable<z.infer<typeof errorSchema>>>;

const quarantineSchema = orNull(
  z.object({
    reason: message,
    currentBegan: nullableText,
    seriesBegan: nullableText,
    nextAttempt: nullableText,
    seriesCount: count,
    error: errorSchema,
  }),
);

const executionSchema = orNull(
  z.object({
    state: code,
    timeBegan: nullableText,
    timeEnded: nullableText,
    error: errorSchema,
    countEntitled: count,
    countEntitledForProvisioning: count,
    countImported: count,
    countExported: count,
    countEscrowed: count,
  }),
);

const typeCountSchema = z
  .object({ key: z.string(), value: count.pipe(z.number()) })
  .transform(({ key, value }) => ({ type: key, count: value }));
export type TypeCount = Readonly<z.infer<typeof typeCountSchema>>;
const typeCountsSchema = z
  .array(z.unknown())
  .catch([])
  .transform((pairs) => readable(pairs, typeCountSchema));

const progressSchema = z.object({ completedUnits: count, totalUnits: count, units: nullableText });

const settingSchema = z.object({ name: z.string(), value: nullableText });

/** A job as Graph sends it. Only its id is required: a job with nothing else reads as `other`. */
export const storedJobSchema = z.object({
  id: z.string(),
  templateId: nullableText,
  schedule: orNull(z.object({ state: nullableText, interval: nullableText })),
  status: orNull(
    z.object({
      code,
      escrowsPruned: orNull(z.boolean()),
      quarantine: quarantineSchema,
      progress: z
        .array(z.unknown())
        .catch([])
        .transform((parts) => readable(parts, progressSchema)),
      lastExecution: executionSchema,
      lastSuccessfulExecution: executionSchema,
      synchronizedEntryCountByType: typeCountsSchema,
    }),
  ),
  synchronizationJobSettings: z
    .array(z.unknown())
    .catch([])
    .transform((settings) => readable(settings, settingSchema)),
});

export type StoredJob = z.infer<typeof storedJobSchema>;
export type StoredExecution = NonNullable<z.infer<typeof executionSchema>>;

/** Milliseconds since 1970. Year 1 is .NET's "no date", so any date before 1970 counts as none. */
export function moment(iso: string | null | undefined): number | null {
  const ms = Date.parse(iso ?? '');
  return ms > 0 ? ms : null;
}

/** .NET's longest span, `P10675199DT2H48M5.4775807S`, means "never"; so does any interval longer than this. */
const longestIntervalMs = 366 * 24 * 60 * 60_000;

/** An ISO 8601 duration such as `PT40M`, in milliseconds; null for none, and for one that means "never". */
export function duration(iso: string | null | undefined): number | null {
  const ms = Duration.fromISO(iso ?? '').toMillis();
  return ms > 0 && ms <= longestIntervalMs ? ms : null;
}
