import { z } from 'zod';
import type { Application, SynchronizationJob } from '../tenant/applications.ts';
import { type Moved, pause, type ResetScope, resetScopes, restart, start } from '../tenant/job-machine.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { badRequest, refusal } from './errors.ts';
import type { SandboxRequest, SandboxResponse } from './exchange.ts';
import { withJob } from './service-principals.ts';

/** The calls that change a job, and the test of its credentials. What they do to a job is in `job-machine.ts`. */

type Handler = (tenant: Tenant, request: SandboxRequest, id: string, jobId: string) => SandboxResponse;

const done: SandboxResponse = { status: 204, body: undefined };

/** Its code is known from a public acceptance test, its status is not. */
const credentialsMissing = badRequest('', 'CredentialsMissing');

const moving =
  (
    move: (job: SynchronizationJob, tenant: Tenant, request: SandboxRequest) => Moved | SandboxResponse | null,
  ): Handler =>
  (tenant, request, id, jobId) =>
    withJob(
      tenant,
      id,
      jobId,
      (application, job) => {
        const moved = move(job, tenant, request);
        if (moved === null) return credentialsMissing;
        if ('status' in moved) return moved;
        tenant.moveJob(application.id, moved);
        return done;
      },
      'change',
    );

export const startJob = moving((job, tenant) => start(job, tenant.clock.now(), tenant.guesses()));

export const pauseJob = moving((job, tenant) => pause(job, tenant.clock.now()));

const restartSchema = z.object({ criteria: z.object({ resetScope: z.string().optional() }) });

export const restartJob = moving((job, tenant, request) => {
  const read = restartSchema.safeParse(request.body);
  if (!read.success) return badRequest('The parameter criteria is missing.', 'RequestParameterInvalid');
  const names = (read.data.criteria.resetScope ?? '').split(',').map((name) => name.trim());
  const scopes = names.filter((name) => name !== '');
  const unknown = scopes.find((name) => !isScope(name));
  if (unknown !== undefined) return badRequest(`The value '${unknown}' of resetScope is not valid.`);
  return restart(job, scopes.filter(isScope), tenant.clock.now(), tenant.guesses());
});

function isScope(name: string): name is ResetScope {
  return resetScopes.some((scope) => scope === name);
}

const testSchema = z.object({ useSavedCredentials: z.literal(true) });

export const validateCredentials: Handler = (tenant, request, id, jobId) =>
  withJob(
    tenant,
    id,
    jobId,
    (application, job) => {
      if (!testSchema.safeParse(request.body).success)
        return badRequest('Only saved credentials can be tested here.', 'RequestParameterInvalid');
      return tested(application, job, tenant.guesses().testFailureStatus);
    },
    'change',
  );

const probe = 'f4b4a1de-0000-4000-8000-000000000001';

/** Codes of failures are known; their status and how they are nested are guessed. */
function tested({ displayName }: Application, job: SynchronizationJob, status: number): SandboxResponse {
  if (job.credentials === 'missing' || job.health === 'notConfigured') return refusal(status, 'CredentialsMissing', '');
  if (job.credentials === 'working') return done;
  const host = `https://scim.${displayName.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}.com`;
  const message =
    job.credentials === 'refused'
      ? `We received this unexpected response from your application: Resource: ${host}/Users?filter=userName+eq+"${probe}" Operation: GET Response Status Code: Unauthorized (401)`
      : 'An HTTP/404 Not Found response was returned rather than the expected HTTP/200 OK response.';
  const code = 'SystemForCrossDomainIdentityManagementCredentialValidationUnavailable';
  return refusal(status, 'CredentialValidationUnavailable', JSON.stringify({ code, details: [], message }));
}
