import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import { startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { startConnector } from '../../src/sandbox/teams/connector.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import type { people } from '../../src/sandbox/tenant/people.ts';
import type { Tenant } from '../../src/sandbox/tenant/tenant.ts';
import { type ShownCard, startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

/** An Usher in which Alex and Lynne remove people, Alex and Patti approve, and Johanna looks on. */
export let teams: TestUsher;
afterEach(() => teams.close());

export type Name = keyof typeof people;

/** Hours pass at once; it goes ahead alone, over all tests of a file. */
let aheadMs = 0;
const clock: Clock = {
  ...systemClock,
  now: () => systemClock.now() + aheadMs,
  monotonic: () => systemClock.monotonic() + aheadMs,
};

export function passes(hours: number): void {
  aheadMs += hours * 60 * 60_000;
}

export async function start({ environment = {}, ...more }: TestUsherOptions = {}): Promise<void> {
  teams = await startTestUsher({
    environment: {
      PROVISION_WINDOW_MS: '100',
      PROVISION_GUARD_MS: '10',
      OPERATORS: `${groups.helpdesk.id},${groups.onCall.id}`,
      VIEWERS: groups.peopleManagers.id,
      ...environment,
    },
    usherOptions: { assignmentDelaysMs: [100, 200, 400, 800], clock },
    ...more,
  });
}

/** What one Usher leaves to the next: pass `shared` to both. */
export async function createLasting(tenant?: Tenant) {
  const folder = mkdtempSync(join(tmpdir(), 'usher-removal-'));
  const sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, ...(tenant === undefined ? {} : { tenant }) });
  const connector = await startConnector();
  return {
    shared: { databasePath: join(folder, 'usher.db'), connector, sandbox },
    async end(): Promise<void> {
      await Promise.all([connector.close(), sandbox.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}

export async function says(person: Name, line: string): Promise<void> {
  await teams.say(person, line);
  await teams.settled();
}

export async function presses(person: Name, title: string, card = cardOf(person)): Promise<void> {
  await teams.press(person, card, title);
  await teams.settled();
}

export const cardOf = (person: Name): ShownCard => teams.lastCard(`personal-${person}`);
export const titlesOf = ({ buttons }: ShownCard): readonly string[] => buttons.map(({ title }) => title);
export const idOf = ({ text }: ShownCard): string => /Request ([A-Z0-9]{6})/.exec(text)?.[1] ?? '';

/** How many assignments Usher has deleted, and how many calls it has made to provision. */
export const done = (): readonly [number, number] => [deletions(), teams.sandbox.stats().calls];
export const deletions = (): number => teams.sandbox.requests.filter(({ method }) => method === 'DELETE').length;

/**
 * These people try to confirm a removal that is not theirs to confirm, in two rounds: by each button that there is, or
 * that a client may forge. Returns how many tries that were.
 */
export async function tryAll(who: readonly Name[], card: ShownCard): Promise<number> {
  const requestId = idOf(card);
  const clicks = [
    { verb: 'removeNow', requestId },
    { verb: 'keepAccess', requestId },
    { verb: 'confirm', requestId },
    { verb: 'approve', requestId },
    { verb: 'retry', requestId },
    { verb: 'assign', requestId },
    { verb: 'deny', requestId, reason: '' },
    { verb: 'removeNow', requestId, secondPerson: true },
    { verb: 'run', text: `approve ${requestId}` },
    { verb: 'run', text: `retry ${requestId}` },
    { verb: 'removeNow', requestId: requestId.toLowerCase() },
  ];
  const tries = [...who, ...who].flatMap((name) => clicks.map((click) => ({ name, click })));
  for (const { name, click } of tries) {
    await teams.click(name, card.id, click, { conversationId: `personal-${name}`, kind: 'personal' });
    await teams.settled();
  }
  return tries.length;
}
