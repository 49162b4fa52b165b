import type { Access } from '../../access/access.ts';
import type { Basis } from '../../access/basis.ts';
import type { Caller, Permission } from '../../access/caller.ts';
import type { Ground } from '../../access/policy.ts';
import type { Visible } from '../../access/seeing.ts';
import type { StillMay } from '../../access/still-may.ts';
import type { Bus } from '../../bus.ts';
import type { SecondPerson } from '../../config-shape.ts';
import type { Fetched, GraphTrouble } from '../../graph/answer.ts';
import type { Application, Applications } from '../../graph/applications.ts';
import type { Assignments } from '../../graph/assignments.ts';
import type { Directory } from '../../graph/directory.ts';
import type { JobServices } from '../../graph/job-services.ts';
import type { Kits } from '../../graph/kit-apps.ts';
import type { Previewing } from '../../graph/preview/previewing.ts';
import type { ProvisioningLog } from '../../graph/provisioning-log.ts';
import type { Rule as ProvisioningRule } from '../../graph/rules.ts';
import type { Synchronization } from '../../graph/synchronization.ts';
import type { Log } from '../../log.ts';
import type { IsShown } from '../../masking/attributes.ts';
import type { Message, MessageKind, PostEnd } from '../../outbox/message.ts';
import type { Query } from '../../outbox/message-store.ts';
import type { AccessParts } from '../../requests/access-parts.ts';
import type { CrashGuard } from '../../requests/crash-guard.ts';
import type { Person, Reader, Request } from '../../requests/request.ts';
import type { Tickets } from '../../ticket-rules.ts';
import type { CommandOf, Verb } from '../command.ts';
import type { Grammar } from '../grammar/grammar.ts';
import type { Rule } from '../grammar/rule.ts';
import type { FileContent, Incoming, IncomingFile, Speaker } from '../incoming.ts';
import type { ChosenLanguages } from '../languages/chosen.ts';
import type { MessageKey, Messages } from '../messages.ts';
import type { ChatObserver } from '../observer.ts';
import type { AppSeen, PeopleSeen, PersonSeen, Resolved } from '../offers/resolved.ts';
import type { CardAction, CardMessage, Content, Drawn, ExportContext, ExportFile, Reply } from '../reply.ts';
import type { Chapter, CommandHelp } from '../views/help-card.ts';
import type { CommandForm, VerbWithForm } from './form-declaration.ts';

/** The Graph services of one permission type: application, or delegated for a signed-in person. */
export interface GraphServices {
  readonly access: Access;
  readonly directory: Directory;
  readonly applications: Applications;
  readonly kits: Kits;
  readonly synchronization: Synchronization;
  readonly jobs: JobServices;
  readonly assignments: Assignments;
  readonly previewing: Previewing;
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
  /** The attributes whose values Usher shows. */
  readonly isShown: IsShown;
  /** The people for whom a requester may request access. */
  readonly requestFor: 'reports' | 'anyone';
  readonly removalSecondPerson: SecondPerson;
  /** `APPROVERS`: ids of groups or directory role templates. */
  readonly approvers: readonly string[];
  /** What counts as a ticket number, and whether a request needs one. */
  readonly tickets: Tickets;
  /** The cloud's Entra admin center. */
  readonly entraPortal: string;
  /** Tells the background work what a command has stored. */
  readonly publish: Bus['publish'];
  /** The Entra object id of a conversation member, by the member's Teams id; null when the roster does not tell. */
  readonly findMember: (conversation: string, memberId: string) => Promise<string | null>;
  /** Whether attribute values, typed reasons and other people's requests may be shown in this conversation. */
  readonly isOpenPlace: (conversation: string) => boolean;
  /** Whether one person alone reads this conversation. */
  readonly isPersonalChat: (conversation: string) => boolean;
  /** In which language Usher writes to whom. */
  readonly languages: ChosenLanguages;
  /** Posts a message outside a turn. */
  readonly post: (conversation: string, content: Content) => Promise<PostEnd>;
  /** Reads the content of a file that a person sent. */
  readonly readFile: (file: IncomingFile) => Promise<FileContent>;
  readonly registry: Registry;
  readonly grammar: Grammar;
  readonly observe?: ChatObserver;
  /** See `Posting`. */
  readonly repeatPauseMs?: number | undefined;
  /** Stops retrying work that crashes its process. */
  readonly guard?: CrashGuard;
}

/** One running command: the message, its caller, and the texts for the answer. */
export interface Turn {
  readonly incoming: Incoming;
  readonly caller: Caller;
  readonly words: Messages;
}

export type ActionNamed<V extends CardAction['verb']> = Extract<CardAction, { verb: V }>;

/** https://learn.microsoft.com/microsoft-365/extensibility/schema/root-bots-command-lists */
export type TeamsScope = 'personal' | 'team' | 'groupChat';
type VerbWithText = MessageKey extends infer Key ? (Key extends `teams.${infer Name}` ? Name : never) : never;

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
  readonly freshRoles?: 'clicked' | 'always';
}

/**
 * One command: how its line is read and written, its permission, its help and its work. Only the registry calls `run`,
 * after the policy has allowed it; the registry records each refusal.
 */
export interface CommandDeclaration<V extends Verb> extends Guarded, Rule<CommandOf<NoInfer<V>>> {
  readonly verb: V;
  /** An alternative permission: requesters may cancel their own requests. */
  readonly or?: Permission;
  /**
   * A requester gets another answer than a refusal: an access request, or how to make one. `wholeLine`: only once the
   * line is complete.
   */
  readonly forRequesters?: 'anyLine' | 'wholeLine';
  /** For a permission that depends on the request. A line that names no request is checked by `permission`. */
  readonly needs?: (parts: CommandParts, turn: Turn, command: CommandOf<V>) => Promise<Needed>;
  /** The request may be the caller's own, so that only `needs` tells whether the caller may. */
  readonly mayBeOwn?: true;
  /**
   * A Hybrid Identity Administrator has the permission for cloud sync from Active Directory alone: `run` checks it once
   * more, by `refuseOnGround`, as soon as it knows the app's job.
   */
  readonly ground?: 'job';
  /** It only reads, and a button may send its whole answer to the reader's personal chat. */
  readonly inPersonalChat?: true;
  /** The form that the bare verb opens, instead of a question about what is missing. */
  readonly form?: V extends VerbWithForm ? CommandForm : never;
  readonly chapter: Chapter;
  /** Complete lines, as a person would type them. */
  readonly examples: readonly [string, ...string[]];
  /**
   * Its place in the list that Teams shows to a person who begins to write, for each scope that lists it. The catalogue
   * says what it does (`teams.…`).
   */
  readonly offeredByTeams?: V extends VerbWithText ? Readonly<Partial<Record<TeamsScope, number>>> : never;
  /** A line that only reads, for a button that runs it at once; null for commands that change something. */
  readonly tryIt: string | null;
  /**
   * Answers half a command in place of the common "which person?" or "which app?"; the caller may run the whole. `said`:
   * the words that may hold what is missing. Null for the common answer.
   */
  incomplete?(parts: CommandParts, turn: Turn, line: string, said: readonly string[]): Promise<Reply | null>;
  /** Answers a nearly correct line; null where the corrected line is only offered. */
  nearly?(parts: CommandParts, turn: Turn, command: CommandOf<NoInfer<V>>): Promise<Reply | null>;
  /**
   * What a guess at this command resolves to for this caller; it changes nothing. Without it, the permission is checked
   * and the app found. `others` are further texts to look up the person by.
   */
  resolve?(look: Lookup, command: CommandOf<NoInfer<V>>, others: readonly string[]): Promise<Resolved>;
  run(parts: CommandParts, turn: Turn, command: CommandOf<V>): Promise<Reply>;
}

/** A button without a command of its own. */
export interface ButtonDeclaration<V extends CardAction['verb']> extends Guarded {
  readonly verb: V;
  readonly ground?: 'job';
  run(parts: CommandParts, turn: Turn, action: ActionNamed<V>): Promise<Reply>;
}

/** Looks up the names of a guess in the tenant, each only once, and checks what the caller may do. */
export interface Lookup {
  readonly parts: CommandParts;
  readonly turn: Turn;
  /** Whether the caller may provision from Entra. */
  isOperator(): boolean;
  /** Whether the caller may provision from Active Directory alone. */
  mayOnlyCloudSync(): boolean;
  denied(permission: Permission, ground?: Ground): Resolved & { readonly kind: 'refused' };
  troubled(trouble: GraphTrouble): Resolved & { readonly kind: 'refused' };
  findApp(typed: string): Promise<AppSeen>;
  findPerson(typed: string, others: readonly string[]): Promise<PersonSeen>;
  /** An exact match goes before a similar name, whether app or person. */
  findEither(typed: string, others: readonly string[]): Promise<AppSeen | PersonSeen>;
  /** Leaves out people who were not found; if none of the looked-up people was found, the whole list is missing. */
  peopleAmong(subjects: readonly string[], appId: string | null): Promise<PeopleSeen>;
  /** Where the people of an app's job come from; null where that is unknown. */
  sourceOf(appId: string | null): Promise<ProvisioningRule['source'] | null>;
  /** Resolves the same guess as another command. */
  as<V extends Verb>(verb: V, command: CommandOf<V>, others: readonly string[]): Promise<Resolved>;
}

/** One kind of message: how it is drawn, and what follows from its delivery. */
export interface MessageDeclaration {
  /** As it would look now; null when there is nothing to say any more, or it may not be shown yet. */
  draw(parts: CommandParts, message: Message): Promise<Drawn | null>;
  /** Whether it may be posted there now; without it, it always may. `unknown` while Graph does not tell. */
  mayBePosted?(parts: CommandParts, message: Message): Promise<StillMay>;
  /** What its reader knows it by, if not by the reference. */
  about?(message: Message): string;
  /** It was posted; in the transaction that notes it. */
  posted?(parts: CommandParts, transaction: Query, message: Message): Promise<void>;
  /** It will not be posted: refused for good, tried for a day, or it may not be shown there any more. */
  gaveUp?(parts: CommandParts, message: Message, why: 'gone' | 'failed' | 'mayNot'): Promise<void>;
}

/**
 * What a command about provisioning requests asks about the access requests that they carry out. An access request and
 * a provisioning request never have the same id.
 */
export interface AccessRequests {
  /** The access request of this id, or the one that the provisioning request of this id carries out. */
  find(parts: CommandParts, id: string): Promise<ApprovalOfRequest | null>;
  /** Makes an access request for a caller who typed `provision` and may only request access. */
  requestInstead(parts: CommandParts, turn: Turn, command: CommandOf<'provision'>): Promise<Reply>;
  /** A person's access requests that have not started; `name` as it was when they made one. */
  waitingOf(
    parts: CommandParts,
    personId: string,
  ): Promise<{ readonly ids: readonly string[]; readonly name: string | null }>;
  /** Cancels these; resolves with how many were still waiting. */
  cancelWaiting(parts: CommandParts, ids: readonly string[], by: Person): Promise<number>;
  /** Whether the caller may see anything of the request of this id, of either kind. */
  isVisible(parts: CommandParts, turn: Turn, visible: Visible, id: string): Promise<boolean>;
  /**
   * The conversations in which people read what waits for a decision on these apps; none is the personal chat of one of
   * the excluded people. Null while Graph does not tell.
   */
  placesOfApprovers(
    parts: CommandParts,
    appIds: readonly string[],
    excluded: readonly string[],
  ): Promise<readonly ApproversPlace[] | null>;
  /** Whether what waits for a decision on these apps may be shown in such a place now. */
  mayBeShownThere(parts: CommandParts, appIds: readonly string[], key: string): Promise<StillMay>;
  /** On what basis this person decides on all of these apps; null for a person who does not. */
  decidesOn(parts: CommandParts, caller: Caller, appIds: readonly string[]): Promise<Fetched<Basis | null>>;
}

/** What the commands about decisions ask about the removals that wait for a second person. */
export interface WaitingRemovals {
  /** Those that this caller may confirm, oldest first. */
  theirs(parts: CommandParts, caller: Caller): Promise<Fetched<readonly Request[]>>;
  /** The question of this removal, where it waits for this caller; null for every other request. */
  ask(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply | null>;
}

/** `key` identifies the conversation. */
export interface ApproversPlace {
  readonly key: string;
  readonly conversation: string;
  readonly reader: Reader;
}

export interface ApprovalOfRequest {
  readonly id: string;
  readonly requestedById: string;
  readonly progress:
    | { readonly kind: 'notStarted'; readonly retry: (turn: Turn) => Promise<Reply> }
    /** The provisioning request that carries it out. */
    | { readonly kind: 'started'; readonly requestId: string };
  recordRefusal(callerId: string): Promise<void>;
  /** Cancels it, and its provisioning request where that has not been sent. */
  cancel(turn: Turn): Promise<Reply>;
  /** Its provisioning request was cancelled, or is running again. */
  note(what: 'cancelled' | 'retried', by: Person): Promise<void>;
  /** The current state of its clicked card; null where another card was clicked, or a line was typed. */
  clickedCard(turn: Turn): Promise<Reply | null>;
}

/** A part of `home`: what a feature has there for a caller. */
export interface HomeSection {
  readonly heading: MessageKey;
  /** The line that shows the whole of it. */
  readonly all: string;
  /** The command whose permission the caller needs. */
  readonly verb: Verb;
  /** Further, only for these callers. */
  isFor?(caller: Caller): boolean;
  /** Null where Graph does not tell. */
  read(parts: CommandParts, turn: Turn): Promise<HomePart | null>;
}

/** Texts are finished. */
export interface HomePart {
  /** The first `HOME_ROWS`. */
  readonly rows: readonly HomeRow[];
  /** How many there are besides; `isMore`: at least so many. */
  readonly beyond: number;
  readonly isMore: boolean;
  /** That there is nothing, or that only a part was read. */
  readonly note: string | null;
}

export interface HomeRow {
  readonly name: string;
  readonly line: string | null;
  /** The line that opens it, and in plain words what that is. */
  readonly opens: string;
  readonly tooltip: string;
}

export const HOME_ROWS = 3;

export type OpenedExport =
  | { readonly kind: 'file'; readonly file: ExportFile }
  | { readonly kind: 'refused'; readonly message: CardMessage };

/**
 * All commands, in the order in which the help lists each chapter, the buttons without a command, and what else the
 * features bring.
 */
export interface Registry {
  readonly commands: { readonly [V in Verb]: CommandDeclaration<V> };
  readonly buttons: {
    readonly [V in
      | 'confirm'
      | 'page'
      | 'assign'
      | 'removeNow'
      | 'keepAccess'
      | 'repairNow'
      | 'leaveJob'
      | 'tellManager']: ButtonDeclaration<V>;
  };
  readonly messages: { readonly [K in MessageKind]: MessageDeclaration };
  readonly accessRequests: AccessRequests;
  readonly waitingRemovals: WaitingRemovals;
  /** Tells who decides on access to this app. */
  approversOf(parts: CommandParts, turn: Turn, app: Application): Promise<Reply>;
  /**
   * The caller's own requests that a line without an id may mean, each with a button; `said` are the words that may name
   * the person or the app. Null where words were said and no request has them.
   */
  ownRequests(
    parts: CommandParts,
    turn: Turn,
    among: 'failed' | 'open',
    said: readonly string[],
  ): Promise<Reply | null>;
  /** A file with a line. */
  answerFile(parts: CommandParts, turn: Turn, line: string, file: IncomingFile): Promise<Reply>;
  /** A line with a table below it; null for every other text. */
  answerTable(parts: CommandParts, turn: Turn, text: string): Promise<Reply | null>;
  /** The agreed file, if this speaker may still have it. */
  openExport(parts: CommandParts, words: Messages, speaker: Speaker, context: ExportContext): Promise<OpenedExport>;
  /** The outcome of an offered file, in a short plain sentence. */
  exportWords(words: Messages, kind: 'declined' | 'failed' | 'stored'): string;
  /** The pauses of synchronization jobs that Usher has made, as sentences of a card; of one app, or of all. */
  pausesIn(parts: Pick<CommandParts, 'store'>, words: Messages, appId: string | null): Promise<readonly string[]>;
  /** The parts of `home`, in their order. */
  readonly homeSections: readonly HomeSection[];
  /** The card on installation. */
  welcome(words: Messages, input: WelcomeInput): CardMessage;
}

export interface WelcomeInput {
  /** Null where Graph did not tell, and in a channel. */
  readonly name: string | null;
  readonly canUse: boolean;
  readonly isKnown?: boolean;
  readonly mustSignIn?: boolean;
  readonly commands: readonly CommandHelp[];
}

export function defineCommand<V extends Verb>(declaration: CommandDeclaration<V>): CommandDeclaration<V> {
  return declaration;
}

export function defineButton<V extends CardAction['verb']>(declaration: ButtonDeclaration<V>): ButtonDeclaration<V> {
  return declaration;
}
