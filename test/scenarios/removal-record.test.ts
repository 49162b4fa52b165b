import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { AuditLine } from '../../src/features/checks/history/audit-lines.ts';
import { runHistory } from '../../src/print-history.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { createLeapingClock } from '../support/clock.ts';
import { engineStartMs, engines, useTestDatabase } from '../support/databases.ts';
import { startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(60_000);

type Name = keyof typeof people;
type Line = Pick<AuditLine, 'kind' | 'actorId' | 'actorName' | 'reason' | 'details'>;

const clock = createLeapingClock();
const hour = 60 * 60_000;

describe.each(engines)('what is kept of access that is taken away, on $name', (engine) => {
  const place = useTestDatabase(engine);
  let teams: TestUsher;
  let address: string;
  afterEach(async () => {
    await teams.close();
    await place.empty();
  }, engineStartMs);

  async function start(options: TestUsherOptions = {}): Promise<void> {
    const { config } = place;
    address = config.kind === 'sqlite' ? `file:${config.path}` : config.url.reveal();
    teams = await startTestUsher({
      environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10', DATABASE_URL: address },
      usherOptions: { assignmentDelaysMs: [100, 200, 400, 800], clock },
      ...options,
    });
  }
  async function says(person: Name, line: string): Promise<void> {
    await teams.say(person, line);
    await teams.settled();
  }
  async function presses(person: Name, title: string): Promise<void> {
    await teams.press(person, last(person), title);
    await teams.settled();
  }
  async function passes(hours: number): Promise<void> {
    clock.leap(hours * hour);
    await teams.settled();
  }
  const last = (person: Name) => teams.lastCard(`personal-${person}`);
  const idIn = (shown: string) => /Request ([0-9A-Z]{6})/.exec(shown)?.[1] ?? '';
  async function historyOf(person: Name): Promise<string> {
    await says('alex', `history ${person}`);
    return last('alex').text;
  }
  /** As `npm run history` prints it. */
  async function exported(): Promise<readonly Line[]> {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const environment = { ...sandboxEnvironment(teams.sandbox.url), DATABASE_URL: address };
    const [code, printed] = await Promise.all([
      runHistory(['--format', 'json'], { out, err, environment }).finally(() => out.end()),
      text(out),
    ]);
    if (code !== 0) throw new Error(`the history ended with ${code}`);
    return JSON.parse(printed) as readonly Line[];
  }
  /** Megan asks for Diego, whom an approval assigns to ServiceNow; Patti approves. */
  async function given(end: string): Promise<string> {
    await says('megan', `request access for diego to ServiceNow ${end}`);
    const id = idIn(
      teams
        .cardsFor('personal-megan')
        .map((card) => card.text)
        .join('\n'),
    );
    await says('patti', `approve ${id}`);
    return id;
  }

  it('says of a removal who asked, why, who confirmed, what was deleted, and what proves it', async () => {
    await start();

    await says('alex', 'remove adele from Salesforce INC0012345 because she left us');
    const asked = last('alex').text;
    await presses('alex', 'Remove from Salesforce');
    const history = await historyOf('adele');
    const record = await exported();

    expect(asked).toContain('Reason: she left us');
    expect(history).toMatch(/Remove Adele Vance from Salesforce.*\nRemoved.*\n.*Requested by Alex Wilber/);
    expect(history).toMatch(/Confirmed by Alex Wilber · Ticket INC0012345\nReason: she left us/);
    const kinds = record.filter(({ kind }) => ['asked', 'confirmed', 'unassigned', 'finished'].includes(kind));
    expect(kinds.map(({ kind, actorName }) => [kind, actorName])).toEqual([
      ['asked', 'Alex Wilber'],
      ['confirmed', 'Alex Wilber'],
      ['unassigned', null],
      ['unassigned', null],
      ['finished', 'Alex Wilber'],
    ]);
    expect(kinds[0]).toMatchObject({
      reason: 'she left us',
      details: { purpose: 'removal', ticket: 'INC0012345' },
    });
    expect(kinds[0]?.details).not.toHaveProperty('reason');
    expect(kinds[2]?.details).toMatchObject({ step: 'begun', roles: ['Standard User'], subject: people.adele.id });
    expect(kinds[2]?.details.assignments).toHaveLength(1);
    expect(kinds[4]?.details).toMatchObject({ outcome: 'removed', verified: true, how: 'disabled' });
    expect(kinds[4]?.details.graphRequestId).toBeTruthy();
  });

  it('says of people who leave who the second person was, also where that person has asked for nothing', async () => {
    await start();
    await says('patti', 'hello');
    await says('alex', 'offboard adele because she left us');
    const cards = [last('alex').text, last('patti').text];
    await presses('patti', 'Confirm removal');
    await says('alex', 'offboard diego, reason: he left us');
    await presses('patti', 'Reject');

    const histories = [await historyOf('adele'), await historyOf('diego')];
    const record = await exported();

    for (const shown of cards) expect(shown).toContain('Reason: she left us');
    expect(histories[0]).toMatch(/Confirmed by Patti Fernandez\nReason: she left us/);
    expect(histories[1]).toMatch(/Canceled\n.*Rejected by Patti Fernandez\nReason: he left us/);
    expect(
      record
        .filter(({ kind }) => kind === 'confirmed' || kind === 'cancelled')
        .map(({ kind, actorId, actorName, details }) => [kind, actorId, actorName, details.as]),
    ).toEqual([
      ['confirmed', people.patti.id, 'Patti Fernandez', 'secondPerson'],
      ['cancelled', people.patti.id, 'Patti Fernandez', 'secondPerson'],
    ]);
    expect(record.filter(({ details }) => details.purpose === 'offboarding')).toHaveLength(2);
  });

  it('says of a removal that no answer proves that it is not verified, and why', async () => {
    const tenant = createTenant({});
    tenant.changeJob(apps.salesforce.id, { removal: 'skips' });
    await start({ sandboxOptions: { tenant } });
    await says('alex', 'remove adele from Salesforce');
    await presses('alex', 'Remove from Salesforce');

    const history = await historyOf('adele');
    const finished = (await exported()).filter(({ kind }) => kind === 'finished');

    expect(history).toContain('Not removed');
    expect(finished.map(({ details }) => details)).toEqual([
      expect.objectContaining({ outcome: 'notRemoved', verified: false, why: expect.any(String) }),
    ]);
  });

  it('says of an end when it was, that no person asked for it, and that it is proven', async () => {
    await start();
    const id = await given('for 8 hours');
    const before = await historyOf('diego');
    await passes(9);

    const history = await historyOf('diego');
    const record = await exported();

    expect(before).toMatch(/Ends \w{3} \d/);
    expect(history).toMatch(/Remove Diego Siciliani from ServiceNow.*\nRemoved.*\nEnd of request [0-9A-Z]{6}, /);
    expect(history).toMatch(/Approved by Patti Fernandez\nAccess ended: .*confirmed it\./);
    const removal = record.find(({ details }) => details.purpose === 'end');
    expect([removal?.kind, removal?.actorId]).toEqual(['asked', '']);
    const steps = record.filter(({ kind }) => kind === 'accessEnd').map(({ details }) => details.step);
    expect(steps).toEqual(['begun', 'verified']);
    await says('megan', `show ${id}`);
    expect(last('megan').text).toContain('Access ended');
  });

  it('says who ended access early', async () => {
    await start();
    const id = await given('for 8 hours');

    await says('megan', `end ${id} now`);
    await passes(0.1);
    const history = await historyOf('diego');
    const record = await exported();

    expect(history).toMatch(/Request [0-9A-Z]{6} ended early by Megan Bowen, /);
    expect(history).toContain('Access ended early, by Megan Bowen: ');
    const steps = record.filter(({ kind }) => kind === 'accessEnd');
    expect(steps.map(({ actorName, details }) => [details.step, actorName])).toEqual([
      ['endedEarly', 'Megan Bowen'],
      ['begun', null],
      ['verified', null],
    ]);
  });

  it('says that access was extended, by which request, and who says that it was taken away by hand', async () => {
    await start();
    const id = await given('for 8 hours');
    await says('alex', `extend ${id} for 20 hours`);
    const extended = await historyOf('diego');
    teams.sandbox.tenant.changeJob(apps.serviceNow.id, { health: 'quarantined' });
    await passes(21);
    const overdue = await historyOf('diego');
    await says('alex', `done by hand ${await laterId()}`);

    const history = await historyOf('diego');
    const record = await exported();

    expect(extended).toContain('A later request extended this access.');
    expect(overdue).toMatch(/Was due to end .*quarantine/);
    expect(history).toContain('Alex Wilber says that it was removed by hand.');
    const steps = record.filter(({ kind }) => kind === 'accessEnd');
    expect(steps.map(({ actorName, details }) => [details.step, actorName])).toEqual([
      ['extended', null],
      ['begun', null],
      ['overdue', null],
      ['byHand', 'Alex Wilber'],
    ]);
    expect(steps[0]?.details.by).toBe(await laterId());
  });

  /** Of the request that extends. */
  async function laterId(): Promise<string> {
    const line = (await exported()).findLast(({ kind, details }) => kind === 'asked' && details.purpose === undefined);
    return (line as AuditLine | undefined)?.requestId ?? '';
  }
});
