import type { Language } from '../languages.ts';
import { type EnglishReader, toEnglish } from './grammar/translating/to-english.ts';
import type { Incoming } from './incoming.ts';
import { createMessages, type Messages } from './messages.ts';
import type { CommandParts, GraphServices } from './registry/define-command.ts';
import { say } from './registry/turn.ts';
import type { Reply } from './reply.ts';
import { createResponder } from './responder.ts';

/**
 * The conversation where Graph is called by delegated permission. A person who is not signed in is asked to, while
 * their message waits; in a shared conversation they are sent to their personal chat, as every reader there would be
 * shown the same button.
 *
 * Two lines are handled before the grammar, because they mean nothing elsewhere: "sign in" and "sign out".
 */
export interface SignedInCallers {
  /** Graph by this person's delegated permission; null when they are not signed in. */
  servicesOf(personId: string): GraphServices | null;
  /** When their sign-in ends, milliseconds since 1970; null when there is none. */
  endOf(personId: string): number | null;
  /** Forgets a sign-in; false when there was none. */
  forget(personId: string): boolean;
}

const signInLines = new Set(['sign in', 'signin', 'sign me in', 'log in', 'login', 'log me in']);
const signOutLines = new Set(['sign out', 'signout', 'sign me out', 'log out', 'logout', 'log me out']);

/** Of the lines in other languages, only those two are read here. */
const unread: EnglishReader = { parse: () => ({ kind: 'unclear' }), ticketsIn: () => [] };

/** @param parts its own Graph services belong to no person, and are never called */
export function requireSignIn(parts: CommandParts, callers: SignedInCallers): (incoming: Incoming) => Promise<Reply> {
  return async (incoming) => {
    const words = createMessages(incoming.reader.locale, incoming.reader.timeZone);
    const line = lineOf(incoming, words.language);
    if (signOutLines.has(line)) return signOut(words, incoming);
    const until = callers.endOf(incoming.speaker.id);
    const services = callers.servicesOf(incoming.speaker.id);
    if (services === null || until === null) return invite(words, incoming);
    if (signInLines.has(line)) return say(words, { kind: 'signedIn', until, now: parts.store.clock.now() });
    return createResponder({ ...parts, ...services })(incoming);
  };

  function signOut(words: Messages, { speaker }: Incoming): Reply {
    const was = callers.forget(speaker.id);
    // The dispatcher ends this person's waiting tasks now.
    parts.publish('tasks', null);
    return say(words, { kind: was ? 'signedOut' : 'notSignedIn' });
  }
}

function invite(words: Messages, { place }: Incoming): Reply {
  if (place.kind !== 'personal') return say(words, { kind: 'signInElsewhere' });
  const invitation = {
    text: words.plain('signIn.ask'),
    button: words.plain('signIn.button'),
    summary: words.plain('signIn.summary'),
  };
  return { kind: 'signIn', invitation };
}

function lineOf({ what }: Incoming, language: Language): string {
  const typed = what.kind === 'text' ? what.text : '';
  const pressed = what.kind === 'action' && what.action.verb === 'run' ? what.action.text : '';
  const said = toEnglish(typed.slice(0, 40), language, unread);
  const text = `${said?.kind === 'sure' ? said.line : typed}${pressed}`.slice(0, 40).toLowerCase();
  return text
    .replace(/[^a-z]+/g, ' ')
    .trim()
    .replace(/ please$/, '');
}
