import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { DateTime } from 'luxon';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import type { people } from '../../src/sandbox/tenant/people.ts';
import { createLeapingClock, type LeapingClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { type Place, startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

/** Each Usher has its own, as the clock of its sandbox stays behind. */
let clock: LeapingClock;
const minuteMs = 60_000;
const channel: Place = { conversationId: 'channel-desk', kind: 'channel' };

describe.each(engines)('watching on $name', (engine) => {
  const place = useTestDatabase(engine);
  let teams: TestUsher;

  afterEach(() => teams.close());

  async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    clock = createLeapingClock();
    await place.empty();
    const { config } = place;
    const url = config.kind === 'sqlite' ? `file:${config.path}` : config.url.reveal();
    teams = await startTestUsher({
      environment: { DATABASE_URL: url, PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10', ...environment },
      usherOptions: { clock },
    });
  }

  async function says(person: keyof typeof people, line: string, where?: Place): Promise<void> {
    await teams.say(person, line, where);
    await teams.settled();
  }

  async function passes(minutes: number): Promise<void> {
    clock.leap(minutes * minuteMs);
    await teams.settled();
    await teams.settled();
  }

  const breaks = (...names: readonly (keyof typeof apps)[]) => {
    for (const name of names) teams.sandbox.tenant.changeJob(apps[name].id, { health: 'quarantined' });
  };
  const textsIn = (conversation: string) => teams.cardsFor(conversation).map(({ text }) => text);

  it('all apps tells of those that break at once by one card, and nothing after its end', async () => {
    await start();
    await says('alex', 'watch all', channel);
    const before = textsIn(channel.conversationId).length;
    breaks('salesforce', 'serviceNow');
    await passes(6);

    const news = textsIn(channel.conversationId).slice(before);
    expect(news).toHaveLength(1);
    expect(news[0]).toMatch(/^News about 2 watched apps\n/);
    expect(news[0]).toMatch(/Salesforce[\s\S]*Went into quarantine: [\s\S]*ServiceNow[\s\S]*Went into quarantine: /);

    await says('alex', 'unwatch all', channel);
    teams.sandbox.tenant.changeJob(apps.salesforce.id, { health: 'active' });
    await passes(6);
    expect(textsIn(channel.conversationId)).toHaveLength(before + 2);
  });

  it('all apps is for operators, and others choose one', async () => {
    await start();

    await says('lynne', 'watch all');
    await says('lynne', 'watches');

    expect(textsIn('personal-lynne')[0]).toContain('Only operators can watch all apps at once.');
    expect(textsIn('personal-lynne').at(-1)).toContain('No app is watched here.');
  });

  it('failures tells who failed, why and what to do first; names only where they may be read', async () => {
    await start();
    await says('alex', 'watch Salesforce failures');
    await says('alex', 'watch Salesforce failures', channel);
    await says('alex', 'provision grady to Salesforce');
    const before = [textsIn('personal-alex').length, textsIn(channel.conversationId).length];

    await passes(30);
    await passes(90);

    const told = textsIn('personal-alex').slice(before[0]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(
      /1 person could not be provisioned to Salesforce\n[\s\S]*Grady Archie[\s\S]*What to do next\n/,
    );
    const openly = textsIn(channel.conversationId).slice(before[1]);
    expect(openly).toHaveLength(1);
    expect(openly[0]).toMatch(/1 person: [\s\S]*Names are not shown in this conversation/);
    expect(openly[0]).not.toMatch(/Grady/);
  });

  it('is quiet in quiet hours, which the list shows, and told once at their end', async () => {
    await start();
    const hour = (ahead: number) =>
      DateTime.fromMillis(clock.now(), { zone: 'utc' }).plus({ hours: ahead }).toFormat('H:00');
    await says('alex', `quiet ${hour(-1)} to ${hour(3)}`);
    await says('alex', 'watch Salesforce');
    await says('alex', 'watches');
    expect(textsIn('personal-alex').at(-1)).toContain(`Quiet hours: ${hour(-1).padStart(5, '0')} to`);
    const before = textsIn('personal-alex').length;
    breaks('salesforce');
    await passes(6);
    const quietly = textsIn('personal-alex').slice(before);

    await passes(4 * 60);
    await passes(4 * 60);

    const told = textsIn('personal-alex').slice(before);
    expect(quietly).toEqual([]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^✗ {2}Salesforce is in quarantine\n\nNoticed .*, during quiet hours\./);
  });

  it.each(['quiet 25:00 to 7:00', 'quiet 7:00 to 7:00', 'quiet 7:00', 'quiet 13pm to 7am'])(
    'asks for hours that it can read: %s',
    async (line) => {
      await start();

      await says('alex', line);

      expect(textsIn('personal-alex').at(-1)).toContain('When should it be quiet?');
    },
  );

  it.each([
    ['quiet 10pm to 7am', '22:00 to 07:00'],
    ['quiet hours 22-6', '22:00 to 06:00'],
    ['quiet from 9:30 p.m. until noon', '21:30 to 12:00'],
    ['quiet between midnight and 24:30', null],
  ])('reads the hours of %s', async (line, hours) => {
    await start();

    await says('alex', line);

    const said = hours === null ? 'When should it be quiet?' : `Quiet hours: ${hours} (`;
    expect(textsIn('personal-alex').at(-1)).toContain(said);
  });
});
