import { notKept } from './attributes.ts';

/**
 * Secrets and personal data recognized by their form, anywhere in a text. Each pattern is bounded or cannot fail once
 * it has begun, so that the time is proportional to the length of the text.
 */
interface Pattern {
  readonly looks: RegExp;
  /** The replacement; without it the whole match is removed. */
  readonly instead?: (found: string) => string;
}

const only = (isMeant: (found: string) => boolean) => (found: string) => (isMeant(found) ? notKept : found);

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A long word of letters and digits, as people do not write. An object id is not a secret. */
const looksRandom = (word: string): boolean => /\d/.test(word) && /[a-z]/i.test(word) && !guid.test(word);

/** After the name of a scheme: "Basic authentication" reveals nothing, "Basic dXNlcjpwYXNz" does. */
function isCredential(word: string, isBearer: boolean): boolean {
  if (looksRandom(word) || word.length >= 24 || /[A-Z][^A-Z]*[a-z][A-Z].*[A-Z]/.test(word)) return true;
  return isBearer && !/^(?:\p{L}{1,20}|authorization_uri=.*|error=.*|realm=.*)$/u.test(word);
}

const secretPatterns: readonly Pattern[] = [
  { looks: /-----BEGIN [A-Z0-9 ]{0,40}-----(?:(?!-----END)[\s\S])*(?:-----END [A-Z0-9 ]{0,40}-----)?/g },
  // A JSON Web Token, signed, encrypted, or cut short.
  { looks: /(?<![\w-])eyJ[\w-]{10,}(?:\.[\w-]*){0,4}/g },
  {
    looks: /\b(?:bearer|basic|negotiate|ntlm|digest|sharedaccesssignature|token)\s+["']?[\w+/=.~:-]{8,}/gi,
    instead: (found) => {
      const [, scheme = '', word = ''] = /^(\S+\s+["']?)(.*)$/s.exec(found) ?? [];
      return isCredential(word, /^bearer/i.test(scheme)) ? scheme + notKept : found;
    },
  },
  // Keys with a recognizable form: of Entra, AWS, GitHub, Slack, Google, Stripe, OpenAI and others.
  { looks: /(?<![\w~.-])[\w~.-]{3,6}[78]Q~[\w~.-]{20,}/g },
  { looks: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[a-z]-[\w-]{10,}/g },
  { looks: /\bAIza[\w-]{30,}|\b[sr]k_(?:live|test)_\w{10,}|\bsk-[\w-]{20,}|\bglpat-[\w-]{15,}/g },
  { looks: /:\/\/[^\s/?#@'"<>]{1,200}@/g, instead: () => `://${notKept}@` },
  // A long word soon after a word for a secret: "the client secret abc… has expired".
  {
    looks:
      /(?<=(?:password|passwort|passphrase|pwd|secret|token|credential|api[ _-]?key|access[ _-]?key|private[ _-]?key)s?[^\n\w]{1,4}(?:[a-z]{1,8}[ :=]{1,3}){0,3}["'“‘]?)(?<![\w+/=~-])[\w+/=~-]{16,}/gi,
    instead: only(looksRandom),
  },
  // A quoted text right after such a word.
  {
    looks:
      /(?<=(?:password|passwort|kennwort|passphrase|pwd|secret|token|api[ _-]?key|mot de passe|wachtwoord|senha|palavra-passe|contraseña|hasło|lösenord|salasana|adgangskode)(?: (?:is|was|value|of|est|ist|es|é|is|jest|är|er|on))?:? {1,3})(?:'[^'\n]{1,400}'|"[^"\n]{1,400}"|“[^”\n]{1,400}”|‘[^’\n]{1,400}’)/gi,
    instead: (found) => found.slice(0, 1) + notKept + found.slice(-1),
  },
];

const digitsOf = (text: string) => text.replace(/\D/g, '');

/** ISO 13616: the remainder of the rearranged number is 1. */
function isIban(text: string): boolean {
  const compact = text.replace(/[ -]/g, '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compact)) return false;
  let rest = 0;
  for (const sign of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** A following word in the same style is not part of the number. */
function withoutIban(found: string): string {
  const groups = found.split(/(?=[ -])/);
  for (let count = groups.length; count > 0; count -= 1) {
    if (isIban(groups.slice(0, count).join(''))) return notKept + groups.slice(count).join('');
  }
  return found;
}

/** Card numbers: the networks' prefixes and lengths, and Luhn's check digit. */
function isCard(text: string): boolean {
  const digits = digitsOf(text);
  const network =
    /^(?:4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|6(?:011|5\d\d|4[4-9]\d)\d{12}|62\d{14,17})$/;
  if (!network.test(digits)) return false;
  let sum = 0;
  for (const [at, digit] of [...digits].reverse().entries()) {
    const doubled = Number(digit) * (at % 2 === 0 ? 1 : 2);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** France: the last two digits are 97 minus the rest of the others. Corsica counts as 19 and 18. */
function isNir(text: string): boolean {
  const compact = text.replace(/[ .]/g, '').toUpperCase().replace('2A', '19').replace('2B', '18');
  if (!/^\d{15}$/.test(compact)) return false;
  return 97 - Number(BigInt(compact.slice(0, 13)) % 97n) === Number(compact.slice(13));
}

/** China: ISO 7064, MOD 11-2. */
function isChineseId(text: string): boolean {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(text[at]), 0);
  return '10X98765432'[sum % 11] === text[17]?.toUpperCase();
}

/** Brazil: two check digits. With dots it counts as one anyway. */
function isCpf(text: string): boolean {
  if (/\./.test(text)) return true;
  const digits = digitsOf(text);
  if (/^(\d)\1*$/.test(digits)) return false;
  return [9, 10].every((length) => {
    const sum = [...digits.slice(0, length)].reduce((total, digit, at) => total + Number(digit) * (length + 1 - at), 0);
    return ((sum * 10) % 11) % 10 === Number(digits[length]);
  });
}

/** Not inside an id, an address, a longer number or a file name. */
const before = '(?<![\\w@.+-])';
const after = '(?![\\w@-]|\\.\\d)';
const number = (source: string, flags = 'g') => new RegExp(`${before}(?:${source})${after}`, flags);

const date =
  '(?:\\d{1,4}[./ -]\\d{1,2}[./ -]\\d{2,4}|\\d{8}|\\d{1,2}(?:st|nd|rd|th)?[. ]{1,2}\\p{L}{3,12}\\.? \\d{2,4}|\\p{L}{3,12}\\.? \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}|\\d{4}年\\d{1,2}月\\d{1,2}日)';

const personalPatterns: readonly Pattern[] = [
  {
    looks: number('[a-z]{2}\\d{2}(?:[a-z0-9]{11,30}|(?:[ -][a-z0-9]{4}){2,7}(?:[ -][a-z0-9]{1,4})?)', 'gi'),
    instead: withoutIban,
  },
  { looks: number('\\d(?:[ -]?\\d){12,18}'), instead: only((found) => isCard(found) || isNir(found)) },
  {
    looks: number('[12][ .]?\\d{2}[ .]?\\d{2}[ .]?(?:\\d{2}|2[ab])(?:[ .]?\\d{3}){2}[ .]?\\d{2}', 'gi'),
    instead: only(isNir),
  },
  { looks: number('[1-9]\\d{5}(?:18|19|20)\\d{2}[01]\\d[0-3]\\d{4}[\\dx]', 'gi'), instead: only(isChineseId) },
  { looks: number('(?!000|666|9)\\d{3}[- ](?!00)\\d{2}[- ](?!0000)\\d{4}') },
  { looks: number('\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}|\\d{11}'), instead: only(isCpf) },
  { looks: number('(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z]{2} ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]') },
  // Italy, Mexico and Switzerland, by their unique form.
  { looks: number('[A-Z]{6}\\d{2}[A-EHLMPRST]\\d{2}[A-Z]\\d{3}[A-Z]', 'gi') },
  { looks: number('[A-Z]{4}\\d{6}[HMX][A-Z]{5}[A-Z0-9]\\d', 'gi') },
  { looks: number('756\\.\\d{4}\\.\\d{4}\\.\\d{2}') },
  // Telephone numbers with a country code.
  { looks: /(?<![\w+.:-])\+\d{1,3}[\d ()./-]{5,18}\d/g },
  // A date soon after a word for birth.
  {
    looks: new RegExp(
      `(?<=(?:birth|\\bborn|\\bd\\.?o\\.?b\\b|gebor|geburt|naissance|(?<![\\p{L}\\p{N}])n(?:é|e\u0301)e?(?![\\p{L}\\p{N}])|nascid|nascimento|nascita|\\bnat[oa] il|nacid|nacimiento|urodz|syntym|f[øo]dsel|f[öo]delse|\\bf(?:ødt|ödd)|рожд|出生)[^\\d\\n•]{0,30})${date}(?!\\d)`,
      'giu',
    ),
  },
  // A number soon after a word for private data.
  {
    looks:
      /(?<=(?:\bssn|social security|national id|national insurance|identity (?:card|number)|passport|driver.?s licen[cs]e|tax (?:id|number)|\bcpf|\bnir|\bdni|\bnif|\baadhaa?r|\bpesel|\bbsn|\bahv|\bnhs|social insurance|steuer-?id|bank account|account (?:no|number)|\bphone|\bmobile|telephone|\bfax|salary|salaire|gehalt|wage)s?[^\d\n•]{0,24})[+(]?\d[\d (),./-]{3,30}\d/gi,
  },
];

/**
 * "The value 'x' of y is too long": a value of an attribute that may be unlisted. Addresses and ids stay, as people
 * need them.
 */
const namedValue: Pattern = {
  looks: /(?<=\bvalue:? {1,2})(?:'[^'\n]{1,400}'|"[^"\n]{1,400}"|“[^”\n]{1,400}”|‘[^’\n]{1,400}’)/gi,
  instead: (found) => {
    const value = found.slice(1, -1);
    const isNeeded = /^\S+@\S+$|^(?:true|false|null|\d{1,4})$/i.test(value) || guid.test(value);
    return isNeeded ? found : found.slice(0, 1) + notKept + found.slice(-1);
  },
};

const maskBy = (patterns: readonly Pattern[], text: string): string =>
  patterns.reduce((left, { looks, instead = () => notKept }) => left.replace(looks, instead), text);

/** Removes secrets: in ids and labels too, where a number is just a number. */
export const withoutSecrets = (text: string): string => maskBy(secretPatterns, text);

/** All personal patterns are of numbers. */
export const withoutPersonalData = (text: string): string =>
  maskBy([namedValue], /\d/.test(text) ? maskBy(personalPatterns, text) : text);
