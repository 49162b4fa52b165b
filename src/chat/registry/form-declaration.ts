import type { Command, Verb } from '../command.ts';
import type { MessageKey } from '../messages.ts';
import type { FormValues } from '../reply.ts';

/** The verbs whose form has its texts in the catalogue (`form.…`). */
export type VerbWithForm = Extract<
  Verb,
  MessageKey extends infer Key ? (Key extends `form.${infer Name}.title` ? Name : never) : never
>;

/** What a form asks, in the order of the card; a person is picked or typed, whichever the client can do. */
export type FormField = 'person' | 'app' | 'start' | 'end' | 'reason' | 'ticket';

/** `several`: one at least, of people and apps alone; kits stand among the apps. */
export type FormFields = Readonly<Partial<Record<FormField, 'required' | 'optional' | 'several'>>>;

/** What was filled in: names as for a typed line, empty where an optional field is. */
export interface FilledIn extends Omit<FormValues, 'picked' | 'subject'> {
  /** Empty alone where the form asks for no person. */
  readonly subjects: readonly string[];
}

export interface CommandForm {
  readonly fields: FormFields;
  /** The command that a typed line with the same names gives. */
  toCommand(filled: FilledIn): Command;
}
