import type { Reader } from '../requests/request.ts';
import type { CardAction } from './reply.ts';

/** What reached Usher, cleaned of everything that is Teams' own. */
export interface Incoming {
  /** Conversation and activity id: the same for a repeated delivery. */
  readonly id: string;
  readonly speaker: Speaker;
  /** How to answer there; opaque to this floor. */
  readonly conversation: string;
  readonly reader: Reader;
  readonly what: IncomingContent;
}

export interface Speaker {
  /** Entra object id. */
  readonly id: string;
  readonly tenantId: string;
}

export type IncomingContent =
  | { readonly kind: 'text'; readonly text: string; readonly attachments: number }
  /** A button; `cardId` is the card that it stands on. */
  | { readonly kind: 'action'; readonly action: CardAction; readonly cardId: string }
  /** A button whose data Usher never made, or made in a version long gone. */
  | { readonly kind: 'unknownAction'; readonly cardId: string };
