import { randomBytes, randomUUID } from 'node:crypto';
import type { Basis } from '../../../src/access/basis.ts';
import { type Clock, systemClock } from '../../../src/clock.ts';
import type { Database } from '../../../src/db/database.ts';
import { enqueueAccessCards } from '../../../src/features/approvals/access-requests/access-cards.ts';
import { act, startApproved } from '../../../src/features/approvals/access-requests/acting.ts';
import { createAccessRequest } from '../../../src/features/approvals/access-requests/store.ts';
import type { Outcome, Step, StepType } from '../../../src/graph/outcome.ts';
import { notePost } from '../../../src/outbox/message-store.ts';
import type { AccessParts } from '../../../src/requests/access-parts.ts';
import type { Person, Subject } from '../../../src/requests/request.ts';
import { finishTask, noteSent } from '../../../src/requests/running.ts';
import { accessSource, createRequest, type NewRequest, type StoreParts } from '../../../src/requests/store.ts';
import { everyApplication } from '../../../src/sandbox/tenant/applications.ts';
import { tenantId } from '../../../src/sandbox/tenant/identity.ts';
import { claimed, storeParts } from '../../requests/support.ts';

/**
 * A year of requests, day by day, by Usher's own writers alone: every row is as Usher writes it, and each day ends with
 * the work that Usher does once a day. So what the tables take includes what deleted and packed rows leave behind.
 */
export interface YearParts {
  readonly database: Database;
  readonly count: number;
  /** At the end of each day, by the clock of the year. */
  readonly endDay: (store: StoreParts, day: number) => Promise<void>;
}

const [days, dayMs] = [365, 24 * 3_600_000];
/** Of a million requests; of fewer, as many fewer. */
const [people, askers, million] = [20_000, 1_000, 1_000_000];
const groups = 3;
/** As many grants as Usher keeps, and no wait. */
const limits = { limit: 5, windowMs: 1, guardMs: 0 };
const manyApps = everyApplication.length;
const chars = (length: number) => randomBytes(length).toString('base64url').slice(0, length);
const idsOf = (count: number) => Array.from({ length: count }, () => randomUUID());

const givenNames = [
  'Adele',
  'Alexandra',
  'Christiane',
  'Diego',
  'Isaiah',
  'Johanna',
  'Katharina',
  'Maximilian',
  'Megan',
];
const familyNames = [
  'Vance',
  'Wilber',
  'Fernandez',
  'Siciliani',
  'Langer',
  'Lorenz',
  'Papadopoulos',
  'Zimmermann',
  'Wu',
];
const pick = <T>(all: readonly T[], index: number): T => all[index % all.length] as T;

/** What the service tells of a new account: some 2,500 characters, of the twelve thousand that a report may have. */
const attributes = [
  ...['userPrincipalName', 'displayName', 'givenName', 'surname', 'mail', 'mailNickname', 'department', 'jobTitle'],
  ...['preferredLanguage', 'accountEnabled', 'appRoleAssignments', 'employeeId'],
];

function outcomeFor(number: number, person: Subject, app: string): Outcome {
  const label = person.label ?? '';
  const step = (type: StepType, name: string, details: Step['details']): Step => ({
    ...{ type, name, status: 'success', details },
    description: `User '${label}' will be created in ${app} (User is active and assigned in ${app})`,
  });
  const report = {
    steps: [
      step('import', 'EntryImport', Object.fromEntries(attributes.map((name) => [name, label]))),
      step('scoping', 'EntrySynchronizationScoping', {
        ...{ IsActive: 'True', Assigned: 'True', ScopeEvaluationResult: '{}' },
      }),
      step('matching', 'EntrySynchronizationAdd', {}),
      step('export', 'EntryExportAdd', { ReportableIdentifier: label }),
    ],
    changes: attributes.map((attribute) => ({ attribute, oldValue: null, newValue: label })),
    changeId: randomUUID(),
    subjectLabel: label,
    sourceSystem: 'Azure Active Directory',
    targetSystem: app,
    targetId: chars(18),
  };
  if (number % 20 === 7)
    return {
      ...{ kind: 'failed', code: 'SystemForCrossDomainIdentityManagementBadResponse', report },
      reason: `The ${app} server returned an error while the account was created. Entries conflict: another account has this user name.`,
      recommendedAction: 'Rename one of the two accounts, or set a matching attribute, and provision again.',
    } as Outcome;
  if (number % 20 === 11)
    return { kind: 'skipped', code: 'NotEffectivelyEntitled', property: null, reason: null, report };
  return { kind: number % 5 === 0 ? 'updated' : 'created', report } as Outcome;
}

export async function liveThroughYear({ database, count, endDay }: YearParts): Promise<void> {
  const began = Date.now() - days * dayMs;
  let at = began;
  const clock: Clock = { ...systemClock, now: () => at };
  const store = storeParts(database, clock, limits);
  const access: AccessParts = {
    ...store,
    approvals: { remindAfterWorkingDays: 1, expireAfterDays: 7, assignmentWaitHours: 24 },
    conversationKey: (conversation) => conversation,
  };
  const shareOf = (number: number) => Math.max(10, Math.round((number * count) / million));
  const [subjects, requesters] = [shareOf(people), shareOf(askers)];
  const [subjectIds, requesterIds, groupIds] = [idsOf(subjects), idsOf(requesters), idsOf(groups)];
  // Those of the sandbox are less random than real ones, and so compress better.
  const [apps, rules, jobs] = [idsOf(manyApps), idsOf(manyApps), idsOf(manyApps)];
  const nameOf = (number: number) =>
    `${pick(givenNames, number)} ${pick(familyNames, number * 7)}${number < 81 ? '' : `-${number}`}`;
  const addressOf = (number: number) => `${nameOf(number).toLowerCase().replace(/ /g, '.')}@fabrikam-europe.com`;
  const chats = requesterIds.map(
    (id, number) =>
      `{"user":{"id":"29:1${chars(87)}","name":"${nameOf(number)}","aadObjectId":"${id}"},"bot":{"id":"28:${randomUUID()}","name":"Usher"},"conversation":{"id":"a:1${chars(120)}","conversationType":"personal","tenantId":"${tenantId}"},"channelId":"msteams","serviceUrl":"https://smba.trafficmanager.net/emea/${tenantId}/"}`,
  );
  const chatId = (number: number) =>
    (JSON.parse(pick(chats, number)) as { conversation: { id: string } }).conversation.id;
  const basisOf = (person: Person, role: string): Basis => ({
    actorId: person.id,
    details: { role, through: [`${role.toUpperCase()}S ${pick(groupIds, 0)}`], version: '0.1.0' },
  });

  /** Teams takes it, and it shows the latest revision. */
  async function posted(reference: readonly string[]): Promise<void> {
    const rows = await database.query
      .selectFrom('messages')
      .select(['id', 'latest_revision'])
      .where('reference', 'in', reference)
      .execute();
    for (const { id, latest_revision } of rows)
      await notePost(database.query, id, {
        activityId: String(1_700_000_000_000 + Math.floor(Math.random() * 99_999_999_999)),
        shownRevision: latest_revision ?? 0,
        dueAt: null,
      } as Parameters<typeof notePost>[2]);
  }

  async function carryOut(number: number, person: Subject, app: string, by: Person): Promise<void> {
    const call = await claimed({ ...store, basis: basisOf(by, 'operator') });
    at += 300;
    await noteSent(store, call);
    at += 900;
    const graph = { graphRequestId: randomUUID(), clientRequestId: randomUUID() };
    await finishTask(store, call, { outcome: outcomeFor(number, person, app), ...graph });
  }

  async function request(number: number): Promise<void> {
    // Half of the requests are of five people at the helpdesk.
    const asker = number % 2 === 0 ? number % 5 : (number * 31) % requesters;
    const requestedBy = { id: pick(requesterIds, asker), name: nameOf(asker) };
    const subject = (number * 7919) % subjects;
    const person = { id: pick(subjectIds, subject), type: 'User', name: nameOf(subject), label: addressOf(subject) };
    const index = number % manyApps;
    const [id, name] = [pick(apps, index), pick(everyApplication, index).displayName];
    const source = `${chatId(asker)}|${1_700_000_000_000 + number}`;
    const place = {
      requestedBy,
      reader: { locale: 'en-US', timeZone: 'Europe/Berlin' },
      conversation: pick(chats, asker),
    };
    const jobId = `${name.toLowerCase().replace(/\W/g, '')}.${tenantId.replaceAll('-', '')}.${pick(jobs, index)}`;
    const wanted: NewRequest = {
      ...{ ...place, source, lane: 'interactive', leftOut: [], held: false },
      tasks: [{ subject: person, members: [], app: { id, name }, jobId, ruleId: pick(rules, index) }],
    };
    if (number % 10 !== 0) {
      const { id: requestId } = await createRequest({ ...store, basis: basisOf(requestedBy, 'operator') }, wanted);
      await carryOut(number, person, name, requestedBy);
      return posted([requestId]);
    }
    const asked = await createAccessRequest(
      { ...access, basis: basisOf(requestedBy, 'requester') },
      {
        ...{ ...place, source, subject: person, app: { id, name }, startsAt: null, askedAs: 'request' },
        reason: `${nameOf(subject)} joins the team on Monday and needs ${name} for the first project.`,
      },
    );
    if (asked.kind !== 'created') return;
    const { accessRequest } = asked;
    const decider = (number * 13 + 1) % Math.min(50, requesters);
    const by = { id: pick(requesterIds, decider), name: nameOf(decider) };
    const cards = [asker, decider, decider + 1].map((reader, card) => ({
      ...{
        accessRequestId: accessRequest.id,
        source: `route|${accessRequest.id}|${pick(requesterIds, reader)}|${card}`,
      },
      ...{ conversation: pick(chats, reader), reader: place.reader },
      audience: card === 0 ? ('requester' as const) : ('approvers' as const),
    }));
    await database.transact((transaction) => enqueueAccessCards(transaction, cards, at));
    at += 3_600_000 / 60;
    const from = { conversation: pick(chats, decider), reader: place.reader };
    const decides = { ...access, basis: basisOf(by, 'approver') };
    if (number % 100 === 0) {
      await act(decides, accessRequest.id, { kind: 'deny', by, from, reason: 'not this week' });
      return posted([accessRequest.id]);
    }
    await act(decides, accessRequest.id, { kind: 'approve', by, from });
    const started = await startApproved(decides, accessRequest.id, {
      ...wanted,
      source: accessSource + accessRequest.id,
    });
    await carryOut(number, person, name, by);
    await act(access, accessRequest.id, { kind: 'finish', outcome: 'created' });
    if (started.kind === 'done') await posted([accessRequest.id]);
  }

  for (let day = 0, number = 0; day < days; day += 1) {
    const until = Math.round((count * (day + 1)) / days);
    for (; number < until; number += 1) {
      at = Math.max(at + 1, began + Math.floor((number * days * dayMs) / count));
      await request(number);
    }
    at = Math.max(at, began + (day + 1) * dayMs);
    await endDay(store, day);
  }
}
