import { bareWord, notKept, passwordEnds, passwordWords, type Sensitivity, sensitivityOf } from './attributes.ts';
import { withoutPersonalData, withoutSecrets } from './patterns.ts';

/**
 * Cuts services' texts to what may be stored, logged and shown. A connector's error contains whatever the application
 * answered: the request's headers, the person's whole record. `•••` replaces what is removed; what people need stays:
 * ids, user names, error codes, sentences.
 *
 * Two rules: values after a telling key, in JSON however often escaped, in XML, in headers, URLs and plain sentences;
 * and anything that looks like a secret by itself.
 */
export function maskText(text: string, limit = longestText): string {
  const isLonger = text.length > limit + margin;
  const start = text.slice(0, limit + margin).toWellFormed();
  const masked = untilNothingChanges(start, (left) => withoutPersonalData(withoutSecrets(withoutValues(left))));
  // The end may be the first half of a secret that cannot be recognized by it.
  return cutTo(masked, isLonger ? Math.min(limit, masked.length - margin) : limit);
}

/** Text next to a secret may become recognizable once the secret is gone. */
function untilNothingChanges(text: string, mask: (text: string) => string): string {
  let [before, masked] = [text, mask(text)];
  for (let round = 1; round < mostRounds && masked !== before; round += 1) [before, masked] = [masked, mask(masked)];
  return masked;
}

/** A name or an id: secrets are removed, and numbers stay. */
export function maskLabel(text: string, limit = longestLabel): string {
  return cutTo(withoutSecrets(withoutValues(text.slice(0, limit + margin).toWellFormed(), 'secret')), limit);
}

const longestText = 4_000;
const longestLabel = 500;
const margin = 256;
const mostRounds = 6;

function cutTo(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, Math.max(0, limit - 1)).toWellFormed()}…`;
}

/**
 * What separates a key from its value: `"key": "…"` with any number of backslashes, `key=…`, `key: …`, `key => …`, the
 * same in percent encoding, and `<key>…`. French puts a space before the colon; Chinese and Japanese have wide ones.
 */
const separator =
  /\\{0,31}["'`]?(?:%22)?[ \t\u00a0\u202f]{0,4}(?:=>|->|:=|[:=：＝]|%3[ad])|<(?:[\w-]{1,40}:)?([\w.-]{1,80})(?:\s[^<>]{0,200})?>/gi;
const longestKey = 80;

/** Keys that are several words in prose. */
const twoWords =
  /(?:api|access|private|shared|account|signing|secret) key$|(?:phone|account|passport|tax|card|security|identity|insurance) number$|(?:home|postal|mailing|street|private) address$|(?:postal|zip) code$|birth date$|of birth$|(?:national|tax|citizen) id$|(?:social security|social insurance|bank account|nhs)(?: (?:no|number))?$|mot de passe$|palavra passe$|parola d['’]ordine$|clave de acceso$|mật khẩu$|كلمة (?:المرور|السر)$|codice fiscale$|code postal$|c[oó]digo postal$|(?:date|lieu) de naissance$|(?:fecha|lugar) de nacimiento$|data (?:de nascimento|di nascita|urodzenia)$/i;

/**
 * Error codes end in these too: `InvalidAuthenticationToken: …` describes a problem with a token, and is not the token.
 */
const errorCode =
  /^(?:invalid|expired|missing|wrong|bad|unknown|unsupported|unauthorized|no|malformed|revoked|compact)/i;
const secretEnd = new RegExp(
  `(?:passw(?:or[dt])?|password|passphrase|passcode|pwd|secret|token|(?:api|access|private|account|shared|signing|secret|subscription)key|authorization|cookie|assertion|signature|(?:${passwordWords})\\p{L}{0,3}|${passwordEnds}|^pin|^otp|^cvv|^pass)s?$`,
  'u',
);

function withoutValues(text: string, alone?: 'secret'): string {
  let masked = '';
  let done = 0;
  separator.lastIndex = 0;
  for (let found = separator.exec(text); found !== null; found = separator.exec(text)) {
    if (found.index < done) continue;
    const key =
      found[1] === undefined ? keyBefore(text, found.index, found[0]) : { name: found[1], form: 'xml' as const };
    const sensitivity = key === null ? null : weigh(key);
    if (key === null || sensitivity === null || (alone !== undefined && sensitivity !== alone)) continue;
    const at = found.index + found[0].length;
    const value = valueAt(text, at, key, sensitivity);
    masked += text.slice(done, value.from) + (value.from === value.to ? '' : notKept);
    done = value.to;
    separator.lastIndex = Math.max(value.to, at);
  }
  return masked + text.slice(done);
}

interface Key {
  readonly name: string;
  /** The notation, which tells where the value ends: quoted as in JSON, bare as in `key=`, or as in a sentence. */
  readonly form: 'quoted' | 'bare' | 'prose' | 'xml';
}

function keyBefore(text: string, at: number, sign: string): Key | null {
  const start = Math.max(0, at - longestKey);
  const line = text.slice(start, at);
  if (/^\\*["'`]|%22/.test(sign)) {
    const [, name] = /(?:["'`]|%22)([^"'`%]{1,80})$/.exec(line) ?? /([\p{L}\p{N}_$.-]{1,80})$/u.exec(line) ?? [];
    return name === undefined ? null : { name, form: 'quoted' };
  }
  const [, name = ''] = /([\p{L}\p{N}_$.-]{1,80})$/u.exec(line) ?? [];
  if (name === '') return null;
  const isProse =
    /^[ \t\u00a0\u202f]*[:：]$/.test(sign) && /^\s/.test(text.slice(at + sign.length, at + sign.length + 1));
  return { name: twoWords.exec(line)?.[0] ?? name, form: isProse ? 'prose' : 'bare' };
}

function weigh({ name, form }: Key): Sensitivity {
  const sensitivity = sensitivityOf(name);
  if (sensitivity !== 'secret' || form !== 'prose') return sensitivity;
  return errorCode.test(name) || !secretEnd.test(bareWord(name)) ? null : 'secret';
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Start and end of the value after a key; empty where there is nothing to hide. */
function valueAt(text: string, at: number, { name, form }: Key, sensitivity: 'secret' | 'personal'): Span {
  const from = at + lengthOf(/[ \t\r\n]{0,200}/y, text, at);
  // Already masked.
  if (text.startsWith(notKept, from) && !/[\p{L}\p{N}]/u.test(text[from + notKept.length] ?? ''))
    return { from, to: from };
  if (form === 'xml') return { from, to: indexOrEnd(text, '<', from) };
  const slashes = lengthOf(/\\*/y, text, from);
  const quote = text[from + slashes];
  if (quote === '"' || quote === "'" || quote === '`') return quoted(text, from + slashes + 1, quote, slashes);
  if (text.startsWith('%22', from)) return { from: from + 3, to: indexOrEnd(text, '%22', from + 3) };
  if (quote === '[' || quote === '{') return { from, to: endOfNested(text, from) };
  if (/(?:true|false|null|none|undefined)\b/iy.test(text.slice(from, from + 12))) return { from, to: from };
  // A header's value goes to the end of its line: `Authorization: Digest username="…", response="…"`.
  if (/authorization$|cookie$/i.test(name) && form !== 'quoted')
    return { from, to: from + lengthOf(/[^\r\n"\\]*/y, text, from) };
  // An address or a date contains spaces and commas; it ends at the next key or part.
  const extent = sensitivity === 'personal' ? /(?:[^\s;"}\]&|]|[ \t](?![\w.-]{1,40}=))*/y : /[^\s,;&"'}\])<>|]*/y;
  return { from, to: from + lengthOf(extent, text, from) };
}

/** Up to the quote with as many escapes as the first, or to the end of a text that was cut off. */
function quoted(text: string, from: number, quote: string, slashes: number): Span {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    let escapes = 0;
    while (at - escapes > from && text[at - escapes - 1] === '\\') escapes += 1;
    if (escapes < slashes || escapes % (2 * (slashes + 1)) === slashes) return { from, to: at - slashes };
  }
  return { from, to: text.length };
}

/** Up to the bracket that closes the first one. Brackets inside strings count too, which only hides more. */
function endOfNested(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function lengthOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

function indexOrEnd(text: string, sign: string, from: number): number {
  const at = text.indexOf(sign, from);
  return at === -1 ? text.length : at;
}
