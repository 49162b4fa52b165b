import type { Access } from '../../access/access.ts';
import type { Caller, Permission } from '../../access/caller.ts';
import type { Applications } from '../../graph/applications.ts';
import type { Assignments } from '../../graph/assignments.ts';
import type { Directory } from '../../graph/directory.ts';
import type { ProvisioningLog } from '../../graph/provisioning-log.ts';
import type { Synchronization } from '../../graph/synchronization.ts';
import type { Log } from '../../log.ts';
import type { AccessParts } from '../../features/approvals/access-requests/parts.ts';
import type { CrashGuard } from '../../requests/crash-guard.ts';
import type { Command, Verb } from '../command.ts';
import type { FileContent, Incoming, IncomingFile } from '../incoming.ts';
import type { Messages } from '../messages.ts';
import type { ChatObserver } from '../observer.ts';
import type { CardAction, CardMessage, Reply } from '../reply.ts';

/** The Graph services of one permission type: application, or delegated for a signed-in person. */
export interface GraphServices {
  readonly access: Access;
  readonly directory: Directory;
  readonly applications: Applications;
  readonly synchronization: Synchronization;
  readonly assignments: Assignments;
  readonly provisioningLog: ProvisioningLog;
}

export interface CommandParts extends GraphServices {
  /**
   * Whether Graph is called by application permission or by the caller's delegated permission, which lasts only while
   * they are signed in.
   */
  readonly graphAccess: 'appOnly' | 'delegated';
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
  readonly registry: Registry;
  readonly observe?: ChatObserver;
  /** Stops retrying work that crashes its process. */
  readonly guard?: CrashGuard;
}

/** One running command: the message, its caller, and the texts for the answer. */
export interface Turn {
  readonly incoming: Incoming;
  readonly caller: Caller;
  readonly words: Messages;
}

/** The member of the union that a verb stands for. */
export type CommandNamed<V extends Verb> = Extract<Command, { verb: V }>;
export type ActionNamed<V extends CardAction['verb']> = Extract<CardAction, { verb: V }>;

/** The chapters of the help: by what a person wants, not by role. */
export const chapters = ['provision', 'check', 'decide', 'ask', 'requests', 'watch', 'about'] as const;
export type Chapter = (typeof chapters)[number];

/** What the policy asks for one command, where that depends on the request that it names. */
export interface Needed {
  readonly permission: Permission;
  /** The request is the caller's own, so that the caller needs no permission. */
  readonly isOwn?: boolean;
  /** Records the refusal on the request as well. */
  readonly noteRefusal?: () => Promise<void>;
}

/** What the registry checks before anything runs. */
interface Guarded {
  readonly permission: Permission;
  /** Its work goes on after its caller has left, so that it needs Usher's application permission. */
  readonly appOnly?: true;
  /** It starts work, so Usher reads the caller's roles anew: for a click, or also for a typed line (`always`). */
  readonly rolesAnew?: 'clicked' | 'always';
}

/**
 * One command: its permission, its help and its work. The grammar's table reads and writes its line. Only the registry
 * calls `run`, after the policy has allowed it; the registry records each refusal.
 */
export interface CommandDeclaration<V extends Verb> extends Guarded {
  readonly verb: V;
  /** An alternative permission: requesters may cancel their own requests. */
  readonly or?: Permission;
  /**
   * A requester gets another answer than a refusal: an access request, or how to make one. `wholeLine`: only once the
   * line is complete.
   */
  readonly forRequesters?: 'anyLine' | 'wholeLine';
  /** For a permission that depends on the request. A line that names no request is checked by `permission`. */
  readonly needs?: (parts: CommandParts, turn: Turn, command: CommandNamed<V>) => Promise<Needed>;
  /** The request may be the caller's own, so that only `needs` tells whether the caller may. */
  readonly mayBeOwn?: true;
  /**
   * A Hybrid Identity Administrator has the permission for cloud sync from Active Directory alone: `run` checks it once
   * more, by `refuseOnGround`, as soon as it knows the app's job.
   */
  readonly ground?: 'job';
  /** It only reads, and a button may send its whole answer to the reader's personal chat. */
  readonly inPersonalChat?: true;
  readonly chapter: Chapter;
  /** Complete lines, as a person would type them. */
  readonly examples: readonly [string, ...string[]];
  /** A line that only reads, for a button that runs it at once; null for commands that change something. */
  readonly tryIt: string | null;
  run(parts: CommandParts, turn: Turn, command: CommandNamed<V>): Promise<Reply>;
}

/** A button without a command of its own. */
export interface ButtonDeclaration<V extends CardAction['verb']> extends Guarded {
  readonly verb: V;
  readonly ground?: 'job';
  run(parts: CommandParts, turn: Turn, action: ActionNamed<V>): Promise<Reply>;
}

/** All commands, in the order in which the help lists each chapter, and the buttons without a command. */
export interface Registry {
  readonly commands: { readonly [V in Verb]: CommandDeclaration<V> };
  readonly buttons: { readonly [V in 'confirm' | 'ask' | 'page']: ButtonDeclaration<V> };
}

export function defineCommand<V extends Verb>(declaration: CommandDeclaration<V>): CommandDeclaration<V> {
  return declaration;
}

export function defineButton<V extends CardAction['verb']>(declaration: ButtonDeclaration<V>): ButtonDeclaration<V> {
  return declaration;
}
