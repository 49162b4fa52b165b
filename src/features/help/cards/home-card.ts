import type { HomeView } from '../../../chat/cards/card-views.ts';
import { renderCard } from '../../../chat/cards/render.ts';
import type { Messages } from '../../../chat/messages.ts';
import { HOME_ROWS, type HomePart, type HomeSection } from '../../../chat/registry/define-command.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import type { CommandHelp } from '../../../chat/views/help-card.ts';
import { firstName, lineButton, listAsText, maybe, submitButton } from '../../../chat/views/parts.ts';
import { startButtons } from '../start-buttons.ts';

export interface HomeCardInput {
  /** The caller's. */
  readonly name: string;
  /** A part that was not read is null. */
  readonly sections: readonly { readonly section: HomeSection; readonly part: HomePart | null }[];
  readonly commands: readonly CommandHelp[];
}

/** A caller's own matters: what waits, what they asked for, what is broken. */
export function homeCard(words: Messages, { name, sections, commands }: HomeCardInput): CardMessage {
  const title = { name: firstName(name) };
  const summary = words.plain('home.summary', { count: sections.reduce((all, { part }) => all + countOf(part), 0) });
  const lines = sections.map(({ section, part }) =>
    part === null
      ? words.plain('home.lineUnread', { heading: words.plain(section.heading) })
      : words.plain('home.line', { heading: words.plain(section.heading), count: countOf(part) }),
  );
  const card = renderCard('home', {
    fallbackText: listAsText(summary, lines),
    title: words.card('home.title', title),
    sections: sections.map(({ section, part }) => sectionView(words, section, part)),
    buttons: [...startButtons(words, commands, 'home'), ...lineButton(words, 'button.help', 'help')],
  });
  return { card, summary };
}

const countOf = (part: HomePart | null): number => (part === null ? 0 : part.rows.length + part.beyond);

function sectionView(
  words: Messages,
  { heading, all }: HomeSection,
  part: HomePart | null,
): HomeView['sections'][number] {
  if (part === null) {
    const notes = [{ text: words.card('home.unread') }];
    return { heading: words.card(heading), notes, rows: [], more: lineButton(words, 'button.tryAgain', all) };
  }
  return {
    heading: words.card(heading),
    notes: maybe(part.note),
    rows: part.rows.slice(0, HOME_ROWS).map(({ name, line, opens, tooltip }) => ({
      name,
      line: maybe(line),
      opens: submitButton(words, 'button.open', { verb: 'run', text: opens }, tooltip),
    })),
    more: part.beyond > 0 || part.isMore ? moreButton(words, part, all) : [],
  };
}

function moreButton(words: Messages, { beyond, isMore }: HomePart, all: string) {
  const tooltip = words.plain('button.runs', { line: words.line(all) });
  const values = { count: beyond, isMore: isMore ? 'yes' : 'no' };
  return submitButton(words, 'home.more', { verb: 'run', text: all }, tooltip, values);
}
