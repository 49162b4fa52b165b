import type { CardMessage } from '../../../../src/chat/reply.ts';
import {
  accessReportCard,
  accessReportOnlyPersonal,
} from '../../../../src/features/checks/cards/access-report-card.ts';
import type { AccessReview } from '../../../../src/features/checks/reviewing/access-review.ts';
import type { Holder } from '../../../../src/features/checks/reviewing/holders.ts';
import { drawnWords, NOW } from '../../../chat/views/drawings.ts';

const dayMs = 24 * 60 * 60_000;
const id = '5eed0000-0000-4000-8000-000000000001';

/** A review in which each list has so many rows, and each name is this text. */
export function reviewSaying(text: string, many: number): AccessReview {
  const list = <T>(one: T): readonly T[] => Array.from({ length: many }, () => one);
  const source = { role: 'operator', setting: 'OPERATORS', id, name: text } as const;
  const builtIn = { role: 'operator', setting: 'Entra', id, name: null } as const;
  const holder = (barred: Holder['barred']): Holder => ({
    ...{ id, name: text, principalName: text, barred },
    roles: [
      {
        role: 'operator',
        through: [source, builtIn, { ...source, name: `${text} 2` }, { ...source, name: 'Helpdesk' }],
      },
      { role: 'approver', through: [{ ...source, role: 'approver', setting: 'APPROVERS', name: null }] },
    ],
  });
  const barred = [null, 'guest', 'accountDisabled', 'accountUnread'] as const;
  const decider = { id, name: text, approved: 12, denied: 1 };
  const given = { requestId: 'R7K3MQ', at: NOW - dayMs, personId: id, personName: text, appId: id, appName: text };
  return {
    at: NOW,
    since: NOW - 90 * dayMs,
    people: list(barred.map(holder)).flat(),
    unread: list({ ...source, code: `403 ${text}` }),
    empty: list(source),
    deciders: list([
      { ...decider, decidesStill: true },
      { ...decider, name: null, decidesStill: false },
      { ...decider, decidesStill: null },
    ]).flat(),
    withoutEnd: {
      given: list([
        { ...given, approvedBy: text },
        { ...given, approvedBy: null },
      ]).flat(),
      isMore: many > 1,
    },
  };
}

export function everyReportSaying(text: string): CardMessage[] {
  return [
    ...[0, 1, 200].map((many) => accessReportCard(drawnWords('UTC'), reviewSaying(text, many))),
    accessReportOnlyPersonal(drawnWords('UTC')),
  ];
}
