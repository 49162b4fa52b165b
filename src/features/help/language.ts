import type { CommandOf } from '../../chat/command.ts';
import { readName, writeName } from '../../chat/grammar/names.ts';
import { joinWords, type Word } from '../../chat/grammar/tokens.ts';
import { wordSet } from '../../chat/grammar/word-lists.ts';
import { createMessages } from '../../chat/messages.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { remember } from '../../chat/responder.ts';
import { languageNamed, languageOf, localeIn } from '../../languages.ts';
import { languageCard } from './cards/language-card.ts';

/** `language`: shows the language in which Usher writes to the caller; `language french` changes it. */
async function language(parts: CommandParts, turn: Turn, { wanted }: CommandOf<'language'>): Promise<Reply> {
  const { words, caller, incoming } = turn;
  const { languages } = parts;
  const { reader } = incoming;
  const show = (told: Parameters<typeof languageCard>[1], inWords = words): Reply => ({
    kind: 'card',
    inPlace: true,
    message: languageCard(inWords, told),
  });
  if (languages.fixed !== null) return show({ kind: 'fixed' });
  const chosen = await languages.chosenBy(caller.id);
  if (wanted === null) return show({ kind: 'shown', chosen });
  const isAutomatic = AUTOMATIC.has(wanted.toLowerCase());
  const named = isAutomatic ? null : languageNamed(wanted);
  if (named === null && !isAutomatic) return show({ kind: 'unknown', typed: wanted, chosen });
  // The locale of Teams comes with the next message.
  const next = named === null ? reader : { ...reader, locale: localeIn(named, reader.locale) };
  await remember(parts, incoming.speaker, next, incoming);
  if (!(await languages.choose(caller.id, named, next))) return show({ kind: 'noChat', chosen });
  const now = named ?? languageOf(reader.locale);
  return show({ kind: 'changed', chosen: named }, createMessages(localeIn(now, next.locale), reader.timeZone));
}

/** Ends a choice. */
const AUTOMATIC = wordSet('auto automatic automatically teams default none');

function readLanguage(words: readonly Word[]) {
  const name = words.length > MOST_WORDS ? null : readName(words);
  if (words.length > 0 && name === null) return null;
  return { kind: 'command', command: { verb: 'language', wanted: name === null ? null : joinWords(words) } } as const;
}

/** "Chinese simplified", "to brazilian portuguese" */
const MOST_WORDS = 4;

declare module '../../chat/command.ts' {
  interface Commands {
    /** A language's name or tag as typed, or `automatic`; null to show the present one. */
    language: { readonly wanted: string | null };
  }
}

export const languageCommand = defineCommand({
  verb: 'language',
  read: readLanguage,
  write: ({ wanted }) => (wanted === null ? 'language' : `language ${writeName(wanted)}`),
  permission: 'self.show',
  chapter: 'about',
  examples: ['language'],
  tryIt: null,
  run: language,
});
