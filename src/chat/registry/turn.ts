import type { Basis } from '../../access/basis.ts';
import type { Denial, Permission, Role } from '../../access/caller.ts';
import { deny, type Ground, rolesThatMay } from '../../access/policy.ts';
import { type GraphTrouble, refusesToken } from '../../graph/answer.ts';
import { type AuditEntry, writeAudit } from '../../requests/audit-log.ts';
import type { Verb } from '../command.ts';
import type { Messages } from '../messages.ts';
import { observeEntry } from '../observer.ts';
import type { CardAction, Reply } from '../reply.ts';
import { denied, type RoleContact } from '../views/denied.ts';
import type { SayButton } from '../views/parts.ts';
import { type DrawProblem, problem } from '../views/problem.ts';
import type { CommandParts, Turn } from './define-command.ts';

/** The same parts for what this person does, whose entries in the record name on what basis. */
export function onBasis(parts: CommandParts, basis: Basis): CommandParts {
  return { ...parts, store: { ...parts.store, basis } };
}

/** Refuses a caller without the permission, and records the refusal; null for a caller who has it. For the registry. */
export async function refuseUnless(
  parts: CommandParts,
  turn: Turn,
  permission: Permission,
  verb?: Verb | CardAction['verb'],
): Promise<Reply | null> {
  const denial = deny(turn.caller, permission);
  return denial === null ? null : refuse(parts, turn, denial, permission, verb);
}

/** The same once the command knows the app's job, which the caller's permission may not cover. */
export async function refuseOnGround(
  parts: CommandParts,
  turn: Turn,
  permission: Permission,
  ground: Ground,
): Promise<Reply | null> {
  const denial = deny(turn.caller, permission, ground);
  return denial === null ? null : refuse(parts, turn, denial, permission);
}

/** A caller without a role is told of all groups, whatever was typed, so that the refusal reveals nothing else. */
const anyRole: Permission = 'apps.list';

async function refuse(
  parts: CommandParts,
  turn: Turn,
  denial: Denial,
  permission: Permission,
  verb?: Verb | CardAction['verb'],
): Promise<Reply> {
  const asked = verb === undefined ? {} : { verb };
  await recordAudit(parts, turn.caller.id, 'denied', { permission, reason: denial.reason, ...asked });
  const contacts = await contactsFor(parts, denial.reason === 'needsRole' ? denial.anyOf : rolesThatMay(anyRole));
  return { kind: 'card', message: denied(turn.words, { denial, contacts, callerName: turn.caller.name }) };
}

/** The groups that give the roles, in their order; a group that gives several appears once, at the last of them. */
async function contactsFor({ access }: CommandParts, roles: readonly Role[]): Promise<readonly RoleContact[]> {
  const byRole = await Promise.all(
    roles.map(async (role) => (await access.contacts([role])).map((contact) => ({ ...contact, gives: role }))),
  );
  const byGroup = new Map<string, RoleContact>();
  for (const contact of byRole.flat()) {
    // A map keeps a key's first position, and a group belongs at its highest role.
    byGroup.delete(contact.id);
    byGroup.set(contact.id, contact);
  }
  return [...byGroup.values()];
}

/** Refuses a caller who cannot have a role, a guest or a disabled account, and records the refusal. */
export async function refuseStranger(
  parts: CommandParts,
  words: Messages,
  actorId: string,
  denial: Denial,
): Promise<Reply> {
  await recordAudit(parts, actorId, 'denied', { reason: denial.reason });
  return { kind: 'card', message: denied(words, { denial, contacts: [], callerName: null }) };
}

export async function recordAudit(
  parts: CommandParts,
  actorId: string,
  kind: AuditEntry['kind'],
  details: AuditEntry['details'],
): Promise<void> {
  const { database, clock, basis, refusals } = parts.store;
  const isRefusal = kind === 'denied' || kind === 'blocked';
  if (!isRefusal || refusals?.take(actorId, String(details.permission ?? details.reason)) !== false)
    await writeAudit(database.query, { at: clock.now(), actorId, kind, requestId: null, details }, basis);
  observeEntry(parts.observe, kind, details);
}

type Say<P> = (...problem: Parameters<DrawProblem<P>>) => Reply;

/** Replies with a problem. */
export function sayWith<P>(draw: DrawProblem<P>): Say<P> {
  return (...what) => ({ kind: 'card', message: draw(...what) });
}

export const say = sayWith(problem);

/** Says that no request has the words of "retry isaiah" or "approve isaiah"; `list` is the line that lists them all. */
export function sayNoneNamed({ words }: Turn, verb: Verb, said: readonly string[], list: string): Reply {
  return say(words, { kind: 'noneNamed', verb, typed: said.join(' ') }, [{ label: 'line', verb: 'run', text: list }]);
}

/** A lookup that ended in an answer to the caller instead of what it looked for. */
export interface Answered {
  readonly kind: 'reply';
  readonly reply: Reply;
}

export const answered = (reply: Reply): Answered => ({ kind: 'reply', reply });

/** Graph did not tell what a command needs to know. The card says that nothing was done. */
export function troubleReply(words: Messages, trouble: GraphTrouble, again: readonly SayButton[] = []): Reply {
  if ('onBehalf' in trouble && trouble.onBehalf === true) {
    const code = trouble.trace.requestId ?? trouble.trace.clientRequestId;
    if (trouble.kind === 'noAnswer' && trouble.why === 'noCredential') return say(words, { kind: 'signInEnded' });
    if (trouble.kind === 'refused' && refusesToken(trouble)) return say(words, { kind: 'signInEnded' });
    if (trouble.kind === 'refused' && isAboutRights(trouble.status))
      return say(words, { kind: 'graphRefusedYou', code: words.dotted([trouble.code, code]) });
  }
  return say(words, { kind: 'graphTrouble', trouble }, mayHelpToRepeat(trouble) ? again : []);
}

const isAboutRights = (status: number): boolean => status === 401 || status === 403;

/** What Graph does not allow now, it will not allow a moment later. */
function mayHelpToRepeat(trouble: GraphTrouble): boolean {
  if (trouble.kind === 'refused') return !isAboutRights(trouble.status) && trouble.status !== 400;
  return trouble.kind === 'unreadable' || trouble.why !== 'noCredential';
}
