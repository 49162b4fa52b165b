import type { Tenant } from '../tenant/tenant.ts';
import * as directory from './directory.ts';
import { listDirectoryAudits } from './directory-audits.ts';
import { noSuchSegment, refusal } from './errors.ts';
import type { SandboxRequest, SandboxResponse } from './exchange.ts';
import * as expressions from './expressions.ts';
import * as jobActions from './job-actions.ts';
import { provisionOnDemand } from './provision-on-demand.ts';
import { readRegistration } from './registrations.ts';
import * as servicePrincipals from './service-principals.ts';

type Handler = (tenant: Tenant, request: SandboxRequest, first: string, second: string) => SandboxResponse;

interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Fixed segments, and `*` for an id or a cast, also within quotes. */
  readonly template: readonly string[];
  readonly handle: Handler;
}

const jobs = '/servicePrincipals/*/synchronization/jobs';

const routes: readonly Route[] = [
  route('GET', '/users', directory.listUsers),
  route('GET', '/users/*', directory.readUser),
  route('GET', "/users('*')", directory.readQuotedUser),
  route('GET', '/users/*/manager', directory.readManager),
  route('GET', '/users/*/directReports', directory.listDirectReports),
  route('GET', '/users/*/transitiveMemberOf', directory.listTransitiveMemberOf),
  route('GET', '/users/*/transitiveMemberOf/*', directory.listTransitiveMemberOf),
  route('POST', '/users/*/checkMemberGroups', directory.checkMemberGroups),
  route('GET', '/users/*/appRoleAssignments', directory.listUserAssignments),
  route('GET', '/directory/deletedItems/microsoft.graph.user', directory.listDeletedUsers),
  route('GET', '/groups', directory.listGroups),
  route('GET', '/groups/*', directory.readGroup),
  route('GET', '/groups/*/members', directory.listMembers),
  route('GET', '/groups/*/members/*', directory.listMembers),
  route('GET', '/groups/*/transitiveMembers', directory.listTransitiveMembers),
  route('GET', '/groups/*/transitiveMembers/*', directory.listTransitiveMembers),
  route('GET', "/directoryRoles(roleTemplateId='*')/members", directory.listRoleMembers),
  route('GET', '/organization', directory.listOrganization),
  route('GET', "/applications(appId='*')", readRegistration),
  route('GET', '/servicePrincipals', servicePrincipals.listServicePrincipals),
  route('GET', '/servicePrincipals/*', servicePrincipals.readServicePrincipal),
  route('GET', '/servicePrincipals/*/appRoleAssignedTo', servicePrincipals.listAssignedTo),
  route('POST', '/servicePrincipals/*/appRoleAssignedTo', servicePrincipals.assignTo),
  route('DELETE', '/servicePrincipals/*/appRoleAssignedTo/*', servicePrincipals.unassignFrom),
  route('GET', jobs, servicePrincipals.listJobs),
  route('GET', `${jobs}/*`, servicePrincipals.readJob),
  route('GET', `${jobs}/*/schema`, servicePrincipals.readSchema),
  route('GET', `${jobs}/*/schema/filterOperators`, expressions.listFilterOperators),
  route('GET', `${jobs}/*/schema/functions`, expressions.listFunctions),
  route('POST', `${jobs}/*/schema/parseExpression`, expressions.parseExpression),
  route('POST', `${jobs}/*/start`, jobActions.startJob),
  route('POST', `${jobs}/*/pause`, jobActions.pauseJob),
  route('POST', `${jobs}/*/restart`, jobActions.restartJob),
  route('POST', `${jobs}/*/validateCredentials`, jobActions.validateCredentials),
  route('POST', `${jobs}/*/provisionOnDemand`, provisionOnDemand),
  route('GET', '/auditLogs/directoryAudits', listDirectoryAudits),
  route('GET', '/auditLogs/provisioning', servicePrincipals.listProvisioningRecords),
];

/** Answers a call. Never waits: the server handles latency, limits and faults. */
export function answer(tenant: Tenant, request: SandboxRequest): SandboxResponse {
  const fitting = routes.filter((candidate) => fits(candidate.template, request.segments));
  const [any] = fitting;
  if (any === undefined) return noSuchSegment(request.segments.at(-1) ?? '');
  const chosen = fitting.find((candidate) => candidate.method === request.method);
  if (chosen === undefined) return notAllowed;
  const [first = '', second = ''] = chosen.template.flatMap((part, index) =>
    part.includes('*') ? [valueIn(part, request.segments[index] ?? '') ?? ''] : [],
  );
  const called = request.segments.at(-1) ?? '';
  const lacking = tenant.guesses().lacking[called];
  if (lacking !== undefined) return lacking === 404 ? noSuchSegment(called) : notAllowed;
  return chosen.handle(tenant, request, first, second);
}

const notAllowed = refusal(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');

/** True for the calls that the rate limit counts. */
export function isOnDemand(method: string, segments: readonly string[]): boolean {
  return method === 'POST' && fits(split(`${jobs}/*/provisionOnDemand`), segments);
}

function route(method: Route['method'], template: string, handle: Handler): Route {
  return { method, template: split(template), handle };
}

function split(template: string): readonly string[] {
  return template.split('/').slice(1);
}

function fits(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((part, index) => valueIn(part, segments[index] ?? '') !== null)
  );
}

/**
 * The text matched by the asterisk of a template's part, `''` where it has none; null for a segment that does not
 * match.
 */
function valueIn(part: string, segment: string): string | null {
  const [before = '', after] = part.toLowerCase().split('*');
  const found = segment.toLowerCase();
  if (after === undefined) return found === before ? '' : null;
  const isLongEnough = found.length >= before.length + after.length;
  if (!isLongEnough || !found.startsWith(before) || !found.endsWith(after)) return null;
  return segment.slice(before.length, segment.length - after.length);
}
