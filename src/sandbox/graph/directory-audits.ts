import type { Tenant } from '../tenant/tenant.ts';
import { collection } from './answers.ts';
import type { EntityType } from './entities.ts';
import { refusal } from './errors.ts';
import type { SandboxRequest, SandboxResponse } from './exchange.ts';

/** `/auditLogs/directoryAudits`: the quarantines of jobs, which are all that the sandbox keeps there. */
export function listDirectoryAudits(tenant: Tenant, request: SandboxRequest): SandboxResponse {
  if (tenant.lacks('AuditLog.Read.All')) return permissionMissing;
  return collection(
    request,
    tenant.directoryAudits().map((entry) => ({ ...entry })),
    { type: directoryAuditType, context: 'auditLogs/directoryAudits' },
  );
}

const permissionMissing = refusal(
  403,
  'Authentication_MSGraphPermissionMissing',
  'Calling principal does not have required MSGraph permissions AuditLog.Read.All',
);

const directoryAuditType: EntityType = {
  name: 'directoryAudit',
  unasked: null,
  filterable: {
    activityDateTime: ['eq', 'ge', 'le'],
    activityDisplayName: ['eq', 'startswith'],
    category: ['eq'],
    correlationId: ['eq'],
    loggedByService: ['eq'],
    targetResources: ['any'],
  },
  searchable: [],
  caseSensitive: true,
};
