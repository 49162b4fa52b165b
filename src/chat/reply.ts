import type { Message } from '../outbox/message.ts';

/**
 * A reply of Usher in a form independent of Teams. A `card` is finished; a `live` card is redrawn from the database at
 * each change. Its id is that of a message in the outbox; `drawing` is how it looks now, where that is known.
 */
export type Reply =
  /**
   * `inPlace`: it continues the clicked card, and may replace it. A refusal never does. `unread`: the line was not
   * understood, and nothing was done.
   */
  | { readonly kind: 'card'; readonly message: CardMessage; readonly inPlace?: true; readonly unread?: true }
  | { readonly kind: 'live'; readonly liveId: string; readonly drawing?: Drawing }
  /** A file that is created when its reader agrees to store it; only in a personal chat. */
  | { readonly kind: 'fileOffer'; readonly offer: FileOffer }
  /** Asks the speaker to sign in, while their message waits; only in a personal chat. */
  | { readonly kind: 'signIn'; readonly invitation: SignInInvitation };

/** A reply to a line that was not understood. */
export function unreadReply(reply: Reply): Reply {
  return reply.kind === 'card' ? { ...reply, unread: true } : reply;
}

/** Plain texts. */
export interface SignInInvitation {
  readonly text: string;
  readonly button: string;
  /** The text of the notification. */
  readonly summary: string;
}

/** https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4 */
export interface FileOffer {
  readonly fileName: string;
  /** Plain text: the file's content. */
  readonly description: string;
  readonly sizeBytes: number;
  /** Returned with the consent. It says what was requested and grants no right: the permission is checked again. */
  readonly context: ExportContext;
}

/** The part of the audit log that an export holds; the typed terms, resolved. */
export interface ExportContext {
  readonly about: { readonly personId: string } | { readonly appId: string } | { readonly ticket: string } | null;
  /** Milliseconds since 1970; null for all. */
  readonly since: number | null;
}

/** An export in progress: yields the same bytes at each reading, piece by piece. */
export interface ExportFile {
  readonly fileName: string;
  readonly sizeBytes: number;
  read(): AsyncIterable<string>;
}

/** A finished Adaptive Card with the sentence for the notification. */
export interface CardMessage {
  readonly card: AdaptiveCard;
  /** Plain text, no markdown: who, what, verdict. */
  readonly summary: string;
}

/** The JSON of an Adaptive Card, schema 1.5. https://adaptivecards.io/explorer/AdaptiveCard.html */
export interface AdaptiveCard {
  readonly type: 'AdaptiveCard';
  readonly version: '1.5';
  readonly fallbackText: string;
  readonly body: readonly unknown[];
  readonly actions?: readonly unknown[];
  readonly [key: string]: unknown;
}

/** The inputs of a form, each empty where it was not filled in or the form has no such input. */
export interface FormValues {
  /** The Entra object id that Teams' people picker gave. */
  readonly picked: string;
  /** The person, as typed. */
  readonly subject: string;
  /** An app's name or id. */
  readonly app: string;
  /** `YYYY-MM-DD`. */
  readonly start: string;
  /** A day or a length, as typed. */
  readonly end: string;
  readonly reason: string;
  readonly ticket: string;
}

/** Of a joint request's card: the lines that it shows, and those that were ticked, which count where the button says so. */
interface Ticks {
  readonly among?: string | undefined;
  readonly ticked?: boolean | undefined;
  readonly lines?: string | undefined;
}

/**
 * The data that a button sends back. It carries no authority: `run` and `choose` are checked as if the clicker had
 * typed the line; `retry` names a stored request.
 */
export type CardAction =
  /** Runs this line; the answer is a new message. */
  | { readonly verb: 'run'; readonly text: string }
  /** Runs this line; the answer replaces this card. */
  | { readonly verb: 'choose'; readonly text: string }
  /** Runs this line, which only reads, in the clicker's personal chat; the answer is posted there. */
  | { readonly verb: 'personal'; readonly text: string }
  /** Runs failed tasks again; of a list only the failed people. */
  | { readonly verb: 'retry'; readonly requestId: string }
  /** Cancels the tasks that have not been sent. */
  | { readonly verb: 'cancel'; readonly requestId: string }
  /** Runs this line with the ticket number typed into the card; the answer replaces this card. */
  | { readonly verb: 'ticket'; readonly text: string; readonly ticket: string }
  /** Confirms what a request announced; with the ticket number typed into the card, where it asks for one. */
  | { readonly verb: 'confirm'; readonly requestId: string; readonly ticket?: string }
  /** Assigns the app role to the request's people who are not assigned, and provisions them; of a page, to those on it. */
  | { readonly verb: 'assign'; readonly requestId: string; readonly page?: number | undefined }
  /** Confirms that people are taken out of apps. */
  | { readonly verb: 'removeNow'; readonly requestId: string }
  /** Rejects that as the second person. */
  | { readonly verb: 'keepAccess'; readonly requestId: string }
  /** Confirms an act on a synchronization job; the id is the repair's. */
  | { readonly verb: 'repairNow'; readonly requestId: string }
  /** Takes that back, or rejects it. */
  | { readonly verb: 'leaveJob'; readonly requestId: string }
  /** Tells the manager of the request's person how it ended. */
  | { readonly verb: 'tellManager'; readonly requestId: string }
  /** A decision on an access request; `reason` is the text typed into the card. */
  | (Ticks & { readonly verb: 'approve'; readonly requestId: string })
  | (Ticks & { readonly verb: 'deny'; readonly requestId: string; readonly reason: string })
  /** The filled-in form of a command. */
  | (FormValues & {
      readonly verb: 'submit';
      /** The verb of the command; the client's word, like all the rest. */
      readonly form: string;
      /** A form on a list leaves the list where it is; any other becomes what was asked for with it. */
      readonly on: 'form' | 'list';
    })
  /** One page of all the people of a list; pages count from 0. The answer replaces a page shown before. */
  | { readonly verb: 'page'; readonly requestId: string; readonly page: number; readonly on: 'list' | 'page' };

/** What a message shows: a card, or plain text without markdown. */
export type Content = CardMessage | { readonly text: string };

/** A message as it would look now. */
export interface Drawn {
  readonly content: Content;
  /** Drawings with the same signature look the same, so the second need not be sent. */
  readonly fingerprint: string;
  /** Nothing more is expected to change. */
  readonly finished: boolean;
  /** Identifies what it tells or asks, where drawings that look different may say the same; else the fingerprint does. */
  readonly outcome?: string;
  /** It waits for a person: a click that confirms, or a decision. */
  readonly needsAnswer?: boolean;
  /** The content of its first post, which mentions people; an edit never does. */
  readonly mentioning?: CardMessage;
}

export interface Drawing extends Drawn {
  /** The message as it is stored. */
  readonly stored: Message;
  /** Its content tells nothing of this yet, see `outbox/message.ts`. */
  readonly isPlaceholder?: true;
}

/** See `Drawn.outcome`. */
export function outcomeOf({ outcome, fingerprint }: Drawn): string {
  return outcome ?? fingerprint;
}

/** Whether people need to see this, where what they saw before cannot be edited: it tells an outcome, or asks them. */
export function mustArrive({ finished, needsAnswer = false }: Drawn): boolean {
  return finished || needsAnswer;
}
