import type { Cycle } from '../../../../src/chat/jobs/cycles.ts';
import type { CardMessage } from '../../../../src/chat/reply.ts';
import { type ByCycle, byCycleCard } from '../../../../src/chat/views/by-cycle.ts';
import { problem, type RemovalProblem } from '../../../../src/features/leaving/problems.ts';
import { nobodyFoundCard } from '../../../../src/features/provisioning/cards/confirm-card.ts';
import { type RemovalCardInput, removalCard } from '../../../../src/features/provisioning/cards/removal-card.ts';
import type { LeftOut, Removal, Request } from '../../../../src/requests/request.ts';
import { drawnWords, NOW, requestIn } from '../../../chat/views/drawings.ts';

export interface DrawnRemoval extends Partial<Omit<RemovalCardInput, 'request' | 'now'>> {
  readonly removal?: Removal;
  /** All texts of it. */
  readonly text?: string;
  /** The names of its apps. */
  readonly apps?: readonly [string, ...string[]];
  readonly people?: number;
  readonly through?: readonly string[];
  /** People take the assignment away. */
  readonly byHand?: boolean;
  readonly leftOut?: readonly LeftOut[];
}

/** A removal that waits for its confirmation. */
export function removalIn({
  text,
  removal,
  apps,
  people = 1,
  through,
  byHand = false,
  leftOut = [],
}: DrawnRemoval): Request {
  const request = requestIn({ kind: 'held' }, text === undefined ? {} : { text });
  const [task] = request.tasks;
  if (task === undefined) throw new Error('a request has a task at least');
  const [first, ...others] = (apps ?? [text ?? 'Salesforce']).map((name, index) => ({ id: `app ${index}`, name }));
  const named = [first ?? task.app, ...others] as const;
  return {
    ...request,
    apps: named,
    removal: removal ?? { secondPerson: false },
    leftOut,
    tasks: Array.from({ length: people }, (_, person) => person).flatMap((person) =>
      named.map((app, position) => ({
        ...task,
        id: `task ${person} ${position}`,
        app,
        subject: person === 0 ? task.subject : { ...task.subject, id: `${person}`, name: text ?? `Person ${person}` },
        assignment: {
          kind: 'unassign' as const,
          only: null,
          roles: [text ?? 'User'],
          through: through ?? [],
          step: byHand ? ('byHand' as const) : ('wanted' as const),
        },
      })),
    ),
  };
}

export function drawRemoval(drawn: DrawnRemoval = {}): CardMessage {
  const { reads = 'requester', asked = 0, thresholds = [], entraPortalUrl = null } = drawn;
  return removalCard({ request: removalIn(drawn), now: NOW, reads, asked, thresholds, entraPortalUrl });
}

export function everyRemovalCardSaying(text: string): CardMessage[] {
  const secondPerson = { secondPerson: true, leaving: true, reason: text } as const;
  const leftOut = (['deletionsHeld', 'onlyThroughGroup', 'accountOff', 'removalOpen', 'notAssigned'] as const).map(
    (reason): LeftOut => ({ text, reason, suggestions: [] }),
  );
  const many = { text, apps: [text, text, text, text], people: 12, leftOut, through: [text] } as const;
  return [
    drawRemoval({ text }),
    drawRemoval({ text, through: [text], byHand: true }),
    drawRemoval({
      ...many,
      thresholds: [
        { app: text, threshold: 500, uses: 12 },
        { app: text, threshold: 1, uses: 12 },
      ],
      entraPortalUrl: 'https://entra.microsoft.com',
    }),
    ...[0, 1, 2].map((asked) => drawRemoval({ ...many, removal: secondPerson, asked })),
    drawRemoval({ ...many, removal: secondPerson, reads: 'secondPerson', asked: 1 }),
    drawRemoval({ ...many, removal: secondPerson, reads: 'anyone', asked: 1 }),
    ...(['confirmed', 'rejected'] as const).map((how) =>
      drawRemoval({ text, removal: { ...secondPerson, decision: { how, by: text } } }),
    ),
    ...removalProblemsSaying(text).map((what) => problem(drawnWords('UTC'), what)),
    ...byCycleSaying(text).map((what) => byCycleCard(drawnWords('UTC'), what)),
    nobodyFoundCard(drawnWords('UTC'), { app: '', leftOut, to: 'remove' }),
    nobodyFoundCard(drawnWords('UTC'), { app: text, leftOut, to: 'remove' }),
  ];
}

export function removalProblemsSaying(text: string): RemovalProblem[] {
  const names = { person: text, app: text };
  return [
    { kind: 'removesAtOnce' },
    { kind: 'removesNotYourself' },
    { kind: 'removalNotYours' },
    { kind: 'removalExpired' },
    { kind: 'removesEntraOnly', app: text },
    { kind: 'removesTooMany', count: 51, limit: 50 },
    { kind: 'removesNoGroup', group: text },
    { kind: 'removesNothing', ...names },
    { kind: 'offboardsNothing', person: text },
    { kind: 'removesFromNothing', person: text },
    { kind: 'removesWhom' },
    { kind: 'removesListWhere' },
    { kind: 'removesNoRows' },
    { kind: 'removesNotSetUp', app: text },
    { kind: 'removesWhere', person: text },
    { kind: 'approversUnread' },
    { kind: 'nothingToVerify', id: 'R7K3MQ' },
    ...[1, 2].map((count) => ({ kind: 'verifies', id: 'R7K3MQ', count }) as const),
    { kind: 'removalOpen', ...names, id: 'R7K3MQ' },
  ];
}

function byCycleSaying(text: string): ByCycle[] {
  const kinds = ['runs', 'never', 'quarantined', 'deletionsHeld', 'notSetUp', 'unread'] as const;
  const cycles = kinds.flatMap((kind): Cycle[] => [
    { app: text, kind, everyMs: null, nextRun: null },
    { app: text, kind, everyMs: 2_400_000, nextRun: NOW + 600_000 },
    { app: text, kind, everyMs: 2_400_000, nextRun: NOW - 600_000 },
  ]);
  const common = { person: text, named: true, done: null, buttons: [], now: NOW } as const;
  const whys: readonly ByCycle['why'][] = [
    { kind: 'disabled' },
    { kind: 'deleted', label: text, at: NOW - 86_400_000 },
    { kind: 'deleted', label: text, at: null },
  ];
  return whys.flatMap((why): ByCycle[] => [
    ...cycles.map((cycle) => ({ ...common, why, cycles: [cycle] })),
    { ...common, why, cycles },
    { ...common, why, cycles: [], named: false },
    { ...common, why, cycles: cycles.slice(0, 2), named: false },
    ...(['disabled', 'deleted'] as const).flatMap((how) =>
      [NOW, null].map((at) => ({ ...common, why, cycles: cycles.slice(0, 1), done: { how, at } })),
    ),
  ]);
}
