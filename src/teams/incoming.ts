import { type Activity, ActivityTypes, TurnContext } from 'botbuilder';
import { z } from 'zod';
import type { Incoming, IncomingContent, Speaker } from '../chat/incoming.ts';
import type { CardAction } from '../chat/reply.ts';
import type { Reader } from '../requests/request.ts';
import { cleanText } from './text.ts';

/** An activity made into what the chat understands. Null for those that want no answer, such as a reaction. */
export function toIncoming(activity: Partial<Activity>, speaker: Speaker): Incoming | null {
  const what = contentOf(activity);
  if (what === null) return null;
  return {
    id: `${activity.conversation?.id ?? ''}|${activity.id ?? ''}`,
    speaker,
    conversation: toConversation(activity),
    reader: readerOf(activity),
    what,
  };
}

function contentOf(activity: Partial<Activity>): IncomingContent | null {
  if (activity.type === ActivityTypes.Invoke) {
    const invoke = executeSchema.safeParse(activity.value);
    return toAction(invoke.success ? invoke.data.action.data : null, activity);
  }
  if (activity.type !== ActivityTypes.Message) return null;
  // A button of type Action.Submit arrives as a message with a value and no text.
  if (typeof activity.value === 'object' && activity.value !== null) return toAction(activity.value, activity);
  const { text } = cleanText({
    text: activity.text,
    entities: activity.entities,
    botId: activity.recipient?.id ?? '',
    botName: activity.recipient?.name,
  });
  // Teams sends the text once more as an attachment of HTML; that one is no file.
  const attachments = (activity.attachments ?? []).filter(({ contentType }) => contentType !== 'text/html').length;
  return { kind: 'text', text, attachments };
}

const executeSchema = z.object({ action: z.object({ data: z.unknown() }) });

/** What comes back from a button is the sender's word; only the known shapes pass. */
const actionSchema: z.ZodType<CardAction> = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('run'), text: z.string().max(1000) }),
  z.object({ verb: z.literal('choose'), text: z.string().max(1000) }),
  z.object({ verb: z.literal('retry'), requestId: z.string().regex(/^[0-9A-Z]{4,12}$/) }),
]);

function toAction(data: unknown, activity: Partial<Activity>): IncomingContent {
  const cardId = activity.replyToId ?? '';
  const action = actionSchema.safeParse(data);
  return action.success ? { kind: 'action', action: action.data, cardId } : { kind: 'unknownAction', cardId };
}

/** Where to answer, as text to be stored. The activity's own id is left out, or every card would be a reply to it. */
export function toConversation(activity: Partial<Activity>): string {
  const { activityId: _, ...reference } = TurnContext.getConversationReference(activity);
  return JSON.stringify(reference);
}

const clientInfoSchema = z.object({ type: z.literal('clientInfo'), timezone: z.string() });

/** Language and time zone, as the person's Teams tells them; English and UTC where it does not. */
export function readerOf(activity: Partial<Activity>): Reader {
  const clientInfo = (activity.entities ?? []).map((entity) => clientInfoSchema.safeParse(entity));
  const told = clientInfo.find((parsed) => parsed.success)?.data?.timezone ?? activity.localTimezone;
  return {
    locale: isLocale(activity.locale) ? activity.locale : 'en-US',
    timeZone: isTimeZone(told) ? told : 'UTC',
  };
}

function isTimeZone(name: string | undefined): name is string {
  return accepted(name, (timeZone) => new Intl.DateTimeFormat('en', { timeZone }));
}

function isLocale(name: string | undefined): name is string {
  return accepted(name, (locale) => new Intl.Locale(locale));
}

function accepted(name: string | undefined, construct: (name: string) => unknown): name is string {
  if (typeof name !== 'string' || name === '') return false;
  try {
    construct(name);
    return true;
  } catch {
    return false;
  }
}
