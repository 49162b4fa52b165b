import { describe, expect, it } from '@jest/globals';
import { emptyReport, type Outcome } from '../../../src/graph/outcome.ts';
import type { PeopleMapping } from '../../../src/graph/preview/read-mapping.ts';
import type { SourceValue } from '../../../src/graph/preview/source-values.ts';
import { matchedBy, type PreviewFacts, previewOf } from '../../../src/graph/preview/verdict.ts';
import type { LogRead } from '../../../src/graph/provisioning-log.ts';
import type { LogEntry } from '../../../src/graph/provisioning-log-entry.ts';

const attribute = (target: string, name: string, matchingPriority = 0) => ({
  ...{
    target,
    source: { kind: 'attribute', name } as const,
    defaultValue: null,
    matchingPriority,
  },
});
const mapping: PeopleMapping = {
  version: '1',
  scope: { sets: [], doubts: [] },
  flows: { adds: true, updates: true },
  attributes: [
    attribute('name', 'surname'),
    attribute('email', 'mail', 2),
    attribute('userName', 'userPrincipalName', 1),
  ],
  required: new Set(['name']),
  maySyncAll: true,
};
const values: Readonly<Record<string, string>> = {
  surname: 'Vance',
  mail: 'a@x.com',
  userPrincipalName: 'adele@x.com',
};
const readOf =
  (held: Readonly<Record<string, string>>) =>
  (name: string): SourceValue =>
    held[name] === undefined ? { kind: 'none' } : { kind: 'text', text: held[name] };
const group = (operator: string, attributeName = 'surname') => ({
  name: 'Sales',
  clauses: [{ operator, attribute: attributeName, values: ['Vance'] }],
});
const scoped = (operator: string): PeopleMapping => ({ ...mapping, scope: { sets: [[group(operator)]], doubts: [] } });

const noLog: LogRead = { kind: 'read', entries: [], complete: true };
function logOf(outcome: Partial<Outcome>): LogRead {
  const entry = { outcome: { report: emptyReport, ...outcome } } as LogEntry;
  return { kind: 'read', entries: [entry], complete: true };
}

const verdictOf = (facts: Partial<PreviewFacts> = {}) =>
  previewOf({ accountEnabled: true, assigned: 'yes', mapping, log: noLog, read: readOf(values), ...facts }).verdict;

describe('what provisioning would do', () => {
  it('creates an account for a person in scope, and updates the one that the log knows', () => {
    expect(verdictOf()).toEqual({ kind: 'inScope', effect: { kind: 'creates' } });
    expect(verdictOf({ log: logOf({ kind: 'inSync' }) })).toEqual({ kind: 'inScope', effect: { kind: 'updates' } });
    expect(verdictOf({ log: logOf({ kind: 'deleted' }) })).toEqual({ kind: 'inScope', effect: { kind: 'creates' } });
  });

  it.each([
    ['a mapping that creates none', { flows: { adds: false, updates: true } }, { kind: 'onlyUpdates' }],
    ['a mapping that updates none', { flows: { adds: true, updates: false } }, { kind: 'onlyCreates' }],
  ])('says so of %s', (_what, changes, effect) => {
    expect(verdictOf({ mapping: { ...mapping, ...changes } })).toEqual({ kind: 'inScope', effect });
  });

  it('names a required attribute that would get no value, unless it has a default', () => {
    const read = readOf({ userPrincipalName: 'adele@x.com' });
    const withDefault = mapping.attributes.map((one) => ({ ...one, defaultValue: '.' }));

    expect(verdictOf({ read })).toEqual({ kind: 'inScope', effect: { kind: 'lacks', target: 'name' } });
    expect(verdictOf({ read, mapping: { ...mapping, attributes: withDefault } })).toEqual({
      kind: 'inScope',
      effect: { kind: 'creates' },
    });
  });

  it('says that no account can be matched by empty values', () => {
    expect(verdictOf({ read: readOf({ surname: 'Vance' }) })).toEqual({
      kind: 'inScope',
      effect: { kind: 'matchesNothing' },
    });
  });

  it('does nothing for a disabled account, and for a person who fails the filter', () => {
    expect(verdictOf({ accountEnabled: false, assigned: 'no' })).toEqual({ kind: 'accountDisabled' });
    expect(verdictOf({ mapping: scoped('NOT EQUALS') })).toMatchObject({
      kind: 'notInScope',
      groups: [{ name: 'Sales', clauses: [{ truth: { is: 'no' } }] }],
    });
  });

  it('is unknown for an unassigned person, as the app may take all people', () => {
    expect(verdictOf({ assigned: 'no' })).toEqual({ kind: 'unknown', doubts: [{ why: 'syncsAll' }] });
  });

  it('is certain for an unassigned person where the app cannot take all, or where the log shows that it does not', () => {
    const notAssigned = { kind: 'notAssigned' };

    expect(verdictOf({ assigned: 'no', mapping: { ...mapping, maySyncAll: false } })).toEqual(notAssigned);
    expect(
      verdictOf({ assigned: 'no', log: logOf({ kind: 'notInScope', failedChecks: ['assigned', 'entitled'] }) }),
    ).toEqual(notAssigned);
    expect(
      verdictOf({ assigned: 'no', log: logOf({ kind: 'notInScope', failedChecks: ['assigned', 'scopingFilter'] }) }),
    ).toMatchObject({ kind: 'unknown' });
    expect(verdictOf({ assigned: 'no', log: logOf({ kind: 'notInScope', failedChecks: ['entitled'] }) })).toMatchObject(
      {
        kind: 'unknown',
      },
    );
  });

  it('is decided by one certain reason, whatever else is unknown', () => {
    expect(verdictOf({ assigned: 'no', mapping: scoped('NOT EQUALS') })).toMatchObject({ kind: 'notInScope' });
    expect(verdictOf({ assigned: 'unread', accountEnabled: false })).toEqual({ kind: 'accountDisabled' });
  });

  it('names everything that is unknown', () => {
    expect(verdictOf({ assigned: 'unread', accountEnabled: null, mapping: scoped('&') })).toMatchObject({
      kind: 'unknown',
      doubts: [{ why: 'account' }, { why: 'assignment' }, { why: 'operator', clause: { operator: '&' } }],
    });
  });

  it('tells by which values an account is looked for, the first to be tried first', () => {
    expect(matchedBy(mapping, readOf(values))).toEqual([
      { target: 'userName', text: 'adele@x.com' },
      { target: 'email', text: 'a@x.com' },
    ]);
  });
});
