import type { Reader } from '../requests/request.ts';
import type { CardAction } from './reply.ts';

/** What reached Usher, cleaned of everything that is Teams' own. */
export interface Incoming {
  /** Conversation and activity id: the same for a repeated delivery. */
  readonly id: string;
  readonly speaker: Speaker;
  /** How to answer there; opaque to this floor. */
  readonly conversation: string;
  /** Which conversation that is, and whether others than the speaker read along. */
  readonly place: { readonly key: string; readonly kind: 'personal' | 'shared' };
  readonly reader: Reader;
  readonly what: IncomingContent;
  /** The people whose mentions stand in the text, each by the name that is written there. */
  readonly mentions: readonly { readonly id: string; readonly name: string }[];
}

/** A file in a personal chat: where Teams says that it can be fetched. */
export interface IncomingFile {
  readonly name: string;
  readonly downloadUrl: string;
}

export type FileContent =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'tooLarge' }
  /** The address is not the tenant's own storage; it was not asked. */
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
  /** A button; `cardId` is the card that it stands on. */
  | { readonly kind: 'action'; readonly action: CardAction; readonly cardId: string }
  /** A button whose data Usher never made, or made in a version long gone. */
  | { readonly kind: 'unknownAction'; readonly cardId: string };
