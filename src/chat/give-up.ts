import type { PostEnd } from '../outbox/message.ts';
import type { Reader } from '../requests/request.ts';
import { createMessages } from './messages.ts';
import type { CardMessage } from './reply.ts';
import { problem } from './views/problem.ts';

export interface GiveUpParts {
  /** Posts a message outside a turn. */
  readonly post: (conversation: string, content: CardMessage) => Promise<PostEnd>;
}

export type GivenUp =
  /** The card of a request. */
  | { readonly kind: 'cardGivenUp'; readonly id: string }
  /** An undelivered message; `about` is an id or an app. */
  | { readonly kind: 'messageGivenUp'; readonly about: string }
  | { readonly kind: 'watchGivenUp'; readonly app: string };

/** Tells one conversation what crashed processes (`requests/crash-guard.ts`). False where Teams did not take it. */
export async function tellGivenUp(
  { post }: GiveUpParts,
  { conversation, reader }: { readonly conversation: string; readonly reader: Reader },
  what: GivenUp,
  reference: string,
): Promise<boolean> {
  const words = createMessages(reader.locale, reader.timeZone);
  return isSent(await post(conversation, problem(words, { ...what, reference })));
}

/** Whether Teams has the message, or may have it, so that it is not repeated. */
export const isSent = ({ kind }: PostEnd): boolean => kind === 'done' || kind === 'perhaps';
