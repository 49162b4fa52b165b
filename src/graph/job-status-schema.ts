import { z } from 'zod';
import { maskLabel, maskText } from '../masking/mask-text.ts';

const text = z.string().nullable().default(null).catch(null);
// Edm.Int64 may travel as text.
const count = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .nullable()
  .default(null)
  .catch(null);

/** The service's texts, which may pass on the application's: a quarantine's message may quote what was sent. */
const masked = (mask: (text: string) => string) => text.transform((said) => (said === null ? null : mask(said)));
const code = masked(maskLabel);
const message = masked(maskText);

const errorSchema = z
  .object({ code, message, tenantActionable: z.boolean().nullable().default(null).catch(null) })
  .nullable()
  .default(null)
  .catch(null);

const quarantineSchema = z
  .object({ reason: message, currentBegan: text, nextAttempt: text, seriesCount: count, error: errorSchema })
  .nullable()
  .default(null)
  .catch(null);

const executionSchema = z
  .object({
    state: code,
    timeBegan: text,
    timeEnded: text,
    error: errorSchema,
    countEntitled: count,
    countEntitledForProvisioning: count,
    countImported: count,
    countExported: count,
    countEscrowed: count,
  })
  .nullable()
  .default(null)
  .catch(null);

const typeCountSchema = z.object({ key: z.string(), value: count.pipe(z.number()) });
const typeCountsSchema = z
  .array(z.unknown())
  .catch([])
  .transform((pairs) =>
    pairs.flatMap((pair): { readonly type: string; readonly count: number }[] => {
      const read = typeCountSchema.safeParse(pair);
      return read.success ? [{ type: read.data.key, count: read.data.value }] : [];
    }),
  );

/** A job as Graph sends it. Only its id is required: a job with nothing else reads as `other`. */
export const storedJobSchema = z.object({
  id: z.string(),
  templateId: text,
  schedule: z.object({ state: text, interval: text }).nullable().default(null).catch(null),
  status: z
    .object({
      code,
      quarantine: quarantineSchema,
      lastExecution: executionSchema,
      lastSuccessfulExecution: executionSchema,
      synchronizedEntryCountByType: typeCountsSchema,
    })
    .nullable()
    .default(null)
    .catch(null),
});

export type StoredJob = z.infer<typeof storedJobSchema>;
export type StoredExecution = NonNullable<z.infer<typeof executionSchema>>;
