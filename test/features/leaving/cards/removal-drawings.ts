import { createMessages } from '../../../../src/chat/messages.ts';
import type { CardMessage } from '../../../../src/chat/reply.ts';
import { cycleText, problem, type RemovalProblem } from '../../../../src/features/leaving/problems.ts';
import { type RemovalCardInput, removalCard } from '../../../../src/features/provisioning/cards/removal-card.ts';
import type { LeftOut, Removal, Request } from '../../../../src/requests/request.ts';
import { NOW, requestIn } from '../../../chat/views/drawings.ts';

const words = createMessages('en-US', 'UTC');

export interface DrawnRemoval extends Partial<Omit<RemovalCardInput, 'request' | 'now'>> {
  readonly removal?: Removal;
  /** All texts of it. */
  readonly text?: string;
  /** The names of its apps. */
  readonly apps?: readonly [string, ...string[]];
  readonly people?: number;
  readonly through?: readonly string[];
  readonly leftOut?: readonly LeftOut[];
}

/** A removal that waits for its confirmation. */
export function removalIn({ text, removal, apps, people = 1, through, leftOut = [] }: DrawnRemoval): Request {
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
          step: 'wanted' as const,
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
  const secondPerson = { secondPerson: true, leaving: true } as const;
  const leftOut = (['deletionsHeld', 'onlyThroughGroup', 'accountOff', 'removalOpen', 'notAssigned'] as const).map(
    (reason): LeftOut => ({ text, reason, suggestions: [] }),
  );
  const many = { text, apps: [text, text, text, text], people: 12, leftOut, through: [text] } as const;
  return [
    drawRemoval({ text }),
    drawRemoval({
      ...many,
      thresholds: [{ app: text, threshold: 500 }],
      entraPortalUrl: 'https://entra.microsoft.com',
    }),
    ...[0, 1, 2].map((asked) => drawRemoval({ ...many, removal: secondPerson, asked })),
    drawRemoval({ ...many, removal: secondPerson, reads: 'secondPerson', asked: 1 }),
    drawRemoval({ ...many, removal: secondPerson, reads: 'anyone', asked: 1 }),
    ...(['confirmed', 'rejected'] as const).map((how) =>
      drawRemoval({ text, removal: { ...secondPerson, decision: { how, by: text } } }),
    ),
    ...removalProblemsSaying(text).map((what) => problem(words, what)),
  ];
}

export function removalProblemsSaying(text: string): RemovalProblem[] {
  const names = { person: text, app: text };
  const cycles = [{}, { cycleMs: null }, { cycleMs: 2_400_000 }].map((job) =>
    cycleText(words, { id: '', state: { kind: 'active' }, mustStopFirst: false, ...job }),
  );
  return [
    { kind: 'removesAtOnce' },
    { kind: 'removesNotYourself' },
    { kind: 'removalNotYours' },
    { kind: 'removalExpired' },
    { kind: 'removesEntraOnly', app: text },
    { kind: 'removesTooMany', count: 51, limit: 50 },
    { kind: 'removesNoGroup', group: text },
    { kind: 'removesNothing', ...names },
    ...cycles.map((cycle) => ({ kind: 'removesByCycle', ...names, cycle }) as const),
    ...cycles.map(
      (cycle) =>
        ({
          kind: 'offboardsByCycle',
          person: text,
          cycles: words.plain('removal.cycleOf', { app: text, cycle }),
        }) as const,
    ),
    { kind: 'offboardsNothing', person: text },
    { kind: 'removesFromNothing', person: text },
    { kind: 'removesWhom' },
    { kind: 'removesWhere', person: text },
    { kind: 'approversUnread' },
    { kind: 'removesNoGroupAssignment', ...names, groups: text },
    { kind: 'removalOpen', ...names, id: 'R7K3MQ' },
  ];
}
