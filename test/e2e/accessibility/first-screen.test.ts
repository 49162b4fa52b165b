import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { CardMessage } from '../../../src/chat/reply.ts';
import { denied } from '../../../src/chat/views/denied.ts';
import { problem } from '../../../src/chat/views/problem.ts';
import { asOperator } from '../../../src/chat/views/viewpoint.ts';
import { checkCard } from '../../../src/features/checks/cards/check-card.ts';
import { statusCard } from '../../../src/features/checks/cards/status-card.ts';
import type { CheckFacts } from '../../../src/features/checks/diagnosis.ts';
import { confirmCard, nobodyFoundCard } from '../../../src/features/provisioning/cards/confirm-card.ts';
import { listCard } from '../../../src/features/provisioning/cards/list-card.ts';
import { problem as listProblem } from '../../../src/features/provisioning/problems.ts';
import type { Outcome, RefusalCause, Report, UnknownEnd } from '../../../src/graph/outcome.ts';
import type { TaskState } from '../../../src/requests/request.ts';
import {
  contactIn,
  doneWith,
  drawOutcome,
  draw as drawRequest,
  NOW,
  problemsSaying,
  requestIn,
  step,
  words,
} from '../../chat/views/drawings.ts';
import {
  adele,
  conflict,
  created,
  DAY,
  entryOf,
  factsOf,
  historyEntryOf,
  jobIn,
  logOf,
  neverRun,
  PORTAL,
  quarantined,
  salesforce,
  wellRun,
} from '../../features/checks/cards/check-drawings.ts';
import { drawGroup, groupIn, listProblemsSaying, overviewOf } from '../../features/provisioning/cards/list-drawings.ts';
import {
  CODES,
  failed,
  outOfScope,
  report as shortReport,
  skipped,
} from '../../features/provisioning/cards/outcomes.ts';
import { openBrowser } from '../browser.ts';
import { ask, draw, openStage } from './stage.ts';

/**
 * What a phone shows of a chat without scrolling, in CSS pixels: the reader sees the verdict, whom it is about, what to
 * do and the buttons at once. The frame is as wide as a card in the narrowest window that Teams allows on a desktop.
 */
const SCREEN = { width: 446, height: 480 };
const MARGIN = 8;

/** A report as Graph returns it for a person: five steps, some of which say something. */
const report: Report = {
  ...shortReport,
  targetSystem: 'Salesforce',
  changeId: '5eed0000-0000-4000-8000-00000000c0de',
  targetId: '0055e000001AbCdEFG',
  steps: [
    step({ description: "Retrieved User 'isaiah@contoso.com'" }),
    step({ type: 'scoping', name: 'EntrySynchronizationScoping', details: { Assigned: 'True', Active: 'True' } }),
    step({ type: 'matching', name: 'EntryMatching', description: 'No matching User was found in Salesforce' }),
    step({ type: 'processing', name: 'EntryProcessing' }),
    step({
      type: 'export',
      name: 'EntryExportAdd',
      description: "User 'isaiah@contoso.com' was created in Salesforce",
    }),
  ],
  changes: ['userName', 'name.familyName', 'title'].map((attribute) => ({
    attribute,
    oldValue: null,
    newValue: 'Langer',
  })),
};
const reason =
  'Message: The account isaiah@contoso.com could not be written, because Salesforce says: HTTP 409, conflict';
const causes: readonly RefusalCause[] = [
  ...(['quarantined', 'permission', 'ownRole', 'signInGone', 'ordererMayNot', 'wrongRule'] as const),
  ...(['notFound', 'credentialsMissing', 'throttled', 'serviceUnavailable', 'other'] as const),
  ...(['assignmentRefused', 'assignmentUnanswered'] as const),
];
const silences: readonly UnknownEnd[] = ['timeout', 'gatewayTimeout', 'connectionLost', 'interrupted', 'unreadable'];
const withReport = (outcome: Outcome): Outcome => ('report' in outcome ? { ...outcome, report } : outcome);

const outcomes: readonly (readonly [string, Outcome])[] = [
  ...(['created', 'updated', 'disabled', 'deleted', 'otherChange', 'inSync'] as const).map(
    (kind) => [kind, { kind, report }] as const,
  ),
  ['warned', { kind: 'created', report, warning: { code: 'ManagerMissing', reason: 'The manager was not written.' } }],
  ...(['active', 'assigned', 'entitled', 'scopingFilter'] as const).map(
    (check) => [`out of scope: ${check}`, withReport(outOfScope(check, 'scopingFilter'))] as const,
  ),
  ['out of scope', withReport(outOfScope())],
  ['skipped: property', withReport(skipped('AttributeValidationFailed', 'name.familyName'))],
  ['skipped', withReport(skipped('AttributeValidationFailed', null))],
  ...Object.entries(CODES).map(
    ([meaning, code]) => [`failed: ${meaning}`, withReport({ ...failed(code), reason } as Outcome)] as const,
  ),
  ...causes.map(
    (cause) =>
      [`refused: ${cause}`, { kind: 'refused', status: 403, code: 'Forbidden', message: reason, cause }] as const,
  ),
  ...silences.map((why) => [`unknown: ${why}`, { kind: 'unknown', why }] as const),
  [
    'unknown, then failed',
    {
      kind: 'unknown',
      why: 'noAnswer',
      last: { kind: 'failed', code: CODES.conflict, reason, recommendedAction: null, report },
    },
  ],
];

const jobId = 'Contoso.5eed000000004000800000000000face.5eed0000-0000-4000-8000-0000000000a1';
const failure = {
  code: 'SystemForCrossDomainIdentityManagementInvalidCredentials',
  message: reason,
  tenantActionable: false,
};
const readings = [
  ...(['healthy', 'running', 'paused', 'disabled', 'notConfigured'] as const).map((kind) => jobIn(kind, { id: jobId })),
  jobIn('failing', { id: jobId, lastRun: { ...wellRun, result: { kind: 'failed' }, error: failure } }),
  jobIn('healthy', { id: jobId, lastRun: { ...wellRun, result: { kind: 'entryErrors' } } }),
  { ...quarantined(), id: jobId, counts: [{ type: 'User', count: 1_076 }] },
  neverRun,
  ...(['none', 'unread', 'appDisabled'] as const),
];

const unassigned = entryOf(outOfScope('assigned'), { at: NOW - 2 * DAY, status: { kind: 'skipped' } });
const facts: readonly Partial<CheckFacts>[] = [
  ...readings.map((jobState) => ({ jobState })),
  { jobState: quarantined(), assignment: { kind: 'missing' }, account: 'disabled', log: logOf(conflict) },
  { assignment: { kind: 'missing' }, log: logOf(...Array.from({ length: 7 }, () => unassigned)), scope: 'out' },
  { account: 'disabled', lastEntry: historyEntryOf({ at: NOW - 2 * DAY }) },
  {
    assignment: { kind: 'assigned', through: 'Sales Team' },
    log: logOf(conflict, created),
    scope: 'in',
    lastEntry: historyEntryOf(),
  },
  { log: logOf(created), scope: 'in', lastEntry: historyEntryOf() },
  { log: logOf(unassigned), scope: 'out' },
  { lastEntry: historyEntryOf({ result: { kind: 'done', counts: { failed: 1 }, cancelled: 0 } }) },
  {
    log: { kind: 'notAvailable', why: 'licence' },
    account: 'unread',
    assignment: { kind: 'unread' },
    jobState: 'unread',
  },
];

const people = ['Adele Vance', 'Isaiah Langer', 'Grady Archie', 'Nestor Wilke', 'Miriam Graham', 'Diego Siciliani'];
const leftOut = [
  { text: 'zaphod@contoso.com', reason: 'unknown', suggestions: ['Zara Bond'] },
  { text: 'lee', reason: 'ambiguous', suggestions: ['Lee Gu', 'Lee Parker'] },
  { text: 'ford', reason: 'unknown', suggestions: [] },
] as const;
const failures = people.map((name) => ({
  name,
  label: 'person@contoso.com',
  outcome: withReport(outOfScope('assigned')),
}));
const byOutcome = { created: 3, inSync: 2, notInScope: 6, skipped: 1, failed: 2 };
const running: TaskState = { kind: 'running', startedAt: NOW, lease: { owner: 'one', until: NOW } };
const accepted = doneWith({ kind: 'otherChange', report });
const conflicting = doneWith(failed(CODES.conflict));

/** Every answer that tells a result, in the words of an ordinary day. */
const results: readonly (readonly [string, CardMessage])[] = [
  ...outcomes.map(([name, outcome]) => [`outcome ${name}`, drawOutcome(outcome)] as const),
  ...readings.map(
    (status, n) =>
      [
        `status ${n}`,
        statusCard(words, {
          app: salesforce,
          status,
          others: [jobIn('healthy')],
          now: NOW,
          entraPortalUrl: PORTAL,
          viewpoint: asOperator,
        }),
      ] as const,
  ),
  ...facts.map(
    (what, n) =>
      [
        `check ${n}`,
        checkCard(words, {
          person: adele,
          app: salesforce,
          facts: factsOf(what),
          canProvision: true,
          viewpoint: asOperator,
          now: NOW,
          entraPortalUrl: PORTAL,
        }),
      ] as const,
  ),
  [
    'denied',
    denied(words, {
      denial: { reason: 'needsRole', permission: 'provision.run', anyOf: ['operator'] },
      contacts: [contactIn('Helpdesk', ['Alex Wilber', 'Patti Fernandez'], 'operator')],
      callerName: 'Johanna Lorenz',
    }),
  ],
  [
    'not understood',
    problem(
      words,
      { kind: 'unclear', typed: 'please make it so that isaiah can get at his opportunities before monday' },
      ['provision adele@contoso.com to Salesforce', 'status', 'help'].map((text) => ({
        label: 'line',
        verb: 'run',
        text,
      })),
    ),
  ],
  ...problemsSaying('Salesforce').map((what) => [`problem ${what.kind}`, problem(words, what)] as const),
  ...listProblemsSaying('Salesforce').map((what) => [`problem ${what.kind}`, listProblem(words, what)] as const),
  [
    'list, over',
    listCard({
      overview: overviewOf({ total: 14, byOutcome }, { failures, leftOut }),
      now: NOW,
      canRetry: true,
      entraPortalUrl: PORTAL,
    }),
  ],
  [
    'list, running',
    listCard({
      overview: overviewOf(
        { total: 500, waiting: 481, running: 5, byOutcome },
        { failures, leftOut, running: people.slice(0, 5).map((name) => ({ name })), finishesAt: NOW + 900_000 },
      ),
      now: NOW,
      canRetry: true,
      entraPortalUrl: PORTAL,
    }),
  ],
  [
    'list, asked',
    confirmCard({ request: overviewOf({}, { leftOut }).request, count: 214, takesMs: 442_000, now: NOW }),
  ],
  ['list of nobody', nobodyFoundCard(words, { app: 'Salesforce', leftOut })],
  ['group, asked', drawGroup(groupIn([{ kind: 'held' }, { kind: 'held' }], { leftOut }), { takesMs: 20_000 })],
  ['group, running', drawGroup(groupIn([conflicting, running, running], { leftOut }), { finishesAt: NOW + 90_000 })],
  [
    'group, over',
    drawGroup(groupIn([conflicting, conflicting, conflicting, conflicting], { leftOut }), { entraPortalUrl: PORTAL }),
  ],
  ['group, done', drawGroup(groupIn([accepted, accepted, accepted], { leftOut }), { entraPortalUrl: PORTAL })],
  ['running', drawRequest(requestIn(running))],
];

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

describe('the first screen of a result', () => {
  it('is no higher than a phone shows at once, before anything is unfolded', async () => {
    const page = await openStage(browser, SCREEN.width + 2 * MARGIN);

    await draw(
      page,
      'light',
      results.map(([name, { card }]) => ({ name, card })),
    );
    const heights = (await ask(page, 'heights()')).map((line) => ({ line, height: Number(line.split(': ').at(-1)) }));

    expect(heights.length).toBe(results.length);
    expect(heights.every(({ height }) => height > 50)).toBe(true);
    expect(heights.filter(({ height }) => height > SCREEN.height).map(({ line }) => line)).toEqual([]);
    await page.close();
  });
});
