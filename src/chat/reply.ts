/**
 * What Usher says back, before anybody knows how Teams wants it. A `card` is finished; a `live` one is drawn anew from
 * what is stored at each of its changes. Its id is that of a provisioning request, or of a copy of an access request.
 */
export type Reply =
  /** `inPlace`: it carries on from the card that was clicked, and may take its place. A refusal never does. */
  | { readonly kind: 'card'; readonly message: CardMessage; readonly inPlace?: true }
  | { readonly kind: 'live'; readonly liveId: string }
  /** A file that is made when its reader agrees to have it stored; only ever in a personal chat. */
  | { readonly kind: 'fileOffer'; readonly offer: FileOffer }
  /** The speaker is to sign in, and what they said waits for that; only ever in a personal chat. */
  | { readonly kind: 'signIn'; readonly invitation: SignInInvitation };

/** Plain texts. */
export interface SignInInvitation {
  readonly text: string;
  readonly button: string;
  /** What a notification reads. */
  readonly summary: string;
}

/** https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4 */
export interface FileOffer {
  readonly fileName: string;
  /** Plain text: what is in it. */
  readonly description: string;
  readonly sizeBytes: number;
  /** Comes back with the consent. It says what was wanted and carries no right: that is asked for anew. */
  readonly context: ExportContext;
}

/** Which part of the history an export has; what was typed, resolved. */
export interface ExportContext {
  readonly about: { readonly personId: string } | { readonly appId: string } | null;
  /** Milliseconds since 1970; null for all. */
  readonly since: number | null;
}

/** An export on its way: the same bytes each time it is read, a piece at a time. */
export interface ExportFile {
  readonly fileName: string;
  readonly sizeBytes: number;
  read(): AsyncIterable<string>;
}

/** A finished Adaptive Card with the sentence that a notification reads. */
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

/**
 * What a button sends back. It carries no authority: `run` and `choose` are the clicker's own words, checked as if
 * typed; `retry` names a stored request.
 */
export type CardAction =
  /** Say this line; the answer is a new message. */
  | { readonly verb: 'run'; readonly text: string }
  /** Say this line; the answer takes the place of this card. */
  | { readonly verb: 'choose'; readonly text: string }
  /** Say this line, which only reads, in the clicker's personal chat; the answer is posted there. */
  | { readonly verb: 'personal'; readonly text: string }
  /** Runs again what has not ended well; a list only with its failed people. */
  | { readonly verb: 'retry'; readonly requestId: string }
  /** Takes back what has not been sent. */
  | { readonly verb: 'cancel'; readonly requestId: string }
  /** Yes to what a request said it would do. */
  | { readonly verb: 'confirm'; readonly requestId: string }
  /** A decision on an access request; `reason` is what was written into the card. */
  | { readonly verb: 'approve'; readonly requestId: string }
  | { readonly verb: 'deny'; readonly requestId: string; readonly reason: string }
  /** The form of `request`, filled in: texts as they were typed, the date as `YYYY-MM-DD` or empty. */
  | {
      readonly verb: 'ask';
      readonly subject: string;
      readonly app: string;
      readonly start: string;
      readonly reason: string;
    }
  /** One page of all the people of a list; pages count from 0. The answer takes the place of a page shown before. */
  | { readonly verb: 'page'; readonly requestId: string; readonly page: number; readonly on: 'list' | 'page' };

/** Where a live card stands. `revision` counts the changes of what it shows. */
export interface LiveCard {
  readonly id: string;
  readonly conversation: string;
  /** The activity id of the card; null until it has been posted. */
  readonly cardId: string | null;
  readonly revision: number;
}

/** A live card as it would look now. */
export interface Drawing {
  readonly live: LiveCard;
  readonly message: CardMessage;
  /** Drawings of one signature look the same to a person, so the second need not be sent. */
  readonly signature: string;
  readonly finished: boolean;
}
