import { z } from 'zod';
import type { Application, SynchronizationJob } from '../tenant/applications.ts';
import type { Group } from '../tenant/groups.ts';
import { isScheduled } from '../tenant/job-machine.ts';
import type { Person } from '../tenant/people.ts';
import { auditRecord } from '../tenant/provisioning/audit-record.ts';
import { provisionFromDirectory } from '../tenant/provisioning/provision-from-directory.ts';
import { provisionGroup } from '../tenant/provisioning/provision-group.ts';
import { provisionPerson } from '../tenant/provisioning/provision-person.ts';
import type { ProvisioningReport } from '../tenant/provisioning/report.ts';
import { wantsRest } from '../tenant/synchronization-job.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { badRequest, noSuchObject, unknownError } from './errors.ts';
import type { SandboxRequest, SandboxResponse } from './exchange.ts';
import { withJob } from './service-principals.ts';
import { groupAnswer, userAnswer } from './shapes.ts';

/**
 * `provisionOnDemand`: checks the call in the order in which the service can detect errors (job, body, rule, object
 * type, credentials, object), then does the work and reports it in the job's own shape.
 */

const subjectSchema = z.object({ objectId: z.string().min(1), objectTypeName: z.string().min(1) });
const bodySchema = z.object({
  parameters: z
    .array(
      z.object({
        ruleId: z.string(),
        subjects: z
          .array(subjectSchema.extend({ links: z.object({ members: z.array(subjectSchema).optional() }).optional() }))
          .length(1),
      }),
    )
    .length(1),
});

type Subject = z.infer<typeof bodySchema>['parameters'][number]['subjects'][number];

const maxMembers = 5;

export function provisionOnDemand(tenant: Tenant, request: SandboxRequest, id: string, jobId: string): SandboxResponse {
  return withJob(
    tenant,
    id,
    jobId,
    (application, job) => {
      const body = bodySchema.safeParse(request.body);
      if (!body.success) return badRequest(whatIsMissing(body.error), 'RequestParameterInvalid');
      const [parameters] = body.data.parameters;
      const [subject] = parameters?.subjects ?? [];
      if (parameters === undefined || subject === undefined) throw new Error('The schema lets no empty list through.');

      const rule = job.rules.find((candidate) => candidate.id === parameters.ruleId);
      if (rule === undefined) {
        return badRequest(
          `The request identified this synchronization job: ${jobId}.  The request also identified this synchronization rule: ${parameters.ruleId}.  However, the job does not include the rule.`,
          'RequestParameterInvalid',
        );
      }
      if (!rule.supportsProvisionOnDemand) {
        return badRequest(`The rule ${rule.id} does not support provisioning on demand.`, 'RequestParameterInvalid');
      }
      const isMapped = rule.objects.some(({ source, enabled }) => enabled && source === subject.objectTypeName);
      if (!isMapped) {
        return badRequest(
          `The rule ${rule.id} has no mapping for objects of the type '${subject.objectTypeName}'.`,
          'RequestParameterInvalid',
        );
      }
      if (job.health === 'notConfigured' || job.credentials === 'missing') return badRequest('', 'CredentialsMissing');
      // A caller of a quarantined job learns nothing else, and not even the quarantine.
      const isQuarantined = job.health === 'quarantined' || job.health === 'switchedOff';
      if (isQuarantined || job.credentials === 'refused') return unknownError(401);
      // Graph's answer here is not published, only that the call does not work while the job runs.
      if (wantsRest(job) && (isScheduled(job) || job.cycle !== null)) return unknownError(500);
      return provisionSubject({ tenant, request, application, job }, subject);
    },
    'change',
  );
}

interface Call {
  readonly tenant: Tenant;
  readonly request: SandboxRequest;
  readonly application: Application;
  readonly job: SynchronizationJob;
}

function provisionSubject(call: Call, subject: Subject): SandboxResponse {
  const { tenant, application, job } = call;
  if (subject.objectTypeName === 'Group') {
    const group = tenant.group(subject.objectId);
    return group === undefined ? noSuchObject(subject.objectId) : provisionMembers(call, group, subject);
  }
  if (subject.links !== undefined) return badRequest('Only a group has links.', 'RequestParameterInvalid');
  const now = tenant.clock.now();
  if (job.direction !== 'outbound') {
    const person =
      job.direction === 'fromHr'
        ? tenant.people().find(({ employeeId }) => employeeId === subject.objectId)
        : tenant.personInActiveDirectory(subject.objectId);
    if (person === undefined) return noSuchObject(subject.objectId);
    return told(call, provisionFromDirectory(tenant, application, person, now), userAnswer);
  }
  // By object id only: a user principal name means nothing to the service.
  const person = tenant.people().find(({ id }) => id === subject.objectId.toLowerCase());
  if (person === undefined) return noSuchObject(subject.objectId);
  return told(call, provisionPerson(tenant, application, person, now), userAnswer);
}

function provisionMembers(call: Call, group: Group, subject: Subject): SandboxResponse {
  const { tenant, application } = call;
  const links = subject.links?.members ?? [];
  if (links.length > maxMembers) {
    return badRequest(
      `A group can be provisioned on demand with at most ${maxMembers} members; the request names ${links.length}.`,
      'RequestParameterInvalid',
    );
  }
  const members: Person[] = [];
  for (const { objectId, objectTypeName } of links) {
    const member = tenant.people().find(({ id }) => id === objectId.toLowerCase());
    if (objectTypeName !== 'User') {
      return badRequest('Nested groups cannot be provisioned on demand.', 'RequestParameterInvalid');
    }
    if (member === undefined) return noSuchObject(objectId);
    if (!group.memberIds.includes(member.id)) {
      return badRequest(`${objectId} is not a member of the group ${group.id}.`, 'RequestParameterInvalid');
    }
    members.push(member);
  }
  return told(call, provisionGroup(tenant, application, group, members, tenant.clock.now()), groupAnswer);
}

function told(
  { tenant, request, application, job }: Call,
  report: ProvisioningReport,
  shaped: typeof userAnswer,
): SandboxResponse {
  tenant.record(auditRecord(application, report));
  return { status: 200, body: shaped(job, report, request.baseUrl) };
}

function whatIsMissing(error: z.ZodError): string {
  const places = error.issues.map((issue) => issue.path.join('.') || 'parameters');
  return `The request is invalid at: ${[...new Set(places)].join(', ')}. Exactly one parameter with one subject is expected.`;
}
