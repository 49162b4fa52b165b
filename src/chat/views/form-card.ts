import type { Fact, FormView } from '../cards/card-views.ts';
import { LARGEST_CARD_BYTES, renderCard, renderLargestThatFits } from '../cards/render.ts';
import { markdownText, plainText } from '../cards/safe-text.ts';
import type { Messages } from '../messages.ts';
import { LIST_SEPARATOR } from '../names/app-list.ts';
import type { FormFields, VerbWithForm } from '../registry/form-declaration.ts';
import type { AdaptiveCard, CardMessage, FormValues } from '../reply.ts';
import { type AppChoice, choiceValue, chosenIn, isNamed, sameText } from './app-choices.ts';
import { LONGEST_REASON, maybe, short } from './parts.ts';
import { ticketField } from './ticket-views.ts';

export interface FormInput {
  readonly form: VerbWithForm;
  readonly fields: FormFields;
  /** The choices; with none, or with more than a person scrolls through, the app is typed. */
  readonly apps: readonly AppChoice[];
  readonly values: FormValues;
  /** Every request needs a ticket number: the form has its field from the start. Missing for no. */
  readonly asksTicket?: boolean;
  readonly ticketExamples?: readonly string[];
  /** Why the submitted form was not accepted: finished sentences, plain, each about one field. */
  readonly problems: readonly string[];
  /** `YYYY-MM-DD` in the reader's time zone. */
  readonly today: string;
  /** A line that does the same. */
  readonly example: string;
}

export const emptyForm: FormValues = { picked: '', subject: '', app: '', start: '', end: '', reason: '', ticket: '' };

/** Teams searches them in the client; some clients show a longer list badly. */
export const MOST_CHOICES = 40;
const LONGEST_FIELD = 200;
/** The same for a field of several names. */
const LONGEST_FIELDS = 2_000;
/** Picked people of whom a form keeps track when it comes back, each of them 37 bytes. */
const MOST_PICKED = 150;
/** As much as its input takes. */
const LONGEST_END = 100;
const LONGEST_KIT = 120;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The form of a command. Its button sends the inputs along with the verb `submit`. */
export function formCard(words: Messages, input: FormInput): CardMessage {
  const ways = canChoose(input) ? [true, false] : [false];
  const card = renderLargestThatFits('form', ways, (asChoices) => viewOf(words, { ...input, on: 'form', asChoices }));
  return { card, summary: summaryOf(words, input) };
}

/** The same card with the inputs and the button of a form below, if there is room. */
export function withForm(words: Messages, { card, summary }: CardMessage, input: FormInput): CardMessage {
  for (const asChoices of canChoose(input) ? [true, false] : [false]) {
    const form = renderCard('form', viewOf(words, { ...input, on: 'list', asChoices }));
    const below = [...inputsOf(form), { type: 'ActionSet', actions: form.actions ?? [] }];
    const both = { ...card, body: [...card.body, ...below] };
    if (Buffer.byteLength(JSON.stringify(both)) <= LARGEST_CARD_BYTES) return { card: both, summary };
  }
  return { card, summary };
}

function summaryOf(words: Messages, { form }: FormInput): string {
  return words.plain('form.summary', { title: words.plain(`form.${form}.title`) });
}

function inputsOf({ body }: AdaptiveCard): readonly unknown[] {
  return body.filter((element) => JSON.stringify(element).startsWith('{"type":"Input.'));
}

function canChoose({ apps, fields, values }: FormInput): boolean {
  const hasRoom = apps.length > 0 && apps.length <= MOST_CHOICES;
  // A list of choices holds no other name.
  return hasRoom && (fields.app !== 'several' || chosenIn(apps, values.app) !== null);
}

interface Drawn extends FormInput {
  readonly on: 'form' | 'list';
  readonly asChoices: boolean;
}

function viewOf(words: Messages, input: Drawn): FormView {
  const { form, on, fields, values, problems, today, example, asksTicket = false, ticketExamples = [] } = input;
  const button = words.plain(`form.${form}.button`);
  const footer = words.card('form.footer', { line: words.line(example) });
  const [app] = appField(words, input);
  const start = { label: words.plain('form.start'), min: today, errorMessage: words.plain('form.startMissing') };
  const hasStart = DATE.test(values.start);
  return {
    fallbackText: words.sentences([summaryOf(words, input), words.plain('form.footer', { line: words.line(example) })]),
    title: words.card(`form.${form}.title`),
    intro: maybe(words.card('form.intro', { form })),
    problems: problems.map((problem) => ({ text: markdownText(problem, LONGEST_REASON) })),
    persons: fields.person === undefined ? [] : [personFields(words, input)],
    appChoices:
      app === undefined || !input.asChoices
        ? []
        : [
            {
              ...app,
              choices: choicesOf(input),
            },
          ],
    appTexts: app === undefined || input.asChoices ? [] : [app],
    filledStarts: fields.start !== undefined && hasStart ? [{ ...start, value: values.start }] : [],
    emptyStarts: fields.start === undefined || hasStart ? [] : [start],
    ends:
      fields.end === undefined
        ? []
        : [
            {
              label: words.plain('form.end'),
              placeholder: words.plain('form.endHint'),
              value: plainText(values.end, LONGEST_END),
            },
          ],
    reasons:
      fields.reason === undefined
        ? []
        : [
            {
              label: words.plain('form.reason'),
              placeholder: words.plain('form.reasonHint'),
              value: plainText(values.reason, LONGEST_REASON),
            },
          ],
    tickets:
      fields.ticket === undefined || !(asksTicket || values.ticket !== '')
        ? []
        : ticketField(words, values.ticket, ticketExamples),
    footer: maybe(footer),
    buttons: [
      {
        title: button,
        tooltip: words.plain('form.sends', { button }),
        data: { verb: 'submit', form, on, msteams: { feedback: { hide: true } } },
      },
    ],
  };
}

function personFields(words: Messages, { form, fields, values }: Drawn): FormView['persons'][number] {
  const isSeveral = fields.person === 'several';
  const picked = values.picked
    .split(',')
    .slice(0, MOST_PICKED)
    .map((pick) => plainText(pick));
  const typed = values.subject.split('\n').map((line) => plainText(line, LONGEST_FIELDS));
  const errorMessage = words.plain(isSeveral ? 'form.peopleMissing' : 'form.personMissing');
  return {
    isSeveral,
    maxLength: isSeveral ? LONGEST_FIELDS : LONGEST_FIELD,
    errorMessage,
    picker: {
      label: isSeveral ? words.plain('form.people') : words.plain('form.person', { form }),
      placeholder: words.plain(isSeveral ? 'form.peoplePick' : 'form.personPick'),
      value: picked.join(','),
    },
    typed: {
      label: words.plain(isSeveral ? 'form.peopleTyped' : 'form.personTyped'),
      placeholder: words.plain(isSeveral ? 'form.peopleHint' : 'form.personHint'),
      value: isSeveral ? typed.join('\n') : plainText(values.subject, LONGEST_FIELD),
    },
  };
}

function appField(words: Messages, input: Drawn): FormView['appTexts'] {
  const { form, on, fields, apps, values, asChoices } = input;
  if (fields.app === undefined) return [];
  const isSeveral = fields.app === 'several';
  const chosen = isSeveral ? chosenIn(apps, values.app) : apps.filter((app) => isNamed(app, values.app)).slice(0, 1);
  const names =
    chosen === null || chosen.length === 0 ? values.app : chosen.map(({ name }) => name).join(LIST_SEPARATOR);
  const kits = apps.some(({ title }) => title !== undefined) ? 'some' : 'none';
  const label = isSeveral ? words.plain('form.apps', { kits }) : words.plain('form.app', { form });
  return [
    {
      label: on === 'list' ? words.plain(`form.${form}.title`) : label,
      placeholder: words.plain(isSeveral ? 'form.appsHint' : 'form.appHint'),
      value: asChoices
        ? (chosen ?? []).map(choiceValue).join(',')
        : plainText(names, isSeveral ? LONGEST_FIELDS : LONGEST_FIELD),
      isSeveral,
      maxLength: isSeveral ? LONGEST_FIELDS : LONGEST_FIELD,
      // A client checks every input before any button of the card, and the buttons of a list's rows need none.
      isRequired: on === 'form' && fields.app !== 'optional',
      errorMessage: words.plain(isSeveral ? 'form.appsMissing' : 'form.appMissing'),
    },
  ];
}

/** Apps of one name are one choice: for its name Usher takes the one with a job, or asks which is meant. */
function choicesOf({ apps }: FormInput): readonly Fact[] {
  const first = apps.filter((app, at) => apps.findIndex(({ name }) => sameText(name, app.name)) === at);
  return first.map((app) => ({
    title: app.title === undefined ? short(app.name) : short(app.title, LONGEST_KIT),
    value: choiceValue(app),
  }));
}
