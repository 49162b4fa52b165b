import { type Fetched, fetched } from '../../graph/answer.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import { guid } from '../../graph/user.ts';
import type { Verb } from '../command.ts';
import { dayOf } from '../dates/start-date.ts';
import { takesPeopleOfEntra } from '../names/people-source.ts';
import { resolvePerson, typistOf } from '../names/person.ts';
import { namesIn, seekApps } from '../names/seek-apps.ts';
import type { FormValues, Reply } from '../reply.ts';
import { emptyForm, type FormInput, formCard, MOST_CHOICES as MOST_APPS } from '../views/form-card.ts';
import { short } from '../views/parts.ts';
import type { CommandParts, Turn } from './define-command.ts';
import { choicesFor, lineOfApps } from './form-apps.ts';
import type { CommandForm, FormFields, VerbWithForm } from './form-declaration.ts';
import { type PeopleFilledIn, peopleIn } from './form-people.ts';
import { mayOnlyAsk, refuseImpossible, refuseVerb, runCommand } from './run.ts';
import { type Answered, answered, troubleReply } from './turn.ts';

/**
 * A command's form: the bare verb opens it, and its button sends what was filled in. That becomes a command, which runs
 * like a typed one; every value is the client's word, and none is trusted further than a typed name.
 */
export interface DeclaredForm {
  readonly verb: VerbWithForm;
  readonly form: CommandForm;
}

/** The form of a command by its verb, which may be anything; null where there is none. */
export function formOf({ registry }: Pick<CommandParts, 'registry'>, name: string): DeclaredForm | null {
  if (!Object.hasOwn(registry.commands, name)) return null;
  const { verb, form } = registry.commands[name as VerbWithForm];
  return form === undefined ? null : { verb, form };
}

/**
 * The form that a bare verb opens for this caller: a requester asks for what an operator does, and the form for a person
 * takes several.
 */
export function formFor(parts: CommandParts, turn: Turn, verb: Verb): DeclaredForm | null {
  const asks = parts.registry.commands[verb].forRequesters !== undefined && mayOnlyAsk(turn);
  return formOf(parts, asks ? 'requestAccess' : verb === 'provisionList' ? 'provision' : verb);
}

/** The form for a caller who may run its command; `said` is what the line has said already. */
export async function openForm(
  parts: CommandParts,
  turn: Turn,
  declared: DeclaredForm,
  said: Partial<Pick<FormValues, 'subject' | 'app' | 'ticket' | 'end'>> = {},
): Promise<Reply> {
  const refusal = await refuseImpossible(parts, turn, declared.verb);
  if (refusal !== null) return refusal;
  const values = cleaned({ ...emptyForm, ...said }, declared.form.fields);
  const isBegun = values.subject !== '' || values.app !== '';
  return drawForm(parts, turn, declared, values, isBegun ? missingIn(turn, declared, values) : []);
}

/** The submitted form. Usher asks again for what is missing, and keeps what was filled in. */
export async function submitForm(
  parts: CommandParts,
  turn: Turn,
  declared: DeclaredForm,
  filled: FormValues,
): Promise<Reply> {
  const { verb, form } = declared;
  // Permission before help: nothing is looked up for a caller who may not run the command.
  const refusal = (await refuseImpossible(parts, turn, verb)) ?? (await refuseVerb(parts, turn, verb));
  if (refusal !== null) return refusal;
  const values = cleaned(filled, form.fields);
  const missing = missingIn(turn, declared, values);
  if (missing.length > 0) return drawForm(parts, turn, declared, values, missing);
  const several = form.fields.app === 'several' ? await severalApps(parts, turn, values.app) : { app: values.app };
  if ('kind' in several) return several.reply;
  const { app, problem: wrongApp = null, ofEntra = true } = several;
  const found =
    form.fields.person === 'several'
      ? await peopleIn(parts, turn, values, ofEntra)
      : await personIn(parts, turn, values);
  if (found.kind === 'reply') return found.reply;
  const [wrongPeople, kept] = found.kind === 'wrong' ? [found.problems, found.kept] : [[], values];
  // Of one person and one app, the command says what it did not find, and offers the right line at a click.
  const isOne = found.kind === 'people' && found.subjects.length === 1 && namesIn(app, () => false).length === 1;
  const problems = [...wrongPeople, ...(wrongApp === null || isOne ? [] : [wrongApp])];
  if (found.kind === 'wrong' || problems.length > 0) return drawForm(parts, turn, declared, kept, problems);
  return runCommand(parts, turn, form.toCommand({ ...values, app, subjects: found.subjects }));
}

/** A sentence for each required field that is empty. */
function missingIn({ words }: Turn, { form: { fields } }: DeclaredForm, values: FormValues): readonly string[] {
  const noPerson = values.picked === '' && values.subject === '';
  return [
    ...(fields.person === 'required' && noPerson ? [words.plain('form.personMissing')] : []),
    ...(fields.person === 'several' && noPerson ? [words.plain('form.peopleMissing')] : []),
    ...(fields.app === 'required' && values.app === '' ? [words.plain('form.appMissing')] : []),
    ...(fields.app === 'several' && values.app === '' ? [words.plain('form.appsMissing')] : []),
  ];
}

interface AppsFilledIn {
  /** As a typed line names them. */
  readonly app: string;
  /** A name that no app has: a whole sentence. */
  readonly problem?: string;
  /** Whether one of them takes its people from Entra, as far as Graph tells. */
  readonly ofEntra?: boolean;
}

async function severalApps(parts: CommandParts, turn: Turn, text: string): Promise<AppsFilledIn | Answered> {
  const { words } = turn;
  const count = namesIn(text, () => false).length;
  // Each name may cost a call of Graph.
  if (count > MOST_APPS) return { app: text, problem: words.plain('form.tooManyApps', { count, limit: MOST_APPS }) };
  const choices = await choicesFor(parts, words, true);
  if (!choices.ok) return answered(troubleReply(words, choices.trouble));
  const app = await lineOfApps(parts, choices.value, text);
  const sought = await seekApps(parts, app);
  if (sought.kind === 'trouble') return answered(troubleReply(words, sought.trouble));
  if (sought.kind === 'none') {
    const near = sought.near === null ? null : words.plain('leftOut.similar', { names: short(sought.near) });
    const problem = words.sentences([words.plain('form.appUnknown', { typed: short(sought.name) }), near]);
    return { app, problem };
  }
  // The command asks which of several is meant.
  if (sought.kind !== 'apps') return { app };
  const sources = await Promise.all(sought.apps.map(({ id }) => takesPeopleOfEntra(parts, { app: id })));
  return { app, ofEntra: sources.includes(true) };
}

/** The picked person by user name, else what was typed. Where both name a person, it has to be the same one. */
async function personIn(parts: CommandParts, turn: Turn, values: FormValues): Promise<PeopleFilledIn> {
  const { picked, subject } = values;
  const { words } = turn;
  const one = (named: string) => ({ kind: 'people', subjects: [named] }) as const;
  const wrong = (problem: string, kept = values) => ({ kind: 'wrong', problems: [problem], kept }) as const;
  if (picked === '') return one(subject);
  // A client without the picker may send whatever was typed into it.
  if (!guid.test(picked)) return one(subject === '' ? picked : subject);
  const [user, typed] = await Promise.all([parts.directory.getUser(picked), typedPerson(parts, turn, subject)]);
  if (!user.ok) return answered(troubleReply(words, user.trouble));
  if (!typed.ok) return answered(troubleReply(words, typed.trouble));
  if (user.value === null) return wrong(words.plain('form.pickedGone'), { ...values, picked: '' });
  if (typed.value !== null && typed.value.id !== user.value.id) {
    const said = { picked: short(user.value.displayName), typed: short(subject) };
    return wrong(words.plain('form.twoPeople', said));
  }
  return one(user.value.userPrincipalName);
}

/** The one person whom a typed name means; null for none, or for several. */
async function typedPerson(
  { directory }: CommandParts,
  { incoming }: Turn,
  typed: string,
): Promise<Fetched<DirectoryUser | null>> {
  if (typed === '') return fetched(null);
  const found = await resolvePerson(directory, typed, typistOf(incoming));
  if (!found.ok) return found;
  return fetched(found.value.kind === 'one' ? found.value.user : null);
}

async function drawForm(
  parts: CommandParts,
  turn: Turn,
  declared: DeclaredForm,
  values: FormValues,
  problems: readonly string[],
): Promise<Reply> {
  const input = await formInput(parts, turn, declared, values, problems);
  if (!input.ok) return troubleReply(turn.words, input.trouble);
  return { kind: 'card', inPlace: true, message: formCard(turn.words, input.value) };
}

/** What a form shows: the apps are read only where it asks for one. */
export async function formInput(
  parts: CommandParts,
  turn: Turn,
  { verb, form }: DeclaredForm,
  values: FormValues = emptyForm,
  problems: readonly string[] = [],
): Promise<Fetched<FormInput>> {
  const { fields } = form;
  const choices =
    fields.app === undefined ? fetched([]) : await choicesFor(parts, turn.words, fields.app === 'several');
  if (!choices.ok) return choices;
  return fetched({
    form: verb,
    fields,
    apps: choices.value,
    values,
    problems,
    asksTicket: parts.tickets.required,
    ticketExamples: parts.tickets.examplesFor(),
    today: dayOf(parts.store.clock.now(), turn.incoming.reader),
    example: exampleOf(parts.registry.commands[verb].examples),
  });
}

/** A whole line, with a name in it. */
function exampleOf(examples: readonly [string, ...string[]]): string {
  return examples.find((line) => line.includes(' ')) ?? examples[0];
}

function cleaned(filled: FormValues, fields: FormFields): FormValues {
  // A form of an earlier version has fewer fields.
  const clean = (text = '') => text.replace(/\s+/gu, ' ').trim();
  const { picked, subject, app, start, end, reason, ticket } = filled;
  const lines = subject.split('\n').map(clean);
  return {
    picked: clean(picked),
    subject: fields.person === 'several' ? lines.filter((line) => line !== '').join('\n') : clean(subject),
    app: clean(app),
    start: clean(start),
    end: clean(end),
    reason: clean(reason),
    ticket: clean(ticket),
  };
}
