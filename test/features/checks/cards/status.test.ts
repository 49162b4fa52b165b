import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import type { JobReading } from '../../../../src/chat/jobs/job-words.ts';
import { asOperator } from '../../../../src/chat/views/viewpoint.ts';
import { announcementCard } from '../../../../src/features/checks/cards/announcement-card.ts';
import { statusCard } from '../../../../src/features/checks/cards/status-card.ts';
import { statusList } from '../../../../src/features/checks/cards/status-list.ts';
import type { JobStatus } from '../../../../src/graph/job-status.ts';
import { elementsOf, NOW, openedText, words } from '../../../chat/views/drawings.ts';
import { HOUR, jobIn, MINUTE, neverRun, PORTAL, quarantined, salesforce, wellRun } from './check-drawings.ts';

const zscaler = { id: 'zscaler', name: 'Zscaler' };
const item = (name: string, status: JobReading) => ({ app: { id: name, name }, status });
const list = (...items: ReturnType<typeof item>[]) => statusList(words, { items, listComplete: true, now: NOW });
const status = (reading: JobReading, others: readonly JobStatus[] = []) =>
  statusCard(words, {
    app: salesforce,
    status: reading,
    others,
    now: NOW,
    entraPortalUrl: PORTAL,
    viewpoint: asOperator,
  });
const textOf = (reading: JobReading, others: readonly JobStatus[] = []) => openedText(status(reading, others).card);

describe('the status of an app that does not run', () => {
  it.each([
    ['failures', 'too many entries failed in its first cycle'],
    ['quarantine', 'switched it off after about four weeks in quarantine'],
  ] as const)('says that Microsoft itself has stopped it: %s', (stoppedByService, said) => {
    expect(textOf(jobIn('paused', { stoppedByService }))).toContain(said);
    expect(textOf(jobIn('paused'))).not.toContain(said);
  });

  it('says that Usher has paused it, how often it was in quarantine, and offers those who may repair it the test first', () => {
    const shown = {
      ...{ app: zscaler, others: [], now: NOW, entraPortalUrl: PORTAL, viewpoint: asOperator },
      ...{ pauses: ['Usher has paused Zscaler.'], past: [NOW - 9 * 24 * HOUR, NOW - 12 * 24 * HOUR] },
    };
    const titlesOf = (canRepair: boolean) =>
      (statusCard(words, { ...shown, status: quarantined(), canRepair }).card.actions ?? []).map(
        (action) => (action as { readonly title: string }).title,
      );

    const text = openedText(statusCard(words, { ...shown, status: quarantined() }).card);

    expect(text).toContain('Usher has paused Zscaler.');
    expect(text).toContain('It was in quarantine 2 times before in the last 30 days');
    expect(titlesOf(true).slice(0, 2)).toEqual(['Test the credentials', 'What can be done']);
    expect(titlesOf(false)).not.toContain('Test the credentials');
  });
});

describe('the list of all apps', () => {
  it('lists the worst first', () => {
    const { card } = list(
      item('Payroll', 'none'),
      item('Salesforce', jobIn('healthy')),
      item('GitHub', jobIn('running', { lastRun: { ...wellRun, ended: null } })),
      item('Box', 'unread'),
      item('Concur', neverRun),
      item('Slack', jobIn('paused')),
      item('Asana', jobIn('disabled')),
      item('ServiceNow', jobIn('failing')),
      item('Zscaler', quarantined()),
    );

    const text = cardAsText(card);
    const names = ['Zscaler', 'ServiceNow', 'Asana', 'Slack', 'Concur', 'Box', 'GitHub', 'Salesforce', 'Payroll'];
    expect(names.toSorted((one, other) => text.indexOf(one) - text.indexOf(other))).toEqual(names);
  });

  it('shows of each app its state and when it last ran', () => {
    const { card } = list(
      item('Salesforce', jobIn('healthy')),
      item('Zscaler', quarantined()),
      item('Concur', neverRun),
    );

    const text = cardAsText(card);
    expect(text).toContain(
      '✗  Zscaler  In quarantine\n   Since Feb 28, 2026, 14:03 GMT+1 (2 days ago) · Next attempt by Microsoft: Mar 3, 2026,',
    );
    expect(text).toContain('–  Concur  Not run yet\n   Has never run\n');
    expect(text).toContain('✓  Salesforce  Healthy\n   Last ran 13:40: succeeded');
  });

  it('names what is broken in the notification', () => {
    const { summary } = list(item('Salesforce', jobIn('healthy')), item('Zscaler', quarantined()));

    expect(summary).toBe('2 apps · Zscaler: In quarantine');
    expect(list(item('Salesforce', jobIn('healthy'))).summary).toBe('1 app, none with problems');
  });

  it('never says of a part that nothing in it is broken', () => {
    const items = [item('Salesforce', jobIn('healthy')), item('Box', 'unread'), item('Payroll', 'none')];

    const ofSome = statusList(words, { items, listComplete: true, now: NOW });
    const ofMore = statusList(words, { items: items.slice(0, 1), listComplete: false, now: NOW });

    expect(ofSome.summary).toMatch(/^2 of 3 apps have been checked so far;/);
    expect(cardAsText(ofSome.card)).toMatch(/^App status\n2 of 3 apps have been checked so far;/);
    expect(ofMore.summary).toMatch(/^1 of 1 or more apps have been checked so far;/);
    for (const { summary } of [ofSome, ofMore]) expect(summary).not.toContain('none with');
  });

  it('counts all that is broken, though it names only three', () => {
    const { summary } = list(...['A', 'B', 'C', 'D'].map((name) => item(name, quarantined())));

    expect(summary).toMatch(/^4 apps · A: In quarantine · B: In quarantine · C: In quarantine$/);
  });

  it('shows an app by its broken job', () => {
    const others = [{ ...quarantined(), template: 'groups' }];
    const items = [item('Box', jobIn('healthy')), { ...item('Atlassian', jobIn('healthy')), others }];

    const { card, summary } = statusList(words, { items, listComplete: true, now: NOW });

    expect(cardAsText(card)).toContain('✗  Atlassian  groups: In quarantine');
    expect(summary).toBe('2 apps · Atlassian: In quarantine');
  });

  it('opens an app from its row, and says what a click sends', () => {
    const { card } = list(item('Salesforce', jobIn('healthy')), item('Sales and Service', quarantined()));

    const rows = elementsOf(card).flatMap(({ selectAction }) => (selectAction === undefined ? [] : [selectAction]));

    expect(rows).toMatchObject([
      { tooltip: 'Sends: status "Sales and Service"', data: { verb: 'run', text: 'status "Sales and Service"' } },
      { tooltip: 'Sends: status Salesforce', data: { text: 'status Salesforce' } },
    ]);
    expect(card.actions).toMatchObject([{ title: 'Look again', data: { verb: 'choose', text: 'status' } }]);
  });

  it('says when there is nothing, or more than it shows', () => {
    const many = Array.from({ length: 40 }, (_, n) => item(`App ${n}`, jobIn('healthy')));

    expect(cardAsText(list().card)).toContain('Usher found no apps.');
    expect(cardAsText(list(...many).card)).toContain('There are more. Type “status” and the name of the app.');
  });
});

describe('the status of one app', () => {
  it("explains Zscaler's quarantine: why, since when, what is tried next and who can repair it", () => {
    const { card, summary } = statusCard(words, {
      app: zscaler,
      status: quarantined(),
      others: [],
      now: NOW,
      entraPortalUrl: PORTAL,
      viewpoint: asOperator,
    });

    const text = openedText(card);
    expect(text).toMatch(/^✗ {2}Zscaler: In quarantine – the connection fails\n/);
    expect(text).toContain('The connection to Zscaler fails.');
    expect(text).toContain('Microsoft says: Please provide a valid tenant URL and secret token');
    expect(text).toContain('In quarantine since Feb 28, 2026, 14:03 GMT+1 (2 days ago).');
    expect(text).toContain('Next attempt by Microsoft: Mar 3, 2026, 14:03 GMT+1 (in 1 day).');
    expect(text).toContain('Your own application administrator can fix this');
    expect(text).toContain('Code: SystemForCrossDomainIdentityManagementInvalidCredentials');
    expect(text).toMatch(/Failed attempts in a row 3/);
    expect(summary).toContain('Zscaler: In quarantine – the connection fails. Provisioning to Zscaler keeps failing');
    expect(card.actions).toMatchObject([
      { title: 'Look again', data: { verb: 'choose', text: 'status Zscaler' } },
      { title: 'Show details' },
      { title: 'Open in Entra', url: expect.stringContaining('ProvisioningOverview/objectId/zscaler') },
    ]);
  });

  it('shows the last run, the last good one, the next one and the counts', () => {
    const text = textOf(
      jobIn('healthy', {
        counts: [
          { type: 'User', count: 1_076 },
          { type: 'Group', count: 2 },
        ],
      }),
    );

    expect(text).toMatch(/Last run: +Last ran 13:40: succeeded, in 1 min 30 s/);
    expect(text).toMatch(/Last success: +13:40/);
    expect(text).toMatch(/Next run: +14:19/);
    expect(text).toMatch(/In the app: +User: 1,076 · Group: 2/);
    expect(text).toMatch(/In the last run: +76 in scope · 1 written\n/);
  });

  it('says of a time in the past that it is due', () => {
    const { health } = quarantined();
    const late = { ...(health.kind === 'quarantined' ? health.quarantine : null), nextAttempt: NOW - HOUR };

    expect(textOf(jobIn('healthy', { nextRun: NOW - MINUTE }))).toMatch(/Next run: +Due since 14:02/);
    const text = textOf(jobIn({ kind: 'quarantined', quarantine: late as never }));
    expect(text).toContain('Microsoft’s next attempt has been due since 13:03.');
    expect(text).not.toContain('Next attempt by Microsoft');
  });

  it('shows no date for a job that never ran', () => {
    const text = textOf(neverRun);

    expect(text).toContain('Salesforce: Not run yet');
    expect(text).toContain('it has never run, so it has not created any accounts yet');
    expect(text).not.toMatch(/failed|1970|000[01]|\bJan\b/);
  });

  it('shows a state that Microsoft has added under its own name', () => {
    const reading = jobIn(
      { kind: 'other', code: 'Dreaming' },
      { lastRun: { ...wellRun, result: { kind: 'other', code: 'Odd' } } },
    );

    expect(textOf(reading)).toContain('?  Salesforce: Unknown state: Dreaming');
    expect(textOf(reading)).toContain('ended with Odd');
  });

  it.each<[string, JobReading, string]>([
    ['has no synchronization', 'none', 'provisioning is not set up for it'],
    ['could not be read', 'unread', 'This says nothing about Salesforce.'],
    ['is paused', jobIn('paused'), 'is paused, so its regular runs do not happen'],
    ['is off', jobIn('disabled'), 'On-demand provisioning still works.'],
    ['is disabled in Entra', 'appDisabled', 'The enterprise application Salesforce is disabled in Entra ID'],
    ['runs', jobIn('running', { lastRun: { ...wellRun, ended: null } }), 'Running since 13:38'],
    [
      'had failures of single people',
      jobIn('healthy', { lastRun: { ...wellRun, result: { kind: 'entryErrors' } } }),
      'some people or groups failed',
    ],
  ])('explains an app that %s', (_, reading, said) => {
    expect(textOf(reading)).toContain(said);
  });

  it("quotes a failing run's own words", () => {
    const error = { code: 'Timeout', message: 'The app did not answer', tenantActionable: false };
    const text = textOf(jobIn('failing', { lastRun: { ...wellRun, result: { kind: 'failed' }, error } }));

    expect(text).toContain('its last run failed completely');
    expect(text).toContain('Microsoft says: The app did not answer');
    expect(text).toContain('this cannot be fixed in your organization');
    expect(text).toContain('Code: Timeout');
  });

  it('names other jobs by their connectors and states', () => {
    const others = [jobIn('healthy', { template: 'AD2AADPasswordHash' }), jobIn('paused', { template: null })];

    const text = textOf(jobIn('healthy'), others);

    expect(text).toMatch(/^✓ {2}Salesforce: Healthy/);
    expect(text).toContain('The app has 2 other synchronization jobs besides the one for people:');
    expect(text).toContain('AD2AADPasswordHash: Healthy · salesforce.5eed.job: Paused');
  });

  it('names another job in a worse state first', () => {
    const { card, summary } = status(jobIn('healthy'), [{ ...quarantined(), template: 'AD2AADPasswordHash' }]);

    const said = 'Another job of this app is in worse shape. AD2AADPasswordHash: In quarantine.';
    expect(cardAsText(card)).toMatch(new RegExp(`^✗ {2}Salesforce: Healthy – another job has a problem\\n\\n?${said}`));
    expect(summary).toContain(said);
  });
});

describe('the status of an app', () => {
  const held = () => {
    const job = quarantined();
    if (job.health.kind !== 'quarantined') throw new Error('it is in quarantine');
    const quarantine = { ...job.health.quarantine, reason: 'TooManyDeletes' };
    return { ...job, health: { kind: 'quarantined', quarantine } } as const;
  };
  const drawHeld = (reading: JobStatus, heldBack?: { readonly count: number; readonly isComplete: boolean }) =>
    cardAsText(
      statusCard(words, {
        app: salesforce,
        status: reading,
        others: [],
        now: NOW,
        entraPortalUrl: PORTAL,
        viewpoint: asOperator,
        ...(heldBack === undefined ? {} : { heldBack }),
      }).card,
    );

  it('shows without unfolding when Microsoft tries again, and about when it turns the job off', () => {
    const text = cardAsText(status(quarantined()).card);

    expect(text).toContain('Next attempt by Microsoft: Mar 3, 2026');
    expect(text).toContain('Microsoft turns provisioning off around Saturday, March 28, 2026.');
  });

  it('says how many failed and are tried again', () => {
    const lastRun = { ...wellRun, counts: { ...wellRun.counts, escrowed: 3 } };

    expect(cardAsText(status(jobIn('healthy', { lastRun })).card)).toContain(
      '3 people and groups failed in the last run and are tried again automatically.',
    );
    expect(textOf(jobIn('healthy'))).not.toContain('tried again');
  });

  it('says how many deletions are held back, and the limit, as far as these are known', () => {
    const known = drawHeld({ ...held(), deletionThreshold: 50 }, { count: 61, isComplete: false });
    const unknown = drawHeld(held());

    expect(known).toContain('at least 61 accounts would be disabled or deleted. The job’s limit is 50 in one run.');
    expect(unknown).not.toMatch(/would be disabled|limit is/);
    expect(drawHeld(held(), { count: 0, isComplete: true })).toContain('does not show whose accounts');
  });

  it('says nothing of deletions where the quarantine has another reason', () => {
    expect(drawHeld(quarantined(), { count: 61, isComplete: true })).not.toContain('61');
  });
});

describe('the announcement about a watched app', () => {
  const draw = (change: Parameters<typeof announcementCard>[1]['change'], reading: JobReading) =>
    announcementCard(words, {
      app: zscaler,
      change,
      status: reading,
      now: NOW + HOUR,
      entraPortalUrl: PORTAL,
      viewpoint: asOperator,
      watches: 'app',
    });

  it('reports a quarantine with its cause, and how to end the watch', () => {
    const { card, summary } = draw('enteredQuarantine', quarantined());

    const text = openedText(card);
    expect(text).toMatch(/^✗ {2}Zscaler is in quarantine\n\nProvisioning to Zscaler keeps failing/);
    expect(text).toContain('Microsoft says: Please provide a valid tenant URL');
    expect(text).toContain('This conversation watches Zscaler. To stop, type “unwatch Zscaler”.');
    expect(summary).toMatch(/^Zscaler is in quarantine\. Provisioning to Zscaler keeps failing/);
    expect(card.actions).toMatchObject([
      { title: 'Test the credentials', data: { verb: 'run', text: 'test Zscaler' } },
      { title: 'What can be done', data: { verb: 'run', text: 'repair Zscaler' } },
      { data: { verb: 'run', text: 'status Zscaler' } },
      { title: 'Show details' },
      { title: 'Open in Entra' },
    ]);
  });

  it.each([
    ['leftQuarantine', jobIn('healthy'), '✓  Zscaler is out of quarantine\n\nState now: Healthy.'],
    ['stopped', jobIn('paused'), '!  The synchronization of Zscaler has stopped\n\nState now: Paused.'],
    ['runsAgain', jobIn('running'), '✓  The synchronization of Zscaler is running again\n\nState now: Running now.'],
  ] as const)('reports that the app has changed: %s', (change, reading, said) => {
    expect(cardAsText(draw(change, reading).card)).toContain(said);
  });
});
