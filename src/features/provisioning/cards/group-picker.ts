import type { Text } from '../../../chat/cards/card-views.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { LONGEST_NAME, maybe, maybeQuoted, short } from '../../../chat/views/parts.ts';
import { chooseButton, isMore, MOST_CANDIDATES, type Picking, pickerCard } from '../../../chat/views/person-picker.ts';
import type { GroupKind } from '../../../graph/groups.ts';

export interface GroupCandidate {
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  /** Distinguishes it from groups of the same name, if there are any. */
  readonly details?: GroupDetails;
}

export interface GroupDetails {
  readonly mail: string | null;
  readonly kind: GroupKind;
  readonly isDynamic: boolean;
  /** Direct members; this and the date are null when Graph does not tell. */
  readonly members: number | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number | null;
}

/** Several groups match what was typed. */
export function groupPicker(
  words: Messages,
  { typed, candidates, more, choose }: Picking<GroupCandidate>,
): CardMessage {
  return pickerCard(words, {
    title: words.card('picker.group.title', { typed: short(typed) }),
    intro: words.card('picker.group.intro'),
    fallbackText: words.plain('picker.group.summary', { typed: short(typed) }),
    more: isMore(candidates, more) ? words.card('picker.group.more') : null,
    rows: candidates.slice(0, MOST_CANDIDATES).map((group) => ({
      name: markdownText(group.name, LONGEST_NAME),
      lines: [...maybeQuoted(group.description ?? null, 120), ...detailLines(words, group)],
      warnings: [],
      choices: chooseButton(words, group.name, choose(group.id)),
      ...(group.details === undefined ? {} : { typed: words.remarked(group.name, group.id) }),
    })),
  });
}

function detailLines(words: Messages, { id, details }: GroupCandidate): Text[] {
  if (details === undefined) return [];
  const { mail, kind, isDynamic, members, createdAt } = details;
  return [
    ...maybe(words.card('picker.group.kind', { kind, dynamic: isDynamic ? 'yes' : 'no' })),
    ...maybeQuoted(mail, 120),
    ...maybe(members === null ? null : words.card('picker.group.count', { count: members })),
    ...maybe(createdAt === null ? null : words.card('picker.created', { day: words.day(createdAt, 'UTC') })),
    ...maybe(words.card('picker.group.id', { id })),
  ];
}
