import { fileURLToPath } from 'node:url';
import { groups } from './tenant/groups.ts';
import { tenantId } from './tenant/identity.ts';

export const loopback = '127.0.0.1';

/**
 * The environment that points a real bot at the sandbox: no tokens in either direction, on loopback only, with roles
 * from the sandbox tenant's own groups.
 *
 * @param graphUrl the sandbox's address, which ends in `/v1.0`.
 */
export function sandboxEnvironment(graphUrl: string): Readonly<Record<string, string>> {
  return {
    HOST: loopback,
    BOT_AUTH: 'none',
    GRAPH_AUTH: 'none',
    GRAPH_BASE_URL: graphUrl,
    ALLOWED_TENANTS: tenantId,
    VIEWERS: groups.onCall.id,
    REQUESTERS: groups.peopleManagers.id,
    OPERATORS: groups.helpdesk.id,
    APPROVERS: `${groups.helpdesk.id},${groups.appApprovers.id}`,
    APPS_FILE: fileURLToPath(new URL('./apps.json', import.meta.url)),
  };
}
