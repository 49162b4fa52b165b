import { say } from './commands/turn.ts';
import { createConversing } from './conversing.ts';
import type { Incoming } from './incoming.ts';
import type { CommandParts, Sight } from './registry/define-command.ts';
import type { Reply } from './reply.ts';
import { createWords, type Words } from './words.ts';

/**
 * The conversation where Graph is called by each person's own right. Whoever is not signed in is asked to, and what they
 * said waits for it; in a place where others read along they are sent to their own chat, as everybody there would be
 * shown the same button.
 *
 * Two lines stand before the grammar, because they mean nothing elsewhere: "sign in" and "sign out".
 */
export interface Callers {
  /** What this person sees of Graph; null when they are not signed in. */
  sightOf(personId: string): Sight | null;
  /** When their sign-in ends, milliseconds since 1970; null when there is none. */
  endOf(personId: string): number | null;
  /** Whether there was a sign-in to forget. */
  forget(personId: string): boolean;
}

const signInLines = new Set(['sign in', 'signin', 'sign me in', 'log in', 'login', 'log me in']);
const signOutLines = new Set(['sign out', 'signout', 'sign me out', 'log out', 'logout', 'log me out']);

/** @param parts their sight is nobody's, and is not asked. */
export function createSigning(parts: CommandParts, callers: Callers): (incoming: Incoming) => Promise<Reply> {
  return async (incoming) => {
    const words = createWords(incoming.reader.locale, incoming.reader.timeZone);
    const line = lineOf(incoming);
    if (signOutLines.has(line)) return signOut(words, incoming);
    const until = callers.endOf(incoming.speaker.id);
    const sight = callers.sightOf(incoming.speaker.id);
    if (sight === null || until === null) return invite(words, incoming);
    if (signInLines.has(line)) return say(words, { kind: 'signedIn', until, now: parts.store.clock.now() });
    return createConversing({ ...parts, ...sight })(incoming);
  };

  function signOut(words: Words, { speaker }: Incoming): Reply {
    const was = callers.forget(speaker.id);
    // What of theirs still waits comes to its end now.
    parts.wake();
    return say(words, { kind: was ? 'signedOut' : 'notSignedIn' });
  }
}

function invite(words: Words, { place }: Incoming): Reply {
  if (place.kind !== 'personal') return say(words, { kind: 'signInElsewhere' });
  const invitation = {
    text: words.plain('signIn.ask'),
    button: words.plain('signIn.button'),
    summary: words.plain('signIn.summary'),
  };
  return { kind: 'signIn', invitation };
}

function lineOf({ what }: Incoming): string {
  if (what.kind !== 'text') return '';
  const text = what.text.slice(0, 40).toLowerCase();
  return text
    .replace(/[^a-z]+/g, ' ')
    .trim()
    .replace(/ please$/, '');
}
