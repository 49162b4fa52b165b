import type { Synchronization } from '../graph/synchronization.ts';
import { type IsShown, shownAlone } from '../masking/attributes.ts';
import type { ProvisioningService } from './attempt.ts';

/** What an attempt needs of Graph, in terms of its synchronization jobs. */
export function provisioningService(
  synchronization: Synchronization,
  isShown: IsShown = shownAlone,
): ProvisioningService {
  return {
    isShown,
    provisionOnDemand: synchronization.provisionOnDemand,
    async isQuarantined(servicePrincipalId, jobId) {
      const job = await synchronization.readJob(servicePrincipalId, jobId);
      // A job that was paused in quarantine counts too: only a start lifts that.
      return job.ok && 'quarantine' in job.value.state && job.value.state.quarantine !== null;
    },
    async freshRule(servicePrincipalId, jobId, subjectType) {
      const rule = await synchronization.findRule(servicePrincipalId, jobId, subjectType, { fresh: true });
      return rule.ok && rule.value !== null ? rule.value.id : null;
    },
  };
}
