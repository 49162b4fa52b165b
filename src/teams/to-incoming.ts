import { createHash, randomUUID } from 'node:crypto';
import { type Activity, ActivityTypes } from 'botbuilder';
import { z } from 'zod';
import type { Incoming, IncomingContent, IncomingFile, Speaker } from '../chat/incoming.ts';
import type { CardAction } from '../chat/reply.ts';
import type { Reader } from '../requests/request.ts';
import { placeKey } from './conversations.ts';
import { cleanText } from './text.ts';
import { fieldsOf, listOf, textOf } from './wire.ts';

/**
 * Converts an activity to the chat's input. Null for activities that need no answer, such as a reaction. Never throws,
 * whatever is missing or malformed.
 */
export function toIncoming(activity: Partial<Activity>, speaker: Speaker): Incoming | null {
  const content = contentOf(activity);
  if (content === null) return null;
  const id = incomingId(activity);
  const edited =
    activity.type === ActivityTypes.MessageUpdate ? { id: `${id}|${editOf(activity)}`, edits: id } : { id };
  return { ...edited, speaker, ...whereOf(activity), reader: readerOf(activity), ...content };
}

/** The same for a repeated delivery of one edit; an edited message keeps its id. */
function editOf({ timestamp, text }: Partial<Activity>): string {
  const at = timestamp instanceof Date ? timestamp.toISOString() : textOf(timestamp);
  return createHash('sha256')
    .update(`${at} ${textOf(text)}`)
    .digest('hex')
    .slice(0, 16);
}

/** The new text of a message that its sender has edited in the personal chat; Teams also reports deleted messages. */
export function isEdit(activity: Partial<Activity>): boolean {
  const isUpdate = activity.type === ActivityTypes.MessageUpdate;
  return isUpdate && textOf(fieldsOf(activity.channelData).eventType) === 'editMessage' && isPersonal(activity);
}

/** The same for a repeated delivery. */
export function incomingId(activity: Partial<Activity>): string {
  // Without an id no repetition can be recognized, and the next activity must not count as one.
  const activityId = textOf(activity.id) || randomUUID();
  return `${textOf(fieldsOf(activity.conversation).id)}|${activityId}`;
}

function contentOf(activity: Partial<Activity>): Pick<Incoming, 'what' | 'mentions'> | null {
  if (activity.type === ActivityTypes.Invoke) {
    return { what: toAction(fieldsOf(fieldsOf(activity.value).action).data, activity), mentions: [] };
  }
  if (activity.type !== ActivityTypes.Message && !isEdit(activity)) return null;
  // A button of type Action.Submit arrives as a message with a value and no text.
  if (typeof activity.value === 'object' && activity.value !== null) {
    return { what: toAction(activity.value, activity), mentions: [] };
  }
  const bot = fieldsOf(activity.recipient);
  const { text, mentions } = cleanText({
    text: activity.text,
    entities: activity.entities,
    botId: textOf(bot.id),
    botName: textOf(bot.name) || undefined,
  });
  // Teams sends the text once more as an HTML attachment, which is not a file.
  const attached = listOf(activity.attachments)
    .map(fieldsOf)
    .filter(({ contentType }) => contentType !== 'text/html');
  const files = attached.filter(({ contentType }) => contentType === droppedFile).map(toFile);
  return { what: { kind: 'text', text, attachments: attached.length, files }, mentions };
}

/** How Teams announces a file that was dropped in a personal chat. */
const droppedFile = 'application/vnd.microsoft.teams.file.download.info';

function toFile({ name, content }: Readonly<Record<string, unknown>>): IncomingFile {
  return { name: textOf(name), downloadUrl: textOf(fieldsOf(content).downloadUrl) };
}

/** A button's data comes from the client; only the known shapes are accepted. */
const requestId = z.string().regex(/^[0-9A-Z]{4,12}$/);
const page = z.number().int().min(0).max(1000);
/**
 * An optional input of a card; if it is empty, Teams sends nothing, or an empty text. A text that is too long is cut,
 * and a character that databases cannot store becomes a space; neither is refused.
 */
const optionalText = (longest: number, control = /\p{Cc}+/gu) =>
  z
    .unknown()
    .default('')
    .transform((value) => textOf(value).replace(control, ' ').slice(0, longest).toWellFormed());
/** The lines of a joint request that were ticked: ids of six characters with commas between them. */
const ticks = {
  among: z.string().max(2_000).optional(),
  ticked: z.boolean().optional(),
  lines: z.string().max(2_000).optional(),
};
const actionSchema: z.ZodType<CardAction> = z.discriminatedUnion('verb', [
  z.object({ verb: z.enum(['run', 'choose', 'personal']), text: z.string().max(1000) }),
  z.object({ verb: z.literal('ticket'), text: z.string().max(3000), ticket: optionalText(40) }),
  z.object({
    verb: z.enum(['retry', 'cancel', 'removeNow', 'keepAccess', 'repairNow', 'leaveJob', 'tellManager']),
    requestId,
  }),
  z.object({ verb: z.literal('assign'), requestId, page: page.optional() }),
  z.object({ verb: z.literal('approve'), requestId, ...ticks }),
  z.object({ verb: z.literal('confirm'), requestId, ticket: optionalText(40) }),
  z.object({ verb: z.literal('deny'), requestId, reason: optionalText(500), ...ticks }),
  z.object({
    verb: z.literal('submit'),
    form: z.string().max(40),
    on: z.enum(['form', 'list']),
    // Longer than a form takes, so that it can tell how much too long it is, and no name is cut away unsaid.
    picked: optionalText(20_000),
    subject: optionalText(4000, /[^\P{Cc}\n]+/gu),
    app: optionalText(4000),
    start: optionalText(100),
    end: optionalText(100),
    reason: optionalText(500),
    ticket: optionalText(40),
  }),
  z.object({
    verb: z.literal('page'),
    requestId,
    page,
    on: z.enum(['list', 'page']),
  }),
]);

function toAction(data: unknown, activity: Partial<Activity>): IncomingContent {
  const cardId = textOf(activity.replyToId);
  const action = actionSchema.safeParse(data);
  return action.success ? { kind: 'action', action: action.data, cardId } : { kind: 'unknownAction', cardId };
}

/** Where it was said. Only a chat known to be personal counts as one: in all others people may read along. */
export function whereOf(activity: Partial<Activity>): Pick<Incoming, 'conversation' | 'place'> {
  const conversation = toConversation(activity);
  const kind = isPersonal(activity) ? 'personal' : 'shared';
  return { conversation, place: { key: placeKey(conversation), kind } };
}

function isPersonal({ conversation }: Partial<Activity>): boolean {
  return textOf(fieldsOf(conversation).conversationType) === 'personal';
}

/**
 * The reply address as text to be stored: botbuilder's conversation reference with what sending needs, and nothing else
 * from the activity. The activity's own id is left out, or every card would be a reply to it.
 */
export function toConversation(activity: Partial<Activity>): string {
  return JSON.stringify({
    user: pick(activity.from, ['id', 'name', 'aadObjectId']),
    bot: pick(activity.recipient, ['id', 'name']),
    conversation: pick(activity.conversation, ['id', 'isGroup', 'conversationType', 'tenantId']),
    channelId: textOf(activity.channelId),
    serviceUrl: textOf(activity.serviceUrl),
  });
}

function pick(value: unknown, names: readonly string[]): Record<string, unknown> {
  const fields = fieldsOf(value);
  const plain = names.filter((name) => ['string', 'boolean'].includes(typeof fields[name]));
  return Object.fromEntries(plain.map((name) => [name, fields[name]]));
}

/** Language and time zone from the person's Teams; English and UTC by default. */
export function readerOf(activity: Partial<Activity>): Reader {
  const clientInfo = listOf(activity.entities)
    .map(fieldsOf)
    .filter(({ type }) => type === 'clientInfo');
  const timeZones = [...clientInfo.map(({ timezone }) => timezone), activity.localTimezone];
  return {
    locale: isLocale(activity.locale) ? activity.locale : 'en-US',
    timeZone: timeZones.find(isTimeZone) ?? 'UTC',
  };
}

const isTimeZone = createCheck((timeZone) => new Intl.DateTimeFormat('en', { timeZone }));
const isLocale = createCheck((locale) => new Intl.Locale(locale));

/** Keeps the names that were accepted, as it takes long to find out: some hundreds are in use, each in any case. */
function createCheck(construct: (name: string) => unknown): (name: unknown) => name is string {
  const known = new Set<string>();
  return (name): name is string => {
    if (typeof name === 'string' && known.has(name)) return true;
    const isOne = accepted(name, construct);
    if (isOne && known.size < mostNames) known.add(name);
    return isOne;
  };
}

const mostNames = 1_000;
/** Longer than any name in use; a valid locale can be of any length. */
const longestName = 64;

function accepted(name: unknown, construct: (name: string) => unknown): name is string {
  if (typeof name !== 'string' || name === '' || name.length > longestName) return false;
  try {
    construct(name);
    return true;
  } catch {
    return false;
  }
}
