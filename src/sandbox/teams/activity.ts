import { randomUUID } from 'node:crypto';
import { tenantId } from '../tenant/identity.ts';

/** The sender of an activity, as Teams would name them. */
export interface Writer {
  /** Entra object id. */
  readonly id: string;
  readonly name: string;
  /** BCP 47, of their Teams; English where it is missing. */
  readonly locale?: string;
}

export interface WritingPlace {
  readonly serviceUrl: string;
  readonly conversationId: string;
}

/** The activity that Teams posts to a bot when a person writes to it in a personal chat. */
export function messageActivity(writer: Writer, place: WritingPlace, text: string): Record<string, unknown> {
  return {
    type: 'message',
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    channelId: 'msteams',
    serviceUrl: place.serviceUrl,
    from: { id: `29:${writer.id}`, name: writer.name, aadObjectId: writer.id },
    recipient: { id: '28:usher', name: 'Usher' },
    conversation: { id: place.conversationId, conversationType: 'personal', tenantId },
    channelData: { tenant: { id: tenantId } },
    locale: writer.locale ?? 'en-US',
    localTimezone: 'UTC',
    textFormat: 'plain',
    text,
  };
}

/** The activity of a click on a button of type Action.Submit. */
export function clickActivity(
  writer: Writer,
  place: WritingPlace,
  cardId: string,
  data: unknown,
): Record<string, unknown> {
  const { text: _, textFormat: __, ...activity } = messageActivity(writer, place, '');
  return { ...activity, replyToId: cardId, value: data };
}

/** The activity of a click on a button of type Action.Execute; `data` has the card's inputs merged in. */
export function invokeActivity(
  writer: Writer,
  place: WritingPlace,
  cardId: string,
  data: unknown,
): Record<string, unknown> {
  return {
    ...clickActivity(writer, place, cardId, undefined),
    type: 'invoke',
    name: 'adaptiveCard/action',
    value: { action: { type: 'Action.Execute', data }, trigger: 'manual' },
  };
}

/** The activity of a click on a file consent card; `uploadInfo` is where Teams lets the bot store the file. */
export function consentActivity(
  writer: Writer,
  place: WritingPlace,
  cardId: string,
  consent: { readonly action: 'accept' | 'decline'; readonly context: unknown; readonly uploadInfo?: unknown },
): Record<string, unknown> {
  return {
    ...clickActivity(writer, place, cardId, undefined),
    type: 'invoke',
    name: 'fileConsent/invoke',
    value: { type: 'fileUpload', ...consent },
  };
}

/** Posts an activity to the bot's endpoint; resolves with the HTTP status. */
export async function postActivity(
  endpoint: string,
  activity: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  return (await exchangeActivity(endpoint, activity, headers)).status;
}

/** Posts an activity and reads the answer: JSON for an invoke, otherwise mostly nothing. */
export async function exchangeActivity(
  endpoint: string,
  activity: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: string }> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(activity),
  });
  return { status: response.status, body: await response.text() };
}
