import { mayAskFor } from '../../access/asking.ts';
import { deny } from '../../access/policy.ts';
import { assertNever } from '../../assert-never.ts';
import { findTicket, sayTicketMissing } from '../../chat/ask-ticket.ts';
import type { CommandOf } from '../../chat/command.ts';
import { readStartDate } from '../../chat/dates/start-date.ts';
import { withTicket } from '../../chat/grammar/ticket-words.ts';
import { saysKit, seekApps } from '../../chat/names/seek-apps.ts';
import { findPerson } from '../../chat/names/subject.ts';
import { blocked, findApp, sourceOf, tryAgain } from '../../chat/names/target.ts';
import { offer } from '../../chat/offers/offer.ts';
import { commands, firstOf, inTurn, provisionFor, type Resolved, refused } from '../../chat/offers/resolved.ts';
import { type CommandParts, defineCommand, type Lookup, type Turn } from '../../chat/registry/define-command.ts';
import type { CommandForm } from '../../chat/registry/form-declaration.ts';
import { refuseUnattended, runCommand } from '../../chat/registry/run.ts';
import { answered, recordAudit, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { didYouMean } from '../../chat/views/did-you-mean.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import { isGuest } from '../../graph/user.ts';
import { termCard } from '../provisioning/cards/term-card.ts';
import { endReply, offerLongerApp, readTerms, type Terms } from '../provisioning/line-terms.ts';
import { appsMeant } from '../provisioning/resolve.ts';
import { openAccessCard } from './access-requests/access-cards.ts';
import type { AccessRequest } from './access-requests/access-request.ts';
import { createAccessRequest } from './access-requests/store.ts';
import { approversOf, maySee } from './found-request.ts';
import { say } from './problems.ts';
import { readAccessRequest, readLooseRequest, writeAccessRequest } from './request-line.ts';

type RequestAccessCommand = CommandOf<'requestAccess'>;

/** The card shows no more of a reason than this. */
const longestReason = 500;

/**
 * `request access for <person> to <app> [on <date>] [because <reason>]`. Stores an access request; the approval
 * scheduler shows it to the approvers. `askedAs` is `provision` where the caller typed that and may only ask.
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
  const line = typedLine(parts, turn, typed);
  const said = line === null ? terms.reason : asTyped(line, terms.reason);
  const reason = said?.slice(0, longestReason) ?? null;

  const target = await findAccessTarget(parts, turn, command);
  if (target.kind === 'reply') return target.reply;
  const { app, user } = target;
  const may = await mayAskFor(parts, turn.caller, user.id);
  if (!may.ok) return troubleReply(turn.words, may.trouble, tryAgain(parts, command));
  if (may.value !== 'may') return refuseAsking(parts, turn, user, may.value, app.id);

  const offered = offerInstead(parts, turn, { typed, command }, { app: app.displayName, who: user.displayName }, terms);
  if (offered !== null) return offered;

  const found = findTicket(parts, turn, [app], {
    ticket: typed.ticket,
    command: typed,
    meant: { ...typed, subject: user.userPrincipalName },
  });
  if (found.kind === 'missing') return found.reply ?? sayTicketMissing(parts, turn, [app]);

  const { reader, conversation } = turn.incoming;
  const source = sourceOf(turn);
  const creation = await createAccessRequest(parts.store, {
    source,
    requestedBy: { id: turn.caller.id, name: turn.caller.name },
    subject: { id: user.id, name: user.displayName, label: user.userPrincipalName, guest: isGuest(user) },
    app: { id: app.id, name: app.displayName },
    reason,
    ticket: found.ticket,
    startsAt: terms.startsAt,
    askedAs,
    reader,
    conversation,
  });
  switch (creation.kind) {
    case 'tooMany':
      return say(turn.words, { kind: 'tooManyOpen', open: creation.open });
    case 'tooManyToday':
      return say(turn.words, { kind: 'tooManyToday', made: creation.made });
    case 'alreadyOpen':
      return alreadyAsked(parts, turn, creation.accessRequest);
    case 'created':
    case 'same': {
      const accessRequestId = creation.accessRequest.id;
      const liveId = await openAccessCard(parts.store, {
        accessRequestId,
        source,
        conversation,
        reader,
        audience: 'requester',
      });
      if (creation.kind === 'created') parts.observe?.requested('access');
      parts.publish('access', accessRequestId);
      return { kind: 'live', liveId };
    }
    default:
      return assertNever(creation, 'creation');
  }
}

/** The line as a person typed it, perhaps before a card asked for its ticket; null for one that Usher wrote. */
function typedLine({ grammar }: CommandParts, { incoming: { what } }: Turn, command: RequestAccessCommand) {
  if (what.kind === 'text') return what.text;
  if (what.kind !== 'action' || what.action.verb !== 'ticket') return null;
  const { text } = what.action;
  return text === grammar.format(withTicket(command, null)) ? null : text;
}

/** Tells the other request's id only to a caller who may see that request. */
async function alreadyAsked(parts: CommandParts, turn: Turn, request: AccessRequest): Promise<Reply> {
  const approvers = await approversOf(parts, request.app.id);
  const isShown = maySee(turn.caller, request, approvers.ok ? approvers.value : null);
  const { id, subject, app } = request;
  const what = { person: subject.name, app: app.name };
  return say(turn.words, isShown ? { kind: 'alreadyAsked', id, ...what } : { kind: 'askedByOther', ...what });
}

/**
 * The grammar drops quotes and brackets around words. A reason at the end of the line is restored letter by letter,
 * since approvers decide on it.
 */
export function asTyped(line: string, reason: string | null): string | null {
  if (reason === null) return reason;
  const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  const wanted = bare(reason);
  // Backward word by word, so that the line is folded once and not once per word.
  let start: number | null = null;
  let length = 0;
  for (const { 0: word, index } of [...line.matchAll(/(?<=\s)\S+/gu)].toReversed()) {
    length += bare(word).length;
    if (length === wanted.length) start = index;
    if (length > wanted.length) break;
  }
  if (start === null || bare(line.slice(start)) !== wanted) return reason;
  return line.slice(start).trim();
}

/** Words of the longest date that may follow an app without a comma: "starting on Monday 1 December 2026". */
const longestDate = 7;

/**
 * "to Salesforce yesterday", "to Salesforce demain": words after the app's name that form a date may be the date, if no
 * app has the whole name and one has the name before them. The grammar does not know the apps and leaves that open.
 * Since it is a guess, it is only offered.
 */
async function withTermsOfItsOwn(
  parts: CommandParts,
  { incoming }: Turn,
  command: RequestAccessCommand,
): Promise<RequestAccessCommand> {
  const words = command.app.split(' ');
  if (command.start !== null || command.end !== null || words.length === 1) return command;
  const whole = await parts.applications.find(command.app);
  if (!whole.ok || whole.value.kind !== 'none') return command;
  for (let length = Math.min(longestDate, words.length - 1); length > 0; length -= 1) {
    const start = words.slice(-length).join(' ');
    const read = readStartDate(start, incoming.reader, parts.store.clock.now());
    if (read.kind === 'unclear' || (read.kind === 'several' && read.stay === null)) continue;
    if ('rest' in read && read.rest !== '') continue;
    const app = words.slice(0, -length).join(' ');
    const known = await parts.applications.find(app);
    if (known.ok && known.value.kind === 'one') return { ...command, app, start };
  }
  return command;
}

/**
 * The offer in place of a request that cannot be made as typed: without its end, without its time of day, on the day in
 * its reason or at once, or with the guessed date. Null where the request can be made.
 */
function offerInstead(
  parts: CommandParts,
  turn: Turn,
  { typed, command }: { readonly typed: RequestAccessCommand; readonly command: RequestAccessCommand },
  who: { readonly who: string; readonly app: string },
  { start, startsAt, end, time, isOnly, maybe, reason }: Extract<Terms, { kind: 'terms' }>,
): Reply | null {
  const { words, incoming } = turn;
  const dayIn = (at: number) => words.day(at, incoming.reader.timeZone);
  if (maybe !== null) {
    const toLine = (begin: string) => parts.grammar.format({ ...command, start: begin, end: null, reason });
    const buttons = [
      { label: 'fromThatDay', verb: 'choose', text: toLine(maybe.start) },
      { label: 'onceApproved', verb: 'choose', text: toLine('now') },
    ] as const;
    const what = { kind: 'reasonDay', reason: reason ?? '', day: dayIn(maybe.startsAt) } as const;
    return { kind: 'card', message: termCard(words, { what, buttons }) };
  }
  const line = parts.grammar.format({ ...command, start, end: null, reason });
  if (end !== null)
    return endReply(parts, turn, who, { end, startsAt, time, isOnly }, [
      { label: 'withoutEnd', verb: 'choose', text: line },
    ]);
  if (time !== null) {
    const day = startsAt === null ? null : dayIn(startsAt);
    const buttons = [{ label: 'withoutTime', verb: 'choose', text: line }] as const;
    return { kind: 'card', message: termCard(words, { what: { kind: 'time', typed: time, day }, buttons }) };
  }
  if (command.app === typed.app) return null;
  return { kind: 'card', inPlace: true, message: didYouMean(words, { suggestion: line }) };
}

/**
 * Finds the person and the app. Quarantine does not block the request yet, as days may pass before it starts; a job
 * that takes no people from Entra does.
 */
async function findAccessTarget(parts: CommandParts, turn: Turn, command: RequestAccessCommand) {
  const sought = await seekApps(parts, command.app);
  if (sought.kind === 'apps' && sought.apps.length > 1) {
    // An access request is for one app.
    const guesses = sought.apps.map(({ displayName }) => ({ command: { ...command, app: displayName } }));
    return answered(await offer(parts, turn, { guesses, leftOut: [], said: command.app }));
  }
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
  const sought = await seekApps(parts, command.app);
  const isKit = saysKit(command.app) && sought.kind === 'apps';
  if (!isKit && sought.kind === 'apps' && sought.apps.length > 1) {
    const names = sought.apps.map(({ displayName }) => displayName);
    return firstOf(await inTurn(names, (app) => resolveRequestAccess(look, { ...command, app }, others)));
  }
  const app = isKit ? await appsMeant(look, command.app) : await look.findApp(command.app);
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
    };
  }
}

export const accessForm: CommandForm<'requestAccess'> = {
  fields: { person: 'required', app: 'required', start: 'optional', reason: 'optional', ticket: 'optional' },
  toCommand: ({ subject, app, start, reason, ticket }) => ({
    verb: 'requestAccess',
    subject,
    app,
    start: start === '' ? null : start,
    end: null,
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
    'request access for "Isaiah Langer" to "GitHub Enterprise"',
  ],
  offeredByTeams: { team: 4, groupChat: 2 },
  tryIt: null,
  form: accessForm,
  // A line with an end is never carried out: its alternatives are offered at once.
  nearly: async (parts, turn, command) => (command.end === null ? null : runCommand(parts, turn, command)),
  resolve: resolveRequestAccess,
  run: (parts, turn, command) => requestAccess(parts, turn, command),
});

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
