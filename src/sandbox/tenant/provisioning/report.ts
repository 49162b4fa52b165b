import { randomUUID } from 'node:crypto';
import type { SynchronizationJob } from '../applications.ts';

/**
 * The service's account of one provisioned object, field for field as in on-demand answers (shape A's `value`, one
 * element of shape B's array). Audit records are made from it too.
 */
export interface ProvisioningReport {
  readonly action: 'Create' | 'Update' | 'Disable' | 'Delete' | 'StagedDelete' | 'Other';
  readonly changeId: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly reportableIdentifier: string;
  readonly statusInfo: StatusInfo;
  readonly provisioningSteps: readonly ProvisioningStep[];
  readonly modifiedProperties: readonly ModifiedProperty[];
  readonly sourceIdentity: Identity;
  readonly targetIdentity: Identity;
  readonly sourceSystem: System;
  readonly targetSystem: System;
}

export interface StatusInfo {
  readonly status: 'Success' | 'Failure' | 'Skipped';
  readonly errorCode: string | null;
  readonly reason: string | null;
  readonly additionalDetails: string | null;
  readonly errorCategory: string | null;
  readonly recommendedAction: string | null;
}

export interface ProvisioningStep {
  readonly name: string;
  readonly type: 'Import' | 'Scoping' | 'Matching' | 'Processing' | 'ReferenceResolution' | 'Export';
  readonly status: 'Success' | 'Failure' | 'Skipped' | 'Warning';
  readonly description: string;
  readonly timestamp: string;
  /** Strings throughout, booleans included: `"True"`. */
  readonly details: Readonly<Record<string, string>>;
}

export interface ModifiedProperty {
  readonly displayName: string;
  /** Absent in cloud sync. */
  readonly oldValue?: string | null;
  readonly newValue: string | null;
}

export interface Identity {
  readonly id: string;
  readonly type: string;
  readonly displayName: string | null;
  readonly details: null;
}

export interface System {
  readonly id: null;
  readonly name: string;
  readonly details: null;
}

export type UntimedStep = Omit<ProvisioningStep, 'timestamp'>;

export interface Findings extends Omit<ProvisioningReport, 'changeId' | 'startTime' | 'endTime' | 'provisioningSteps'> {
  readonly steps: readonly UntimedStep[];
}

const stepMs = 43;

/** Dates the findings: the last step ended at `endedAt` (ms since 1970) and the others came shortly before it. */
export function reported({ steps, ...findings }: Findings, endedAt: number): ProvisioningReport {
  const startedAt = endedAt - steps.length * stepMs;
  return {
    ...findings,
    changeId: randomUUID(),
    startTime: timestamp(startedAt),
    endTime: timestamp(endedAt),
    provisioningSteps: steps.map((step, index) => ({
      ...step,
      timestamp: timestamp(startedAt + (index + 1) * stepMs),
    })),
  };
}

export const succeeded: StatusInfo = statusInfo('Success');
// A skip has no error code here: the reason is in the last step's details, and in shape A's key.
export const skipped: StatusInfo = statusInfo('Skipped');

export function failure(errorCode: string, reason: string): StatusInfo {
  return { ...statusInfo('Failure'), errorCode, reason, errorCategory: 'NonServiceFailure' };
}

/** Entra's name in this connector's texts. */
export function entraName(job: SynchronizationJob): string {
  return job.spelling === 'azureAd' ? 'Azure Active Directory' : 'Microsoft Entra ID';
}

export function identity(id: string, type: string, displayName: string | null = null): Identity {
  return { id, type, displayName, details: null };
}

export function system(name: string): System {
  return { id: null, name, details: null };
}

/** ISO 8601 with the seven digits of .NET ticks, which a parser of milliseconds must survive. */
export function timestamp(ms: number): string {
  const ticks = Math.round((ms - Math.floor(ms)) * 10_000) % 10_000;
  return new Date(Math.floor(ms)).toISOString().replace('Z', `${String(ticks).padStart(4, '0')}Z`);
}

function statusInfo(status: StatusInfo['status']): StatusInfo {
  return {
    status,
    errorCode: null,
    reason: null,
    additionalDetails: null,
    errorCategory: null,
    recommendedAction: null,
  };
}
