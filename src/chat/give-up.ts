import type { Reader } from '../requests/request.ts';
import { createMessages } from './messages.ts';
import type { CardMessage } from './reply.ts';
import { problem } from './views/problem.ts';

export interface GiveUpParts {
  /** Posts a card outside a turn; resolves with its id, or null where Teams did not take it. */
  readonly post: (conversation: string, message: CardMessage) => Promise<string | null>;
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
  return (await post(conversation, problem(words, { ...what, reference }))) !== null;
}
