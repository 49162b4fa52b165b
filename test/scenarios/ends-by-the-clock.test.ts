import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

const minute = 60_000;
let teams: TestUsher;
let aheadMs = 0;
/** No pause is long, as the time leaps. */
const clock: Clock = {
  ...systemClock,
  now: () => systemClock.now() + aheadMs,
  monotonic: () => systemClock.monotonic() + aheadMs,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 50), signal),
};
afterEach(() => teams.close());

/** Sets the clock to this time. */
async function itIs(time: number): Promise<void> {
  aheadMs = time - systemClock.now();
  await teams.settled();
}

/** Megan asks for Diego, in this time zone; Patti approves. */
async function given(end: string, localTimezone: string): Promise<void> {
  const line = `request access for diego to ServiceNow ${end}`;
  await teams.send({ ...teams.message('megan', line), localTimezone });
  await teams.settled();
  const [, id = ''] = /Request ([0-9A-Z]{6})/.exec(teams.cardsFor('personal-megan')[0]?.text ?? '') ?? [];
  await teams.say('patti', `approve ${id}`);
  await teams.settled();
}

const readByMegan = () =>
  teams
    .cardsFor('personal-megan')
    .map(({ text }) => text)
    .join('\n');
const isAssigned = () => teams.sandbox.tenant.isAssigned(apps.serviceNow.id, people.diego.id);

describe('the end of access, where clocks change and days leap', () => {
  it.each<[string, string, string, string, string, string]>([
    // Asked for at, in this zone, with this end: it is announced, and it ends, at; and it is called.
    [
      '2026-03-28T22:00+01:00',
      'Europe/Paris',
      'for 8 hours',
      '2026-03-29T06:00+02:00',
      '2026-03-29T07:00+02:00',
      '07:00',
    ],
    [
      '2026-10-24T22:00+02:00',
      'Europe/Paris',
      'for 8 hours',
      '2026-10-25T04:00+01:00',
      '2026-10-25T05:00+01:00',
      '05:00',
    ],
    [
      '2026-03-28T12:00+01:00',
      'Europe/Paris',
      'until tomorrow',
      '',
      '2026-03-30T00:00+02:00',
      'Sunday, March 29, 2026',
    ],
    [
      '2026-04-04T22:00+11:00',
      'Australia/Lord_Howe',
      'for 8 hours',
      '2026-04-05T04:30+10:30',
      '2026-04-05T05:30+10:30',
      '05:30',
    ],
    [
      '2026-10-03T22:00+10:30',
      'Australia/Lord_Howe',
      'for 1 day',
      '',
      '2026-10-05T00:00+11:00',
      'Sunday, October 4, 2026',
    ],
    [
      '2018-11-02T12:00-03:00',
      'America/Sao_Paulo',
      'until tomorrow',
      '',
      '2018-11-04T01:00-02:00',
      'Saturday, November 3, 2018',
    ],
    [
      '2028-02-19T00:00+01:00',
      'Europe/Paris',
      'until 29 February',
      '',
      '2028-03-01T00:00+01:00',
      'Tuesday, February 29, 2028',
    ],
    [
      '2028-01-31T12:00+01:00',
      'Europe/Paris',
      'for 1 month',
      '',
      '2028-03-01T00:00+01:00',
      'Tuesday, February 29, 2028',
    ],
    [
      '2028-02-29T12:00+01:00',
      'Europe/Paris',
      'for 1 year',
      '',
      '2029-03-01T00:00+01:00',
      'Wednesday, February 28, 2029',
    ],
  ])('asked for at %s in %s: %s', async (asked, zone, end, reminded, ends, called) => {
    const start = Date.parse(asked);
    const endsAt = Date.parse(ends);
    aheadMs = start - systemClock.now();
    teams = await startTestUsher({
      environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10' },
      usherOptions: { assignmentDelaysMs: [100, 200, 400, 800], clock },
    });
    await given(end, zone);
    const card = readByMegan();
    const remindAt =
      reminded === '' ? endsAt - Math.min((endsAt - start) / 10, 14 * 24 * 60 * minute) : Date.parse(reminded);

    await itIs(remindAt - minute);
    const early = readByMegan();
    await itIs(remindAt + minute);
    const reminder = teams.lastCard('personal-megan').text;
    await itIs(endsAt - minute);
    const wasAssigned = isAssigned();
    await itIs(endsAt + minute);

    // Until it starts, a length of time is called by its name.
    expect(end.startsWith('until') ? card : reminder).toContain(called);
    expect(early).not.toContain('Access ends soon');
    expect(reminder).toContain('Access ends soon');
    expect(reminder).toContain(called);
    expect([wasAssigned, isAssigned()]).toEqual([true, false]);
    expect(readByMegan()).toContain('Access has ended');
  });
});
