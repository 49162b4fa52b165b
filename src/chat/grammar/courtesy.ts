import { fold, phraseAt, toPhrases, trimEdges, type Word } from './tokens.ts';

const OPENINGS = toPhrases(`
  hey | hi | hello | ok | okay | so | just | there | all | everyone | team | usher | bot | please | pls | plz | kindly
  good morning | good afternoon | good evening | go ahead and | let's | can you | can u | could you | would you
  will you | can we | can i | could i | would you mind | i want to | i want you to | i need to | i need you to | i need
  we need to | i would like to | i would like you to | i'd like to | i'd like you to
`);

const CLOSINGS = toPhrases(`
  please | pls | plz | asap | for me | for us | cheers | thx | ty | thanks | thank you | thank u | many thanks
  thanks a lot | thanks so much | thanks in advance | thank you so much | thank you very much
`);

const SIGN_OFFS = toPhrases(`
  thanks | many thanks | thank you | thx | cheers | regards | best regards | kind regards | sincerely
`);

const LONGEST_CLOSING = Math.max(...CLOSINGS.map((phrase) => phrase.length));
const PUNCTUATION = '.,;:!?…。！？、';

/** Words at the end of a line that may be read as courtesy; a name with one of them must be quoted. */
export const CLOSING_WORDS: ReadonlySet<string> = new Set(CLOSINGS.flat());

/**
 * The command in a polite message: without "hey, can you please …", "… for me, thanks!", the punctuation and emoji at
 * the end, and a signature on its own line. Quoted words are never touched. Of a message of nothing but courtesy, the
 * first phrase stays.
 */
export function withoutCourtesy(words: readonly Word[]): Word[] {
  return withoutOpening(withoutClosing(withoutSignature(words)));
}

function withoutSignature(words: readonly Word[]): readonly Word[] {
  const signature = words.findIndex(
    (word, index) => index > 0 && word.startsLine && phraseAt(words, index, SIGN_OFFS) > 0,
  );
  return signature < 0 ? words : words.slice(0, signature);
}

function withoutClosing(words: readonly Word[]): Word[] {
  const kept = [...words];
  for (;;) {
    const last = kept.at(-1);
    if (last === undefined || last.quoted) return kept;
    if (kept.length > 1 && isDecoration(last)) {
      kept.pop();
      continue;
    }
    const closing = closingLength(kept);
    if (closing === 0) {
      const text = trimEdges(last.text, '', PUNCTUATION);
      if (text !== '') kept[kept.length - 1] = { ...last, text };
      return kept;
    }
    kept.length -= closing;
  }
}

function closingLength(words: readonly Word[]): number {
  for (let length = Math.min(LONGEST_CLOSING, words.length - 1); length > 0; length -= 1) {
    if (phraseAt(words, words.length - length, CLOSINGS) === length) return length;
  }
  return 0;
}

function withoutOpening(words: Word[]): Word[] {
  let start = 0;
  while (start < words.length) {
    const length = phraseAt(words, start, OPENINGS);
    const word = words[start];
    if (length > 0) start += length;
    else if (word !== undefined && isDecoration(word) && fold(word) !== '?') start += 1;
    else return words.slice(start);
  }
  return words.slice(0, Math.max(1, phraseAt(words, 0, OPENINGS)));
}

/** Punctuation or emoji alone. */
function isDecoration(word: Word): boolean {
  return !word.quoted && !/[\p{L}\p{N}]/u.test(word.text);
}
