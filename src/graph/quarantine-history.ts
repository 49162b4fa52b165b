import { z } from 'zod';
import { maskLabel, maskText } from '../masking/mask-text.ts';
import type { GraphTrouble } from './answer.ts';
import type { GraphCall, GraphClient } from './client.ts';
import { filterText, nullableText, pageSchema, readable } from './odata.ts';
import { checked } from './read.ts';
import { moment } from './stored-job.ts';

/**
 * When an app's jobs were put into quarantine, by the directory's audit log. It reaches back 30 days, or 7 without a
 * license for more, and wants `AuditLog.Read.All`: without it the past is left out.
 * https://learn.microsoft.com/graph/api/directoryaudit-list
 */
export type QuarantineHistory =
  /** The newest first. `isComplete`: there are no more than these. */
  | { readonly kind: 'read'; readonly quarantines: readonly PastQuarantine[]; readonly isComplete: boolean }
  /** Asking again does not help before an administrator changes something. */
  | { readonly kind: 'notAvailable'; readonly why: 'permission' | 'licence' | 'cloud' }
  | { readonly kind: 'unread'; readonly trouble: GraphTrouble };

export interface PastQuarantine {
  readonly at: number;
  readonly errorCode: string | null;
  /** Masked. */
  readonly reason: string | null;
}

const most = 50;

/** @param since milliseconds since 1970. */
export async function quarantineHistory(
  graph: GraphClient,
  servicePrincipalId: string,
  since: number,
): Promise<QuarantineHistory> {
  let answer = await graph.send(callFor(servicePrincipalId, since, true));
  // The same advice as for the provisioning log: sorting is documented, and has been refused.
  if (answer.kind === 'refused' && answer.status === 400)
    answer = await graph.send(callFor(servicePrincipalId, since, false));
  if (answer.kind === 'refused') {
    const { status, code } = answer;
    const isLicence = code === 'Authentication_RequestFromNonPremiumTenantOrB2CTenant';
    if (status === 403) return { kind: 'notAvailable', why: isLicence ? 'licence' : 'permission' };
    if (status === 404 || status === 405) return { kind: 'notAvailable', why: 'cloud' };
  }
  const read = checked(answer, pageSchema);
  if (!read.ok) return { kind: 'unread', trouble: read.trouble };
  const quarantines = readable(read.value.value, entrySchema)
    // The filter is Graph's, and so is how it reads one.
    .filter(({ at, activity }) => at >= since && activity.toLowerCase() === 'quarantine')
    .map(({ activity: _activity, ...quarantine }) => quarantine)
    .toSorted((one, other) => other.at - one.at);
  return { kind: 'read', quarantines, isComplete: read.value['@odata.nextLink'] === undefined };
}

function callFor(servicePrincipalId: string, since: number, sorted: boolean): GraphCall {
  const $filter = [
    "activityDisplayName eq 'Quarantine'",
    `activityDateTime ge ${new Date(since).toISOString()}`,
    `targetResources/any(t:t/id eq ${filterText(servicePrincipalId)})`,
  ].join(' and ');
  const order = sorted ? { $orderby: 'activityDateTime desc' } : {};
  return { path: '/auditLogs/directoryAudits', query: { $filter, ...order, $top: String(most) } };
}

const entrySchema = z
  .object({
    activityDisplayName: z.string(),
    activityDateTime: z.string().transform(moment).pipe(z.number()),
    resultReason: nullableText,
    additionalDetails: z
      .array(z.unknown())
      .catch([])
      .transform((pairs) => readable(pairs, z.object({ key: z.string(), value: nullableText }))),
  })
  .transform(({ activityDisplayName: activity, activityDateTime: at, resultReason, additionalDetails }) => {
    const code = additionalDetails.find(({ key }) => key === 'ErrorCode')?.value;
    const reason = resultReason === null ? null : maskText(resultReason);
    return { activity, at, errorCode: code ? maskLabel(code) : null, reason };
  });
