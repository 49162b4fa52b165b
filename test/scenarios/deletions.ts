import { createTenant, type Tenant, type TenantOptions } from '../../src/sandbox/tenant/tenant.ts';

/** A deleted assignment, as it was. */
export interface Deletion {
  readonly id: string;
  readonly appId: string;
  readonly principalId: string;
}

/** A tenant that notes each assignment that a call of Graph deletes. */
export function watchedTenant(options: TenantOptions = {}): { readonly tenant: Tenant; readonly deleted: Deletion[] } {
  const tenant = createTenant(options);
  const deleted: Deletion[] = [];
  const watched: Tenant = {
    ...tenant,
    unassignInEntra(appId, id) {
      const principalId = tenant.assignments(appId).find((one) => one.id === id)?.principalId ?? '';
      const isDone = tenant.unassignInEntra(appId, id);
      if (isDone) deleted.push({ id, appId, principalId });
      return isDone;
    },
  };
  return { tenant: watched, deleted };
}
