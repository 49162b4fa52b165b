import type { CommandOf, Verb } from '../command.ts';
import type { MessageKey } from '../messages.ts';
import type { FormValues } from '../reply.ts';

/** The verbs whose form has its texts in the catalogue (`form.…`). */
export type VerbWithForm = Extract<
  Verb,
  MessageKey extends infer Key ? (Key extends `form.${infer Name}.title` ? Name : never) : never
>;

/** What a form asks, in the order of the card; a person is picked or typed, whichever the client can do. */
export type FormField = 'person' | 'app' | 'start' | 'reason' | 'ticket';

export interface CommandForm<V extends Verb> {
  readonly fields: Readonly<Partial<Record<FormField, 'required' | 'optional'>>>;
  /** The command of what was filled in: names as for a typed line, empty where an optional field is. */
  toCommand(filled: Omit<FormValues, 'picked'>): CommandOf<V>;
}
