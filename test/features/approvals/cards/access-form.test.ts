import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import { type AccessFormInput, accessForm } from '../../../../src/features/approvals/cards/access-form.ts';
import { elementsOf, words } from '../../../chat/views/drawings.ts';

const empty = { subject: '', app: '', start: '', reason: '' };
const apps = [
  { id: 'app-1', name: 'Salesforce' },
  { id: 'app-2', name: 'ServiceNow' },
];
const form = (more: Partial<AccessFormInput> = {}) =>
  accessForm(words, { apps, values: empty, problem: null, today: '2026-03-02', ...more });
const inputsOf = (more: Partial<AccessFormInput> = {}) =>
  elementsOf(form(more).card).filter(({ type }) => String(type).startsWith('Input.'));

describe('the form of an access request', () => {
  it('asks for person, app, day and reason, the first two of them in any case', () => {
    const inputs = inputsOf();

    expect(inputs.map(({ id, isRequired = false }) => [id, isRequired])).toEqual([
      ['subject', true],
      ['app', true],
      ['start', false],
      ['reason', false],
    ]);
    for (const { label } of inputs) expect(String(label).length).toBeGreaterThan(3);
    for (const { errorMessage } of inputs.slice(0, 3)) expect(String(errorMessage).length).toBeGreaterThan(10);
  });

  it('sends the verb along with what the requester filled in', () => {
    expect(form().card.actions).toMatchObject([
      { type: 'Action.Submit', title: 'Request access', data: { verb: 'ask' } },
    ]);
  });

  it('offers the apps by name, and no day before today', () => {
    const [, app, start] = inputsOf();

    expect(app).toMatchObject({ type: 'Input.ChoiceSet', choices: [{ title: 'Salesforce', value: 'Salesforce' }, {}] });
    expect(start).toMatchObject({ type: 'Input.Date', min: '2026-03-02' });
    expect(start).not.toHaveProperty('value');
  });

  it('distinguishes two apps of one name by their ids', () => {
    const [, app] = inputsOf({ apps: [...apps, { id: 'app-3', name: 'salesforce ' }] });

    expect(app?.choices).toMatchObject([{ value: 'app-1' }, { value: 'ServiceNow' }, { value: 'app-3' }]);
  });

  it.each([
    ['none', []],
    ['more than a user scrolls through', Array.from({ length: 500 }, (_, n) => ({ id: `${n}`, name: `App ${n}` }))],
    ['too long names', Array.from({ length: 150 }, (_, n) => ({ id: `${n}`, name: `${n}${'漢'.repeat(80)}` }))],
  ])('has the app typed where there are %s', (_, many) => {
    const [, app] = inputsOf({ apps: many, values: { ...empty, app: 'Sales' } });

    expect(app).toMatchObject({ type: 'Input.Text', id: 'app', value: 'Sales', isRequired: true });
  });

  it('keeps what the requester filled in when it says what was wrong', () => {
    const values = { subject: 'isaiah', app: 'salesforce', start: '2026-12-01', reason: 'He *joins*' };

    const text = cardAsText(form({ values, problem: 'Usher found nobody named “isaiah”.' }).card);

    expect(text).toContain('Usher found nobody named “isaiah”.');
    expect(text).toContain('Who needs access?* [isaiah]');
    expect(text).toContain('Which app?* [Salesforce] (Salesforce, ServiceNow)');
    expect(text).toMatch(/\[2026-12-01\]\nWhy\? \(optional\) \[He \*joins\*\]/);
  });

  it('drops an invalid date', () => {
    expect(inputsOf({ values: { ...empty, start: 'tomorrow' } })[2]).not.toHaveProperty('value');
  });
});
