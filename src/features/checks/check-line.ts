import type { CommandOf } from '../../chat/command.ts';
import {
  isLoose,
  isNoName,
  isRequestId,
  isSpeaker,
  withoutLeading,
  withoutPossessive,
  withoutTrailing,
  writeCheckName,
} from '../../chat/grammar/check-names.ts';
import { readStrictRequestId } from '../../chat/grammar/id-lines.ts';
import { readName, writeApps } from '../../chat/grammar/names.ts';
import { incomplete, offered, type Reading } from '../../chat/grammar/rule.ts';
import { addressIn, endsSubject, type Parts, startOfSeparator } from '../../chat/grammar/separators.ts';
import { fold, type Word } from '../../chat/grammar/tokens.ts';
import { wordSet } from '../../chat/grammar/word-lists.ts';

/**
 * "check <person> in <app>", or in several. The line splits at the first lowercase `in`, `on`, `for`, `to` or `into`:
 * people's names capitalize such words ("Anh To"), and app names have them later ("Data for Good"). An address, a GUID,
 * a distinguished name or a quoted name at the start decides as everywhere. Questions ("why is adele not in Salesforce")
 * have more words between the two, and are only offered.
 */
type CheckCommand = CommandOf<'check'>;

const SEPARATORS = wordSet('in on for to into');
/** An app's name does not continue with these, unlike "for" in "Data for Good". */
const IN = wordSet('in on to into');
const LEADING = wordSet('user person on up about with');
const IF = wordSet('if whether');
const KINDS = wordSet('account access sync state status provisioning');
/** Words between person and app in a question. */
const FILLING = wordSet(`
  not no never still already missing there been be being have has an a the is account access get getting got show
  showing appear appearing exist exists existing able sign signed signing log logged provisioned assigned synced syncing
  synchronized synchronised created active enabled disabled from yet anymore now again today
`);
const AFTERTHOUGHTS = wordSet('yet anymore now already again today');
/** The expected states of an account. */
const ARRIVED = wordSet('provisioned synced syncing synchronized synchronised assigned created');
/** No name of a person or app is longer in a question. */
const MOST_WORDS = 4;

/** The words after "check"; null when they name no person ("check this out"). */
export function readCheck(words: readonly Word[]): Reading | null {
  if (IF.has(fold(words[0]))) return readCheckQuestion(words.slice(1));
  const named = withoutLeading(words, fold(words[1]) === 'user' ? new Set([...LEADING, 'the']) : LEADING);
  const [first, second] = named;
  if (first === undefined) return missing;
  if (second === undefined && isRequestId(first)) return offered(readStrictRequestId('show', named));
  const parts = split(named);
  const isKit = parts?.separator === 'for' && parts.before.length > 1 && fold(parts.before.at(-1)) === 'kit';
  if ((isNoName(named) && !isSpeaker(parts?.before ?? named)) || (fold(first) === 'the' && !isKit)) return null;

  if (parts === null) return readUnparted(named);
  const { subject, isGuessed } = readSubject(parts.before);
  const app = readName(parts.after);
  if (subject === null) return missing;
  // "Salesforce for adele@contoso.com": the same words in the other order.
  const turned = parts.separator === 'for' && parts.after.length === 1 ? addressIn(parts.after[0]) : null;
  if (turned !== null && addressIn(parts.before[0]) === null)
    return isKit ? command(turned, subject) : nearly(turned, subject);
  return app === null || isGuessed ? nearly(subject, app) : command(subject, app);
}

/** The words after "why is" and the like; null where they are about something else. */
export function readCheckQuestion(words: readonly Word[]): Reading | null {
  const named = withoutLeading(words, new Set([...LEADING, 'the']));
  const end = named.findIndex((word) => isSmallSeparator(word) || FILLING.has(fold(word)));
  if (end <= 0 || end > MOST_WORDS || isNoName(named)) return null;
  const { subject } = readSubject(named.slice(0, end));
  const rest = named.slice(end);
  const start = rest.findIndex((word) => word.quoted || !(SEPARATORS.has(fold(word)) || FILLING.has(fold(word))));
  const app = start < 0 ? [] : withoutTrailing(rest.slice(start), AFTERTHOUGHTS);
  const between = start < 0 ? rest : rest.slice(0, start);
  if (subject === null || isNoName(app) || app.length > MOST_WORDS) return null;
  // "why is adele not provisioned" needs no app; "why is the sky not blue" names none.
  const isWhole = between.some((word) => (app.length === 0 ? ARRIVED.has(fold(word)) : SEPARATORS.has(fold(word))));
  return isWhole ? nearly(subject, readName(app)) : null;
}

/** A person in an app, in a line that began as one about an app: "status of adele in Salesforce". */
export function readPersonInApp(words: readonly Word[]): Reading | null {
  const parts = isLoose(words) && words.some((word) => IN.has(fold(word))) ? split(words) : null;
  const subject = readName(parts?.before ?? []);
  const app = readName(parts?.after ?? []);
  return subject === null || app === null ? null : nearly(subject, app);
}

export function writeCheck({ subject, app }: CheckCommand): string {
  return `check ${writeCheckName(subject)}${app === null ? '' : ` in ${writeApps(app, writeCheckName)}`}`;
}

function split(words: readonly Word[]): Parts | null {
  const places = words.flatMap((word, at) => (SEPARATORS.has(fold(word)) ? [at] : []));
  const inner = places.filter((at) => at > 0 && at < words.length - 1 && !startsSeparator(words, at));
  const place =
    inner.find((at) => endsWholePerson(words, at)) ??
    inner.find((at) => isSmallSeparator(words[at])) ??
    (places[0] === 0 ? 0 : inner.at(-1)) ??
    places.find((at) => at === words.length - 1);
  if (place === undefined) return null;
  const separator = fold(words[place]);
  return { separator, before: words.slice(0, startOfSeparator(words, place)), after: words.slice(place + 1) };
}

/** The `in` of `in to`. */
function startsSeparator(words: readonly Word[], at: number): boolean {
  const next = words[at + 1];
  return fold(words[at]) === 'in' && next?.text === 'to' && !next.quoted;
}

function endsWholePerson(words: readonly Word[], end: number): boolean {
  const last = words[end - 1];
  return last !== undefined && endsSubject(last) && (end === 1 || !last.quoted);
}

function isSmallSeparator(word: Word | undefined): boolean {
  return SEPARATORS.has(fold(word)) && /^\p{Ll}/u.test(word?.text ?? '');
}

/** "check adele@contoso.com Salesforce" is clear enough to be offered; "check adele" is whole. */
function readUnparted(words: readonly Word[]): Reading {
  const address = addressIn(words[0]);
  const app = readName(words.slice(1));
  if (address !== null && app !== null) return nearly(address, app);
  const { subject, isGuessed } = readSubject(words);
  if (subject === null) return missing;
  return isGuessed ? nearly(subject, null) : command(subject, null);
}

function readSubject(words: readonly Word[]): { readonly subject: string | null; readonly isGuessed: boolean } {
  const [first] = words;
  const address = words.length === 1 ? addressIn(first) : null;
  if (address !== null) return { subject: address, isGuessed: false };
  // "Adele Vance <adele@contoso.com>", as copied from mail programs.
  const addresses = words.flatMap((word) => (word.quoted ? [] : (addressIn(word) ?? [])));
  if (addresses.length === 1 && addresses[0] !== undefined) return { subject: addresses[0], isGuessed: true };
  const named = isLoose(words) ? withoutTrailing(words, KINDS) : words;
  if (named.length === words.length) return { subject: readName(words), isGuessed: false };
  return { subject: readName(withoutPossessive(named)), isGuessed: true };
}

const missing = incomplete('check', 'subject');

function command(subject: string, app: string | null): Reading<CheckCommand> {
  return { kind: 'command', command: { verb: 'check', subject, app } };
}

function nearly(subject: string, app: string | null): Reading<CheckCommand> {
  return { kind: 'nearly', command: { verb: 'check', subject, app } };
}
