import { deny } from '../../access/policy.ts';
import { withoutForeign } from '../grammar/asides.ts';
import { reasonIn } from '../grammar/id-lines.ts';
import { formFor, openForm } from '../registry/command-form.ts';
import type { CommandParts, Turn } from '../registry/define-command.ts';
import { refuseVerb } from '../registry/run.ts';
import { say } from '../registry/turn.ts';
import type { Reply } from '../reply.ts';
import { type Mention, mentionsIn } from './app-mentions.ts';
import { type Pair, readAround } from './around.ts';
import { endIn } from './end-in.ts';
import { guessesFor } from './guesses.ts';
import {
  gives,
  type Intent,
  intentOf,
  isAboutSync,
  isForSelf,
  isHalf,
  LEAVING_WORDS,
  lacks,
  leaverIn,
  type Meant,
} from './intent.ts';
import { nameableIn } from './nameable.ts';
import { longestLookedAt, offerIfFound } from './offer.ts';
import { orByPart, peopleIn, remainderOf } from './person-words.ts';
import { aboveSignature } from './signature.ts';
import { startIn } from './start-in.ts';

/** The second reading of a line that the grammar does not know as a command: it offers whole lines, and never acts. */

/**
 * Looks at a line with no command, or half a command; null where it names nothing known. `mayAsk`: a form may ask for what
 * the line leaves out.
 */
export async function lookAtLine(
  parts: CommandParts,
  turn: Turn,
  typed: string,
  given: Intent | null = null,
  mayAsk = true,
): Promise<Reply | null> {
  const own = aboveSignature(typed).replace(ASKING_ANOTHER, '').replace(CORRECTING, '');
  const leaver = given === null && deny(turn.caller, 'removal.run') === null ? leaverIn(own) : null;
  const offboarding = { verb: 'offboard', subject: leaver ?? '', app: null } as const;
  const leaving = { guesses: [{ command: offboarding }], leftOut: [], said: LEAVING_WORDS };
  const left = leaver === null ? null : await offerIfFound(parts, turn, leaving);
  if (left !== null) return left;
  const intent = given ?? intentOf(own);
  const line = withoutForeign(own, turn.words.language);
  if (intent === null || line.length > longestLookedAt || turn.caller.roles.length === 0) return null;
  const listing = await nameableIn(parts, line);
  if (!listing.ok) return null;
  const mentions = mentionsIn(line, listing.value, false);
  const [first] = mentions;
  if (first === undefined) return intent === 'open' ? null : lookForPerson(parts, turn, line, intent, mayAsk);
  if (isGroup(line) && gives(intent)) {
    const group = await lookAtGroupLine(parts, turn, line);
    if (group !== null) return group;
  }
  const around = readAround(line, mentions, !gives(intent) || lacks(line));
  const isAppAlone = around.pairs.every(({ people }) => people.length === 0);
  const isGiven = intent === 'provision' || intent === 'requestAccess';
  const self = isGiven && isAppAlone && isForSelf(line) ? [['me']] : [];
  const pairs = around.pairs.map(({ people, app }) => ({ people: isAppAlone ? self : people.map(orByPart), app }));
  const isOfSync = intent === 'provision' && isAboutSync(line) && !(await namesPeople(parts, pairs.flatMap(allNames)));
  const meant = isOfSync ? 'status' : meantBy(turn, intent === 'open' ? openIntent(line, first) : intent, isAppAlone);
  const { start, end, said } = termsIn(parts, turn, line, meant);
  const reason = meant === 'remove' ? reasonIn(line) : null;
  const base = { verb: 'provision', subject: '', app: '', term: { start, end, reason } } as const;
  const hasTerm = start !== null || end !== null || reason !== null;
  const guesses = guessesFor(meant, { ...around, pairs }, line, hasTerm ? base : null);
  const leftOut = said.reduce((texts, one) => texts.flatMap((text) => withoutSaid(text, one)), around.leftOut);
  const found = await offerIfFound(parts, turn, { guesses, leftOut, said: said.join(' ') });
  if (found !== null) return found;
  // "add the new one to salesforce": who is missing.
  if (isGiven && !isAboutSync(line)) {
    const isAsked = mayAsk && isHalf(line) && (isAppAlone || !(await namesPeople(parts, pairs.flatMap(allNames))));
    return isAsked ? askInForm(parts, turn, '') : null;
  }
  // "restart zscaler", "how often does salesforce sync": the app is all that is known.
  const texts = pairs.flatMap(({ people }) => people.flat());
  if (await namesPeople(parts, texts)) return null;
  const apps = mentions.map(({ name }) => ({ command: { verb: 'status', app: name } as const }));
  return offerIfFound(parts, turn, { guesses: apps, leftOut: [] });
}

/** "ask megan why adele needs servicenow": the person to ask is not the one who needs it. */
const ASKING_ANOTHER =
  /^\s*(?:(?:please|pls|can you|could you)\s+)*(?:ask|check with|talk to)\s+\S+\s+(?=why|if|whether|when|what)/i;

/** "no i meant lee gu" */
const CORRECTING = /^\s*(?:(?:no|nope|sorry|oops)[\s,.!]+)*i (?:meant|mean)\s+/i;

/** The times that the offered lines keep. An operator provisions at once, so that only an end is one. */
function termsIn({ store }: CommandParts, turn: Turn, line: string, meant: Meant) {
  if (meant !== 'provision') return { start: null, end: null, said: [] };
  const { reader } = turn.incoming;
  const now = store.clock.now();
  const start = mayOnlyAsk(turn) ? startIn(line, reader, now) : null;
  const end = endIn(line, reader, now);
  const said = [start, end].flatMap((one) => one?.said ?? []);
  return { start: start?.start ?? null, end: end?.end ?? null, said };
}

/** What is left of a text that the button leaves out, without the words that it has. */
function withoutSaid(text: string, said: string): readonly string[] {
  if (said.includes(text)) return [];
  const rest = text.replace(said, '').replace(/^[\s,.;]+|[\s,.;]+$/g, '');
  return rest === '' ? [] : [rest];
}

const allNames = ({ people }: Pair) => people.flat();

const isGroup = (line: string) => /\bgroup\b/i.test(line);

/** "VP is waiting - lee gu into github": words before an app say what is wanted of it, where no verb does. */
function openIntent(line: string, { from }: Mention): 'unsaid' | 'check' {
  return /\b(?:in)?to\s+(?:the\s+)?$/i.test(line.slice(0, from)) ? 'unsaid' : 'check';
}

/** Whether the caller may ask for access, and not give it. */
const mayOnlyAsk = ({ caller }: Turn) =>
  deny(caller, 'provision.run') !== null && deny(caller, 'access.request') === null;

/** Whether any of these texts is a person's name: the line is then about people, and Usher cannot tell about whom. */
async function namesPeople({ directory }: CommandParts, texts: readonly string[]): Promise<boolean> {
  const found = await Promise.all(texts.slice(0, mostTexts).map((text) => directory.findUsers(text)));
  return found.some((one) => one.ok && (one.value.kind === 'one' || one.value.kind === 'several'));
}

/** The parts of four words. */
const mostTexts = 8;

/** The command to guess at: a line that says none is read by what its caller may do. */
function meantBy(turn: Turn, intent: Exclude<Intent, 'open'>, isAppAlone: boolean): Meant {
  // "tell me if isaiah is in salesforce"
  if (intent === 'watch' && !isAppAlone) return 'check';
  if (intent !== 'unsaid') return intent;
  return isAppAlone ? 'status' : bestFor(turn);
}

/** The form of what the caller may do for a person, with the name that the line has. */
async function askInForm(parts: CommandParts, turn: Turn, subject: string): Promise<Reply> {
  const refusal = await refuseVerb(parts, turn, 'provision');
  if (refusal !== null) return refusal;
  const form = formFor(parts, turn, 'provision');
  return form === null
    ? say(turn.words, { kind: 'incomplete', missing: 'app' })
    : openForm(parts, turn, form, { subject });
}

/**
 * "status of isaiah", "pause adele in salesforce": what was read as an app may name a person. An act on a whole app is not
 * offered for one of its people. `around`: the words without the app's.
 */
export async function lookForPersonIn(
  parts: CommandParts,
  turn: Turn,
  words: string,
  { line = words, around = words }: { readonly line?: string; readonly around?: string } = {},
): Promise<Reply | null> {
  if (words.length > longestLookedAt) return null;
  // A name that is there, as one that only resembles it may as well resemble an app's.
  const names = peopleIn(around).flatMap(([name = '']) => name.replace(/['’]s?$/u, ''));
  return (await namesPeople(parts, names))
    ? lookAtLine(parts, turn, words, intentOf(line) === 'remove' ? 'remove' : 'check')
    : null;
}

/** "who approved isaiah", "onboard isaiah", "isaiah": the line names no app. */
async function lookForPerson(
  parts: CommandParts,
  turn: Turn,
  line: string,
  intent: Intent,
  mayAsk = false,
): Promise<Reply | null> {
  const [first = [], second] = peopleIn(line);
  const [about, ...others] = orByPart(first);
  const isAsked = mayAsk && intent === 'provision' && isHalf(line);
  if (about === undefined) return isAsked ? askInForm(parts, turn, '') : null;
  if (intent === 'history') {
    const command = { verb: 'history', about, since: null, page: 1 } as const;
    return offerIfFound(parts, turn, { guesses: [{ command, others }], leftOut: [] });
  }
  if (intent === 'unsaid' || intent === 'check' || intent === 'watch') {
    const check = { command: { verb: 'check', subject: about, app: null }, others } as const;
    const history = { command: { verb: 'history', about, since: null, page: 1 }, others } as const;
    const [other, ...more] = orByPart(second ?? []);
    const besides =
      other === undefined
        ? history
        : ({ command: { verb: 'check', subject: other, app: null }, others: more } as const);
    return offerIfFound(parts, turn, { guesses: [check, besides], leftOut: [] });
  }
  if (!isAsked) return null;
  const found = await parts.directory.findUsers(about);
  if (!found.ok || (found.value.kind !== 'one' && found.value.kind !== 'several')) return null;
  return askInForm(parts, turn, about);
}

/** The likeliest wish of a caller who names only a person and an app. */
function bestFor({ caller }: Turn): 'provision' | 'check' {
  const mayGive = deny(caller, 'provision.run') === null || deny(caller, 'access.request') === null;
  return mayGive ? 'provision' : 'check';
}

/** Half a command about a group: the words read as its members may be part of its name. */
export async function lookAtGroupLine(parts: CommandParts, turn: Turn, line: string): Promise<Reply | null> {
  const listing = await parts.applications.list();
  if (!listing.ok || line.length > longestLookedAt) return null;
  const app = mentionsIn(line, listing.value.items, false).at(-1);
  const before = line.slice(0, app?.from ?? 0);
  const behind = before.replace(/^.*?\bgroup\b\s*|\s*(?<!\S)(?:to|into|in|for)\s*$/giu, '');
  // "the engineering group"
  const [[named = ''] = []] = peopleIn(before.replace(/\bgroup\b.*$/iu, ''));
  const group = behind.trim() === '' ? named : behind;
  if (app === undefined || group.trim() === '') return null;
  const command = { verb: 'provisionGroup', group: group.trim(), members: null, app: app.name } as const;
  return offerIfFound(parts, turn, { guesses: [{ command }], leftOut: [remainderOf(line.slice(app.to))] });
}
