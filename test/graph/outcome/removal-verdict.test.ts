import { describe, expect, it } from '@jest/globals';
import { overAll } from '../../../src/graph/outcome/over-all.ts';
import { readOutcome } from '../../../src/graph/outcome/read-outcome.ts';
import { judgeRemoval, type RemovalVerdict } from '../../../src/graph/outcome/removal-verdict.ts';
import type { Outcome } from '../../../src/graph/outcome.ts';
import { answer, shapeB, step } from './answers.ts';

const verified = (how: string) => ({ kind: 'verified', how });
const notRemoved = (why: string) => ({ kind: 'notRemoved', why });
const cannotBeVerified = (why: string) => ({ kind: 'cannotBeVerified', why });
const unknown = (why: string) => ({ kind: 'unknown', why });
const notYet = { kind: 'notYet' };

type Part = ReturnType<typeof step> & { readonly description?: string };

/** What the steps of an answer say; a row of the table below names some of them. */
const imported = step('EntryImport', 'Import', 'Success', { accountEnabled: 'True', IsSoftDeleted: 'True' });
const account = (details: Record<string, unknown> = {}): Part =>
  step('EntryImport', 'Matching', 'Success', { id: '5250', userName: 'adele@contoso.com', ...details });
const noAccount: Part = {
  ...step('EntryImport', 'Matching', 'Success'),
  description: "No matching User was found in Salesforce for 'adele@contoso.com'",
};
const scope = (assigned: string | null, more: Record<string, unknown> = {}): Part =>
  step('EntrySynchronizationScoping', 'Scoping', 'Success', {
    'Active in the source system': 'True',
    ...(assigned === null ? {} : { 'Assigned to the application': assigned }),
    'User has the required role': assigned ?? 'True',
    'Scoping filter evaluation passed': 'True',
    ...more,
  });
/** An app that takes everybody entitles them too. */
const inScopeUnassigned = scope('False', { 'User has the required role': 'True' });
const skip = (reason: string, description?: string): Part => ({
  ...step('EntrySynchronizationSkip', 'Export', 'Skipped', { SkipReason: reason }),
  ...(description === undefined ? {} : { description }),
});
const exported = (name: string, status = 'Success') => step(name, 'Export', status, { ReportableIdentifier: 'adele' });
const turned = (displayName: string, newValue: string) => ({ displayName, oldValue: 'whatever', newValue });

interface Told {
  readonly action?: string;
  readonly status?: string;
  readonly steps: readonly Part[];
  readonly changes?: readonly unknown[];
  readonly targetId?: string;
}

const read = ({ action = 'Other', status = 'Skipped', steps, changes = [], targetId = '5250' }: Told): Outcome =>
  readOutcome(
    shapeB({
      action,
      statusInfo: { status },
      provisioningSteps: [imported, ...steps],
      modifiedProperties: changes,
      targetIdentity: { id: targetId },
    }),
  );
const judged = (told: Told, left?: 'none' | 'some'): RemovalVerdict => judgeRemoval(read(told), left);

const skipped = (...steps: readonly Part[]): Told => ({ steps: [...steps, skip('NotEffectivelyEntitled')] });
const redundant = (...steps: readonly Part[]): Told => ({ steps: [...steps, skip('RedundantExport')] });
const done = (action: string, name: string, steps: readonly Part[], ...changes: readonly unknown[]): Told => ({
  action,
  status: 'Success',
  steps: [...steps, exported(name)],
  changes,
});

describe('the verdict on a removal', () => {
  it.each([
    ['synthetic-a-unassigned-disabled', verified('disabled')],
    ['synthetic-b-unassigned-disabled', verified('disabled')],
    ['synthetic-a-unassigned-account-active', notRemoved('accountAlive')],
    ['synthetic-a-unassigned-no-matching-step', unknown('noMatching')],
    ['synthetic-b-unassigned-account-inactive', verified('inactiveAlready')],
    ['synthetic-a-unassigned-deleted', verified('deleted')],
    ['01-docs-user-Skipped-RedundantExport', notYet],
    ['03-docs-group-Success-empty-value', unknown('noMatching')],
    ['synthetic-a-failed-EntryConflict', unknown('failed')],
    ['synthetic-b-not-in-scope-portal-spelling', notYet],
  ])('of the answer %s', (name, verdict) => {
    expect(judgeRemoval(readOutcome(answer(name)))).toEqual(verdict);
  });

  const active = account({ active: 'True' });
  const inactive = account({ active: 'False' });

  it.each<[string, Told, unknown]>([
    // An export that disabled or deleted.
    ['disabled', done('Disable', 'EntryExportUpdateSoftDelete', [active, scope('False')]), verified('disabled')],
    ['disabled by an update', done('Disable', 'EntryExportUpdate', [active, scope('False')]), verified('disabled')],
    [
      'an update of active',
      done('Update', 'EntryExportUpdate', [active, scope('False')], turned('active', 'False')),
      verified('disabled'),
    ],
    [
      'an update of IsActive',
      done('Update', 'EntryExportUpdate', [active, scope('False')], turned('IsActive', 'false')),
      verified('disabled'),
    ],
    [
      'an update of accountEnabled',
      done('Update', 'EntryExportUpdate', [active, scope('False')], turned('accountEnabled', 'False')),
      verified('disabled'),
    ],
    [
      'an update of active by its schema',
      done(
        'Update',
        'EntryExportUpdate',
        [scope('False')],
        turned('urn:ietf:params:scim:schemas:core:2.0:User:active', 'False'),
      ),
      verified('disabled'),
    ],
    [
      'an update that suspends',
      done('Update', 'EntryExportUpdate', [scope('False')], turned('suspended', 'True')),
      verified('disabled'),
    ],
    ['deleted', done('Delete', 'EntryExportDelete', [active, scope('False')]), verified('deleted')],
    [
      'an action without an export',
      { action: 'Disable', status: 'Success', steps: [active, scope('False')] },
      unknown('noExport'),
    ],
    [
      'a deletion without an export',
      { action: 'Delete', status: 'Success', steps: [active, scope('False')] },
      unknown('noExport'),
    ],
    [
      'a deletion held back',
      done('StagedDelete', 'EntryExportStagedDelete', [active, scope('False')]),
      notRemoved('heldBack'),
    ],
    [
      'a deletion held back, told by the action alone',
      done('StagedDelete', 'EntryExportUpdate', [active, scope('False')]),
      unknown('noExport'),
    ],
    [
      'an export that failed',
      {
        action: 'Disable',
        status: 'Failure',
        steps: [active, scope('False'), exported('EntryExportUpdateSoftDelete', 'Failure')],
      },
      unknown('failed'),
    ],

    // Not entitled: what Matching found.
    ['skipped, active', skipped(active, scope('False')), notRemoved('accountAlive')],
    ['skipped, inactive', skipped(inactive, scope('False')), verified('inactiveAlready')],
    ['skipped, suspended', skipped(account({ suspended: 'True' }), scope('False')), verified('inactiveAlready')],
    ['skipped, true as a word of JSON', skipped(account({ active: true }), scope('False')), notRemoved('accountAlive')],
    ['skipped, nobody there', { ...skipped(noAccount, scope('False')), targetId: '' }, verified('nothingThere')],
    [
      'skipped, would be created',
      { ...skipped(step('EntrySynchronizationAdd', 'Matching', 'Success'), scope('False')), targetId: '' },
      verified('nothingThere'),
    ],
    ['skipped, nobody there and yet an id', skipped(noAccount, scope('False')), unknown('stateNotTold')],
    [
      'skipped, one matching attribute finds nobody and the other somebody',
      skipped(noAccount, active, scope('False')),
      notRemoved('accountAlive'),
    ],
    [
      'skipped, a person called Not Found',
      {
        ...skipped(
          {
            ...step('EntryImport', 'Matching', 'Success'),
            description: "Retrieved  'not found@contoso.com' from Salesforce",
          },
          scope('False'),
        ),
        targetId: '',
      },
      unknown('stateNotTold'),
    ],
    [
      'skipped, would be created, and yet an account is listed',
      {
        ...skipped(step('EntrySynchronizationAdd', 'Matching', 'Success', { active: 'True' }), scope('False')),
        targetId: '',
      },
      notRemoved('accountAlive'),
    ],
    ['skipped, no Matching step', skipped(scope('False')), unknown('noMatching')],
    [
      'skipped, a Matching step that was skipped',
      skipped(step('EntryImport', 'Matching', 'Skipped', { active: 'False' }), scope('False')),
      unknown('noMatching'),
    ],
    ['skipped, no mapping of active', skipped(account(), scope('False')), cannotBeVerified('noActiveMapping')],
    [
      'skipped, the account’s id alone',
      skipped(step('EntryImport', 'Matching', 'Success', { id: '5250' }), scope('False')),
      unknown('stateNotTold'),
    ],
    [
      'skipped, the source’s active says nothing of the account',
      skipped(step('EntryImport', 'Import', 'Success', { active: 'False' }), scope('False')),
      unknown('noMatching'),
    ],
    [
      'skipped, an attribute that is only called so',
      skipped(account({ 'emails[type eq "work"].active': 'False' }), scope('False')),
      cannotBeVerified('noActiveMapping'),
    ],
    [
      'skipped, active and inactive at once',
      skipped(account({ active: 'False', accountEnabled: 'True' }), scope('False')),
      notRemoved('accountAlive'),
    ],
    [
      'skipped, with the switch named',
      { steps: [active, scope('False'), skip('NotEffectivelyEntitled', 'SkipOutOfScopeDeletions is set.')] },
      cannotBeVerified('skipsDeletions'),
    ],
    [
      'skipped, with the switch as its code',
      { steps: [active, scope('False'), skip('SkipOutOfScopeDeletions')] },
      cannotBeVerified('skipsDeletions'),
    ],
    [
      'skipped, with the switch named, and inactive',
      { steps: [inactive, scope('False'), skip('NotEffectivelyEntitled', 'SkipOutOfScopeDeletions is set.')] },
      verified('inactiveAlready'),
    ],
    [
      'skipped as disabled in Entra, active',
      skipped(active, scope('False', { 'Active in the source system': 'False' })),
      notRemoved('accountAlive'),
    ],
    ['skipped, still assigned', skipped(inactive, scope('True')), notYet],
    ['skipped, silent about the assignment', skipped(inactive), verified('inactiveAlready')],

    // Skipped for another reason, or for that as well.
    [
      'skipped as the attribute is missing, silent about the assignment',
      { steps: [inactive, scope(null), skip('AttributeValidationFailed')] },
      unknown('skipped'),
    ],
    [
      'skipped as several match',
      { steps: [inactive, scope('False'), skip('DuplicateTargetEntries')] },
      unknown('skipped'),
    ],
    [
      'skipped as an attribute is missing, active',
      { steps: [active, scope('False'), skip('AttributeValidationFailed')] },
      notRemoved('accountAlive'),
    ],
    [
      'skipped as an attribute is missing, still assigned',
      { steps: [active, scope('True'), skip('AttributeValidationFailed')] },
      notYet,
    ],

    // In scope.
    ['in sync, still assigned', redundant(active, scope('True')), notYet],
    ['in sync, still assigned, inactive', redundant(inactive, scope('True')), notYet],
    ['in sync, unassigned, inactive', redundant(inactive, scope('False')), verified('inactiveAlready')],
    ['in sync, unassigned, not entitled, active', redundant(active, scope('False')), notRemoved('accountAlive')],
    ['in sync, unassigned, no Matching step', redundant(scope('False')), unknown('noMatching')],
    ['in sync, unassigned, unmapped', redundant(account(), scope('False')), cannotBeVerified('noActiveMapping')],
    ['in sync, silent about the assignment', redundant(inactive, scope(null)), unknown('stateNotTold')],
    [
      'in sync, with a change that was only considered',
      { ...redundant(inactive, scope(null)), changes: [turned('active', 'True')] },
      unknown('stateNotTold'),
    ],
    ['in sync in an app that takes everybody', redundant(active, inScopeUnassigned), cannotBeVerified('syncsAll')],
    [
      'in sync where the step shows the switch',
      redundant(active, scope(null, { ScopeSyncAll: 'True' })),
      cannotBeVerified('syncsAll'),
    ],
    [
      'in sync where the step shows the switch off',
      redundant(active, scope('False', { ScopeSyncAll: 'False' })),
      notRemoved('accountAlive'),
    ],
    [
      'updated in an app that takes everybody',
      done('Update', 'EntryExportUpdate', [active, inScopeUnassigned], turned('title', 'Buyer')),
      cannotBeVerified('syncsAll'),
    ],
    [
      'created in an app that takes everybody',
      done('Create', 'EntryExportAdd', [inScopeUnassigned]),
      cannotBeVerified('syncsAll'),
    ],
    ['created, still assigned', done('Create', 'EntryExportAdd', [scope('True')], turned('active', 'False')), notYet],
    ['created for no reason told', done('Create', 'EntryExportAdd', [scope(null)]), notRemoved('accountAlive')],
    [
      'updated, still assigned',
      done('Update', 'EntryExportUpdate', [active, scope('True')], turned('title', 'Buyer')),
      notYet,
    ],
    [
      'activated for no reason told',
      done('Update', 'EntryExportUpdate', [inactive, scope(null)], turned('active', 'True')),
      notRemoved('accountAlive'),
    ],
    [
      'updated, active by one attribute and not by another',
      done(
        'Update',
        'EntryExportUpdate',
        [scope('False')],
        turned('active', 'False'),
        turned('accountEnabled', 'True'),
      ),
      notRemoved('accountAlive'),
    ],
  ])('of an answer: %s', (_what, told, verdict) => {
    expect(judged(told)).toEqual(verdict);
  });

  it.each<[string, Told]>([
    ['in sync', redundant(active, scope('True'))],
    ['not in scope', skipped(active, scope('True', { 'User has the required role': 'False' }))],
    ['updated', done('Update', 'EntryExportUpdate', [active, scope('True')], turned('title', 'Buyer'))],
  ])('waits for replication only where Entra lists no assignment any more: %s', (_what, told) => {
    expect(judged(told, 'none')).toEqual(notYet);
    expect(judged(told, 'some')).toEqual(notRemoved('stillEntitled'));
  });

  it('does not doubt a disabled account for an assignment that Entra still lists', () => {
    const told = done('Disable', 'EntryExportUpdateSoftDelete', [active, scope('False')]);

    expect(judged(told, 'some')).toEqual(verified('disabled'));
  });

  it.each<[Outcome, unknown]>([
    [{ kind: 'unknown', why: 'gatewayTimeout' }, unknown('noAnswer')],
    [{ kind: 'refused', status: 401, code: 'UnknownError', message: '', cause: 'quarantined' }, unknown('refused')],
  ])('of a call that was not answered: $kind', (outcome, verdict) => {
    expect(judgeRemoval(outcome)).toEqual(verdict);
  });

  it.each<[string, Told, unknown]>([
    ['inactive', skipped(inactive, scope('False')), verified('inactiveAlready')],
    ['alive', skipped(active, scope('False')), notRemoved('accountAlive')],
    ['in sync', redundant(inactive, scope('False')), verified('inactiveAlready')],
  ])('goes by what the last answer saw, after an attempt with an unknown end: %s', (_what, told, verdict) => {
    expect(judgeRemoval(overAll('timeout', read(told)))).toEqual(verdict);
  });

  it('is the same of an outcome that was stored', () => {
    const outcome = readOutcome(answer('synthetic-b-unassigned-account-inactive'));

    expect(judgeRemoval(JSON.parse(JSON.stringify(outcome)))).toEqual(verified('inactiveAlready'));
  });
});
