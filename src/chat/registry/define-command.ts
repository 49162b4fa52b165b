import type { Access } from '../../access/access.ts';
import type { Caller, Permission } from '../../access/caller.ts';
import type { Applications } from '../../graph/applications.ts';
import type { Assignments } from '../../graph/assignments.ts';
import type { Directory } from '../../graph/directory.ts';
import type { ProvisioningLog } from '../../graph/provisioning-log.ts';
import type { Synchronization } from '../../graph/synchronization.ts';
import type { Log } from '../../log.ts';
import type { AccessParts } from '../../requests/access-requests/store.ts';
import type { CrashGuard } from '../../requests/crash-guard.ts';
import type { Command, Verb } from '../command.ts';
import type { FileContent, Incoming, IncomingFile } from '../incoming.ts';
import type { ChatObserver } from '../observer.ts';
import type { CardAction, CardMessage, Reply } from '../reply.ts';
import type { Words } from '../words.ts';

/** Graph as one right shows it: Usher's own, or that of a person who is signed in. */
export interface Sight {
  readonly access: Access;
  readonly directory: Directory;
  readonly applications: Applications;
  readonly synchronization: Synchronization;
  readonly assignments: Assignments;
  readonly provisioningLog: ProvisioningLog;
}

/** What commands work with. */
export interface CommandParts extends Sight {
  /** By whose right Graph is called: Usher's own, or the caller's, which is there only while they are signed in. */
  readonly rights: 'own' | 'callers';
  readonly store: AccessParts;
  readonly log: Log;
  /** For whom a requester may ask. */
  readonly requestFor: 'reports' | 'anyone';
  /** The cloud's Entra admin centre. */
  readonly entraPortal: string;
  /** A request has been stored or put back: the queue may look. */
  readonly wake: () => void;
  /** An access request has been stored or changed: the calendar may look, and its cards are out of date. */
  readonly accessChanged: (accessRequestId: string) => void;
  /** What is watched has changed: the watch may look. */
  readonly watchesChanged: () => void;
  /** The Entra object id of a member of a conversation, by Teams' own id; null when the roster does not tell. */
  readonly findMember: (conversation: string, memberId: string) => Promise<string | null>;
  /** Whether attribute values, typed reasons and other people's requests may stand in this conversation. */
  readonly isOpenPlace: (conversation: string) => boolean;
  /** Posts a card outside the turn; resolves with its id, or null where Teams did not take it. */
  readonly post: (conversation: string, message: CardMessage) => Promise<string | null>;
  /** What is in a file that somebody dropped. */
  readonly readFile: (file: IncomingFile) => Promise<FileContent>;
  readonly registry: Registry;
  readonly observe?: ChatObserver;
  /** Keeps what kills its process from being taken up for ever. */
  readonly guard?: CrashGuard;
}

/** One command being run: who says it, where, and in which words the answer goes back. */
export interface Turn {
  readonly incoming: Incoming;
  readonly caller: Caller;
  readonly words: Words;
}

/** The member of the union that a verb stands for. */
export type CommandNamed<V extends Verb> = Extract<Command, { verb: V }>;
export type ActionNamed<V extends CardAction['verb']> = Extract<CardAction, { verb: V }>;

/** What belongs together in the help: by what a person wants, not by who may. */
export const chapters = ['provision', 'check', 'decide', 'ask', 'requests', 'watch', 'about'] as const;
export type Chapter = (typeof chapters)[number];

/** What running one command takes, where that depends on what it names. */
export interface Needed {
  readonly permission: Permission;
  /** The caller asked for what is named, and may take it back without the permission. */
  readonly isOwn?: boolean;
  /** Records the refusal with what is named as well. */
  readonly noteRefusal?: () => Promise<void>;
}

/** What the registry checks before anything runs. */
interface Guarded {
  readonly permission: Permission;
  /** It starts what goes on after its caller has left, so Usher's own right at Graph has to carry it. */
  readonly appOnly?: true;
  /** It sets work going: the roles of who clicks it are read anew. `always`: also of who types it. */
  readonly rolesAnew?: 'clicked' | 'always';
}

/**
 * One command, whole: what it needs, how the help tells of it, and what it does. The grammar's table has how it is read
 * and written. Only the registry calls `run`, after it has asked the policy and recorded a refusal.
 */
export interface CommandDeclaration<V extends Verb> extends Guarded {
  readonly verb: V;
  /** Enough by itself as well: what a requester has asked for, the requester may take back. */
  readonly or?: Permission;
  /**
   * A caller who may only ask for access gets another answer than a refusal: the request, or the way to it. `wholeLine`:
   * only once the line is complete.
   */
  readonly forRequesters?: 'anyLine' | 'wholeLine';
  /** Where the permission depends on what is named. It replaces the check of `permission`, which half a line still needs. */
  readonly needs?: (parts: CommandParts, turn: Turn, command: CommandNamed<V>) => Promise<Needed>;
  /** What is named may be the caller's own, so that only `needs` tells whether they may. */
  readonly mayBeOwn?: true;
  /**
   * The permission reaches only part of the ground, cloud sync from Active Directory for a Hybrid Identity
   * Administrator: `run` asks once more, by `refuseOnGround`, as soon as it knows the app's job.
   */
  readonly ground?: 'job';
  /** It only reads, and a card may bring its whole answer to the reader's personal chat. */
  readonly inPersonalChat?: true;
  readonly chapter: Chapter;
  /** Whole lines, as a person would type them. */
  readonly examples: readonly [string, ...string[]];
  /** A line that does no harm, for a button that says it at once; null for commands that change something. */
  readonly tryIt: string | null;
  run(parts: CommandParts, turn: Turn, command: CommandNamed<V>): Promise<Reply>;
}

/** A button that is no command of its own. */
export interface ButtonDeclaration<V extends CardAction['verb']> extends Guarded {
  readonly verb: V;
  readonly ground?: 'job';
  run(parts: CommandParts, turn: Turn, action: ActionNamed<V>): Promise<Reply>;
}

/** All commands, in the order of the help within each chapter, and the buttons that are none. */
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
