import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import { startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { startConnector } from '../../src/sandbox/teams/connector.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type ShownCard, startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(120_000);

type Name = keyof typeof people;

let teams: TestUsher;
let aheadMs = 0;
afterEach(() => teams.close());

const clock: Clock = {
  ...systemClock,
  now: () => systemClock.now() + aheadMs,
  monotonic: () => systemClock.monotonic() + aheadMs,
};

/** Alex and Lynne remove people, Alex and Patti approve, Johanna looks on. */
async function start(setting: string, { environment = {}, ...more }: TestUsherOptions = {}): Promise<void> {
  teams = await startTestUsher({
    environment: {
      PROVISION_WINDOW_MS: '100',
      PROVISION_GUARD_MS: '10',
      REMOVAL_SECOND_PERSON: setting,
      OPERATORS: `${groups.helpdesk.id},${groups.onCall.id}`,
      VIEWERS: groups.peopleManagers.id,
      ...environment,
    },
    usherOptions: { assignmentDelaysMs: [100, 200, 400, 800], clock },
    ...more,
  });
}

async function says(person: Name, line: string): Promise<void> {
  await teams.say(person, line);
  await teams.settled();
}

const cardOf = (person: Name): ShownCard => teams.lastCard(`personal-${person}`);
const idOf = (card: ShownCard) => /Request ([A-Z0-9]{6})/.exec(card.text)?.[1] ?? '';
const deletions = () => teams.sandbox.requests.filter(({ method }) => method === 'DELETE').length;
const done = () => [deletions(), teams.sandbox.stats().calls];
const personal = (name: Name) => ({ conversationId: `personal-${name}`, kind: 'personal' }) as const;

describe.each([
  ['always', 'remove patti, isaiah from Salesforce and ServiceNow', 'remove adele from Salesforce', 1],
  ['from 2', 'remove patti, isaiah from Salesforce and ServiceNow', 'remove adele from Salesforce and ServiceNow', 2],
])('the second person of a removal that is wanted %s', (setting, ofApprover, ofOther, accounts) => {
  it('is not replaced in 100 of 100 tries of others, whatever they click or type', async () => {
    await start(setting);
    const who = ['alex', 'patti', 'megan', 'lynne', 'johanna'] as const;
    for (const name of who) await says(name, 'hello');
    await says('alex', ofApprover);
    const card = cardOf('alex');
    const id = idOf(card);
    const data = [
      { verb: 'removeNow', requestId: id },
      { verb: 'keepAccess', requestId: id },
      { verb: 'confirm', requestId: id },
      { verb: 'approve', requestId: id },
      { verb: 'retry', requestId: id },
      { verb: 'assign', requestId: id },
      { verb: 'removeNow', requestId: id, secondPerson: true },
      { verb: 'run', text: `approve ${id}` },
      { verb: 'run', text: `retry ${id}` },
      { verb: 'removeNow', requestId: id.toLowerCase() },
    ] as const;
    const tries = [...who, ...who].flatMap((name) => data.map((one) => [name, one] as const));

    for (const [name, one] of tries) {
      await teams.click(name, card.id, one, personal(name));
      await teams.settled();
    }

    expect(card.buttons.map(({ title }) => title)).toEqual(['Cancel']);
    expect(tries).toHaveLength(100);
    expect(done()).toEqual([0, 0]);
    expect((await teams.records()).some(({ kind }) => kind === 'confirmed')).toBe(false);
    expect((await teams.records()).some(({ details }) => details.permission === 'removal.confirm')).toBe(true);
    await says('alex', `cancel ${id}`);
    expect(cardOf('alex').text).toContain(id);
  });

  it('makes one run of fifty clicks at once, by old clients and new ones', async () => {
    await start(setting);
    await says('patti', 'hello');
    await says('alex', ofOther);
    const card = cardOf('patti');

    await Promise.all(
      Array.from({ length: 50 }, async (_, n) =>
        n % 2 === 0 ? teams.press('patti', card, 'Confirm removal') : teams.execute('patti', card, 'Confirm removal'),
      ),
    );
    await teams.settled();

    expect(deletions()).toBe(accounts);
    expect((await teams.records()).filter(({ kind }) => kind === 'confirmed')).toHaveLength(1);
    expect(cardOf('patti').text).toContain('Removed: ');
  });

  it('does not confirm by a card of theirs what takes themselves out', async () => {
    await start(setting);
    await says('patti', 'hello');
    await says('alex', ofApprover);
    const own = idOf(cardOf('alex'));
    await says('alex', ofOther);
    const card = cardOf('patti');

    await teams.click('patti', card.id, { verb: 'removeNow', requestId: own });
    await teams.settled();

    expect(card.text).toContain('Alex Wilber asks for this');
    expect(done()).toEqual([0, 0]);
    expect(cardOf('patti').text).toContain('Another person has to confirm this');
  });

  it('confirms nothing by an old card: of a removal that is over, or that has waited for too long', async () => {
    await start(setting);
    await says('patti', 'hello');
    await says('alex', ofOther);
    const card = cardOf('patti');
    await teams.press('patti', card, 'Confirm removal');
    await teams.settled();
    for (const app of [apps.salesforce, apps.serviceNow])
      teams.sandbox.tenant.assign(app.id, people.adele.id, app.appRoles[0]?.id ?? '');
    const before = done();
    await teams.press('patti', card, 'Confirm removal');
    await teams.settled();
    const after = done();
    await says('alex', ofOther);
    const late = cardOf('patti');

    aheadMs += 8 * 24 * 60 * 60_000;
    await teams.press('patti', late, 'Confirm removal');
    await teams.settled();

    expect([after, done()]).toEqual([before, before]);
    expect(late.buttons.map(({ title }) => title)).toContain('Confirm removal');
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['who has lost the role of an approver', { APPROVERS: groups.helpdesk.id }],
    ['while the person who asked has lost the role of an operator', { OPERATORS: groups.onCall.id }],
  ])('confirms nothing between card and click %s', async (_who, environment) => {
    const folder = mkdtempSync(join(tmpdir(), 'usher-second-'));
    const shared = { databasePath: join(folder, 'usher.db'), connector: await startConnector() };
    const sandbox = await startSandboxGraph({ port: 0, latencyMs: 0 });
    await start(setting, { ...shared, sandbox });
    await says('patti', 'hello');
    await says('alex', ofOther);
    await teams.close();
    await start(setting, { ...shared, sandbox, environment });

    await teams.press('patti', cardOf('patti'), 'Confirm removal');
    await teams.settled();

    expect(done()).toEqual([0, 0]);
    expect(sandbox.tenant.isAssigned(apps.salesforce.id, people.adele.id)).toBe(true);
    await Promise.all([shared.connector.close(), sandbox.close()]);
    rmSync(folder, { recursive: true });
  });
});
