import { decodeHTMLStrict } from 'entities';
import { withoutHidden } from '../masking/hidden.ts';
import { fieldsOf, listOf } from './wire.ts';

/**
 * The text of a Teams message as the person meant it. Teams wraps mentions in `<at>` tags, turns addresses into links,
 * encodes characters as entities, and phones add no-break spaces and direction marks; none of that is part of a
 * command. The result is plain text: no tags, no entities, lines separated by `\n`. It is not escaped, so callers that
 * show it escape it.
 *
 * One pass over the tags, then a fixed number of passes over the characters. Each regular expression stops at the
 * character that could start its next match, so no input makes it backtrack: the time is linear. `entities` comes over
 * the wire and may be anything.
 */
export interface MarkedText {
  readonly text?: unknown;
  readonly entities?: unknown;
  /** `activity.recipient.id`. */
  readonly botId: string;
  /** `activity.recipient.name`; finds mentions of the bot that have no entity. */
  readonly botName?: string | undefined;
}

export interface CleanText {
  readonly text: string;
  /** The other people mentioned in the text: each `name` exactly as it appears there. Each once. */
  readonly mentions: readonly Mention[];
}

export interface Mention {
  /** Teams' id of the person, `29:…`. */
  readonly id: string;
  readonly name: string;
}

export function cleanText({ text, entities, botId, botName }: MarkedText): CleanText {
  if (typeof text !== 'string') return { text: '', mentions: [] };
  const directory = readMentions(entities, botId, botName);
  let marked = withoutQuotations(text);
  for (const spelling of directory.botSpellings) marked = marked.replaceAll(spelling, ' ');
  const { text: unmarked, mentions } = withoutTags(marked, directory);
  return { text: tidyCharacters(unmarked.replace(MARKDOWN_LINK, '$1')), mentions };
}

const TAG = /<([^<>]*)>/g;
const HTML_TAG = /^\/?([a-z][a-z0-9-]*)(?:[\s/]|$)/i;
const BLOCKS: ReadonlySet<string> = new Set(
  'address article blockquote div dl dd dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr ul'.split(' '),
);
/** Only links that a client makes by itself, from a typed address or host name. */
const MARKDOWN_LINK = /\[([^[\]\n]*)\]\((?:mailto:|https?:\/\/)[^\s()[\]]*\)/gi;

const QUOTATION = /<(\/?)blockquote(?:\s[^<>]*)?>/gi;

/** The message without what it quotes, which another person wrote. One that only quotes keeps that, marked by a `>`. */
function withoutQuotations(marked: string): string {
  const own: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: tag, 1: closing, index } of marked.matchAll(QUOTATION)) {
    if (depth === 0) own.push(marked.slice(from, index));
    depth = closing === '' ? depth + 1 : Math.max(0, depth - 1);
    from = index + tag.length;
  }
  if (from === 0) return marked;
  if (depth === 0) own.push(marked.slice(from));
  const said = own.join('<br>');
  return decodeHTMLStrict(said.replace(TAG, '')).trim() === '' ? `&gt; ${marked}` : said;
}

/** Collects the text between the tags; a mention is held back until its closing tag, when its name is known. */
function withoutTags(marked: string, directory: MentionDirectory): { text: string; mentions: Mention[] } {
  const pieces: string[] = [];
  const mentions: Mention[] = [];
  let lineIsBlank = true;
  let mentionStart: number | null = null;
  /** The index of the last mention, while only white space has followed it. */
  let lastMention: number | null = null;

  /** How many cells the row has so far; null outside a row. */
  let cells: number | null = null;
  let isInCell = false;
  /** Whether the tag belongs to a table: its rows become lines, and its cells are parted by tabs. */
  const isOfTable = (kind: TagKind): boolean => {
    if (kind === 'row') {
      if (!(pieces.at(-1) ?? '\n').endsWith('\n')) add('\n');
      cells = 0;
    } else if (cells === null) return false;
    else if (kind === 'cell') {
      if (cells > 0) add('\t');
      cells += 1;
      isInCell = true;
    } else if (kind === 'rowEnd') {
      add('\n');
      cells = null;
      isInCell = false;
    } else if (kind === 'cellEnd') isInCell = false;
    else if (isInCell && (kind === 'block' || kind === 'break')) add(' ');
    else return false;
    return true;
  };

  const add = (piece: string): void => {
    const lastLine = piece.slice(piece.lastIndexOf('\n') + 1);
    lineIsBlank = (lineIsBlank || piece.includes('\n')) && lastLine.trim() === '';
    if (mentionStart === null && piece.trim() !== '') lastMention = null;
    if (piece !== '') pieces.push(piece);
  };
  const endMention = (start: number): void => {
    const name = toName(pieces.splice(start).join(''));
    const before = lastMention;
    mentionStart = null;
    const id = directory.take(name);
    add(id === BOT ? ' ' : name);
    if (id === BOT || id === null || name === '') return;

    const previous = mentions.at(-1);
    if (before !== null && previous?.id === id && previous.name !== name) {
      // Teams may split one person's name into a mention for each word.
      const whole = `${previous.name} ${name}`;
      mentions[mentions.length - 1] = { id, name: whole };
      pieces.splice(before, pieces.length, whole);
    } else {
      mentions.push({ id, name });
    }
    lastMention = pieces.length - 1;
  };

  let from = 0;
  for (const tag of marked.matchAll(TAG)) {
    const content = tag[1] ?? '';
    const kind = kindOf(content);
    if (kind === 'text') continue;
    const text = decodeHTMLStrict(marked.slice(from, tag.index));
    // A cell is one line, and white space between cells is layout.
    const between = cells === null ? text : isInCell ? text.replace(/[\n\t]+/g, ' ') : text.trim();
    // White space between tags at the start of a line is the layout of the HTML, not of the message.
    if (!lineIsBlank || between.trim() !== '') add(between);
    from = tag.index + tag[0].length;
    if (isOfTable(kind)) continue;
    if (kind === 'mentionStart') {
      if (mentionStart !== null) lastMention = null;
      mentionStart = pieces.length;
    } else if (kind === 'mentionEnd') {
      if (mentionStart !== null) endMention(mentionStart);
    } else if (kind === 'address') {
      const address = decodeHTMLStrict(content.trim().replace(/^mailto:/i, ''));
      // `adele@contoso.com<mailto:adele@contoso.com>` is how Outlook copies a link.
      if (!pieces.at(-1)?.endsWith(address)) add(address);
      // The end of a row, or a cell that stands in none, is a block as well.
    } else if (kind === 'break' || (kind !== 'other' && !lineIsBlank)) {
      add('\n');
    }
  }
  add(decodeHTMLStrict(marked.slice(from)));
  return { text: pieces.join(''), mentions: once(mentions) };
}

function once(mentions: readonly Mention[]): Mention[] {
  return [...new Map(mentions.map((mention) => [`${mention.id}\n${mention.name}`, mention])).values()];
}

type TagKind =
  | 'mentionStart'
  | 'mentionEnd'
  | 'row'
  | 'rowEnd'
  | 'cell'
  | 'cellEnd'
  | 'break'
  | 'block'
  | 'address'
  | 'other'
  | 'text';

function kindOf(content: string): TagKind {
  const name = HTML_TAG.exec(content)?.[1]?.toLowerCase();
  if (name === 'at') return content.startsWith('/') ? 'mentionEnd' : 'mentionStart';
  if (name === 'tr') return content.startsWith('/') ? 'rowEnd' : 'row';
  if (name === 'td' || name === 'th') return content.startsWith('/') ? 'cellEnd' : 'cell';
  if (name === 'br') return 'break';
  if (name !== undefined) return BLOCKS.has(name) ? 'block' : 'other';
  if (/^[!?]/.test(content) || /^\/?[a-z]+:[a-z]+(?:[\s/]|$)/i.test(content)) return 'other';
  // `<adele@contoso.com>`, `<https://contoso.com>`
  return /^\s*[^\s@:/]*[@:][^\s]+\s*$/.test(content) ? 'address' : 'text';
}

const BOT = Symbol('the bot itself');

interface MentionDirectory {
  /** The owner of a mention's name: an id, the bot, or null when no entity names it. */
  take(name: string): string | typeof BOT | null;
  /** Mentions of the bot without a tag, such as `@Usher`. */
  readonly botSpellings: readonly string[];
}

/** Several people may share a name. The entities are in the order of the text, so each mention takes the next one. */
function readMentions(entities: unknown, botId: string, botName: string | undefined): MentionDirectory {
  const owners = new Map<string, { ids: (string | typeof BOT)[]; next: number }>();
  const botNames = new Set<string>(botName === undefined ? [] : [keyOf(botName)]);
  const botSpellings = new Set<string>();
  for (const entity of listOf(entities)) {
    const { type, mentioned, text } = fieldsOf(entity);
    const { id, name } = fieldsOf(mentioned);
    if (type !== 'mention') continue;
    if (typeof id !== 'string' || id === '') continue;

    const isBot = id === botId;
    if (isBot && typeof name === 'string') botNames.add(keyOf(name));
    if (isBot && typeof text === 'string' && /^@[^\s<]/.test(text)) botSpellings.add(text);
    const shown = typeof text === 'string' ? toName(decodeHTMLStrict(text.replace(TAG, ''))) : '';
    const key = keyOf(shown !== '' || typeof name !== 'string' ? shown : toName(name));
    if (isBot) botNames.add(key);
    const owner = owners.get(key) ?? { ids: [], next: 0 };
    owner.ids.push(isBot ? BOT : id);
    owners.set(key, owner);
  }
  botNames.delete('');

  return {
    take: (name) => {
      const key = keyOf(name);
      const owner = owners.get(key);
      // Once a name's entities are used up, a name of the bot means the bot.
      if (owner === undefined || owner.next >= owner.ids.length) {
        return botNames.has(key) ? BOT : (owner?.ids.at(-1) ?? null);
      }
      owner.next += 1;
      return owner.ids[owner.next - 1] ?? null;
    },
    // Five at most: each costs a pass over the text.
    botSpellings: [...botSpellings].slice(0, 5),
  };
}

function keyOf(name: string): string {
  return toName(name).toLowerCase();
}

function toName(text: string): string {
  return tidyCharacters(text).replaceAll('\n', ' ');
}

/**
 * The text without invisible characters: control characters, direction marks, odd spaces, misplaced joiners. Lines are
 * separated by `\n`, cells of a pasted table by `\t`; runs of spaces become one, ends are trimmed. Linear in the
 * length, and never throws.
 *
 * Composes characters (NFC) and replaces only the forms that stand for plain letters: full-width, ligatures,
 * mathematical alphabets. NFKC as a whole would also change names that a directory keeps, e.g. `Contoso™` or `m²`.
 */
export function tidyCharacters(text: string): string {
  return (
    withoutHidden(text)
      // A lone surrogate would make `encodeURIComponent` throw much later.
      .toWellFormed()
      .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
      .replace(/[\v\f\p{Zs}]/gu, ' ')
      .replace(/(?![\n\t])\p{Cc}/gu, '')
      // Sorting an endless run of combining marks takes quadratic time; no letter has more than a few.
      .replace(/(\p{M}{8})\p{M}+/gu, '$1')
      .normalize('NFC')
      .replace(/[\ufb00-\ufb06\uff01-\uffee\u{1d400}-\u{1d7ff}]+/gu, (forms) => forms.normalize('NFKC'))
      .normalize('NFC')
      .replace(/ +/g, ' ')
      .replace(/ ?\t ?/g, '\t')
      // A tab at the beginning of a line stands behind an empty cell.
      .replace(/[ \t]?\n ?/g, '\n')
      .trim()
  );
}
