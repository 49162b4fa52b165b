import { describe, expect, it } from '@jest/globals';
import type { Outcome, Report } from '../../../src/graph/outcome.ts';
import { drawOutcome, elementsOf, emptyReport, step } from './drawings.ts';

const report: Report = {
  ...emptyReport,
  steps: [step({ type: 'scoping', name: 'EntrySynchronizationScoping', details: { Assigned: 'False', Notes: '{}' } })],
};

describe('the details', () => {
  const detailsOf = (outcome: Outcome): Record<string, string> => {
    const details = elementsOf(drawOutcome(outcome).card).find(({ id }) => id === 'details');
    const facts = elementsOf(details).filter(({ value }) => typeof value === 'string');
    return Object.fromEntries(facts.map(({ title, value }) => [String(title), String(value)]));
  };
  const changed = (...changes: Report['changes']): Outcome => ({ kind: 'updated', report: { ...report, changes } });

  it('show attributes from old to new, by the name that people use', () => {
    const facts = detailsOf(
      changed(
        { attribute: 'name.familyName', oldValue: 'Vance', newValue: 'Langer' },
        { attribute: 'emails[type eq "work"].value', oldValue: null, newValue: 'a@b.c' },
        { attribute: 'addresses[type eq "work"].formatted', oldValue: 'x', newValue: '' },
        { attribute: 'custom:costCentre', oldValue: '1', newValue: '2' },
      ),
    );

    expect(facts).toMatchObject({
      'surname (name.familyName)': 'Vance → Langer',
      'e-mail address (emails\\[type eq "work"\\].value)': '(empty) → a@b.c',
      'address (addresses\\[type eq "work"\\].formatted)': 'x → (empty)',
      'custom:costCentre': '1 → 2',
    });
  });

  it.each(['password', 'Pwd', 'clientSecret', 'api_key', 'apikey', 'userPIN', 'accessToken', 'credentials', 'x.otp'])(
    'leave out %s, whose value is nobody’s business',
    (attribute) => {
      const { card } = drawOutcome(changed({ attribute, oldValue: 'hunter1', newValue: 'hunter2' }));

      expect(JSON.stringify(card)).not.toContain('hunter');
    },
  );

  it.each(['shippingAddress', 'monkeyName', 'keyboard', 'passport.country'])(
    'show %s, which is no secret',
    (attribute) => {
      const { card } = drawOutcome(changed({ attribute, oldValue: null, newValue: 'plain' }));

      expect(JSON.stringify(card)).toContain('(empty) → plain');
    },
  );

  it('leave out what is empty, in attributes and in steps', () => {
    const facts = detailsOf(changed({ attribute: 'title', oldValue: null, newValue: ' ' }));

    expect(Object.keys(facts)).not.toContain('job title (title)');
    expect(Object.keys(facts)).not.toContain('Notes');
    expect(facts).toMatchObject({ Assigned: 'False' });
  });

  it('show twenty attributes at most and count the rest', () => {
    const changes = Array.from({ length: 23 }, (_, n) => ({ attribute: `a${n}`, oldValue: null, newValue: 'v' }));

    const { card } = drawOutcome(changed(...changes));

    const values = elementsOf(card).filter(({ value }) => value === '(empty) → v');
    expect(values).toHaveLength(20);
    expect(JSON.stringify(card)).toContain('And 3 more attributes.');
  });

  it('cut long values', () => {
    const facts = detailsOf(changed({ attribute: 'a', oldValue: null, newValue: 'x'.repeat(10_000) }));

    expect(facts.a).toMatch(/^\(empty\) → x{79}…$/);
  });

  it('hold what the service said', () => {
    const said = JSON.stringify(
      drawOutcome({ kind: 'failed', code: 'New', reason: 'Status 409', recommendedAction: null, report }).card,
    );

    expect(said).toContain('What the service said');
    expect(said).toContain('Status 409');
  });
});
