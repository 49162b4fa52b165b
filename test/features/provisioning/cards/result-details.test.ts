import { describe, expect, it } from '@jest/globals';
import type { Outcome, Report } from '../../../../src/graph/outcome.ts';
import { notKept } from '../../../../src/masking/attributes.ts';
import { drawOutcome, elementsOf, emptyReport, step } from '../../../chat/views/drawings.ts';

const report: Report = {
  ...emptyReport,
  steps: [step({ type: 'scoping', name: 'EntrySynchronizationScoping', details: { Assigned: 'False', Notes: '{}' } })],
};

describe('the details of a result', () => {
  const detailsOf = (outcome: Outcome): Record<string, string> => {
    const details = elementsOf(drawOutcome(outcome).card).find(({ id }) => id === 'details');
    const texts = elementsOf(details).flatMap(({ text }) => /^\*\*(.+?)\*\* (.*)$/.exec(String(text)) ?? []);
    return Object.fromEntries(texts.flatMap((_, n) => (n % 3 === 0 ? [[texts[n + 1], texts[n + 2]]] : [])));
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
      'last name (name.familyName)': 'Vance → Langer',
      'email address (emails\\[type eq "work"\\].value)': '(empty) → a@b.c',
      'address (addresses\\[type eq "work"\\].formatted)': 'x → (empty)',
      'custom:costCentre': '1 → 2',
    });
  });

  it.each(['password', 'Pwd', 'clientSecret', 'api_key', 'apikey', 'userPIN', 'accessToken', 'credentials', 'x.otp'])(
    'leave out %s, whose value is private',
    (attribute) => {
      const { card } = drawOutcome(changed({ attribute, oldValue: 'hunter1', newValue: 'hunter2' }));

      expect(JSON.stringify(card)).not.toContain('hunter');
    },
  );

  it.each(['shippingAddress', 'monkeyName', 'keyboard', 'passport.country'])(
    'show %s, which is not secret',
    (attribute) => {
      const { card } = drawOutcome(changed({ attribute, oldValue: 'old', newValue: 'plain' }));

      expect(JSON.stringify(card)).toContain('old → plain');
    },
  );

  it.each(['updated', 'inSync'] as const)(
    'show the new value alone when the service reports no old ones: %s',
    (kind) => {
      const changes = [
        { attribute: 'title', oldValue: null, newValue: 'Engineer' },
        { attribute: 'city', oldValue: null, newValue: 'Berlin' },
      ];

      const facts = detailsOf({ kind, report: { ...report, changes } });

      expect(facts).toMatchObject({ 'job title (title)': 'Engineer', city: 'Berlin' });
    },
  );

  it('say that an attribute was empty where the account is new', () => {
    const changes = [{ attribute: 'city', oldValue: null, newValue: 'Berlin' }];

    expect(detailsOf({ kind: 'created', report: { ...report, changes } })).toMatchObject({ city: '(empty) → Berlin' });
  });

  it('leave out what is empty, in attributes and in steps', () => {
    const facts = detailsOf(changed({ attribute: 'title', oldValue: null, newValue: ' ' }));

    expect(Object.keys(facts)).not.toContain('job title (title)');
    expect(Object.keys(facts)).not.toContain('Notes');
    expect(facts).toMatchObject({ Assigned: 'False' });
  });

  it('show twenty attributes at most and count the rest', () => {
    const changes = Array.from({ length: 23 }, (_, n) => ({ attribute: `a${n}`, oldValue: 'u', newValue: 'v' }));

    const { card } = drawOutcome(changed(...changes));

    const values = elementsOf(card).filter(({ text }) => String(text).endsWith('** u → v'));
    expect(values).toHaveLength(20);
    expect(JSON.stringify(card)).toContain('And 3 more attributes.');
  });

  it('count the attributes without stored values, and name them', () => {
    const others = Array.from({ length: 11 }, (_, n) => ({ attribute: `x${n}`, oldValue: null, newValue: notKept }));
    const changes = [{ attribute: 'title', oldValue: null, newValue: 'Engineer' }, ...others];
    const steps = [step({ type: 'import', name: 'EntryImport', details: { mail: 'a@b.c', mobile: notKept } })];

    const { card } = drawOutcome({ kind: 'updated', report: { ...report, steps, changes } });

    const text = JSON.stringify(card);
    expect(text).toContain('Usher does not keep the values of 11 attributes: x0, x1,');
    expect(text).toContain('x9, and 1 more.');
    expect(text).toContain('And 1 more attribute, whose value Usher does not keep.');
    expect(text).not.toContain(notKept);
  });

  it('cut long values', () => {
    const facts = detailsOf(changed({ attribute: 'a', oldValue: 'u', newValue: 'x'.repeat(10_000) }));

    expect(facts.a).toMatch(/^u → x{79}…$/);
  });

  it('hold the service’s own words', () => {
    const said = JSON.stringify(
      drawOutcome({ kind: 'failed', code: 'New', reason: 'Status 409', recommendedAction: null, report }).card,
    );

    expect(said).toContain('What the service said');
    expect(said).toContain('Status 409');
  });
});
