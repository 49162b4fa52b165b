import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { CardMessage } from '../../src/chat/reply.ts';
import { denied } from '../../src/chat/views/denied.ts';
import { problem } from '../../src/chat/views/problem.ts';
import { asOperator, type Viewpoint } from '../../src/chat/views/viewpoint.ts';
import { checkCard } from '../../src/features/checks/cards/check-card.ts';
import { statusCard } from '../../src/features/checks/cards/status-card.ts';
import { shortReason, unknownReason } from '../../src/features/provisioning/cards/reason-texts.ts';
import type { JobStatus } from '../../src/graph/job-status.ts';
import { explainErrorCode } from '../../src/graph/outcome/error-codes.ts';
import { reasonOf } from '../../src/graph/outcome/refusal.ts';
import type { Outcome, RefusalCause, UnknownEnd } from '../../src/graph/outcome.ts';
import { contactIn, drawOutcome, elementsOf, NOW, words } from '../chat/views/drawings.ts';
import { adele, entryOf, factsOf, jobIn, logOf, quarantined, salesforce } from './checks/cards/check-drawings.ts';
import { failed, outOfScope, refused, report, skipped } from './provisioning/cards/outcomes.ts';

/**
 * What each reader reads of each outcome, refusal, state and finding: the title and the two lines below it. The table is
 * `test/fixtures/texts-by-reader.md`, to be read by a person whenever it changes; `UPDATE_TEXTS=1` writes it anew.
 */
const table = new URL('../fixtures/texts-by-reader.md', import.meta.url);

const readers: readonly Viewpoint[] = [
  asOperator,
  { as: 'requester', helpdesk: ['Alex Wilber', 'Lee Gu'] },
  { as: 'viewer', helpdesk: ['Alex Wilber', 'Lee Gu'] },
  { as: 'anyone', helpdesk: [] },
];

/** One code for each meaning that the table of codes knows, and one that it does not know. */
const codes = [
  ...['EntryConflict', 'InternalError', 'InsufficientRights', 'UnprocessableEntity', 'MissingValues'],
  ...['SchemaAttributeNotFound', 'InvalidDomain', 'LicenseLimitExceeded', 'InvalidAnchor', 'DuplicateTargetEntries'],
  ...['DuplicateSourceEntries', 'ImportSkipped', 'EntrySynchronizationSkipped', 'InvalidCredentials'],
  ...['SystemForCrossDomainIdentityManagementBadRequest', 'EndpointUnavailable', 'AzureActiveDirectoryForbidden'],
  ...['InvitationCreationFailure', 'InvitationCreationFailureUserAccountDisabled', 'QuotaLimitExceeded'],
  ...['InvitationCreationFailureInvalidPropertyValue', 'InvitationCreationFailureAmbiguousUser'],
  ...['AzureActiveDirectoryCannotUpdateObjectsMasteredOnPremises', 'AzureActiveDirectoryInsufficientRights'],
  ...['HybridSynchronizationActiveDirectoryCannotFindAttribute', 'EntityTypeNotSupported', 'ABrandNewCode'],
];
const causes: readonly RefusalCause[] = [
  ...(['quarantined', 'permission', 'ownRole', 'signInGone', 'ordererMayNot', 'wrongRule', 'notFound'] as const),
  ...(['credentialsMissing', 'throttled', 'serviceUnavailable', 'assignmentRefused', 'assignmentUnanswered'] as const),
  'other',
];
const bare = (status: number, code: string, message = ''): Outcome => {
  return { kind: 'refused', status, code, message, cause: status === 401 ? 'permission' : 'other' };
};
const ends: readonly UnknownEnd[] = [
  ...(['timeout', 'gatewayTimeout', 'connectionLost', 'unreadable', 'serverError', 'noAnswer', 'interrupted'] as const),
];

const outcomes: readonly Outcome[] = [
  ...(['created', 'updated', 'disabled', 'deleted', 'otherChange', 'inSync'] as const).map((kind): Outcome => {
    return { kind, report };
  }),
  { kind: 'created', report, warning: { code: 'Odd', reason: 'One attribute was left out.' } },
  { kind: 'inSync', report, earlier: 'timeout' },
  outOfScope('active'),
  outOfScope('assigned'),
  outOfScope('entitled'),
  outOfScope('scopingFilter'),
  outOfScope(),
  skipped('AttributeValidationFailed', 'surname'),
  skipped('AttributeValidationFailed', null),
  skipped('SomethingNew', null),
  ...codes.map(failed),
  ...causes.map((cause) => refused(cause, cause === 'other' ? 'SomeCode' : undefined)),
  bare(401, 'InvalidAuthenticationToken'),
  bare(0, 'NoCredential'),
  bare(0, 'ECONNREFUSED'),
  bare(0, 'ServiceAway'),
  bare(409, 'Conflict'),
  bare(409, 'Conflict', 'Another operation is in progress.'),
  ...ends.map((why): Outcome => ({ kind: 'unknown', why })),
  { kind: 'unknown', why: 'timeout', last: outOfScope('assigned') as never },
  { kind: 'unknown', why: 'timeout', last: failed('EntryConflict') as never },
];

const nameOf = (outcome: Outcome): string => {
  switch (outcome.kind) {
    case 'notInScope':
      return `${outcome.kind} ${outcome.failedChecks[0] ?? 'unnamed'}`;
    case 'skipped':
      return `${outcome.kind} ${outcome.property ?? outcome.code}`;
    case 'failed':
      return `${outcome.kind} ${explainErrorCode(outcome.code)}`;
    case 'refused':
      return `${outcome.kind} ${reasonOf(outcome)}`;
    case 'unknown':
      return `${outcome.kind} ${outcome.why}${outcome.last === undefined ? '' : `, then ${nameOf(outcome.last)}`}`;
    default:
      return [outcome.kind, 'warning' in outcome && 'warned', 'earlier' in outcome && 'earlier']
        .filter(Boolean)
        .join(' ');
  }
};

interface Case {
  readonly name: string;
  /** The half-sentence that the title must hold; null where the title says it all. */
  readonly reason: string | null;
  readonly isCalm: boolean;
  readonly draw: (viewpoint: Viewpoint) => CardMessage;
}

const calm = new Set<Outcome['kind']>(['created', 'updated', 'otherChange', 'inSync']);
/** Titles that are their own reason. */
const selfTold = new Set(['refused throttled', 'refused inProgress']);

const titleReasonOf = (outcome: Outcome): string | null =>
  outcome.kind === 'unknown' ? unknownReason(words, outcome.why) : shortReason(words, outcome, 'Salesforce');

const results: readonly Case[] = outcomes.map((outcome) => {
  const name = nameOf(outcome);
  return {
    name: `Result: ${name}`,
    reason: selfTold.has(name) ? null : titleReasonOf(outcome),
    isCalm: calm.has(outcome.kind),
    draw: (viewpoint) =>
      drawOutcome(outcome, { viewpoint, canRetry: viewpoint.as === 'operator' || viewpoint.as === 'anyone' }),
  };
});

const inQuarantine = (reason: string, tenantActionable: boolean | null): JobStatus => {
  const job = quarantined();
  if (job.health.kind !== 'quarantined') return job;
  const error = job.health.quarantine.error;
  const quarantine = {
    ...job.health.quarantine,
    reason,
    error: error === null ? null : { ...error, tenantActionable },
  };
  return { ...job, health: { kind: 'quarantined', quarantine } };
};
const quarantineReasons: readonly [string, boolean | null, string | null][] = [
  ['EncounteredQuarantineException', true, 'the connection fails'],
  ['EncounteredEscrowProportionThreshold', null, 'too many people could not be provisioned'],
  ['TooManyDeletes', false, 'too many accounts would have been deleted'],
  ['IngestionInterrupted', null, 'reading people was interrupted'],
  ['QuarantinedOnDemand', null, 'Microsoft put it there itself'],
  ['SomethingNew', null, null],
];
const kinds = ['healthy', 'running', 'failing', 'paused', 'disabled', 'neverRun', 'notConfigured'] as const;
const readings = [
  ...kinds.map((kind) => [kind, jobIn(kind)] as const),
  ...(['none', 'unread', 'appDisabled'] as const).map((kind) => [kind, kind] as const),
  ['other', jobIn({ kind: 'other', code: 'Napping' })] as const,
];
const portal = { now: NOW, entraPortalUrl: 'https://entra.microsoft.com' };

const states: readonly Case[] = [
  ...quarantineReasons.map(
    ([reason, actionable, title]): Case => ({
      name: `Status: quarantine ${reason}`,
      reason: title,
      isCalm: false,
      draw: (viewpoint) =>
        statusCard(words, {
          app: salesforce,
          status: inQuarantine(reason, actionable),
          others: [],
          viewpoint,
          ...portal,
        }),
    }),
  ),
  ...readings.map(
    ([name, status]): Case => ({
      name: `Status: ${name}`,
      reason: null,
      isCalm: name === 'healthy' || name === 'running',
      draw: (viewpoint) => statusCard(words, { app: salesforce, status, others: [], viewpoint, ...portal }),
    }),
  ),
];

const logged = (outcome: Outcome) => factsOf({ log: logOf(entryOf(outcome)) });
const everyFacts = [
  ['sync quarantined', factsOf({ jobState: quarantined() })],
  ['sync failing', factsOf({ jobState: jobIn('failing') })],
  ['sync paused', factsOf({ jobState: jobIn('paused') })],
  ['sync never run', factsOf({ jobState: jobIn('neverRun') })],
  ['not set up', factsOf({ jobState: 'none' })],
  ['app disabled', factsOf({ jobState: 'appDisabled' })],
  ['account disabled', factsOf({ account: 'disabled' })],
  ['not assigned', factsOf({ assignment: { kind: 'missing' } })],
  ['mended', logged(outOfScope('assigned'))],
  ['out of scope', logged(outOfScope('scopingFilter'))],
  ['skipped', logged(skipped('AttributeValidationFailed', 'surname'))],
  ['failed: conflict', logged(failed('EntryConflict'))],
  ['failed: credentials', logged(failed('InvalidCredentials'))],
  ['removed', logged({ kind: 'disabled', report })],
  ['not yet', factsOf()],
  ['in order', logged({ kind: 'created', report })],
  ['unknown yet', factsOf({ account: 'unread' })],
] as const;

const checks: readonly Case[] = everyFacts.map(([name, facts]) => ({
  name: `Check: ${name}`,
  reason: null,
  isCalm: false,
  draw: (viewpoint) =>
    checkCard(words, {
      ...{ person: adele, app: salesforce, facts, viewpoint, ...portal },
      canProvision: viewpoint.as === 'operator',
    }),
}));

const contacts = [contactIn('Helpdesk', ['Alex Wilber', 'Lee Gu'], 'operator' as const)];
const refusals: readonly Case[] = [
  ...(['appNotConfigured', 'appDisabled'] as const).map(
    (kind): Case => ({
      name: `Refusal: ${kind}`,
      reason: null,
      isCalm: false,
      draw: (viewpoint) => problem(words, { kind, app: 'Salesforce', viewpoint }),
    }),
  ),
  {
    name: 'Refusal: no permission',
    reason: null,
    isCalm: false,
    draw: ({ as }) =>
      denied(words, {
        denial: { reason: 'needsRole', permission: 'provision.run', anyOf: ['operator'] },
        contacts,
        callerName: as === 'requester' ? 'Megan' : 'Lynne',
      }),
  },
];

const cases = [...results, ...states, ...checks, ...refusals];

interface Read {
  readonly title: string;
  readonly happened: string;
  readonly next: string;
  readonly buttons: readonly string[];
}

/** The title and what stands in the first two lines below it, as a person reads them. */
function read({ card }: CardMessage): Read {
  const texts = elementsOf(card).filter(({ type }) => type === 'TextBlock');
  const title = texts.find(({ style }) => style === 'heading');
  const body = card.body.slice(1).map((element) => Object(element));
  const happened = body.find(({ type }) => type === 'TextBlock')?.text ?? '';
  const steps = body[1]?.type === 'Container' ? (body[1].items ?? []).slice(1) : body.slice(1, 2);
  const next = steps.map((step: unknown) => String(Object(step).text ?? '')).join(' ');
  const plain = (text: unknown) => String(text).replaceAll('\\', '').replaceAll('\n\n', ' ');
  return {
    title: plain(title?.text),
    happened: plain(happened),
    next: plain(next),
    buttons: (card.actions ?? []).map((action) => String(Object(action).title)),
  };
}

function written(): string {
  const rows = cases.flatMap(({ name, draw }) => {
    const byReader = readers.map((viewpoint) => ({ as: viewpoint.as, ...read(draw(viewpoint)) }));
    const [first] = byReader;
    return [
      `## ${name}`,
      '',
      `**${first?.title ?? ''}** ${first?.happened ?? ''}`,
      '',
      ...[
        ...Map.groupBy(byReader, ({ next, buttons }) => `${next} ${buttons.map((title) => `[${title}]`).join(' ')}`),
      ].map(([said, all]) => `- ${all.map(({ as }) => as).join(', ')}: ${said.trim()}`),
      '',
    ];
  });
  return [
    '# Texts by reader',
    '',
    'Title, what happened, then the next step and the buttons of each reader.',
    '',
    ...rows,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

const forOthers = readers.filter(({ as }) => as === 'requester' || as === 'viewer');
const withReaders = (viewpoints: readonly Viewpoint[], some: readonly Case[]) =>
  some.flatMap((one) => viewpoints.map((viewpoint) => [one.name, viewpoint.as, one, viewpoint] as const));

describe('the texts by reader', () => {
  it('are those of the table that a person has read', () => {
    if (process.env.UPDATE_TEXTS === '1') writeFileSync(table, written());

    expect(written()).toBe(readFileSync(table, 'utf8'));
  });

  it('have a case for each meaning of a code', () => {
    const meanings = new Set(codes.map(explainErrorCode));

    expect([meanings.size, codes.length]).toEqual([27, 27]);
  });

  it.each(withReaders(readers, cases))(
    'have the reason in the title: %s, %s',
    (_name, _as, { reason, draw }, viewpoint) => {
      const { title, happened } = read(draw(viewpoint));

      expect(title).not.toBe('');
      expect(happened).not.toBe('');
      if (reason !== null) expect(title.toLowerCase()).toContain(reason.toLowerCase());
    },
  );

  it.each(
    withReaders(
      readers,
      cases.filter(({ isCalm }) => !isCalm),
    ),
  )('have a next step right below: %s, %s', (_name, _as, { draw }, viewpoint) => {
    expect(read(draw(viewpoint)).next).toMatch(/\w{3,}[\s\S]*[.\w]$/);
  });

  it.each(withReaders(forOthers, cases))(
    'give no advice that the reader cannot follow: %s, %s',
    (_n, _as, { draw }, viewpoint) => {
      const { title, happened, next, buttons } = read(draw(viewpoint));

      expect([title, happened, next].join(' ')).not.toMatch(
        /Entra admin center|Retry|In Entra ID, (open|check)|Enterprise applications|Users and groups|[“"]?provision user|press |^Assign|\. Assign|^Enable|^Correct|^Ask (an|your) (application|Usher)/i,
      );
      expect(buttons).not.toContain('Retry');
      expect(buttons).not.toContain('Open in Entra');
      expect(buttons).not.toContain('Provision now');
    },
  );

  it.each(
    withReaders(
      forOthers,
      results.filter(({ isCalm }) => !isCalm),
    ),
  )('name the people to ask: %s, %s', (_name, _as, { draw }, viewpoint) => {
    expect(read(draw(viewpoint)).next).toContain('Ask the helpdesk: Alex Wilber or Lee Gu.');
  });

  it('address no one where several people read', () => {
    for (const { draw, name } of [...results, ...states]) {
      const said = read(draw({ as: 'anyone', helpdesk: ['Alex Wilber'] })).next;

      expect(`${name}: ${said}`).not.toMatch(/Ask the helpdesk|Press Retry/);
    }
  });
});
