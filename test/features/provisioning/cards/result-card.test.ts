import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import type { Outcome } from '../../../../src/graph/outcome.ts';
import { doneWith, draw, drawOutcome, elementsOf, openedText, requestIn, step } from '../../../chat/views/drawings.ts';
import { CODES, failed, outOfScope, refused, report, skipped } from './outcomes.ts';

/** Outcome, headline with its glyph, what happened, what to do next, and the code for engineers. */
const TABLE: [name: string, Outcome, verdict: string, happened: string, next: string, code: string | null][] = [
  [
    'created',
    { kind: 'created', report },
    '✓  Account created',
    'now has an account in Salesforce',
    'Nothing more',
    null,
  ],
  ['updated', { kind: 'updated', report }, '✓  Account updated', 'Salesforce was updated', 'Nothing more', null],
  ['disabled', { kind: 'disabled', report }, '!  Account disabled', 'was disabled', 'enabled and assigned to', null],
  [
    'deleted',
    { kind: 'deleted', report },
    '!  Account deleted',
    'was deleted in Salesforce',
    'enabled and assigned',
    null,
  ],
  ['other change', { kind: 'otherChange', report }, '✓  Done', 'did not name the kind of change', 'Nothing more', null],
  ['in sync', { kind: 'inSync', report }, '✓  Already up to date', 'nothing to do', 'sign-in logs', 'SomeReason'],
  [
    'disabled in Entra',
    outOfScope('active'),
    '!  Not provisioned',
    'is disabled in Entra ID',
    'Enable it',
    'SomeReason',
  ],
  ['unassigned', outOfScope('assigned'), '!  Not provisioned', 'is not assigned', 'Then press Retry', 'SomeReason'],
  [
    'not entitled',
    outOfScope('entitled'),
    '!  Not provisioned',
    'a role that does not include an account',
    'check the role',
    'SomeReason',
  ],
  [
    'filtered',
    outOfScope('scopingFilter'),
    '!  Not provisioned',
    'scoping filter',
    'Compare the attributes',
    'SomeReason',
  ],
  [
    'unnamed check',
    outOfScope(),
    '!  Not provisioned',
    'did not say which check',
    'is enabled, is assigned',
    'SomeReason',
  ],
  [
    'missing surname',
    skipped('AttributeValidationFailed', 'name.familyName'),
    '!  Skipped',
    'The last name (name.familyName) is empty',
    'Correct the last name of Isaiah Langer',
    'AttributeValidationFailed',
  ],
  [
    'a missing attribute',
    skipped('AttributeValidationFailed', 'x.y'),
    '!  Skipped',
    'attribute (x.y)',
    'Correct the',
    'Attri',
  ],
  [
    'invalid',
    skipped('AttributeValidationFailed', null),
    '!  Skipped',
    'A required attribute',
    'Find the attribute in the',
    'Attribute',
  ],
  [
    'skip of known code',
    skipped('ImportSkipped', null),
    '!  Skipped',
    'is empty',
    'matching attribute',
    'ImportSkipped',
  ],
  [
    'skip of new code',
    skipped('New', null),
    '!  Skipped',
    'Microsoft skipped Isaiah Langer',
    'Open the details',
    'New',
  ],
  ['conflict', failed(CODES.conflict), '✗  Failed', 'already exists in Salesforce', 'rename or remove', CODES.conflict],
  ['fault', failed(CODES.appFault), '✗  Failed', 'had an error', 'Press Retry in a few minutes', CODES.appFault],
  [
    'rights',
    failed(CODES.connectorRights),
    '✗  Failed',
    'lacks permissions',
    'permission to create',
    CODES.connectorRights,
  ],
  ['answer', failed(CODES.unexpectedAnswer), '✗  Failed', 'not understand', 'settings', CODES.unexpectedAnswer],
  ['values', failed(CODES.missingValues), '✗  Failed', 'needs attributes', 'Complete them', CODES.missingValues],
  ['mapping', failed(CODES.mapping), '✗  Failed', 'mapping of Salesforce is wrong', 'correct the', CODES.mapping],
  ['domain', failed(CODES.invalidDomain), '✗  Failed', 'in a domain', 'Add the domain', CODES.invalidDomain],
  ['licence', failed(CODES.licenceLimit), '✗  Failed', 'no license left', 'Free up or buy', CODES.licenceLimit],
  ['anchor', failed(CODES.invalidAnchor), '✗  Failed', 'is gone', 'restart provisioning', CODES.invalidAnchor],
  [
    'two targets',
    failed(CODES.duplicateTarget),
    '✗  Failed',
    'Several accounts in Sales',
    'keep one',
    CODES.duplicateTarget,
  ],
  [
    'two sources',
    failed(CODES.duplicateSource),
    '✗  Failed',
    'Several accounts in Entra',
    'Find the other',
    'DuplicateSource',
  ],
  ['import', failed(CODES.importSkipped), '✗  Failed', 'is empty', 'matching attribute', CODES.importSkipped],
  ['either', failed(CODES.outOfScopeOrUnchanged), '✗  Failed', 'does not say which', 'check in Entra', 'EntrySync'],
  ['SCIM', failed(CODES.scimFault), '✗  Failed', 'interface (SCIM)', 'the vendor of Salesforce', CODES.scimFault],
  [
    'credentials',
    failed(CODES.connectorCredentials),
    '✗  Failed',
    'not accept the credentials',
    'renew',
    'InvalidCred',
  ],
  ['agent', failed(CODES.agentUnavailable), '✗  Failed', 'on-premises agent', 'machine', CODES.agentUnavailable],
  ['policy', failed(CODES.crossTenantPolicy), '✗  Failed', 'two organizations', 'cross-tenant', 'AzureActive'],
  ['new code', failed(CODES.unknownCode), '✗  Failed', 'Usher does not recognize', 'give the code', CODES.unknownCode],
  [
    'quarantine',
    refused('quarantined'),
    '✗  Refused',
    'is in quarantine',
    'trying again will not help',
    'SomeCode (HTTP 400)',
  ],
  [
    'permission',
    refused('permission'),
    '✗  Refused',
    'lacks the permission, not you',
    'Synchronization.Read',
    'SomeCode',
  ],
  [
    'own role',
    refused('ownRole'),
    '✗  Refused',
    'Entra role of the person who asked',
    'Cloud Application Administrator',
    'SomeCode',
  ],
  ['signed out', refused('signInGone'), '✗  Not sent', 'nothing was sent', 'Sign in', 'SomeCode'],
  ['rule', refused('wrongRule'), '✗  Refused', 'does not match', 'press Retry in a minute', 'SomeCode'],
  ['not found', refused('notFound'), '✗  Refused', 'can no longer find', 'still exist', 'SomeCode'],
  ['no credentials', refused('credentialsMissing'), '✗  Refused', 'no admin credentials', 'enter them', 'SomeCode'],
  ['throttled', refused('throttled'), '✗  Microsoft is busy', 'slow down', 'Press Retry in a few minutes', 'SomeCode'],
  ['no service', refused('serviceUnavailable'), '✗  Refused', 'not available', 'service health', 'SomeCode'],
  ['refused', refused('other', ''), '✗  Refused', 'refused to provision', 'Give the code', 'HTTP 400'],
  ['timeout', { kind: 'unknown', why: 'timeout' }, '?  Result unknown', 'in time', 'that is safe', 'timeout'],
  [
    'gateway',
    { kind: 'unknown', why: 'gatewayTimeout' },
    '?  Result unknown',
    'gateway',
    'that is safe',
    'gatewayTimeout',
  ],
  ['lost', { kind: 'unknown', why: 'connectionLost' }, '?  Result unknown', 'lost', 'that is safe', 'connectionLost'],
  [
    'unreadable',
    { kind: 'unknown', why: 'unreadable' },
    '?  Result unknown',
    'cannot read',
    'that is safe',
    'unreadable',
  ],
];

describe('the result card', () => {
  it.each(TABLE)('shows who, what, outcome and next step: %s', (_, outcome, verdict, happened, next, code) => {
    const { card, summary } = drawOutcome(outcome);

    const text = cardAsText(card);
    expect(text.split('\n')[0]).toContain(verdict);
    expect(text.split('\n')[1]).toBe('   Isaiah Langer in Salesforce');
    expect(text).toContain(happened);
    expect(text).toContain(next);
    expect(text).not.toContain('Code:');
    if (code === null) expect(openedText(card)).not.toContain('Code:');
    else expect(openedText(card)).toContain(`Code: ${code}`);
    expect(summary).toMatch(/^Isaiah Langer in Salesforce: /);
    expect(summary).toContain(verdict.slice(3));
    expect(summary).toContain(next);
    expect(card.fallbackText).toBe(summary);
  });

  it.each([
    ['good', { kind: 'created', report } as Outcome],
    ['warning', outOfScope('assigned')],
    ['attention', failed('Conflict')],
    ['warning', { kind: 'unknown', why: 'timeout' } as Outcome],
  ])('colors the background of the headline, and not the letters and glyphs on it: %s', (style, outcome) => {
    const { card } = drawOutcome(outcome);

    expect(card.body[0]).toMatchObject({ type: 'Container', style });
    const [glyph, headline] = elementsOf(card.body[0]).filter((element) => element.size === 'Large');
    // Colored letters on a colored background are hard to read.
    expect(glyph).not.toHaveProperty('color');
    expect(headline).not.toHaveProperty('color');
  });

  it('puts what to do and the failing step before all the steps, which are in the details', () => {
    const steps = [
      ...report.steps,
      step({ type: 'export', status: 'failure', name: 'EntryExportAdd', description: 'Failed to create User' }),
    ];
    const outcome: Outcome = {
      kind: 'failed',
      code: 'New',
      reason: 'Said so',
      recommendedAction: 'Do this',
      report: { ...report, steps },
    };

    const text = openedText(drawOutcome(outcome).card);

    const order = [
      'What to do next',
      'Microsoft recommends: Do this',
      'It stopped at step 4 of 4: Write to Salesforce',
      'Find the account in Entra ID · EntryImport\n✓ Done',
      'Write to Salesforce · EntryExportAdd\n✗ Failed',
    ].map((part) => text.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((one, other) => one - other));
  });

  it('does not tick the check that kept a person out', () => {
    const text = openedText(drawOutcome(outOfScope('assigned', 'scopingFilter')).card);

    expect(text).toContain('It stopped at step 2 of 3: Check whether it is in scope for Salesforce');
    expect(text).toContain('Check whether it is in scope for Salesforce · EntrySynchronizationScoping\n! Not met');
    expect(text).toContain('Another reason: does not pass the scoping filter.');
  });

  it('says the same of a check that the service calls skipped', () => {
    const steps = report.steps.map((each) =>
      each.type === 'scoping' ? { ...each, status: 'skipped' as const } : each,
    );

    const { card } = drawOutcome({ kind: 'notInScope', failedChecks: ['assigned'], report: { ...report, steps } });

    expect(openedText(card)).toContain(
      'Check whether it is in scope for Salesforce · EntrySynchronizationScoping\n! Not met',
    );
    expect(openedText(card)).toContain('Write to Salesforce · EntrySynchronizationSkip\n– Skipped');
  });

  it.each(['assigned', 'active'] as const)('does not list the role, which only follows, beside "%s"', (first) => {
    const text = cardAsText(drawOutcome(outOfScope(first, 'entitled')).card);

    expect(text).not.toMatch(/Another reason|assigned role/);
  });

  it('colors the glyph of a step only where the color can be seen', () => {
    const steps = (['success', 'failure', 'warning', 'unknownFutureValue'] as const).map((status) => step({ status }));

    const { card } = drawOutcome({ kind: 'created', report: { ...report, steps } });

    const colors = elementsOf(card)
      .filter(({ color }) => color !== undefined)
      .map(({ color }) => color);
    expect(colors).toEqual(['Good', 'Attention', 'Default', 'Default']);
  });

  it('words a group as a group', () => {
    const request = requestIn(doneWith({ kind: 'created', report }), { type: 'Group' });

    const text = cardAsText(draw(request).card);

    expect(text).toContain('Group created');
    expect(text).toContain('The group Isaiah Langer now exists in Salesforce.');
    expect(text).toContain('Find the group in Entra ID');
  });

  it('shows in one line who asked, when and how long it took, and keeps the ids for the details', () => {
    const text = cardAsText(drawOutcome({ kind: 'created', report }).card);

    expect(text).toContain('Requested by Alex Wilber at 14:03:06 · took 1.4 s · request R7K3MQ');
    expect(text).not.toContain('graph-request-1');
  });

  it('shows how many attempts Usher made, when there was more than one', () => {
    const request = requestIn(doneWith({ kind: 'created', report }), { attempts: 2 });

    const text = cardAsText(draw(request).card);

    expect(text).toContain('took 1.4 s · called Microsoft 2 times · request R7K3MQ');
  });

  it('hides the details until the reader opens them', () => {
    const outcome: Outcome = { kind: 'created', report: { ...report, changeId: 'change-1' } };

    const { card } = drawOutcome(outcome);

    const details = elementsOf(card).find(({ id }) => id === 'details');
    expect(details).toMatchObject({ isVisible: false });
    for (const shown of ['change-1', 'graph-request-1', 'Finished']) expect(JSON.stringify(details)).toContain(shown);
    expect(card.actions).toContainEqual({
      type: 'Action.ToggleVisibility',
      title: 'Show details',
      targetElements: ['details'],
    });
  });
});
