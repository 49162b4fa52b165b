import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { noticeCard } from '../../../chat/views/notice.ts';
import { type SayButton, short } from '../../../chat/views/parts.ts';
import type { Tone } from '../../../chat/views/tone.ts';
import { type Language, languages, ownNameOf } from '../../../languages.ts';

/** What is said of the reader's language. `chosen`: the choice that counts now; null for the language of Teams. */
export type LanguageNews =
  /** The configuration fixes one for all. */
  | { readonly kind: 'fixed' }
  | { readonly kind: 'shown' | 'changed' | 'noChat'; readonly chosen: Language | null }
  | { readonly kind: 'unknown'; readonly typed: string; readonly chosen: Language | null };

const TONES: Readonly<Record<LanguageNews['kind'], Tone>> = {
  fixed: 'neutral',
  shown: 'neutral',
  changed: 'good',
  noChat: 'warning',
  unknown: 'warning',
};

/** The present language, and a button for each other one. */
export function languageCard(words: Messages, news: LanguageNews): CardMessage {
  const values = {
    language: ownNameOf(words.language),
    typed: news.kind === 'unknown' ? short(news.typed) : '',
    source: news.kind !== 'fixed' && news.chosen === null ? 'teams' : 'own',
  };
  const [title, text] = [`language.${news.kind}.title`, `language.${news.kind}.text`] as const;
  return noticeCard(words, {
    tone: TONES[news.kind],
    title: words.card(title, values),
    paragraphs: [words.card(text, values)],
    summary: words.sentences([words.sentence(words.plain(title, values)), words.plain(text, values)]),
    buttons: news.kind === 'fixed' || news.kind === 'noChat' ? [] : buttonsFor(words, news.chosen),
  });
}

function buttonsFor(words: Messages, chosen: Language | null): SayButton[] {
  const button = (text: string, named: string): SayButton => ({ label: 'line', verb: 'choose', text, named });
  const others = languages.filter((language) => language !== words.language);
  return [
    ...others.map((language) => button(`language ${language}`, titleOf(language))),
    ...(chosen === null ? [] : [button('language automatic', words.plain('language.ofTeams'))]),
  ];
}

/** `Français`: as a title its first letter is a capital. */
function titleOf(language: Language): string {
  const [first = '', ...rest] = ownNameOf(language);
  return first.toLocaleUpperCase(language) + rest.join('');
}
