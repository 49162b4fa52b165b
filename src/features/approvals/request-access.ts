import { mayAskFor } from '../../access/asking.ts';
import { deny } from '../../access/policy.ts';
import type { AccessEnd, EndTerms } from '../../access-ends.ts';
import { assertNever } from '../../assert-never.ts';
import { findTicket, sayTicketMissing } from '../../chat/ask-ticket.ts';
import type { CommandOf } from '../../chat/command.ts';
import { endAlone } from '../../chat/grammar/end-words.ts';
import { listOfNames, namesInList } from '../../chat/grammar/name-list.ts';
import type { Messages } from '../../chat/messages.ts';
import { saysKit, seekApps } from '../../chat/names/seek-apps.ts';
import { findPerson } from '../../chat/names/subject.ts';
import { blocked, findApp, sourceOf, tryAgain } from '../../chat/names/target.ts';
import { commands, firstOf, inTurn, provisionFor, type Resolved, refused } from '../../chat/offers/resolved.ts';
import { type CommandParts, defineCommand, type Lookup, type Turn } from '../../chat/registry/define-command.ts';
import type { CommandForm } from '../../chat/registry/form-declaration.ts';
import { refuseUnattended, runCommand } from '../../chat/registry/run.ts';
import { answered, recordAudit, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { saidReason } from '../../chat/said-reason.ts';
import { appNames, peopleNames } from '../../chat/views/app-names.ts';
import type { Application } from '../../graph/applications.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import type { Kit } from '../../graph/kit-apps.ts';
import { isGuest } from '../../graph/user.ts';
import { endTermsOf, readLineEnd } from '../provisioning/line-ends.ts';
import { offerLongerApp, readTerms, type Terms } from '../provisioning/line-terms.ts';
import { openAccessCard } from './access-requests/access-cards.ts';
import { type AccessRequest, type AskedKit, askedId } from './access-requests/access-request.ts';
import { asAskedFor } from './access-requests/asked-app.ts';
import { createJointRequest, type JointCreation } from './access-requests/joint-request.ts';
import { type Creation, createAccessRequest, type NewAccessRequest } from './access-requests/store.ts';
import { approversOf, maySee } from './found-request.ts';
import { say } from './problems.ts';
import { readAccessRequest, readLooseRequest, writeAccessRequest } from './request-line.ts';
import { findSeveral, type Several } from './request-several.ts';
import { offerInstead, withTermsOfItsOwn } from './request-terms.ts';

type RequestAccessCommand = CommandOf<'requestAccess'>;

/** So many accounts are named in an answer that makes no request. */
const mostNamed = 2;

/**
 * `request access for <people> to <apps> [on <date>] [because <reason>]`. Stores an access request for each person and
 * app; the approval scheduler shows them to the approvers. `askedAs` is `provision` where the caller typed that and may only ask.
 */
export async function requestAccess(
  parts: CommandParts,
  turn: Turn,
  typed: RequestAccessCommand,
  askedAs: 'request' | 'provision' = 'request',
): Promise<Reply> {
  const command = await withTermsOfItsOwn(parts, turn, typed);
  if (command.start !== null || command.end !== null) {
    const longer = await offerLongerApp(parts, turn, typed, (app) => ({ ...typed, app, start: null, end: null }));
    if (longer !== null) return longer;
  }
  const terms = readTerms(parts, turn, command);
  if (terms.kind === 'problem') return say(turn.words, terms.problem);
  const reason = saidReason(parts, turn, typed, terms.reason);

  const several = await findSeveral(parts, turn, command);
  if (several?.kind === 'reply') return several.reply;
  if (several !== null) return requestAll(parts, turn, { typed, command, terms, reason, askedAs }, several);
  const target = await findAccessTarget(parts, turn, command);
  if (target.kind === 'reply') return target.reply;
  const { app, user } = target;
  const may = await mayAskFor(parts, turn.caller, user.id);
  if (!may.ok) return troubleReply(turn.words, may.trouble, tryAgain(parts, command));
  if (may.value !== 'may') return refuseAsking(parts, turn, user, may.value, app.id);

  const who = { app: app.displayName, who: user.displayName, ends: endTermsOf([app]) };
  const offered = offerInstead(parts, turn, { typed, command }, who, terms);
  if (offered !== null) return offered;

  const found = findTicket(parts, turn, [app], {
    ticket: typed.ticket,
    command: typed,
    meant: { ...typed, subject: user.userPrincipalName },
  });
  if (found.kind === 'missing') return found.reply ?? sayTicketMissing(parts, turn, [app]);

  const creation = await createAccessRequest(parts.store, {
    ...askedBy(turn, {
      ...{ reason, askedAs, startsAt: terms.startsAt, ticket: found.ticket },
      ends: endOf(parts, turn, terms, who.ends),
    }),
    subject: subjectOf(user),
    app: { id: app.id, name: app.displayName },
  });
  return toldOf(
    parts,
    turn,
    'accessRequest' in creation && creation.kind !== 'alreadyOpen'
      ? { kind: creation.kind, id: creation.accessRequest.id }
      : creation,
  );
}

const moreOf = (words: Messages, count: number) => (count > 0 ? [words.plain('joint.more', { count })] : []);

interface Asked {
  readonly typed: RequestAccessCommand;
  readonly command: RequestAccessCommand;
  readonly terms: Extract<Terms, { kind: 'terms' }>;
  readonly reason: string | null;
  readonly askedAs: 'request' | 'provision';
}

/** Asks for each of the people in each of the apps; the approvers of an app decide on all of its lines at once. */
async function requestAll(
  parts: CommandParts,
  turn: Turn,
  { typed, command, terms, reason, askedAs }: Asked,
  { apps, users, leftOut, kits }: Several,
): Promise<Reply> {
  const who = peopleNames(
    turn.words,
    users.map(({ displayName: name }) => ({ name })),
  );
  const app = appNames(
    turn.words,
    apps.map(({ displayName: name }) => ({ name })),
  );
  const ends = endTermsOf(apps, kits);
  const offered = offerInstead(parts, turn, { typed, command }, { app, who, ends }, terms);
  if (offered !== null) return offered;
  const found = findTicket(parts, turn, apps, { ticket: typed.ticket, command: typed, kits });
  if (found.kind === 'missing') return found.reply ?? sayTicketMissing(parts, turn, apps);
  const lines = users.flatMap((user) =>
    apps.map((one) => ({
      subject: subjectOf(user),
      app: { id: one.id, name: one.displayName },
      kit: kitOf(kits, one),
      deciders:
        one.unsettled === true
          ? one.id
          : asAskedFor(one, { kit: kitOf(kits, one) })
              .approvers.toSorted()
              .join(),
    })),
  );
  const creation = await createJointRequest(parts.store, {
    ...askedBy(turn, {
      ...{ reason, askedAs, startsAt: terms.startsAt, ticket: found.ticket },
      ends: endOf(parts, turn, terms, ends),
    }),
    ...{ lines, leftOut, whole: typed.whole === true },
  });
  return toldOf(parts, turn, 'jointId' in creation ? { kind: creation.kind, id: creation.jointId } : creation);
}

/** The first of the kits that has the app, as it is now: a change of the file does not change what was asked for. */
function kitOf(kits: readonly Kit[], { id }: Application): AskedKit | null {
  const kit = kits.find(({ apps }) => apps.some((app) => app.id === id));
  return kit === undefined ? null : { name: kit.name, approvers: kit.approvers, assign: kit.assign };
}

/** The end of the access: of the line, or the usual one; a bad one has been turned away before. */
function endOf(
  parts: CommandParts,
  turn: Turn,
  terms: Extract<Terms, { kind: 'terms' }>,
  allowed: readonly EndTerms[],
): AccessEnd | null {
  const read = readLineEnd(parts, turn, terms, allowed);
  return read.kind === 'end' ? read.end : null;
}

/** What a new request of this turn has whatever it asks for. */
function askedBy(turn: Turn, said: Pick<NewAccessRequest, 'reason' | 'askedAs' | 'startsAt' | 'ends' | 'ticket'>) {
  const { reader, conversation } = turn.incoming;
  const requestedBy = { id: turn.caller.id, name: turn.caller.name };
  return { ...said, source: sourceOf(turn), requestedBy, reader, conversation };
}

const subjectOf = (user: DirectoryUser): AccessRequest['subject'] => ({
  id: user.id,
  name: user.displayName,
  label: user.userPrincipalName,
  guest: isGuest(user),
});

/** The card of what was asked for, or why nothing was. `id`: of the access request or of the joint request. */
async function toldOf(
  parts: CommandParts,
  turn: Turn,
  creation:
    | { readonly kind: 'created' | 'same'; readonly id: string }
    | Exclude<JointCreation, { readonly jointId: string }>
    | Extract<Creation, { kind: 'alreadyOpen' }>,
): Promise<Reply> {
  switch (creation.kind) {
    case 'tooMany':
      return say(turn.words, { kind: 'tooManyOpen', open: creation.open });
    case 'tooManyToday':
      return say(turn.words, { kind: 'tooManyToday', made: creation.made });
    case 'alreadyOpen':
      return alreadyAsked(parts, turn, creation.accessRequest);
    case 'allOpen': {
      const { lines, leftOut } = creation;
      const names = [
        ...lines.map(({ subject, app }) => turn.words.dotted([subject.name, app.name])),
        ...leftOut.map(({ text }) => text),
      ];
      return say(turn.words, {
        kind: 'allAsked',
        count: lines.length,
        names: turn.words.list([...names.slice(0, mostNamed), ...moreOf(turn.words, names.length - mostNamed)]),
      });
    }
    case 'created':
    case 'same': {
      const accessRequestId = creation.id;
      const { reader, conversation } = turn.incoming;
      const source = sourceOf(turn);
      const card = { accessRequestId, source, conversation, reader, audience: 'requester' } as const;
      const liveId = await openAccessCard(parts.store, card);
      if (creation.kind === 'created') parts.observe?.requested('access');
      parts.publish('access', accessRequestId);
      return { kind: 'live', liveId };
    }
    default:
      return assertNever(creation, 'creation');
  }
}

/** Tells the other request's id only to a caller who may see that request. */
async function alreadyAsked(parts: CommandParts, turn: Turn, request: AccessRequest): Promise<Reply> {
  const approvers = await approversOf(parts, request.app.id, request);
  const isShown = maySee(turn.caller, request, approvers.ok ? approvers.value : null);
  const { subject, app } = request;
  const id = askedId(request);
  const what = { person: subject.name, app: app.name };
  return say(turn.words, isShown ? { kind: 'alreadyAsked', id, ...what } : { kind: 'askedByOther', ...what });
}

/**
 * Finds the person and the app. Quarantine does not block the request yet, as days may pass before it starts; a job
 * that takes no people from Entra does.
 */
async function findAccessTarget(parts: CommandParts, turn: Turn, command: RequestAccessCommand) {
  const found = await findApp(parts, turn, command);
  if (found.kind === 'reply') return found;
  const { app, job } = found;
  const rule = await parts.synchronization.findRule(app.id, job.id, 'User');
  if (!rule.ok) return answered(troubleReply(turn.words, rule.trouble, tryAgain(parts, command)));
  if (rule.value?.source !== 'entra')
    return answered(await blocked(parts, turn, app, { kind: 'accessNeedsEntraApp', app: app.displayName }));
  const person = await findPerson(parts, turn, command, app);
  if (person.kind === 'reply') return person;
  return { kind: 'target', app, user: person.user } as const;
}

/** What a guess at an access request resolves to: its app and person; for an operator, a provisioning line. */
async function resolveRequestAccess(
  look: Lookup,
  command: CommandOf<'requestAccess'>,
  others: readonly string[],
): Promise<Resolved> {
  const { parts, turn } = look;
  if (look.isOperator() && command.start === null) return look.as('provision', provisionFor(command), others);
  const mayAsk = deny(turn.caller, 'access.request') === null;
  if (!mayAsk || refuseUnattended(parts, turn, 'requestAccess') !== null)
    return look.denied(look.isOperator() ? 'access.request' : 'provision.run');
  const names = namesInList(command.subject);
  const sought = await seekApps(parts, command.app);
  const isForSeveral = names.length > 1 || (sought.kind === 'apps' && (sought.apps.length > 1 || saysKit(command.app)));
  if (isForSeveral && sought.kind === 'apps') {
    const subjects: string[] = [];
    for (const typedName of names) {
      const person = await look.findPerson(typedName, names.length === 1 ? others : []);
      if (person.kind !== 'person') return person;
      const { id, displayName, name } = person;
      const may = id === null ? null : await mayAskFor(parts, turn.caller, id);
      if (may !== null && !may.ok) return look.troubled(may.trouble);
      if (id !== null && may !== null && may.value !== 'may')
        return refused(() => refuseAsking(parts, turn, { id, displayName }, may.value));
      subjects.push(name);
    }
    return commands({ ...command, subject: listOfNames(subjects) });
  }
  const app = await look.findApp(command.app);
  if (app.kind !== 'app') return app;
  const person = await look.findPerson(command.subject, others);
  if (person.kind !== 'person') return person;
  const allowed = await inTurn([person, ...(person.others ?? [])], async (one): Promise<Resolved> => {
    const { id, displayName } = one;
    const may = id === null ? null : await mayAskFor(parts, turn.caller, id);
    if (may !== null && !may.ok) return look.troubled(may.trouble);
    if (id !== null && may !== null && may.value !== 'may')
      return refused(() => refuseAsking(parts, turn, { id, displayName }, may.value));
    return commands({ ...command, subject: one.name, app: app.name }, one.found);
  });
  return firstOf(allowed);
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `start`, `end` (a day or a length) and `reason` as typed, without their lead-in words. */
    requestAccess: Ticketed & {
      readonly subject: string;
      readonly app: string;
      readonly start: string | null;
      readonly end: string | null;
      readonly reason: string | null;
      /** Of several people or apps: nothing starts unless all is approved. */
      readonly whole?: true;
    };
  }
}

export const accessForm: CommandForm = {
  fields: {
    person: 'several',
    app: 'several',
    start: 'optional',
    end: 'optional',
    reason: 'optional',
    ticket: 'optional',
  },
  toCommand: ({ subjects, app, start, end, reason, ticket }) => ({
    verb: 'requestAccess',
    subject: listOfNames(subjects),
    app,
    start: start === '' ? null : start,
    end: endAlone(end),
    reason: reason === '' ? null : reason,
    ...(ticket === '' ? {} : { ticket }),
  }),
};

export const requestAccessCommand = defineCommand({
  verb: 'requestAccess',
  read: readAccessRequest,
  readLoose: readLooseRequest,
  write: writeAccessRequest,
  permission: 'access.request',
  appOnly: true,
  freshRoles: 'clicked',
  chapter: 'ask',
  examples: [
    'request access for isaiah to Salesforce',
    'request access for isaiah to Salesforce on 1 December because he joins Sales',
    'request access for isaiah, diego to the Sales kit',
  ],
  offeredByTeams: { team: 4, groupChat: 2 },
  tryIt: null,
  form: accessForm,
  // What can be had instead of an end that cannot be kept is offered at once.
  nearly: async (parts, turn, command) => (hasBadEnd(parts, turn, command) ? runCommand(parts, turn, command) : null),
  resolve: resolveRequestAccess,
  run: (parts, turn, command) => requestAccess(parts, turn, command),
});

/** Whether no app could be asked for with the end of this line. */
function hasBadEnd(parts: CommandParts, turn: Turn, command: RequestAccessCommand): boolean {
  const terms = readTerms(parts, turn, command);
  return terms.kind === 'terms' && readLineEnd(parts, turn, terms, []).kind === 'bad';
}

/** Refuses requesters who ask for themselves or for a person outside their reports; records the refusal. */
async function refuseAsking(
  parts: CommandParts,
  { caller, words }: Turn,
  { id, displayName }: Pick<DirectoryUser, 'id' | 'displayName'>,
  reason: string,
  app?: string,
): Promise<Reply> {
  const about = { permission: 'access.request', reason, ...(app === undefined ? {} : { app }), subject: id } as const;
  await recordAudit(parts, caller.id, 'denied', about);
  return say(words, id === caller.id ? { kind: 'askForSelf' } : { kind: 'notYourReport', person: displayName });
}
