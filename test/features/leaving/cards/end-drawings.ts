import type { CardMessage } from '../../../../src/chat/reply.ts';
import { endNoteCard } from '../../../../src/features/leaving/cards/end-note-card.ts';
import { endsCard } from '../../../../src/features/leaving/cards/ends-card.ts';
import { problem, type RemovalProblem } from '../../../../src/features/leaving/problems.ts';
import type { Entitlement } from '../../../../src/requests/entitlement.ts';
import { drawnWords, NOW } from '../../../chat/views/drawings.ts';

const hourMs = 60 * 60_000;

/** Access of a person to an app that ends in an hour. */
export function entitlementIn(
  state: Entitlement['state'],
  text?: string,
  more: Partial<Entitlement> = {},
): Entitlement {
  return {
    taskId: 'task 0',
    requestId: 'R7K3MQ',
    subject: { id: 'isaiah', name: text ?? 'Isaiah Langer', label: text ?? 'isaiah@contoso.com' },
    app: { id: 'app 0', name: text ?? 'GitHub Enterprise' },
    endsAt: NOW + hourMs,
    isTimed: true,
    state,
    endedBy: null,
    inherits: false,
    removalId: null,
    tries: 0,
    ...more,
  };
}

const refused = { kind: 'overdue', why: 'refused.quarantined' } as const;
const byHand = { kind: 'overdue', why: 'notAssignedByUsher' } as const;

export function drawEndNote(state: Entitlement['state'], text?: string): CardMessage {
  const news = ({ active: 'reminder', ending: 'reminder', overdue: 'overdue', ended: 'verified' } as const)[state.kind];
  const why = state.kind === 'overdue' ? state.why : null;
  const endsAt = news === 'reminder' ? NOW + hourMs : NOW - 2 * hourMs;
  return endNoteCard(drawnWords('UTC'), {
    entitlement: entitlementIn(state, text, { endsAt }),
    note: { news, taskId: 'task 0', why },
    now: NOW,
    entraPortal: 'https://entra.microsoft.com',
  });
}

export function drawEnds(text?: string): CardMessage {
  const entitlements = [
    entitlementIn(refused, text, { endsAt: NOW - 2 * hourMs }),
    entitlementIn(byHand, text, { endsAt: NOW - 26 * hourMs, isTimed: false }),
    entitlementIn({ kind: 'ending' }, text, { endsAt: NOW }),
    entitlementIn({ kind: 'active' }, text, { endsAt: NOW + 200 * hourMs, isTimed: false }),
  ];
  return endsCard(drawnWords('UTC'), { entitlements, isAll: true });
}

export function everyEndCardSaying(text: string): CardMessage[] {
  const id = 'R7K3MQ';
  const answers: readonly RemovalProblem[] = [
    ...(['noEnd', 'endedAlready'] as const).map((kind) => ({ kind, id })),
    ...(['endsNow', 'endedByHand'] as const).map((kind) => ({ kind, id, count: 2 })),
    { kind: 'endNotYours' },
  ];
  return [
    ...[{ kind: 'active' } as const, refused, byHand, { kind: 'ended', as: 'verified' } as const].map((state) =>
      drawEndNote(state, text),
    ),
    drawEnds(text),
    ...[true, false].map((isAll) => endsCard(drawnWords('UTC'), { entitlements: [], isAll })),
    ...answers.map((what) => problem(drawnWords('UTC'), what)),
  ];
}
