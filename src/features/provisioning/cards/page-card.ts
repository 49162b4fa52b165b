import type { SubmitButton } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { appNames } from '../../../chat/views/app-names.ts';
import { maybe, moreText, short, submitButton } from '../../../chat/views/parts.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import type { Request, Task } from '../../../requests/request.ts';
import { type AssignOffer, assignButtons } from './assignment-parts.ts';
import { calledName, inApp, type RowLimits, row, stateLine } from './people-rows.ts';

/** As many as fit on a card with the longest names. */
export const PEOPLE_PER_PAGE = 25;

export interface PageCardInput {
  readonly request: Pick<Request, 'id' | 'apps'>;
  /** Only the tasks of this page, in the order of the list. */
  readonly tasks: readonly Pick<Task, 'subject' | 'app' | 'state'>[];
  /** From 0. */
  readonly page: number;
  readonly pages: number;
  /** What a click may assign to the people of this page; missing for nothing. */
  readonly assigns?: AssignOffer | null;
}

const LEVELS: readonly RowLimits[] = [
  { rows: PEOPLE_PER_PAGE, name: 80, line: 160 },
  { rows: PEOPLE_PER_PAGE, name: 40, line: 80 },
  { rows: PEOPLE_PER_PAGE, name: 24, line: 60 },
];

/**
 * One page of all the people of a list in their current state: name, verdict, and the reason of a failure. In the
 * language of the person who turns the page.
 */
export function pageCard(words: Messages, { request, tasks, page, pages, assigns }: PageCardInput): CardMessage {
  const values = { app: appNames(words, request.apps), page: page + 1, pages };
  const isOverSeveral = request.apps.length > 1;
  const summary = words.plain('page.summary', values);
  const card = renderLargestThatFits('list', LEVELS, (limits) => {
    const rows = tasks.slice(0, limits.rows).map(({ subject, app, state }) => {
      const { tone, line } = stateLine(words, state, 'other');
      const name = calledName(words, subject, limits.name);
      return row(tone, inApp(words, name, isOverSeveral ? app.name : undefined, limits.name), line, limits);
    });
    return {
      fallbackText: summary,
      look: lookOf('neutral'),
      title: words.card('page.title', values),
      subject: maybe(pages > 1 ? words.card('page.subject', values) : null),
      bars: [],
      paragraphs: [],
      sections: [{ headings: [], rows, more: moreText(words, pages === 1 ? tasks.length - rows.length : 0) }],
      next: [],
      tickets: [],
      details: [],
      toggles: [],
      links: [],
      footer: [{ text: words.card('page.footer', { request: short(request.id, 40) }) }],
      buttons: [...assignButtons(words, request.id, assigns, page), ...pageButtons(words, request.id, page, pages)],
    };
  });
  return { card, summary };
}

function pageButtons(words: Messages, requestId: string, page: number, pages: number): SubmitButton[] {
  return [
    ...(page > 0
      ? submitButton(words, 'button.previousPage', { verb: 'page', requestId, page: page - 1, on: 'page' })
      : []),
    ...(page + 1 < pages
      ? submitButton(words, 'button.nextPage', { verb: 'page', requestId, page: page + 1, on: 'page' })
      : []),
  ];
}
