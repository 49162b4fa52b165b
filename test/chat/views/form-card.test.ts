import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../src/chat/cards/as-text.ts';
import { LARGEST_CARD_BYTES } from '../../../src/chat/cards/render.ts';
import type { VerbWithForm } from '../../../src/chat/registry/form-declaration.ts';
import { emptyForm, type FormInput, formCard, withForm } from '../../../src/chat/views/form-card.ts';
import { noticeCard } from '../../../src/chat/views/notice.ts';
import { registry } from '../../../src/features/registry.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import { elementsOf, words } from './drawings.ts';

const apps = [
  { id: 'app-1', name: 'Salesforce' },
  { id: 'app-2', name: 'ServiceNow' },
];
const inputOf = (form: VerbWithForm, more: Partial<FormInput> = {}): FormInput => ({
  form,
  fields: registry.commands[form].form?.fields ?? {},
  apps,
  values: emptyForm,
  problems: [],
  today: '2026-03-02',
  example: 'a line',
  ...more,
});
const form = (more: Partial<FormInput> = {}) => formCard(words, inputOf('requestAccess', more));
const inputsIn = (card: unknown) => elementsOf(card).filter(({ type }) => String(type).startsWith('Input.'));
const inputsOf = (more: Partial<FormInput> = {}) => inputsIn(form(more).card);
const appCount = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `${n}`, name: `App ${n}` }));

describe('a form', () => {
  it.each([
    ['provision', ['picked', 'subject', 'app', 'end']],
    ['requestAccess', ['picked', 'subject', 'app', 'start', 'end', 'reason']],
    ['check', ['picked', 'subject', 'app']],
    ['preview', ['picked', 'subject', 'app']],
    ['status', ['app']],
    ['watch', ['app']],
  ] as const)('of %s asks for %j, and sends its verb along', (verb, ids) => {
    const { card } = formCard(words, inputOf(verb));

    expect(inputsIn(card).map(({ id }) => id)).toEqual(ids);
    expect(card.actions).toMatchObject([
      {
        type: 'Action.Submit',
        data: { verb: 'submit', form: verb, on: 'form', msteams: { feedback: { hide: true } } },
      },
    ]);
    for (const { label } of inputsIn(card)) expect(String(label).length).toBeGreaterThan(3);
  });

  it('has the app chosen before it is sent, where a command needs one', () => {
    const required = (verb: VerbWithForm) =>
      inputsIn(formCard(words, inputOf(verb)).card)
        .filter(({ isRequired }) => isRequired === true)
        .map(({ id, errorMessage }) => [id, errorMessage]);

    expect(required('provision')).toEqual([['app', 'Which app? Choose at least one.']]);
    expect(required('watch')).toEqual([['app', 'Choose the app.']]);
    expect(required('check')).toEqual([]);
  });

  it('lets Teams search the organization for the person, beside a name to type', () => {
    const [picker, typed] = inputsOf();

    expect(picker).toMatchObject({
      type: 'Input.ChoiceSet',
      choices: [],
      'choices.data': { type: 'Data.Query', dataset: 'graph.microsoft.com/users' },
    });
    expect(typed).toMatchObject({ type: 'Input.Text', label: 'Or type names or user names' });
  });

  it('offers the apps by name, and no day before today', () => {
    const [, , app, start] = inputsOf();

    expect(app).toMatchObject({
      type: 'Input.ChoiceSet',
      style: 'filtered',
      choices: [{ title: 'Salesforce', value: 'Salesforce' }, {}],
    });
    expect(start).toMatchObject({ type: 'Input.Date', min: '2026-03-02' });
    expect(start).not.toHaveProperty('value');
  });

  it('offers two apps of one name once, by that name, for which Usher asks which is meant', () => {
    const [, , app] = inputsOf({ apps: [...apps, { id: 'app-3', name: 'salesforce ' }] });

    expect(app?.choices).toEqual([
      { title: 'Salesforce', value: 'Salesforce' },
      { title: 'ServiceNow', value: 'ServiceNow' },
    ]);
  });

  it('sends the id of an app whose name is too long to show', () => {
    const [, , app] = inputsOf({ apps: [{ id: 'app-1', name: 'x'.repeat(100) }] });

    expect(app?.choices).toMatchObject([{ value: 'app-1' }]);
  });

  it.each([
    ['none', []],
    ['more than a user scrolls through', appCount(41)],
  ])('has the app typed where there are %s', (_, many) => {
    const [, , app] = inputsOf({ apps: many, values: { ...emptyForm, app: 'Sales' } });

    expect(app).toMatchObject({ type: 'Input.Text', id: 'app', value: 'Sales', isRequired: true });
  });

  it('of provision takes several people and apps, kits first and by their apps', () => {
    const kit = { id: 'the Sales kit', name: 'the Sales kit', title: 'Sales kit (Salesforce, ServiceNow)' };
    const values = { ...emptyForm, picked: 'id-1,id-2', subject: 'adele\nlee', app: 'the Sales kit,ServiceNow' };

    const [picker, typed, app] = inputsIn(formCard(words, inputOf('provision', { apps: [kit, ...apps], values })).card);

    expect(picker).toMatchObject({ isMultiSelect: true, value: 'id-1,id-2', label: 'People' });
    expect(typed).toMatchObject({ isMultiline: true, value: 'adele\nlee' });
    expect(app).toMatchObject({
      isMultiSelect: true,
      label: 'Apps or a kit',
      value: 'the Sales kit,ServiceNow',
      choices: [{ title: 'Sales kit (Salesforce, ServiceNow)', value: 'the Sales kit' }, {}, {}],
    });
  });

  it('has the apps typed where one was named that is no choice, so that it is kept', () => {
    const values = { ...emptyForm, app: 'Salesforce, Salesforxe' };

    const [, , app] = inputsIn(formCard(words, inputOf('provision', { values })).card);

    expect(app).toMatchObject({ type: 'Input.Text', value: 'Salesforce, Salesforxe' });
  });

  it('fits Teams with two hundred apps and all that a form takes', () => {
    const picked = Array.from({ length: 540 }, () => people.adele.id).join(',');
    const values = { ...emptyForm, picked, subject: '名'.repeat(2_000), app: '名'.repeat(2_000) };

    const { card } = formCard(words, inputOf('provision', { apps: appCount(200), values }));

    expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(LARGEST_CARD_BYTES);
  });

  it('has up to forty apps chosen', () => {
    expect(inputsOf({ apps: appCount(40) })[2]).toMatchObject({ type: 'Input.ChoiceSet' });
  });

  it('keeps what was filled in when it says what was wrong', () => {
    const picked = '5eed0000-0000-4000-8000-000000000004';
    const values = {
      picked,
      subject: 'isaiah',
      app: 'salesforce',
      start: '2026-12-01',
      end: '3 months',
      reason: 'He *joins*',
      ticket: '',
    };

    const { card } = form({ values, problems: ['Usher found nobody named “isaiah”.'] });

    const text = cardAsText(card);
    expect(inputsIn(card)[0]).toMatchObject({ value: picked });
    expect(text).toContain('Usher found nobody named “isaiah”.');
    expect(text).toContain('Or type names or user names [isaiah]');
    expect(text).toContain('Apps* [Salesforce] (Salesforce, ServiceNow)');
    expect(text).toMatch(
      /\[2026-12-01\]\nUntil when, or for how long\? \(optional\) \[3 months\]\nWhy\? \(optional\) \[He \*joins\*\]/,
    );
  });

  it('drops an invalid date', () => {
    expect(inputsOf({ values: { ...emptyForm, start: 'tomorrow' } })[3]).not.toHaveProperty('value');
  });
});

describe('a form below a list', () => {
  const list = noticeCard(words, { tone: 'good', title: 'A list', paragraphs: [], summary: 'A list' });

  it('leaves the list as it is, and has only inputs and a button', () => {
    const { card, summary } = withForm(words, list, inputOf('status'));

    expect(summary).toBe('A list');
    expect(card.body.slice(0, list.card.body.length)).toEqual(list.card.body);
    expect(card.body.slice(list.card.body.length)).toMatchObject([
      // A required input would hold back the buttons of the list's own rows.
      { type: 'Input.ChoiceSet', id: 'app', label: 'Status of an app', isRequired: false },
      { type: 'ActionSet', actions: [{ title: 'Show status', data: { verb: 'submit', form: 'status', on: 'list' } }] },
    ]);
  });

  it.each([
    ['a text where the choices do not fit', 1_200, 'Input.Text'],
    ['nothing where no input fits', 200, undefined],
  ])('is %s', (_, room, type) => {
    const rest = LARGEST_CARD_BYTES - room - Buffer.byteLength(JSON.stringify(list.card));
    const full = {
      ...list,
      card: { ...list.card, body: [...list.card.body, { type: 'TextBlock', text: 'x'.repeat(rest) }] },
    };

    const { card } = withForm(words, full, inputOf('status', { apps: appCount(40) }));

    expect(inputsIn(card)[0]?.type).toBe(type);
    expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(LARGEST_CARD_BYTES);
  });
});
