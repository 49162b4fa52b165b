import { randomUUID } from 'node:crypto';
import type { Application } from '../applications.ts';
import { jobOf } from '../applications.ts';
import { stableGuid, tenantId } from '../identity.ts';
import type { Identity, ModifiedProperty, ProvisioningReport } from './report.ts';

/**
 * The fields that Usher reads, and some more, of
 * https://learn.microsoft.com/graph/api/resources/provisioningobjectsummary
 */
export interface AuditRecord {
  readonly id: string;
  readonly activityDateTime: string;
  readonly tenantId: string;
  readonly jobId: string;
  readonly cycleId: string;
  readonly changeId: string;
  readonly provisioningAction: string;
  readonly durationInMilliseconds: number;
  readonly sourceSystem: AuditSystem;
  readonly targetSystem: AuditSystem;
  readonly initiatedBy: { readonly id: string; readonly displayName: string; readonly initiatorType: string };
  readonly servicePrincipal: { readonly id: string; readonly displayName: string };
  readonly sourceIdentity: AuditIdentity;
  readonly targetIdentity: AuditIdentity;
  readonly provisioningStatusInfo: {
    readonly status: string;
    readonly errorInformation: Readonly<Record<string, string | null>> | null;
  };
  readonly provisioningSteps: readonly AuditStep[];
  readonly modifiedProperties: readonly ModifiedProperty[];
}

interface AuditSystem {
  readonly id: string;
  readonly displayName: string;
  readonly details: Readonly<Record<string, string>>;
}

interface AuditIdentity {
  readonly id: string;
  readonly displayName: string;
  readonly identityType: string;
  readonly details: Readonly<Record<string, string>>;
}

/** The audit log omits the steps' times. */
interface AuditStep {
  readonly name: string;
  readonly provisioningStepType: string;
  readonly status: string;
  readonly description: string;
  readonly details: Readonly<Record<string, string>>;
}

/** The same event in the format of the audit log: other field names, and enums in camelCase instead of PascalCase. */
export function auditRecord(application: Application, report: ProvisioningReport): AuditRecord {
  const { status, ...errorInformation } = report.statusInfo;
  return {
    id: randomUUID(),
    // The end, so that a later call never has an earlier date: start times are computed backwards here.
    activityDateTime: report.endTime,
    tenantId,
    jobId: jobOf(application).id,
    cycleId: stableGuid('cycle', application.id),
    changeId: report.changeId,
    provisioningAction: camelCase(report.action),
    durationInMilliseconds: Date.parse(report.endTime) - Date.parse(report.startTime),
    sourceSystem: auditSystem(report.sourceSystem.name, {}),
    targetSystem: auditSystem(report.targetSystem.name, {
      ApplicationId: application.appId,
      ServicePrincipalId: application.id,
      ServicePrincipalDisplayName: application.displayName,
    }),
    initiatedBy: { id: '', displayName: 'Azure AD Provisioning Service', initiatorType: 'system' },
    servicePrincipal: { id: application.id, displayName: application.displayName },
    sourceIdentity: auditIdentity(report.sourceIdentity, report.reportableIdentifier),
    targetIdentity: auditIdentity(report.targetIdentity, ''),
    provisioningStatusInfo: {
      status: camelCase(status),
      errorInformation:
        status === 'Failure'
          ? { ...errorInformation, errorCategory: camelCase(errorInformation.errorCategory ?? '') }
          : null,
    },
    provisioningSteps: report.provisioningSteps.map((step) => ({
      name: step.name,
      provisioningStepType: camelCase(step.type),
      status: camelCase(step.status),
      description: step.description,
      details: step.details,
    })),
    modifiedProperties: report.modifiedProperties,
  };
}

function auditSystem(displayName: string, details: AuditSystem['details']): AuditSystem {
  return { id: stableGuid('system', displayName), displayName, details };
}

function auditIdentity({ id, type, displayName }: Identity, reportableIdentifier: string): AuditIdentity {
  return { id, displayName: displayName ?? reportableIdentifier, identityType: type, details: {} };
}

function camelCase(word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1);
}
