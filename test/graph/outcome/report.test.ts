import { describe, expect, it } from '@jest/globals';

import { readEntry } from '../../../src/graph/outcome/entry.ts';
import { mergeReports, reportOf } from '../../../src/graph/outcome/report.ts';

const reportFrom = (element: unknown) => reportOf(readEntry(element));

describe('reportOf', () => {
  it('recognizes step types and statuses in any case, and keeps the service name', () => {
    const { steps } = reportFrom({
      provisioningSteps: [
        { name: 'A', type: 'REFERENCERESOLUTION', status: 'warning' },
        { name: 'B', type: 'referenceResolution', status: 'SUCCESS' },
        { name: 'C', type: 'Teleport', status: 'Postponed' },
        { name: 'D' },
      ],
    });

    expect(steps.map(({ name, type, status }) => [name, type, status])).toEqual([
      ['A', 'referenceResolution', 'warning'],
      ['B', 'referenceResolution', 'success'],
      ['C', 'unknownFutureValue', 'unknownFutureValue'],
      ['D', 'unknownFutureValue', 'unknownFutureValue'],
    ]);
  });

  it('turns every detail into text, leaves nested JSON text alone and drops what says nothing', () => {
    const details = {
      flag: true,
      count: 3,
      ScopeEvaluationResult: '{"a":false}',
      nested: { a: 1 },
      empty: '',
      none: null,
    };

    const { steps } = reportFrom({ provisioningSteps: [{ details }] });

    expect(steps[0]?.details).toEqual({
      flag: 'true',
      count: '3',
      ScopeEvaluationResult: '{"a":false}',
      nested: '{"a":1}',
      empty: '',
    });
  });

  it('keeps the readable members of a list beside odd ones', () => {
    const { steps, changes } = reportFrom({
      provisioningSteps: [null, 'step', { name: 'EntryImport' }],
      modifiedProperties: [{ newValue: 'x' }, 4, { displayName: 'title', oldValue: false, newValue: 'Clerk' }],
    });

    expect(steps.map(({ name }) => name)).toEqual(['EntryImport']);
    expect(changes).toEqual([{ attribute: 'title', oldValue: 'false', newValue: 'Clerk' }]);
  });

  it('reads a blank target id as none', () => {
    expect(reportFrom({ targetIdentity: { id: '' } }).targetId).toBeNull();
    expect(reportFrom({ targetIdentity: { id: '00u1' } }).targetId).toBe('00u1');
  });

  it.each([
    [{ reportableIdentifier: 'a@contoso.com', sourceIdentity: { displayName: 'A' } }, 'a@contoso.com'],
    [{ reportableIdentifier: ' ', sourceIdentity: { displayName: 'A' } }, 'A'],
    [{ provisioningSteps: [{}, { details: { ReportableIdentifier: 'Self-service Pilot' } }] }, 'Self-service Pilot'],
    [{ sourceIdentity: null }, null],
  ])('labels the subject of %j as %s', (element, label) => {
    expect(reportFrom(element).subjectLabel).toBe(label);
  });
});

describe('mergeReports', () => {
  it('joins steps and changes in order, and keeps the identity of the deciding report', () => {
    const group = reportFrom({
      changeId: '1',
      provisioningSteps: [{ name: 'A' }],
      modifiedProperties: [{ displayName: 'members' }],
      targetSystem: { name: 'customappsso' },
    });
    const member = reportFrom({
      changeId: '2',
      provisioningSteps: [{ name: 'B' }],
      reportableIdentifier: 'b@contoso.com',
    });

    const merged = mergeReports(member, [group, member]);

    expect(merged.steps.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(merged.changes).toHaveLength(1);
    expect(merged).toMatchObject({ changeId: '2', subjectLabel: 'b@contoso.com', targetSystem: 'customappsso' });
  });
});
