import { type Fetched, fetched } from '../../graph/answer.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import { guid } from '../../graph/user.ts';
import type { Verb } from '../command.ts';
import { dayOf } from '../dates/start-date.ts';
import { resolvePerson, typistOf } from '../names/person.ts';
import type { FormValues, Reply } from '../reply.ts';
import { emptyForm, type FormInput, formCard } from '../views/form-card.ts';
import { short } from '../views/parts.ts';
import type { CommandParts, Turn } from './define-command.ts';
import type { CommandForm, VerbWithForm } from './form-declaration.ts';
import { mayOnlyAsk, refuseImpossible, refuseVerb, runCommand } from './run.ts';
import { type Answered, answered, troubleReply } from './turn.ts';

/**
 * A command's form: the bare verb opens it, and its button sends what was filled in. That becomes a command, which runs
 * like a typed one; every value is the client's word, and none is trusted further than a typed name.
 */
export interface DeclaredForm {
  readonly verb: VerbWithForm;
  readonly form: { readonly [V in VerbWithForm]: CommandForm<V> }[VerbWithForm];
}

/** The form of a command by its verb, which may be anything; null where there is none. */
export function formOf({ registry }: Pick<CommandParts, 'registry'>, name: string): DeclaredForm | null {
  if (!Object.hasOwn(registry.commands, name)) return null;
  const { verb, form } = registry.commands[name as VerbWithForm];
  return form === undefined ? null : { verb, form };
}

/** The form that a bare verb opens for this caller: a requester asks for what an operator does. */
export function formFor(parts: CommandParts, turn: Turn, verb: Verb): DeclaredForm | null {
  const asks = parts.registry.commands[verb].forRequesters !== undefined && mayOnlyAsk(turn);
  return formOf(parts, asks ? 'requestAccess' : verb);
}

/** The form for a caller who may run its command; `subject` and `ticket` are what the line has said already. */
export async function openForm(
  parts: CommandParts,
  turn: Turn,
  declared: DeclaredForm,
  subject = '',
  ticket = '',
): Promise<Reply> {
  const refusal = await refuseImpossible(parts, turn, declared.verb);
  if (refusal !== null) return refusal;
  const problem = subject === '' ? null : turn.words.plain('form.appMissing');
  return drawForm(parts, turn, declared, { ...emptyForm, subject, ticket }, problem);
}

/** The submitted form. Usher asks again for what is missing, and keeps what was filled in. */
export async function submitForm(
  parts: CommandParts,
  turn: Turn,
  declared: DeclaredForm,
  filled: FormValues,
): Promise<Reply> {
  const { words } = turn;
  const { verb, form } = declared;
  // Permission before help: nothing is looked up for a caller who may not run the command.
  const refusal = (await refuseImpossible(parts, turn, verb)) ?? (await refuseVerb(parts, turn, verb));
  if (refusal !== null) return refusal;
  const values = cleaned(filled);
  const again = (problem: string, kept = values) => drawForm(parts, turn, declared, kept, problem);
  if (form.fields.person === 'required' && values.picked === '' && values.subject === '')
    return again(words.plain('form.personMissing'));
  if (form.fields.app === 'required' && values.app === '') return again(words.plain('form.appMissing'));
  const found = await personIn(parts, turn, values);
  if (found.kind === 'reply') return found.reply;
  if (found.kind === 'gone') return again(words.plain('form.pickedGone'), { ...values, picked: '' });
  if (found.kind === 'two') {
    const said = { picked: short(found.picked), typed: short(values.subject) };
    return again(words.plain('form.twoPeople', said));
  }
  return runCommand(parts, turn, form.toCommand({ ...values, subject: found.subject }));
}

type PersonFilledIn =
  | Answered
  | { readonly kind: 'subject'; readonly subject: string }
  /** No person of the tenant has the picked id. */
  | { readonly kind: 'gone' }
  /** Another person was typed than picked. */
  | { readonly kind: 'two'; readonly picked: string };

/** The picked person by user name, else what was typed. Where both name a person, it has to be the same one. */
async function personIn(parts: CommandParts, turn: Turn, { picked, subject }: FormValues): Promise<PersonFilledIn> {
  if (picked === '') return { kind: 'subject', subject };
  // A client without the picker may send whatever was typed into it.
  if (!guid.test(picked)) return { kind: 'subject', subject: subject === '' ? picked : subject };
  const [user, typed] = await Promise.all([parts.directory.getUser(picked), typedPerson(parts, turn, subject)]);
  if (!user.ok) return answered(troubleReply(turn.words, user.trouble));
  if (!typed.ok) return answered(troubleReply(turn.words, typed.trouble));
  if (user.value === null) return { kind: 'gone' };
  if (typed.value !== null && typed.value.id !== user.value.id) return { kind: 'two', picked: user.value.displayName };
  return { kind: 'subject', subject: user.value.userPrincipalName };
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
  problem: string | null,
): Promise<Reply> {
  const input = await formInput(parts, turn, declared, values, problem);
  if (!input.ok) return troubleReply(turn.words, input.trouble);
  return { kind: 'card', inPlace: true, message: formCard(turn.words, input.value) };
}

/** What a form shows: the apps are read only where it asks for one. */
export async function formInput(
  parts: CommandParts,
  turn: Turn,
  { verb, form }: DeclaredForm,
  values: FormValues = emptyForm,
  problem: string | null = null,
): Promise<Fetched<FormInput>> {
  const { fields } = form;
  const listing = fields.app === undefined ? null : await parts.applications.list();
  if (listing !== null && !listing.ok) return listing;
  // A part of the apps is no list to choose from.
  const apps = listing === null || !listing.value.complete ? [] : listing.value.items;
  return fetched({
    form: verb,
    fields,
    apps: apps.map(({ id, displayName }) => ({ id, name: displayName })),
    values,
    problem,
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

function cleaned(filled: FormValues): FormValues {
  // A form of an earlier version has fewer fields.
  const clean = (text = '') => text.replace(/\s+/gu, ' ').trim();
  const { picked, subject, app, start, reason, ticket } = filled;
  return {
    picked: clean(picked),
    subject: clean(subject),
    app: clean(app),
    start: clean(start),
    reason: clean(reason),
    ticket: clean(ticket),
  };
}
