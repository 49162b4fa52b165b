import { assertNever } from '../../assert-never.ts';
import type { SynchronizationJob } from '../tenant/applications.ts';
import type { ProvisioningReport } from '../tenant/provisioning/report.ts';

/**
 * The two documented shapes of an on-demand answer. Both put JSON into strings.
 *
 * - `object` (A): `key` is `{"result","details"}` and holds the verdict; `value` is one report.
 *   https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand
 * - `array` (B): `key` is the literal name of a type; `value` is an array of reports, each with its own verdict.
 *   https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-configure-graph
 */
export interface OnDemandAnswer {
  readonly '@odata.context': string;
  readonly key: string;
  readonly value: string;
}

const arrayKey = 'Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo';

export function userAnswer(job: SynchronizationJob, report: ProvisioningReport, baseUrl: string): OnDemandAnswer {
  if (job.shape === 'array') return arrayAnswer(report, baseUrl);
  return { ...objectContext(baseUrl), key: verdict(report), value: JSON.stringify(report) };
}

/** In shape A a group gets the verdict and an empty object: the only group answer that Microsoft has published. */
export function groupAnswer(job: SynchronizationJob, report: ProvisioningReport, baseUrl: string): OnDemandAnswer {
  if (job.shape === 'array') return arrayAnswer(report, baseUrl);
  return {
    '@odata.context':
      'https://syncfabric.windowsazure.com/api/$metadata#microsoft.synchronization.stringKeyStringValuePair',
    key: verdict(report),
    value: '{}',
  };
}

function arrayAnswer(report: ProvisioningReport, baseUrl: string): OnDemandAnswer {
  return { ...objectContext(baseUrl), key: arrayKey, value: JSON.stringify([report]) };
}

function objectContext(baseUrl: string) {
  return { '@odata.context': `${baseUrl}/$metadata#microsoft.graph.stringKeyStringValuePair` };
}

function verdict({ statusInfo, provisioningSteps }: ProvisioningReport): string {
  const result = statusInfo.status;
  const last = provisioningSteps.at(-1);
  switch (result) {
    case 'Success':
      return JSON.stringify({ result, details: {} });
    case 'Skipped':
      return JSON.stringify({
        result,
        details: { errorCode: last?.details.SkipReason, errorMessage: last?.description },
      });
    case 'Failure':
      return JSON.stringify({
        result,
        details: { errorCode: statusInfo.errorCode, errorMessage: statusInfo.reason },
      });
    default:
      return assertNever(result, 'result');
  }
}
