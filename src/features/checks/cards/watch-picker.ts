import { markdownText } from '../../../chat/cards/safe-text.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { LONGEST_NAME } from '../../../chat/views/parts.ts';
import { chooseButton, isMore, MOST_CANDIDATES, pickerCard } from '../../../chat/views/person-picker.ts';

interface WatchPickerInput {
  /** The apps that can be watched here and are not yet, each with the line that does so. */
  readonly apps: readonly { readonly name: string; readonly line: string }[];
  readonly watchesSome: boolean;
}

/** Asks which app to watch: Usher watches one app at a time. */
export function watchPicker(words: Messages, { apps, watchesSome }: WatchPickerInput): CardMessage {
  const none = watchesSome ? 'watchPicker.noneLeft' : 'watchPicker.none';
  return pickerCard(words, {
    title: words.card('watchPicker.title'),
    intro: words.card(apps.length === 0 ? none : 'watchPicker.intro'),
    fallbackText: words.plain('watchPicker.title'),
    more: isMore(apps, false) ? words.card('watchPicker.more') : null,
    rows: apps.slice(0, MOST_CANDIDATES).map(({ name, line }) => ({
      name: markdownText(name, LONGEST_NAME),
      lines: [],
      warnings: [],
      choices: chooseButton(words, name, line),
    })),
  });
}
