import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import { asOperator } from '../../../../src/chat/views/viewpoint.ts';
import { announcementCard } from '../../../../src/features/checks/cards/announcement-card.ts';
import { type FailuresCardInput, failuresCard } from '../../../../src/features/checks/cards/failures-card.ts';
import { newsCard } from '../../../../src/features/checks/cards/news-card.ts';
import { emptyReport, NOW, words } from '../../../chat/views/drawings.ts';
import { HOUR, jobIn, MINUTE, PORTAL, quarantined, salesforce } from './check-drawings.ts';

const zscaler = { id: 'zscaler', name: 'Zscaler' };

describe('the news of several apps', () => {
  const news = [
    { app: salesforce, change: 'enteredQuarantine', status: quarantined(), at: NOW - 3 * HOUR },
    { app: salesforce, change: 'leftQuarantine', status: jobIn('healthy'), at: NOW - HOUR },
    { app: zscaler, change: 'enteredQuarantine', status: quarantined(), at: NOW - 2 * HOUR },
  ] as const;

  it('have a row for each app, the worst first, with its changes and their times', () => {
    const { card, summary } = newsCard(words, { news, now: NOW });

    expect(cardAsText(card)).toContain(
      '✗  Zscaler  In quarantine\n   Went into quarantine: 12:03\n✓  Salesforce  Healthy\n   Went into quarantine: 11:03\n   Left quarantine: 13:03',
    );
    expect(summary).toBe('2 watched apps have changed · Zscaler: In quarantine · Salesforce: Healthy');
  });
});

describe('the test of a connection', () => {
  const enters = (app: { readonly id: string; readonly name: string }, status = quarantined()) =>
    ({ app, change: 'enteredQuarantine', status, at: NOW - HOUR }) as const;
  const testsOn = (...news: Parameters<typeof newsCard>[1]['news'][number][]) =>
    newsCard(words, { news, now: NOW }).card.actions;
  const heldBack = quarantined();
  if (heldBack.health.kind === 'quarantined')
    Object.assign(heldBack, {
      health: { ...heldBack.health, quarantine: { ...heldBack.health.quarantine, reason: 'TooManyDeletes' } },
    });

  it('is a button of news for each app in quarantine, by its id where two have the same name', () => {
    const healthy = { app: salesforce, change: 'leftQuarantine', status: jobIn('healthy'), at: NOW } as const;
    const twins = ['one', 'other'].map((id) => enters({ id, name: 'Box' }));

    expect(testsOn(enters(salesforce), healthy, enters(zscaler))).toMatchObject([
      { title: 'Test the credentials', data: { verb: 'run', text: 'test Zscaler' } },
    ]);
    expect(testsOn(enters(salesforce), enters(zscaler))).toMatchObject([
      { title: 'Test Salesforce', data: { text: 'test Salesforce' } },
      { title: 'Test Zscaler', data: { text: 'test Zscaler' } },
    ]);
    expect(testsOn(...twins)).toMatchObject([{ data: { text: 'test one' } }, { data: { text: 'test other' } }]);
  });

  it('is none where deletions are held back', () => {
    expect(testsOn(enters(salesforce, heldBack), enters(zscaler, heldBack))).toBeUndefined();
  });
});

describe('an announcement', () => {
  const draw = (more: { readonly seenAt?: number }) =>
    cardAsText(
      announcementCard(words, {
        ...{ app: zscaler, change: 'enteredQuarantine', status: quarantined(), now: NOW },
        ...{ entraPortalUrl: PORTAL, viewpoint: asOperator, watches: 'all', ...more },
      }).card,
    );

  it('says how to end a watch on all apps, and when it was noticed where quiet hours kept it back', () => {
    expect(draw({ seenAt: NOW - 2 * HOUR })).toContain('Noticed 12:03, during quiet hours.');
    expect(draw({})).not.toContain('Noticed');
    expect(draw({})).toContain('“unwatch all”');
  });

  it('shows when Microsoft tries again, or that this is overdue', () => {
    const overdue = { ...quarantined().health, kind: 'quarantined' } as Extract<
      ReturnType<typeof quarantined>['health'],
      { kind: 'quarantined' }
    >;
    const late = { ...overdue, quarantine: { ...overdue.quarantine, nextAttempt: NOW - MINUTE } };

    expect(draw({})).toContain('Next attempt by Microsoft: Mar 3, 2026');
    const { card } = announcementCard(words, {
      ...{ app: zscaler, change: 'enteredQuarantine', status: jobIn('healthy', { health: late }), now: NOW },
      ...{ entraPortalUrl: PORTAL, viewpoint: asOperator, watches: 'app' },
    });
    expect(cardAsText(card)).toContain('Microsoft’s next attempt has been due since');
  });
});

describe('the failures of an app', () => {
  const failed = (name: string | null, code: string, times = 1) => {
    const outcome = { kind: 'failed', code, reason: null, recommendedAction: null, report: emptyReport } as const;
    return { name, outcome, objectIds: [], at: NOW - MINUTE, times };
  };
  const draw = (more: Partial<FailuresCardInput> = {}) =>
    cardAsText(
      failuresCard(words, {
        app: salesforce,
        people: [
          failed('Lee Gu', 'DuplicateTargetEntries'),
          failed('Grady Archie', 'SalesforceEntryConflict', 3),
          failed(null, 'SalesforceEntryConflict'),
        ],
        count: 3,
        isComplete: true,
        since: NOW - HOUR,
        showsNames: true,
        now: NOW,
        entraPortalUrl: PORTAL,
        viewpoint: asOperator,
        ...more,
      }).card,
    );

  it('are told by reasons, most people first, with the first step for those', () => {
    const text = draw();

    expect(text).toContain('!  3 people could not be provisioned to Salesforce\n');
    expect(text).toContain(
      '2 people: an account with the same name already exists\n✗  Grady Archie\n   Failed 3 times, last 14:02\n✗  Not found in Entra ID\n',
    );
    expect(text).toContain('What to do next\nIn Salesforce, rename or remove the other account');
    expect(text).not.toMatch(/more p|Names are not shown/);
  });

  it('name no one where the conversation may not show names', () => {
    const text = draw({ showsNames: false });

    expect(text).not.toMatch(/Grady|Lee Gu/);
    expect(text).toContain('2 people: an account with the same name already exists\n');
    expect(text).toContain('Names are not shown in this conversation');
  });

  it('count those that have no row, and say where the log was not read to its end', () => {
    const text = draw({ count: 60, isComplete: false });

    expect(text).toContain('At least 60 people could not be provisioned to Salesforce');
    expect(text).toContain('57 more people are in the provisioning log.');
    expect(draw({ count: 60, showsNames: false })).toContain('57 more people are in the provisioning log.');
  });
});
