import type { Access } from '../../access/access.ts';
import type { Caller, Denial, Permission, Role } from '../../access/caller.ts';
import { deny, type Ground, rolesThatMay } from '../../access/policy.ts';
import { type GraphTrouble, refusesToken } from '../../graph/answer.ts';
import type { Applications } from '../../graph/applications.ts';
import type { Assignments } from '../../graph/assignments.ts';
import type { Directory } from '../../graph/directory.ts';
import type { ProvisioningLog } from '../../graph/provisioning-log.ts';
import type { Synchronization } from '../../graph/synchronization.ts';
import type { Log } from '../../log.ts';
import type { AccessParts } from '../../requests/access-requests/store.ts';
import type { CrashGuard } from '../../requests/crash-guard.ts';
import { type Entry, writeRecord } from '../../requests/record.ts';
import type { FileContent, Incoming, IncomingFile } from '../incoming.ts';
import { type ChatObserver, observeEntry } from '../observer.ts';
import type { CardMessage, Reply } from '../reply.ts';
import { denied, type RoleContact } from '../views/denied.ts';
import type { SayButton } from '../views/parts.ts';
import { type Problem, problem } from '../views/problem.ts';
import type { Words } from '../words.ts';

/** The Graph services of one permission type: application, or delegated for a signed-in person. */
export interface Sight {
  readonly access: Access;
  readonly directory: Directory;
  readonly applications: Applications;
  readonly synchronization: Synchronization;
  readonly assignments: Assignments;
  readonly provisioningLog: ProvisioningLog;
}

export interface CommandParts extends Sight {
  /**
   * Whether Graph is called by application permission (`own`) or by the caller's delegated permission (`callers`),
   * which lasts only while they are signed in.
   */
  readonly rights: 'own' | 'callers';
  readonly store: AccessParts;
  readonly log: Log;
  /** The people for whom a requester may request access. */
  readonly requestFor: 'reports' | 'anyone';
  /** The cloud's Entra admin center. */
  readonly entraPortal: string;
  /** A request was stored or requeued: wakes the dispatcher. */
  readonly wake: () => void;
  /** An access request was stored or changed: wakes the approval scheduler and marks its cards as outdated. */
  readonly accessChanged: (accessRequestId: string) => void;
  /** The watches changed: wakes the watcher. */
  readonly watchesChanged: () => void;
  /** The Entra object id of a conversation member, by the member's Teams id; null when the roster does not tell. */
  readonly findMember: (conversation: string, memberId: string) => Promise<string | null>;
  /** Whether attribute values, typed reasons and other people's requests may be shown in this conversation. */
  readonly isOpenPlace: (conversation: string) => boolean;
  /** Posts a card outside a turn; resolves with its id, or null where Teams did not take it. */
  readonly post: (conversation: string, message: CardMessage) => Promise<string | null>;
  /** Reads the content of a file that a person sent. */
  readonly readFile: (file: IncomingFile) => Promise<FileContent>;
  readonly observe?: ChatObserver;
  /** Stops retrying work that crashes its process. */
  readonly guard?: CrashGuard;
}

/** One running command: who sent it, where, and the catalogue for the answer. */
export interface Turn {
  readonly incoming: Incoming;
  readonly caller: Caller;
  readonly words: Words;
}

/** Refuses a caller without the permission, and records the refusal; null for a caller who has it. */
export async function refuseUnless(
  parts: CommandParts,
  turn: Turn,
  permission: Permission,
  ground?: Ground,
): Promise<Reply | null> {
  const denial = deny(turn.caller, permission, ground);
  return denial === null ? null : refuse(parts, turn, denial, permission);
}

/** A caller without a role is told of all groups, whatever was typed, so that the refusal reveals nothing else. */
const anyRole: Permission = 'apps.list';

async function refuse(parts: CommandParts, turn: Turn, denial: Denial, permission: Permission): Promise<Reply> {
  await record(parts, turn.caller.id, 'denied', { permission, reason: denial.reason });
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
    byGroup.delete(contact.group);
    byGroup.set(contact.group, contact);
  }
  return [...byGroup.values()];
}

/** Refuses a caller who cannot have a role, a guest or a disabled account, and records the refusal. */
export async function refuseStranger(
  parts: CommandParts,
  words: Words,
  actorId: string,
  denial: Denial,
): Promise<Reply> {
  await record(parts, actorId, 'denied', { reason: denial.reason });
  return { kind: 'card', message: denied(words, { denial, contacts: [], callerName: null }) };
}

export async function record(
  parts: CommandParts,
  actorId: string,
  kind: Entry['kind'],
  details: Entry['details'],
): Promise<void> {
  const { database, clock } = parts.store;
  await writeRecord(database.query, { at: clock.now(), actorId, kind, requestId: null, details });
  observeEntry(parts.observe, kind, details);
}

export function say(
  words: Words,
  what: Problem,
  buttons: readonly SayButton[] = [],
  link: string | null = null,
): Reply {
  return { kind: 'card', message: problem(words, what, buttons, link) };
}

/** Graph did not tell what a command needs to know. The card says that nothing was done. */
export function troubleReply(words: Words, trouble: GraphTrouble, again: readonly SayButton[] = []): Reply {
  if ('onBehalf' in trouble && trouble.onBehalf === true) {
    const code = trouble.trace.requestId ?? trouble.trace.clientRequestId;
    if (trouble.kind === 'noAnswer' && trouble.why === 'noCredential') return say(words, { kind: 'signInEnded' });
    if (trouble.kind === 'refused' && refusesToken(trouble)) return say(words, { kind: 'signInEnded' });
    if (trouble.kind === 'refused' && isAboutRights(trouble.status))
      return say(words, { kind: 'graphRefusedYou', code: trouble.code === '' ? code : `${trouble.code} · ${code}` });
  }
  return say(words, { kind: 'graphTrouble', trouble }, mayHelpToRepeat(trouble) ? again : []);
}

const isAboutRights = (status: number): boolean => status === 401 || status === 403;

/** What Graph refuses now it will refuse a moment later. */
function mayHelpToRepeat(trouble: GraphTrouble): boolean {
  if (trouble.kind === 'refused') return !isAboutRights(trouble.status) && trouble.status !== 400;
  return trouble.kind === 'unreadable' || trouble.why !== 'noCredential';
}
