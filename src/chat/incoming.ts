import type { Reader } from '../requests/request.ts';
import type { CardAction } from './reply.ts';

/** An incoming message, free of everything specific to Teams. */
export interface Incoming {
  /** Conversation and activity id: the same for a repeated delivery. */
  readonly id: string;
  readonly speaker: Speaker;
  /** The address for answers; opaque to this layer. */
  readonly conversation: string;
  /** The conversation, and whether others than the speaker read along. */
  readonly place: { readonly key: string; readonly kind: 'personal' | 'shared' };
  readonly reader: Reader;
  readonly what: IncomingContent;
  /** The id of the message that its sender has edited, where this is its new text. */
  readonly edits?: string;
  /** The people mentioned in the text, each with the name written there. */
  readonly mentions: readonly { readonly id: string; readonly name: string }[];
}

/** A file in a personal chat, with the download address that Teams gives. */
export interface IncomingFile {
  readonly name: string;
  readonly downloadUrl: string;
}

export type FileContent =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'tooLarge' }
  /** The address is not the tenant's own storage; it was not fetched. */
  | { readonly kind: 'notFromTenant' }
  | { readonly kind: 'notFetched' };

export interface Speaker {
  /** Entra object id. */
  readonly id: string;
  readonly tenantId: string;
}

export type IncomingContent =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly attachments: number;
      readonly files: readonly IncomingFile[];
    }
  /** A button; `cardId` is the card that holds it. */
  | { readonly kind: 'action'; readonly action: CardAction; readonly cardId: string }
  /** A button with data that Usher never made, or made in an old version. */
  | { readonly kind: 'unknownAction'; readonly cardId: string };
