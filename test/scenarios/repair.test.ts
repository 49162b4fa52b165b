import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { createLeapingClock } from '../support/clock.ts';
import { startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(60_000);

const clock = createLeapingClock();
const minute = 60_000;

let teams: TestUsher;
afterEach(() => teams.close());

async function start({ environment = {}, ...more }: TestUsherOptions = {}): Promise<void> {
  teams = await startTestUsher({
    environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10', ...environment },
    usherOptions: { clock },
    sandboxOptions: { clock },
    ...more,
  });
}

async function says(person: keyof typeof people, line: string): Promise<void> {
  await teams.say(person, line);
  await teams.settled();
}

/** In steps, as cycles end and are looked at. */
async function passes(minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 1) {
    clock.leap(minute);
    await teams.settled();
  }
}

const last = (person: string) => teams.lastCard(`personal-${person}`);
const job = (app: keyof typeof apps) => teams.sandbox.tenant.application(apps[app].id)?.job?.health;
const clicks = async (person: keyof typeof people, title: string) => {
  await teams.press(person, last(person), title);
  await teams.settled();
};

describe('repair from chat', () => {
  it.each([
    ['English', ['30 minutes', '2 hours', '8 hours']],
    ['Chinese', ['30 分钟', '2 小时', '8 小时']],
  ])('offers lengths of a pause in %s', async (language, lengths) => {
    await start();
    await says('alex', `language ${language}`);

    await says('alex', 'pause Salesforce');
    const titles = last('alex').buttons.map(({ title }) => title);
    await clicks('alex', lengths[0] ?? '');

    expect(titles).toEqual(lengths);
    expect(job('salesforce')).toBe('paused');
  });

  it('pauses a job for a time, says so, and starts it again by itself', async () => {
    await start();

    await says('alex', 'pause Salesforce for 30 minutes because of maintenance');
    const paused = [job('salesforce'), last('alex').text];
    await says('alex', 'pause Salesforce for 2 hours');
    const twice = last('alex').text;
    await passes(31);

    expect(paused[0]).toBe('paused');
    expect(paused[1]).toContain('Salesforce is paused until');
    expect(paused[1]).toContain('Reason: maintenance');
    expect(twice).toContain('Salesforce is already paused');
    expect(job('salesforce')).toBe('active');
    expect(
      teams
        .cardsFor('personal-alex')
        .map(({ text }) => text)
        .join('\n'),
    ).toContain('Salesforce is running again');
  });

  it('starts it before its time, by the button', async () => {
    await start();
    await says('alex', 'pause Salesforce for 30 minutes');

    await clicks('alex', 'Start now');

    expect(job('salesforce')).toBe('active');
    expect(last('alex').text).toContain('Salesforce is running again');
  });

  it('lifts a quarantine once the credentials are good again, by buttons alone', async () => {
    await start();
    await says('alex', 'repair Zscaler');
    await clicks('alex', 'Test the credentials');
    const failed = last('alex').text;
    await says('alex', 'lift the quarantine of Zscaler');
    await clicks('alex', 'Lift the quarantine');
    const refused = last('alex').text;
    teams.sandbox.tenant.changeJob(apps.zscaler.id, { credentials: 'working', cycleMs: 2 * minute });

    await clicks('alex', 'Test the credentials');
    await clicks('alex', 'What can be done');
    await clicks('alex', 'Lift the quarantine');
    await clicks('alex', 'Lift the quarantine');
    const watched = last('alex').text;
    await passes(5);

    expect(failed).toContain('Zscaler: the test failed');
    expect(refused).toContain('The test of the saved credentials failed, so nothing was sent.');
    expect(watched).toContain('Lifting the quarantine of Zscaler');
    expect(last('alex').text).toContain('Zscaler is out of quarantine');
    expect(job('zscaler')).toBe('active');
  });

  it.each([404, 405] as const)('says so where a cloud answers %d to a call that it lacks', async (status) => {
    await start();
    teams.sandbox.tenant.changeJob(apps.zscaler.id, { credentials: 'working' });
    teams.sandbox.tenant.guess({ lacking: { pause: status, start: status } });

    await says('alex', 'pause Salesforce for 30 minutes');
    const paused = last('alex').text;
    await says('alex', 'lift the quarantine of Zscaler');
    await clicks('alex', 'Lift the quarantine');
    const lifted = last('alex').text;
    await says('alex', 'provision nestor to Salesforce');

    expect(paused).toContain('Not done: Pause Salesforce');
    expect(paused).toContain(
      'This cloud does not offer the call, so nothing was done. Do it in the Entra admin center.',
    );
    expect(lifted).toContain('Not done: Lift the quarantine of Zscaler');
    expect(lifted).toContain('This cloud does not offer the call');
    expect([job('salesforce'), job('zscaler')]).toEqual(['active', 'quarantined']);
    expect(last('alex').text).toContain('Nestor Wilke');
  });

  it.each([404, 405] as const)('says so where a cloud answers %d to the test of credentials', async (status) => {
    await start();
    teams.sandbox.tenant.guess({ lacking: { validateCredentials: status } });

    await says('alex', 'test Zscaler');

    expect(last('alex').text).toContain('Zscaler: no test in this cloud');
    expect(last('alex').text).toContain('Test the connection on the provisioning page of the Entra admin center.');
  });

  it('starts a job over only once a second person, an approver, has confirmed it', async () => {
    await start();
    await says('patti', 'whoami');
    await says('alex', 'start over Salesforce because the mapping has changed');
    const asked = last('alex');

    await clicks('patti', 'Confirm');
    await passes(10);

    expect(asked.buttons.map(({ title }) => title)).toEqual(['Cancel']);
    expect(asked.text).toContain('An approver has to confirm this');
    expect(
      teams
        .cardsFor('personal-alex')
        .map(({ text }) => text)
        .join('\n'),
    ).toContain('Salesforce was started over');
    const steps = (await teams.records()).filter(({ kind }) => kind === 'repair').toReversed();
    expect(steps.map(({ actorId, details }) => [actorId === people.patti.id, details.step])).toEqual([
      [false, 'asked'],
      [true, 'confirmed'],
      [false, 'sent'],
      [false, 'watching'],
      [false, 'done'],
    ]);
  });

  it('starts nothing over on the word of the person who asked for it, though they are an approver', async () => {
    // Alex is one.
    await start();
    await says('alex', 'start over Salesforce');
    const { id, buttons } = last('alex');
    const cancel = buttons.find(({ title }) => title === 'Cancel')?.data as { readonly requestId: string };
    const before = teams.sandbox.requests.length;

    await teams.click('alex', id, { verb: 'repairNow', requestId: cancel.requestId });
    await teams.settled();

    expect(last('alex').text).toContain('You cannot confirm this');
    expect(teams.sandbox.requests.slice(before).filter(({ path }) => /\/(?:start|restart)$/.test(path))).toEqual([]);
  });

  it('provisions to a connector that must be stopped for it: pause, wait, provision, start, in one act', async () => {
    await start();
    await says('alex', 'provision adele to Slack');
    await clicks('alex', 'Pause, provision, start');
    await clicks('alex', 'Pause, provision, start');
    await passes(5);

    expect(last('alex').text).toContain('Adele Vance');
    expect(teams.sandbox.tenant.account(apps.slackGrid.id, people.adele.id)?.active).toBe(true);
    expect(job('slackGrid')).toBe('active');
  });

  it.each([['users adele, diego to Slack'], ['group Sales Team to Slack'], ['adele to Slack until friday']])(
    'leads to a pause of an hour, which one act does not do: %s',
    async (what) => {
      await start();
      await says('alex', `pause and provision ${what}`);
      const first = last('alex').text;

      await clicks('alex', 'pause Slack Grid for 1 hour');
      const paused = job('slackGrid');
      await says('alex', `provision ${what}`);
      const provisioned = last('alex').text;
      await passes(62);

      expect(first).toContain('Pause the job first: Usher starts it again when the pause ends.');
      expect(provisioned).not.toContain('must be stopped first');
      expect([paused, job('slackGrid')]).toEqual(['paused', 'active']);
    },
  );

  it('offers several people whom a line names as a list', async () => {
    await start();

    await says('alex', 'pause and provision adele, diego to Slack');

    expect(last('alex').text).toContain('provision users adele, diego to Slack');
  });

  async function startWithTerms(terms: object): Promise<void> {
    const file = join(mkdtempSync(join(tmpdir(), 'usher-terms-')), 'apps.json');
    writeFileSync(file, JSON.stringify([{ app: 'Slack Grid', ...terms }]));
    await start({ environment: { APPS_FILE: file } });
  }

  it('provisions in one act only where the app asks for no ticket', async () => {
    await startWithTerms({ ticket: 'required' });

    await says('alex', 'pause and provision adele to Slack');

    expect(last('alex').text).toContain('Pause the job first');
    expect(job('slackGrid')).toBe('active');
  });

  it('gives access in one act for no longer than the app allows', async () => {
    await startWithTerms({ longest: '8h' });
    await says('alex', 'pause and provision adele to Slack');
    await clicks('alex', 'Pause, provision, start');
    await passes(5);

    await says('alex', 'ends');

    expect(last('alex').text).toContain('Adele Vance');
    expect(last('alex').text).toContain('Slack Grid');
  });

  it('provisions on demand whom the log names as failed, as no call of Graph’s tries only those again', async () => {
    await start();

    await says('alex', 'retry the failures of Salesforce');
    const failed = last('alex').text;
    await says('alex', 'retry the failures of ServiceNow');

    expect(failed).toContain('Grady Archie in Salesforce');
    expect(failed).toContain('Requested by Alex Wilber');
    expect(last('alex').text).toContain('The log names no failures of ServiceNow');
  });

  it('sends nothing to a job that holds deletions back but what allows them, with a second person', async () => {
    await start();
    await says('patti', 'whoami');
    teams.sandbox.tenant.changeJob(apps.salesforce.id, { health: 'quarantined', quarantineReason: 'TooManyDeletes' });

    for (const line of ['start', 'pause', 'lift', 'start over', 'forget the failures of'])
      await says('alex', `${line} Salesforce${line === 'pause' ? ' for 30 minutes' : ''}`);
    const refused = teams.cardsFor('personal-alex').map(({ text }) => text);
    await says('alex', 'allow the deletions of Salesforce');

    expect(refused.filter((text) => text.includes('is holding deletions back'))).toHaveLength(5);
    expect(last('alex').text).toContain('An approver has to confirm this');
    expect(job('salesforce')).toBe('quarantined');
  });
});
