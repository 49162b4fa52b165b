import { describe, expect, it } from '@jest/globals';
import { forgottenName, namesIn, tracesOf, withoutPerson } from '../../../src/requests/forgetting/traces.ts';

const id = '5eed0000-0000-4000-8000-000000000abc';
const other = '5eed0000-0000-4000-8000-000000000003';
const traces = tracesOf(id, ['Will Quirk', 'will.quirk@contoso.com']);
const left = (row: object) => withoutPerson(row as Readonly<Record<string, unknown>>, traces);
const json = (row: object, column: string) => {
  const changed = left(row)[column];
  return changed === undefined ? undefined : (JSON.parse(String(changed)) as unknown);
};

describe('a row of a person who is forgotten', () => {
  it('loses the name and the second line beside the id, and a namesake keeps both', () => {
    const theirs = { subject_id: id, subject_name: 'Will Quirk', subject_label: 'will.quirk@contoso.com' };
    const namesakes = { subject_id: other, subject_name: 'Will Quirk', subject_label: 'wq@contoso.com' };

    expect(left(theirs)).toEqual({ subject_name: forgottenName, subject_label: null });
    expect(left(namesakes)).toEqual({});
  });

  it('loses them in JSON, at any depth and within an address that is JSON itself', () => {
    const conversation = { user: { id: `29:${id}`, name: 'Will Quirk', aadObjectId: id }, bot: { name: 'Usher' } };
    const members = [
      { id, name: 'Will Quirk', label: 'will.quirk@contoso.com' },
      { id: other, name: 'Will Quirk', label: null },
    ];
    const from = { conversation: JSON.stringify(conversation), reader: { locale: 'de-DE', timeZone: 'Europe/Berlin' } };

    expect(json({ members: JSON.stringify(members) }, 'members')).toEqual([
      { id, name: forgottenName, label: null },
      members[1],
    ]);
    expect(json({ decided_from: JSON.stringify(from) }, 'decided_from')).toEqual({
      conversation: JSON.stringify({ ...conversation, user: { ...conversation.user, name: forgottenName } }),
      reader: { locale: 'en-US', timeZone: 'UTC' },
    });
  });

  it('keeps the name of a kit that names the person among its approvers', () => {
    expect(left({ kit: JSON.stringify({ name: 'Sales', approvers: [id], assign: null }) })).toEqual({});
  });

  it('loses the name that stands without an id', () => {
    expect(left({ second_person: 'Will Quirk' })).toEqual({ second_person: forgottenName });
    expect(json({ second_person_decision: '{"how":"confirmed","by":"will quirk"}' }, 'second_person_decision')).toEqual(
      { how: 'confirmed', by: forgottenName },
    );
  });

  it('loses a reason that the person typed or that is about them, and in another one the name alone, in any case', () => {
    const reason = 'he will be away, says Will Quirk <will.quirk@contoso.com>';

    expect(left({ requested_by_id: id, subject_id: other, reason })).toEqual({ reason: '•••' });
    expect(left({ requested_by_id: other, subject_id: id, reason })).toEqual({ reason: '•••' });
    expect(left({ requested_by_id: other, subject_id: other, reason })).toEqual({
      reason: 'he ••• be away, says ••• <•••>',
    });
    expect(left({ requested_by_id: other, subject_id: other, reason: 'willing and quirky' })).toEqual({});
    const decided = { requested_by_id: other, subject_id: other, decided_by_id: id, reason: 'a', decision_reason: 'b' };
    expect(left(decided)).toEqual({ decision_reason: '•••' });
  });

  it('loses what was typed for a list, mistyped names that Usher understood too, and keeps its own codes', () => {
    const list = [
      { text: 'will', reason: 'ambiguous', suggestions: ['will.quirk@contoso.com', 'will.smith@contoso.com'] },
      { text: 'wilm', reason: 'unknown', suggestions: ['will.quirk@contoso.com'] },
      { text: 'adele', reason: 'unknown', suggestions: [] },
    ];

    expect(json({ left_out: JSON.stringify(list) }, 'left_out')).toEqual([
      { text: '•••', reason: 'ambiguous', suggestions: ['•••', '•••.smith@contoso.com'] },
      { text: '•••', reason: 'unknown', suggestions: ['•••'] },
      list[2],
    ]);
  });

  it('keeps of its outcome the codes alone, and of another person’s all but the name', () => {
    const step = { type: 'import', name: 'EntryImport', description: 'Will Quirk', details: { manager: 'Will Quirk' } };
    const outcome = {
      kind: 'unknown',
      why: 'timeout',
      last: { kind: 'failed', code: 'EntryConflict', reason: 'title is Clerk', report: { steps: [step] } },
    };
    const row = { outcome: JSON.stringify(outcome) };

    expect(json({ ...row, subject_id: id }, 'outcome')).toMatchObject({
      ...{ kind: 'unknown', why: 'timeout' },
      last: { kind: 'failed', code: 'EntryConflict', reason: null, report: { steps: [] } },
    });
    expect(json({ ...row, subject_id: 'group', members: `[{"id":"${id}"}]` }, 'outcome')).toMatchObject({
      last: { reason: null },
    });
    expect(json({ ...row, subject_id: other, members: '[]' }, 'outcome')).toMatchObject({
      last: { reason: 'title is Clerk', report: { steps: [{ description: '•••', details: { manager: '•••' } }] } },
    });
  });

  it('loses the groups through which the person was assigned, and the place that they wrote from', () => {
    const row = {
      ...{ subject_id: id, unassign: '{"only":null,"roles":["User"],"through":["Sales Team"]}' },
      ...{ conversation: JSON.stringify({ user: { aadObjectId: id } }), locale: 'de-DE', time_zone: 'Europe/Berlin' },
    };

    expect(left(row)).toEqual({
      unassign: '{"only":null,"roles":["User"],"through":["•••"]}',
      locale: 'en-US',
      time_zone: 'UTC',
    });
  });

  it('keeps the small words of a name, and the domain of a guest, in what others typed', () => {
    const guest = tracesOf(id, ['Max von der Heide', 'max_fabrikam.com#EXT#@contoso.com']);

    const { reason } = withoutPerson({ reason: 'von Fabrikam.com an der Bar, für Heide, max_fabrikam.com' }, guest);

    expect(reason).toBe('von Fabrikam.com an der Bar, für •••, •••_fabrikam.com');
  });

  it('has nothing more to lose once it was forgotten', () => {
    const row = {
      subject_id: id,
      subject_name: 'Will Quirk',
      reason: 'Will',
      outcome: '{"kind":"created","report":{}}',
    };

    const once = { ...row, ...left(row) };

    expect(left(once)).toEqual({});
  });

  it.each([
    ['王伟', 'weil 王伟离职了'],
    ['Zoë Ångström', 'zoë left, ÅNGSTRÖM too'],
    ['Müller, Jürgen', 'JÜRGEN MÜLLER is away'],
    ["Seán O'Brien", "seán o'brien is away"],
    ['C. Ng (extern)', 'for C. Ng (extern)'],
  ])('loses %s in “%s”', (name, reason) => {
    const { reason: after = reason } = withoutPerson({ reason }, tracesOf(id, [name]));

    const parts = name
      .toLowerCase()
      .split(/[^\p{L}]+/u)
      .filter((one) => one.length > 1);
    expect(parts.filter((part) => String(after).toLowerCase().includes(part))).toEqual([]);
  });
});

describe('the names of a person', () => {
  it('are those beside the id, and their own addresses in the reports of their provisioning', () => {
    const row = {
      ...{ subject_id: id, subject_name: 'Will Quirk', subject_label: 'will.quirk@contoso.com' },
      ...{ requested_by_id: other, requested_by_name: 'Alex Wilber' },
      members: JSON.stringify([
        { id, name: 'W. Quirk', label: null },
        { id: other, name: 'Adele Vance' },
      ]),
      outcome: JSON.stringify({
        kind: 'created',
        report: {
          steps: [
            { details: { mail: 'quirk@contoso.com', manager: 'megan@contoso.com', managerMail: 'megan@contoso.com' } },
          ],
          changes: [{ attribute: 'emails[type eq "work"].value', oldValue: null, newValue: 'wq@contoso.com' }],
        },
      }),
    };

    expect([...namesIn(row, id)].toSorted()).toEqual([
      'W. Quirk',
      'Will Quirk',
      'quirk@contoso.com',
      'will.quirk@contoso.com',
      'wq@contoso.com',
    ]);
    expect(namesIn(row, other)).toEqual(['Alex Wilber', 'Adele Vance']);
  });
});
