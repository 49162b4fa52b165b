import type { Application, SynchronizationJob } from '../tenant/applications.ts';
import { defaultAccessRoleId, jobsOf } from '../tenant/applications.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { collection, entity } from './answers.ts';
import {
  appRoleAssignmentType,
  assignmentEntity,
  plainType,
  provisioningRecordType,
  servicePrincipalEntity,
  servicePrincipalType,
} from './entities.ts';
import { badRequest, insufficientPrivileges, noSuchObject, unknownError } from './errors.ts';
import type { SandboxRequest, SandboxResponse } from './exchange.ts';
import { jobResource } from './job-resource.ts';
import { schemaResource } from './schema-resource.ts';

/** `/servicePrincipals` with assignments and synchronization jobs, and `/auditLogs/provisioning`. */

type Handler = (tenant: Tenant, request: SandboxRequest, id: string, jobId: string) => SandboxResponse;

export const listServicePrincipals: Handler = (tenant, request) =>
  collection(request, tenant.applications().map(servicePrincipalEntity), {
    type: servicePrincipalType,
    context: 'servicePrincipals',
  });

export const readServicePrincipal: Handler = (tenant, request, id) =>
  withApplication(tenant, id, (application) =>
    entity(request, servicePrincipalEntity(application), servicePrincipalType, 'servicePrincipals'),
  );

/** Lags behind: an assignment that was just made is missing, and one that was just removed is still there. */
export const listAssignedTo: Handler = (tenant, request, id) =>
  withApplication(tenant, id, (application) =>
    collection(
      request,
      tenant
        .replicatedAssignments(application.id)
        .map((assignment) => assignmentEntity(tenant, application, assignment)),
      { type: appRoleAssignmentType, context: 'appRoleAssignments' },
    ),
  );

/** Assigns a person or a group. The principal's list has it at once, but provisioning sees it later, in Entra up to a few minutes. */
export const assignTo: Handler = (tenant, request, id) =>
  withApplication(tenant, id, (application) => {
    if (tenant.lacks('AppRoleAssignment.ReadWrite.All')) return insufficientPrivileges;
    const { principalId, resourceId, appRoleId } = asRecord(request.body);
    if (typeof principalId !== 'string' || typeof resourceId !== 'string' || typeof appRoleId !== 'string') {
      return badRequest('principalId, resourceId and appRoleId are all required.', 'Request_BadRequest');
    }
    if (resourceId !== application.id) {
      return badRequest('The resourceId is not the id of this service principal.', 'Request_BadRequest');
    }
    if (tenant.person(principalId) === undefined && tenant.group(principalId) === undefined) {
      return noSuchObject(principalId);
    }
    const roles = application.appRoles.map((role) => role.id);
    const isKnown = roles.length === 0 ? appRoleId === defaultAccessRoleId : roles.includes(appRoleId);
    if (!isKnown) {
      return badRequest('Permission being assigned was not found on application.', 'Request_BadRequest');
    }
    const held = tenant.assignments(application.id).filter((assignment) => assignment.principalId === principalId);
    if (held.some((assignment) => assignment.appRoleId === appRoleId)) {
      return badRequest(
        'Permission being assigned already exists on the object. It is already assigned.',
        'Request_BadRequest',
      );
    }
    const assignment = tenant.assignInEntra(application.id, principalId, appRoleId);
    const created = assignmentEntity(tenant, application, assignment);
    return { ...entity(request, created, appRoleAssignmentType, 'appRoleAssignments'), status: 201 };
  });

/** A group's assignment goes like any other: it is the caller who must not delete it for one person's sake. */
export const unassignFrom: Handler = (tenant, _request, id, assignmentId) =>
  withApplication(tenant, id, (application) => {
    if (tenant.lacks('AppRoleAssignment.ReadWrite.All')) return insufficientPrivileges;
    const isRemoved = tenant.unassignInEntra(application.id, assignmentId);
    return isRemoved ? { status: 204, body: undefined } : noSuchObject(assignmentId);
  });

export const listJobs: Handler = (tenant, request, id) =>
  withApplication(
    tenant,
    id,
    (application) =>
      mayNot(tenant, 'read') ??
      collection(
        request,
        jobsOf(application).map((job) => jobResource(tenant, application, job)),
        { type: plainType, context: `servicePrincipals('${application.id}')/synchronization/jobs` },
      ),
  );

export const readJob: Handler = (tenant, request, id, jobId) =>
  withJob(tenant, id, jobId, (application, job) =>
    entity(
      request,
      jobResource(tenant, application, job),
      plainType,
      `servicePrincipals('${application.id}')/synchronization/jobs`,
    ),
  );

export const readSchema: Handler = (tenant, request, id, jobId) =>
  withJob(tenant, id, jobId, (application, job) =>
    entity(
      request,
      schemaResource(job),
      plainType,
      `servicePrincipals('${application.id}')/synchronization/jobs('${job.id}')/schema`,
    ),
  );

export const listProvisioningRecords: Handler = (tenant, request) =>
  collection(
    request,
    tenant.auditRecords().map((record) => ({ ...record })),
    { type: provisioningRecordType, context: 'auditLogs/provisioning' },
  );

/** The refusal of a caller who may not read or change jobs; null for one who may. */
export function mayNot(tenant: Tenant, what: 'read' | 'change'): SandboxResponse | null {
  if (!tenant.lacks('Synchronization.ReadWrite.All')) return null;
  if (what === 'read' && !tenant.lacks('Synchronization.Read.All')) return null;
  return tenant.guesses().permissionStatus === 401 ? unknownError(401) : insufficientPrivileges;
}

export function withApplication(
  tenant: Tenant,
  id: string,
  answer: (application: Application) => SandboxResponse,
): SandboxResponse {
  const application = tenant.application(id);
  return application === undefined ? noSuchObject(id) : answer(application);
}

export function withJob(
  tenant: Tenant,
  id: string,
  jobId: string,
  answer: (application: Application, job: SynchronizationJob) => SandboxResponse,
  what: 'read' | 'change' = 'read',
): SandboxResponse {
  return withApplication(tenant, id, (application) => {
    const refusal = mayNot(tenant, what);
    if (refusal !== null) return refusal;
    const job = jobsOf(application).find(({ id: own }) => own === jobId);
    return job === undefined ? noSuchObject(jobId) : answer(application, job);
  });
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
