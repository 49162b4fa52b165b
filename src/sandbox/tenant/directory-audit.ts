import type { Application } from './applications.ts';
import { stableGuid } from './identity.ts';
import type { SynchronizationJob } from './synchronization-job.ts';

/**
 * An entry of the directory's audit log about a quarantine. Its fields and its activity are documented, the values of
 * this activity are not.
 * https://learn.microsoft.com/graph/api/resources/directoryaudit
 */
export interface DirectoryAudit {
  readonly id: string;
  readonly category: string;
  readonly correlationId: string;
  readonly result: string;
  readonly resultReason: string;
  readonly activityDisplayName: string;
  readonly activityDateTime: string;
  readonly loggedByService: string;
  readonly operationType: string;
  readonly initiatedBy: { readonly user: null; readonly app: { readonly displayName: string } };
  readonly targetResources: readonly Readonly<Record<string, unknown>>[];
  readonly additionalDetails: readonly { readonly key: string; readonly value: string }[];
}

const dayMs = 24 * 60 * 60_000;

/** When the quarantine of this job began. One without a date is always two days old. */
export function quarantineBegan({ quarantinedAt }: SynchronizationJob, now: number): number {
  return quarantinedAt ?? Math.floor(now / dayMs) * dayMs - 2 * dayMs;
}

export function quarantineEntry(
  { id, displayName }: Application,
  reason: SynchronizationJob['quarantineReason'],
  at: number,
): DirectoryAudit {
  const correlationId = stableGuid('quarantine', id, String(at));
  const isCredentials = reason === 'EncounteredQuarantineException';
  const why = isCredentials ? 'the credentials were refused' : 'too many deletions';
  const other = { id: '', displayName: null, type: 'Other' };
  return {
    id: `Sync_${correlationId}_L5BFV_${Math.floor(at / 1_000) % 1_000_000_000}`,
    category: 'ProvisioningManagement',
    correlationId,
    result: 'failure',
    resultReason: `Provisioning of ${displayName} was put into quarantine: ${why}.`,
    activityDisplayName: 'Quarantine',
    activityDateTime: new Date(at).toISOString(),
    loggedByService: 'Account Provisioning',
    operationType: '',
    initiatedBy: { user: null, app: { displayName: 'Azure AD Provisioning Service' } },
    targetResources: [{ id, displayName, type: 'ServicePrincipal' }, other].map((target) => ({
      ...target,
      ...{ userPrincipalName: null, groupType: null, modifiedProperties: [] },
    })),
    additionalDetails: [
      { key: 'Details', value: '' },
      { key: 'ErrorCode', value: isCredentials ? invalidCredentials : reason },
      { key: 'EventName', value: 'EntryQuarantine' },
      { key: 'ipaddr', value: '' },
    ],
  };
}

export const invalidCredentials = 'SystemForCrossDomainIdentityManagementInvalidCredentials';
