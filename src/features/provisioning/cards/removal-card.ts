import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { createMessages, type Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { appNames, peopleNames } from '../../../chat/views/app-names.ts';
import { usersPageUrl } from '../../../chat/views/entra-link.ts';
import { entraLink, maybe, short, submitButton } from '../../../chat/views/parts.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import type { Request, Task } from '../../../requests/request.ts';
import { emptyList, leftOutFolded } from './confirm-card.ts';
import { calledName, type RowLimits, row } from './people-rows.ts';
import { requestFooter } from './progress-parts.ts';

export interface RemovalCardInput {
  readonly request: Request;
  readonly now: number;
  /** Only decides whether the buttons are shown. */
  readonly canRetry: boolean;
  /** The cloud's Entra admin center; without it there is no link. */
  readonly entraPortalUrl: string | null;
}

const LEVELS: readonly RowLimits[] = [
  { rows: 12, name: 60, line: 200 },
  { rows: 6, name: 40, line: 120 },
];

/** Asks before people are taken out of apps: what assigns each of them, what happens, what stays and what it cannot undo. */
export function removalCard({ request, now, canRetry, entraPortalUrl }: RemovalCardInput): CardMessage {
  const words = createMessages(request.reader.locale, request.reader.timeZone);
  const { tasks, apps } = request;
  const [first] = tasks;
  const people = [...new Map(tasks.map(({ subject }) => [subject.id, subject])).values()];
  const person = peopleNames(words, people);
  const values = { person, app: appNames(words, apps), count: tasks.length, people: people.length };
  const hasGroups = tasks.some((task) => groupsIn(task).length > 0);
  const summary = words.plain('removal.summary', values);
  const next = [
    words.card('removal.what', values),
    ...(hasGroups ? [words.card('removal.groupsStay', values)] : []),
    words.card('removal.after', values),
  ];
  const card = renderLargestThatFits('list', LEVELS, (limits) => ({
    ...emptyList,
    ...leftOutFolded(words, request.leftOut, limits),
    fallbackText: summary,
    look: lookOf('warning'),
    title: words.card('removal.title', values),
    paragraphs: next.map((text) => ({ text })),
    sections: [
      {
        headings: maybe(words.card('removal.now')),
        rows: tasks.slice(0, limits.rows).map((task) => rowOf(words, task, limits)),
        more: [],
      },
      ...leftOutFolded(words, request.leftOut, limits).sections,
    ],
    footer: requestFooter(words, request, now),
    links: entraLink(
      words,
      entraPortalUrl === null || first === undefined ? null : usersPageUrl(entraPortalUrl, first.app.id),
    ),
    buttons: canRetry
      ? [
          ...submitButton(
            words,
            'button.removeAccounts',
            { verb: 'removeNow', requestId: request.id },
            undefined,
            values,
          ),
          ...submitButton(words, 'button.cancel', { verb: 'cancel', requestId: request.id }),
        ]
      : [],
  }));
  return { card, summary };
}

const groupsIn = ({ assignment }: Task) => (assignment.kind === 'unassign' ? assignment.through : []);

function rowOf(words: Messages, task: Task, limits: RowLimits) {
  const { assignment, subject, app } = task;
  const roles = assignment.kind === 'unassign' ? assignment.roles : [];
  const name = words.plain('list.nameAndLabel', {
    name: calledName(words, subject, limits.name),
    label: short(app.name, limits.name),
  });
  const groups = groupsIn(task);
  const line = words.sentences([
    words.plain('removal.direct', {
      roles: roles.length === 0 ? 'none' : words.list(roles.map((role) => short(role, 60))),
    }),
    groups.length === 0
      ? null
      : words.plain('removal.through', { groups: words.list(groups.map((group) => short(group, 60))) }),
  ]);
  return row('neutral', name, line, limits);
}
