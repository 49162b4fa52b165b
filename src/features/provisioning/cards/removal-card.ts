import { assertNever } from '../../../assert-never.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { plainText } from '../../../chat/cards/safe-text.ts';
import { createMessages, type Messages, type MessageValues } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { appNames, peopleNames } from '../../../chat/views/app-names.ts';
import { usersPageUrl } from '../../../chat/views/entra-link.ts';
import { entraLink, LONGEST_REASON, maybe, short, submitButton } from '../../../chat/views/parts.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import { heldForSecondPersonMs } from '../../../requests/confirmation.ts';
import { isLeftToPeople, type Request, type Task } from '../../../requests/request.ts';
import { groupsText } from './assignment-parts.ts';
import { emptyList, leftOutFolded } from './confirm-card.ts';
import { calledName, type RowLimits, row } from './people-rows.ts';
import { requestFooter } from './progress-parts.ts';

export interface RemovalCardInput {
  readonly request: Request;
  readonly now: number;
  /** Only decides which buttons are shown. */
  readonly reads: 'requester' | 'secondPerson' | 'anyone';
  /** In how many conversations approvers are asked, where a second person has to confirm. */
  readonly asked: number;
  /**
   * The apps of which several accounts are removed, with the number of deletions that their jobs allow in a cycle,
   * and the number that this would make.
   */
  readonly thresholds: readonly { readonly app: string; readonly threshold: number; readonly uses: number }[];
  /** The cloud's Entra admin center; without it there is no link. */
  readonly entraPortalUrl: string | null;
}

const LEVELS: readonly RowLimits[] = [
  { rows: 12, name: 60, line: 200 },
  { rows: 6, name: 40, line: 120 },
];

/** Asks before people are taken out of apps: what assigns each of them, what happens, what stays and what it cannot undo. */
export function removalCard(input: RemovalCardInput): CardMessage {
  const { request, now, reads, asked, thresholds, entraPortalUrl } = input;
  const words = createMessages(request.reader.locale, request.reader.timeZone);
  const { tasks, apps, removal } = request;
  const needsSecond = removal?.secondPerson === true;
  const [first] = tasks;
  const people = [...new Map(tasks.map(({ subject }) => [subject.id, subject])).values()];
  const person = peopleNames(words, people);
  const values = { person, app: appNames(words, apps), count: tasks.length, people: people.length };
  const isByHand = tasks.every(isLeftToPeople);
  const hasGroups = !isByHand && tasks.some((task) => groupsIn(task).length > 0);
  const groups = groupsText(words, [...new Set(tasks.flatMap(groupsIn))]);
  const summary = words.plain(reads === 'secondPerson' ? 'removal.secondSummary' : 'removal.summary', {
    ...values,
    requestedBy: short(request.requestedBy.name),
  });
  const reason = plainText(removal?.reason ?? '', LONGEST_REASON);
  const next = [
    ...(reads === 'secondPerson'
      ? [words.card('removal.secondAsks', { requestedBy: short(request.requestedBy.name), people: people.length })]
      : []),
    ...(reason === '' ? [] : [words.card('removal.reason', { reason })]),
    ...(needsSecond && reads !== 'secondPerson'
      ? [words.card('removal.second', { asked, until: words.moment(request.createdAt + heldForSecondPersonMs, now) })]
      : []),
    isByHand ? words.card('removal.byHand', { ...values, groups }) : words.card('removal.what', values),
    ...(hasGroups ? [words.card('removal.groupsStay', values)] : []),
    words.card('removal.after', values),
    ...(removal?.leaving === true ? [words.card('removal.leave', values)] : []),
    ...thresholds.map(({ app, threshold, uses }) =>
      words.card('removal.threshold', { app: short(app, 60), threshold, uses, over: uses > threshold ? 'yes' : 'no' }),
    ),
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
    footer: requestFooter(words, { ...request, removal: { secondPerson: needsSecond } }, now),
    links: entraLink(
      words,
      entraPortalUrl === null || first === undefined ? null : usersPageUrl(entraPortalUrl, first.app.id),
    ),
    buttons: buttonsFor(words, input, values),
  }));
  return { card, summary };
}

function buttonsFor(words: Messages, { request, reads }: RemovalCardInput, values: MessageValues) {
  const { id: requestId, removal } = request;
  const cancel = submitButton(words, 'button.cancel', { verb: 'cancel', requestId });
  switch (reads) {
    case 'secondPerson':
      return [
        ...submitButton(words, 'button.confirmRemoval', { verb: 'removeNow', requestId }, undefined, values),
        ...submitButton(words, 'button.rejectRemoval', { verb: 'keepAccess', requestId }),
      ];
    case 'requester':
      if (removal?.secondPerson === true) return cancel;
      return [
        ...submitButton(
          words,
          request.tasks.every(isLeftToPeople) ? 'button.verifyRemoval' : 'button.removeAccounts',
          { verb: 'removeNow', requestId },
          undefined,
          values,
        ),
        ...cancel,
      ];
    case 'anyone':
      return [];
    default:
      return assertNever(reads, 'reader');
  }
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
    isLeftToPeople(task)
      ? null
      : words.plain('removal.direct', {
          count: roles.length,
          roles: words.list(roles.map((role) => short(role, 60))),
        }),
    groups.length === 0
      ? null
      : words.plain(isLeftToPeople(task) ? 'removal.onlyThrough' : 'removal.through', {
          groups: groupsText(words, groups),
        }),
  ]);
  return row('neutral', name, line, limits);
}
