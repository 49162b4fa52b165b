import { mayAskFor } from '../../../access/asking.ts';
import { deny } from '../../../access/policy.ts';
import { isGuest } from '../../../graph/user.ts';
import type { AccessRequest } from '../../../requests/access-requests/access-request.ts';
import { openCopy } from '../../../requests/access-requests/copies.ts';
import { createAccessRequest } from '../../../requests/access-requests/store.ts';
import type { Command } from '../../command.ts';
import { findTrailingDate, readStartDate } from '../../dates/start-date.ts';
import type { Reply } from '../../reply.ts';
import type { Problem } from '../../views/problem.ts';
import { findPerson } from '../subject.ts';
import { blocked, findApp, sourceOf, tryAgain } from '../target.ts';
import { type CommandParts, record, refuseUnless, say, type Turn, troubleReply } from '../turn.ts';
import { approversOf, maySee } from './found-request.ts';

export type RequestAccessCommand = Extract<Command, { verb: 'requestAccess' }>;

/** Longer reasons are an essay; the card shows no more either. */
const longestReason = 500;

/**
 * `request access for <person> to <app> [on <date>] [because <reason>]`. What is stored is an access request; the
 * calendar shows it to those who decide. `askedAs` is `provision` where the caller had typed that and may only ask.
 */
export async function requestAccess(
  parts: CommandParts,
  turn: Turn,
  typed: RequestAccessCommand,
  askedAs: 'request' | 'provision' = 'request',
): Promise<Reply> {
  const refusal = await refuseUnless(parts, turn, 'access.request');
  if (refusal !== null) return refusal;
  const command = await withDateOfItsOwn(parts, turn, typed);
  const terms = readTerms(parts, turn, command);
  if (terms.kind === 'problem') return say(turn.words, terms.problem);

  const target = await findAccessTarget(parts, turn, command);
  if (target.kind === 'reply') return target.reply;
  const { app, user } = target;
  const may = await mayAskFor(parts, turn.caller, user.id);
  if (!may.ok) return troubleReply(turn.words, may.trouble, tryAgain(command));
  if (may.value !== 'may') {
    await record(parts, turn.caller.id, 'denied', {
      permission: 'access.request',
      reason: may.value,
      app: app.id,
      subject: user.id,
    });
    if (user.id === turn.caller.id) return say(turn.words, { kind: 'askForSelf' });
    return say(turn.words, { kind: 'notYourReport', person: user.displayName });
  }

  const { reader, conversation } = turn.incoming;
  const source = sourceOf(turn);
  const creation = await createAccessRequest(parts.store, {
    source,
    asker: { id: turn.caller.id, name: turn.caller.name },
    subject: { id: user.id, name: user.displayName, label: user.userPrincipalName, guest: isGuest(user) },
    app: { id: app.id, name: app.displayName },
    reason: terms.reason,
    startsAt: terms.startsAt,
    askedAs,
    reader,
    conversation,
  });
  switch (creation.kind) {
    case 'tooMany':
      return say(turn.words, { kind: 'tooManyOpen', open: creation.open });
    case 'alreadyOpen':
      return alreadyAsked(parts, turn, creation.accessRequest);
    case 'created':
    case 'same': {
      const accessRequestId = creation.accessRequest.id;
      const liveId = await openCopy(parts.store, { accessRequestId, source, conversation, reader, audience: 'asker' });
      if (creation.kind === 'created') parts.observe?.requested('access');
      parts.accessChanged(accessRequestId);
      return { kind: 'live', liveId };
    }
    default: {
      const never: never = creation;
      throw new Error(`unexpected creation ${JSON.stringify(never)}`);
    }
  }
}

/** Only whoever may see that request is told its id. */
async function alreadyAsked(parts: CommandParts, turn: Turn, request: AccessRequest): Promise<Reply> {
  const approvers = await approversOf(parts, request.app.id);
  const isShown = maySee(turn.caller, request, approvers.ok ? approvers.value : null);
  const { id, subject, app } = request;
  const what = { person: subject.name, app: app.name };
  return say(turn.words, isShown ? { kind: 'alreadyAsked', id, ...what } : { kind: 'askedByOther', ...what });
}

/**
 * The grammar reads words, and leaves out quotes and brackets around them. A reason that ends the line is given back
 * letter by letter, as somebody decides on it.
 */
function asTyped({ incoming }: Turn, reason: string | null): string | null {
  if (reason === null || incoming.what.kind !== 'text') return reason;
  const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  const wanted = bare(reason);
  const line = incoming.what.text;
  const start = [...line.matchAll(/(?<=\s)\S/gu)].find(({ index }) => bare(line.slice(index)) === wanted);
  return start === undefined ? reason : line.slice(start.index).trim();
}

/** In words, the longest date that may stand behind an app without a comma: "on Monday 1 December 2026". */
const longestDate = 5;

/**
 * "to Salesforce yesterday", "to Salesforce on 1 December": words behind the app's name that make a date are the date,
 * where there is no app of the whole name. The grammar does not know the apps and leaves that open.
 */
async function withDateOfItsOwn(
  parts: CommandParts,
  { incoming }: Turn,
  command: RequestAccessCommand,
): Promise<RequestAccessCommand> {
  const words = command.app.split(' ');
  if (command.start !== null || words.length === 1) return command;
  const whole = await parts.applications.find(command.app);
  if (!whole.ok || whole.value.kind !== 'none') return command;
  for (let length = Math.min(longestDate, words.length - 1); length > 0; length -= 1) {
    const start = words
      .slice(-length)
      .join(' ')
      .replace(/^(on|from|starting|as of)\s+/i, '');
    const read = readStartDate(start, incoming.reader, parts.store.clock.now());
    if (read.kind === 'unclear' || read.kind === 'several' || ('rest' in read && read.rest !== '')) continue;
    return { ...command, app: words.slice(0, -length).join(' '), start };
  }
  return command;
}

/** Whoever may only ask does so for one person at a time; null for whoever may not ask either, or may provision. */
export function askOneByOne({ caller, words }: Turn): Reply | null {
  const isAsker = deny(caller, 'provision.run') !== null && deny(caller, 'access.request') === null;
  return isAsker ? say(words, { kind: 'askOneByOne' }) : null;
}

type Terms =
  | { readonly kind: 'terms'; readonly startsAt: number | null; readonly reason: string | null }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** From when and why. The date may stand at the end of the reason: "because he joins Sales on 1 December". */
function readTerms(parts: CommandParts, turn: Turn, command: RequestAccessCommand): Terms {
  const { reader } = turn.incoming;
  const now = parts.store.clock.now();
  const trailing =
    command.start === null && command.reason !== null ? findTrailingDate(command.reason, reader, now) : null;
  const reason = asTyped(turn, trailing?.reason ?? command.reason)?.slice(0, longestReason) ?? null;
  const typed = trailing?.startText ?? command.start;
  if (typed === null) return { kind: 'terms', startsAt: null, reason };
  const problem = (what: Problem): Terms => ({ kind: 'problem', problem: what });
  const start = readStartDate(typed, reader, now);
  switch (start.kind) {
    case 'date':
    case 'today': {
      // "on 1 December he joins Sales": what follows the date is the reason, where there is no other.
      if (start.rest !== '' && reason !== null) return problem({ kind: 'unclearStart', typed });
      const startsAt = start.kind === 'date' ? start.startsAt : null;
      return { kind: 'terms', startsAt, reason: reason ?? (start.rest || null) };
    }
    case 'past':
      return problem({ kind: 'pastStart', date: turn.words.day(start.startsAt, reader.timeZone) });
    case 'tooFar':
      return problem({ kind: 'startTooFar', date: turn.words.day(start.startsAt, reader.timeZone) });
    case 'unclear':
    case 'several':
      return problem({ kind: 'unclearStart', typed });
    default: {
      const never: never = start;
      throw new Error(`unexpected date ${JSON.stringify(never)}`);
    }
  }
}

/**
 * The person and the app. Quarantine is no obstacle yet, as days may pass before it starts; a job that takes no people
 * of Entra is one.
 */
async function findAccessTarget(parts: CommandParts, turn: Turn, command: RequestAccessCommand) {
  const found = await findApp(parts, turn, command);
  if (found.kind === 'reply') return found;
  const { app, job } = found;
  const rule = await parts.synchronization.findRule(app.id, job.id, 'User');
  if (!rule.ok) return { kind: 'reply', reply: troubleReply(turn.words, rule.trouble, tryAgain(command)) } as const;
  if (rule.value?.source !== 'entra') {
    const reply = await blocked(parts, turn, app, { kind: 'accessNeedsEntraApp', app: app.displayName });
    return { kind: 'reply', reply } as const;
  }
  const person = await findPerson(parts, turn, command, app);
  if (person.kind === 'reply') return person;
  return { kind: 'target', app, user: person.user } as const;
}
