import { apps } from './tenant/applications.ts';
import { mapped, outboundMappings } from './tenant/attributes.ts';
import { people } from './tenant/people.ts';
import type { Tenant } from './tenant/tenant.ts';

/**
 * What the demo has beyond the tenant of the tests, so that a user sees access end and people leave: Isaiah is not
 * assigned to GitHub Enterprise, so that Usher assigns him and may take that away again, and Diego has an account in each
 * app that he is assigned to.
 */
export function prepareDemo(tenant: Tenant): void {
  tenant.unassign(apps.gitHubEnterprise.id, people.isaiah.id);
  for (const { id, job } of tenant.applications()) {
    if (job?.direction !== 'outbound' || !tenant.isAssigned(id, people.diego.id)) continue;
    tenant.keepAccount(id, people.diego.id, { active: true, attributes: mapped(people.diego, outboundMappings) });
  }
}

/** The sandbox's apps file, where Usher assigns GitHub Enterprise as well. */
export function withGitHubAssigned(text: string): string {
  const { apps: entries, ...others } = JSON.parse(text) as { apps: { app: string }[] };
  const assign = { appRole: 'User' };
  const changed = entries.map((one) => (one.app === apps.gitHubEnterprise.displayName ? { ...one, assign } : one));
  return JSON.stringify({ apps: changed, ...others });
}
