import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FailuresDetails } from '../../../../src/features/checks/watching/announcement-details.ts';
import { LOG_LAG_MS } from '../../../../src/features/checks/watching/failures.ts';
import { setQuietHours } from '../../../../src/features/checks/watching/set-quiet.ts';
import { addWatch, removeWatch } from '../../../../src/features/checks/watching/watches.ts';
import type { LogRead } from '../../../../src/graph/provisioning-log.ts';
import { emptyReport } from '../../../chat/views/drawings.ts';
import { engines } from '../../../support/databases.ts';
import { entryOf } from '../cards/check-drawings.ts';
import { alex, everyMs, useWatchers, watch } from './support.ts';

const minuteMs = 60_000;

describe.each(engines)('watched failures on $name', (engine) => {
  const watchers = useWatchers(engine);
  const { clock, parts, takeDue } = watchers;
  /** When the log says that which person failed. */
  let failed: { readonly at: number; readonly person: string }[];
  let answer: LogRead | null;
  let reads: number;

  beforeEach(() => {
    failed = [];
    answer = null;
    reads = 0;
  });

  async function readFailures(_appId: string, after: number, until: number): Promise<LogRead> {
    reads += 1;
    if (answer !== null) return answer;
    const entries = failed
      .filter(({ at }) => at > after && at <= until)
      .toSorted((one, other) => other.at - one.at)
      .map(({ at, person }) => entryOf(conflict, { id: `${person} ${at}`, objectIds: [person], at }));
    return { kind: 'read', entries, complete: true };
  }

  const start = () => watchers.start({ readFailures });

  const failures = { kind: 'failures', app: { id: 'salesforce', name: 'Salesforce' } } as const;
  async function add(): Promise<void> {
    await addWatch(parts(), { ...watch('desk'), watched: failures });
    await clock().advance(1);
  }
  const failsNow = (...people: readonly string[]) => {
    for (const person of people) failed.push({ at: clock().now(), person });
  };

  async function pass(minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes; passed += 5) {
      await watchers.pass(everyMs);
    }
  }

  /** Every card in the outbox: the people, and how often each failed. */
  const owed = async () =>
    (await takeDue()).map(({ details }) => {
      const { people, count } = JSON.parse(details ?? '') as FailuresDetails;
      return `${count}: ${people.map(({ objectIds, times }) => `${objectIds[0]} ${times}`).join(', ')}`;
    });

  it('are told by one card, a person once, by one of two replicas', async () => {
    failsNow('before');
    await clock().advance(1);
    await add();
    start();
    start();
    await pass(10);
    failsNow('isaiah', 'grady');
    await clock().advance(minuteMs);
    failsNow('isaiah');
    await pass(30);

    expect(await owed()).toEqual(['2: isaiah 2, grady 1']);
  });

  it('are told once an hour at most, and each once', async () => {
    await add();
    start();
    await pass(5);
    failsNow('isaiah');
    await pass(30);
    const first = await owed();
    failsNow('grady');
    await pass(40);
    const tooSoon = await owed();
    await pass(40);
    const second = await owed();
    await pass(180);

    expect([first, tooSoon, second, await owed()]).toEqual([['1: isaiah 1'], [], ['1: grady 1'], []]);
  });

  it('are told also where the log has them late', async () => {
    await add();
    start();
    await clock().advance(3 * minuteMs);
    const at = clock().now();
    await pass(10);
    await clock().advance(LOG_LAG_MS - 12 * minuteMs);
    failed.push({ at, person: 'isaiah' });
    await pass(60);

    expect(await owed()).toEqual(['1: isaiah 1']);
  });

  it('wait for the end of quiet hours, and are then on one card', async () => {
    await add();
    await setQuietHours(parts(), 'desk', { begins: 0, ends: 20 * 60, timeZone: 'UTC' }, alex);
    start();
    failsNow('isaiah');
    await pass(5 * 60);
    failsNow('grady');
    await pass(5 * 60);
    const [before, readBefore] = [await owed(), reads];
    await pass(90);

    expect([before, readBefore]).toEqual([[], 0]);
    expect(await owed()).toEqual(['2: grady 1, isaiah 1']);
  });

  it('are told once the log can be read again', async () => {
    await add();
    start();
    failsNow('isaiah');
    answer = { kind: 'unread', why: 'throttled' };
    await pass(60);
    const meanwhile = await owed();
    answer = null;
    await pass(60);

    expect([meanwhile, await owed()]).toEqual([[], ['1: isaiah 1']]);
  });

  it('name no more people than fit on a card, and count the rest', async () => {
    await add();
    start();
    failsNow(...Array.from({ length: 40 }, (_, index) => `person${index}`));
    await pass(60);
    const [message] = await takeDue();

    const details = JSON.parse(message?.details ?? '') as FailuresDetails;
    expect([details.count, details.people.length]).toEqual([40, 15]);
  });

  it('are not read any more once no conversation watches them', async () => {
    await add();
    start();
    await pass(5);
    await removeWatch(parts(), 'desk', failures, alex);
    reads = 0;
    await pass(120);

    expect(reads).toBe(0);
  });
});

const conflict = {
  kind: 'failed',
  code: 'DuplicateTargetEntries',
  reason: null,
  recommendedAction: null,
  report: emptyReport,
} as const;
