import { markdownText } from '../cards/safe-text.ts';
import type { CardMessage } from '../reply.ts';
import type { Words } from '../words.ts';
import { LONGEST_NAME, maybeQuoted, short } from './parts.ts';
import { chooseButton, isMore, MOST_CANDIDATES, type Picking, pickerCard } from './person-picker.ts';

export interface GroupCandidate {
  readonly id: string;
  readonly name: string;
  /** What tells groups of one name apart, e.g. the mail address. */
  readonly description?: string | null;
}

/** Several groups fit what was typed. */
export function groupPicker(words: Words, { typed, candidates, more, choose }: Picking<GroupCandidate>): CardMessage {
  return pickerCard(words, {
    title: words.card('picker.group.title', { typed: short(typed) }),
    intro: words.card('picker.group.intro'),
    fallbackText: words.plain('picker.group.summary', { typed: short(typed) }),
    more: isMore(candidates, more) ? words.card('picker.group.more') : null,
    rows: candidates.slice(0, MOST_CANDIDATES).map(({ id, name, description }) => ({
      name: markdownText(name, LONGEST_NAME),
      lines: maybeQuoted(description ?? null, 120),
      warnings: [],
      choices: chooseButton(words, name, choose(id)),
    })),
  });
}
