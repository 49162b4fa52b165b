import type { Activity } from 'botbuilder';
import { z } from 'zod';
import type { Incoming, Speaker } from '../chat/incoming.ts';
import type { ExportContext } from '../chat/reply.ts';
import type { StoredFile } from './file-cards.ts';
import { incomingId, readerOf, whereOf } from './to-incoming.ts';
import { textOf } from './wire.ts';

/** The name of the invoke for a click on a file consent card. */
export const consentName = 'fileConsent/invoke';

export interface Consent {
  /** As the chat sees it: a button that it does not know. */
  readonly incoming: Incoming;
  /** The consent card; empty if Teams did not name it. */
  readonly cardId: string;
  readonly answer: ConsentAnswer;
}

export type ConsentAnswer =
  | {
      readonly kind: 'accepted';
      readonly context: ExportContext;
      readonly file: StoredFile;
      readonly uploadUrl: string;
    }
  | { readonly kind: 'declined' }
  /** From an old version, made up, or clicked where others can see it. */
  | { readonly kind: 'unknown' };

const longestId = 1_000;
const longestAddress = 8_000;
const id = z.string().min(1).max(longestId);
const contextSchema: z.ZodType<ExportContext> = z.object({
  about: z
    .union([z.strictObject({ personId: id }), z.strictObject({ appId: id }), z.strictObject({ ticket: id })])
    .nullable(),
  since: z.number().int().nullable(),
});
const answerSchema = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('accept'),
    context: contextSchema,
    uploadInfo: z.object({
      contentUrl: z.string().max(longestAddress),
      name: z.string().max(longestId),
      uniqueId: z.string().max(longestId),
      fileType: z.string().max(longestId).default(''),
      uploadUrl: z.string().max(longestAddress),
    }),
  }),
  // A decline does not depend on what was offered.
  z.object({ action: z.literal('decline') }),
]);

/** Never throws, whatever is missing or malformed. */
export function toConsent(activity: Partial<Activity>, speaker: Speaker): Consent {
  const cardId = textOf(activity.replyToId);
  const where = whereOf(activity);
  const what = { kind: 'unknownAction', cardId } as const;
  return {
    incoming: { id: incomingId(activity), speaker, ...where, reader: readerOf(activity), what, mentions: [] },
    cardId,
    answer: where.place.kind === 'personal' ? answerOf(activity.value) : { kind: 'unknown' },
  };
}

function answerOf(value: unknown): ConsentAnswer {
  const read = answerSchema.safeParse(value);
  if (!read.success) return { kind: 'unknown' };
  if (read.data.action === 'decline') return { kind: 'declined' };
  const { uploadUrl, ...file } = read.data.uploadInfo;
  return { kind: 'accepted', context: read.data.context, file, uploadUrl };
}
