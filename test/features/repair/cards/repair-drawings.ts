import type { CardMessage } from '../../../../src/chat/reply.ts';
import { repairCard } from '../../../../src/features/repair/cards/repair-card.ts';
import type { Repair, RepairEnd, RepairKind, RepairState } from '../../../../src/features/repair/repair.ts';
import { drawnFor, drawnWords, NOW } from '../../../chat/views/drawings.ts';

const minuteMs = 60_000;

const kinds: readonly RepairKind[] = [
  ...(['pause', 'start', 'lift', 'forgetFailures', 'startOver', 'allowDeletions', 'aroundProvisioning'] as const),
];
const ends: readonly RepairEnd[] = [
  ...(['done', 'started', 'startedAlready', 'quarantined', 'stillRunning', 'jobGone'] as const),
  ...(['rejected', 'notConfirmed', 'refused', 'unknown'] as const),
];

export interface RepairDrawing extends Partial<Omit<Repair, 'state'>> {
  readonly state: RepairState;
  readonly text?: string;
  readonly reads?: 'requester' | 'secondPerson';
}

export function drawRepair({ state, text, reads = 'requester', ...more }: RepairDrawing): CardMessage {
  const name = text ?? 'Salesforce';
  const repair: Repair = {
    id: 'R7K3MQ2X',
    kind: 'lift',
    app: { id: 'app 0', name },
    jobId: 'job 0',
    requestedBy: { id: 'alex', name: text ?? 'Alex Wilber' },
    reader: drawnFor(),
    conversation: 'alex chat',
    reason: text ?? null,
    needsSecondPerson: false,
    secondPerson: null,
    pauseUntil: NOW + 30 * minuteMs,
    requestId: null,
    state,
    tries: 0,
    createdAt: NOW - minuteMs,
    revision: 1,
    ...more,
  };
  return repairCard(drawnWords(), {
    repair,
    facts: {
      count: 12,
      lastCycleMs: 42 * minuteMs,
      quarantine: text ?? 'EncounteredQuarantineException',
      people: Array.from({ length: 8 }, () => text ?? 'Isaiah Langer'),
    },
    now: NOW,
    reads,
    asked: 2,
    lines: { start: `start ${name}`, status: `status ${name}`, test: `test ${name}`, repair: `repair ${name}` },
  });
}

/** A card of each act, each state and each end. */
export function everyRepairCardSaying(text: string): CardMessage[] {
  const since = NOW - minuteMs;
  return [
    ...kinds.flatMap((kind) => [
      drawRepair({ kind, text, state: { kind: 'held', since } }),
      drawRepair({ kind, text, state: { kind: 'held', since }, needsSecondPerson: true, reads: 'secondPerson' }),
      drawRepair({ kind, text, state: { kind: 'due', since } }),
      drawRepair({ kind, text, state: { kind: 'paused', since } }),
    ]),
    ...(['sent', 'watching', 'starting'] as const).map((kind) => drawRepair({ text, state: { kind, since } })),
    drawRepair({ text, state: { kind: 'starting', since }, tries: 3 }),
    ...ends.map((as) => {
      const why = as === 'refused' ? { word: 'credentials', code: text, message: text } : null;
      return drawRepair({ text, secondPerson: text, state: { kind: 'ended', since, as, why } });
    }),
  ];
}
