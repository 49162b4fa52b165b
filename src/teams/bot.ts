import { type Activity, ActivityTypes, type CloudAdapter, type TurnContext } from 'botbuilder';
import type { Chat } from '../chat/chat.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { issuerOf } from './adapter.ts';
import type { Answering } from './answering.ts';
import type { Conversations } from './conversations.ts';
import { type ActivityOrigin, admit, type GuardRules, type TurnedAway } from './guard.ts';
import { readerOf, toConversation, toIncoming } from './incoming.ts';
import type { Turns } from './turns.ts';

/** What happens in a turn: the guard, the repeated delivery, and then the answer. */
export interface Bot {
  onTurn(context: TurnContext): Promise<void>;
  /** Takes up the turns that a crash cut off. */
  resume(): Promise<void>;
  /** Resolves when every answer that was begun stands. */
  settled(): Promise<void>;
}

export interface BotParts {
  readonly adapter: CloudAdapter;
  readonly guard: GuardRules;
  readonly chat: Chat;
  readonly answering: Answering;
  readonly conversations: Conversations;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly log: Log;
}

/** A message older than this is not answered any more after a restart: whoever sent it has gone on. */
const resumeMs = 10 * 60_000;
/** How long a delivery is remembered, to know it when it is repeated. */
const rememberMs = 24 * 3_600_000;

export function createBot(parts: BotParts): Bot {
  const { adapter, chat, answering, conversations, turns, clock, log } = parts;
  const answers = new Set<Promise<void>>();

  function keep(finished: Promise<void>): void {
    answers.add(finished);
    finished.finally(() => answers.delete(finished));
  }

  async function onTurn(context: TurnContext): Promise<void> {
    const { activity } = context;
    if (!wantsAnswer(activity)) return;
    const admission = admit(originOf(activity, issuerOf(adapter, context)), parts.guard);
    if (admission.kind === 'turnedAway') return turnAway(activity, admission.why, admission.actorId);
    if (activity.type === ActivityTypes.InstallationUpdate) {
      const greeting = await chat.welcome(admission.speaker, readerOf(activity));
      await conversations.post(toConversation(activity), greeting);
      return;
    }
    const incoming = toIncoming(activity, admission.speaker);
    if (incoming === null) return;
    if (!(await turns.open(incoming, clock.now()))) {
      log.info({ code: 'repeated_activity' }, 'an activity came twice and was answered once');
      return;
    }
    const { finished } = await answering.answer(incoming, null);
    keep(finished);
    if (activity.type === ActivityTypes.Invoke) await acknowledge(context);
  }

  async function turnAway(activity: Partial<Activity>, why: TurnedAway, actorId: string): Promise<void> {
    log.warn({ code: 'turned_away', why, channel: activity.channelId, actorId }, 'an activity was turned away');
    const words = await chat.turnAway(why, actorId, readerOf(activity));
    // Who did not come through the channel service may have named any address to answer to.
    if (why !== 'issuer') await conversations.say(toConversation(activity), words);
  }

  return {
    onTurn,
    async resume() {
      const now = clock.now();
      await turns.prune(now - rememberMs);
      for (const { incoming, cardId } of await turns.findOpen(now - resumeMs)) {
        log.info({ code: 'turn_resumed' }, 'taking up a turn that was cut off');
        keep((await answering.answer(incoming, cardId)).finished);
      }
    },
    async settled() {
      while (answers.size > 0) await Promise.all(answers);
    },
  };
}

/** Messages, buttons and the installation. Reactions, edits, typing and the coming and going of people are not. */
function wantsAnswer(activity: Partial<Activity>): boolean {
  switch (activity.type) {
    case ActivityTypes.Message:
      return true;
    case ActivityTypes.Invoke:
      return activity.name === 'adaptiveCard/action';
    case ActivityTypes.InstallationUpdate:
      return activity.action?.startsWith('add') === true;
    default:
      return false;
  }
}

function originOf(activity: Partial<Activity>, issuer: string | undefined): ActivityOrigin {
  const channelData: unknown = activity.channelData;
  const tenant =
    typeof channelData === 'object' && channelData !== null && 'tenant' in channelData ? channelData.tenant : null;
  const named = typeof tenant === 'object' && tenant !== null && 'id' in tenant ? tenant.id : undefined;
  return {
    channelId: activity.channelId,
    tenantId: typeof named === 'string' ? named : activity.conversation?.tenantId,
    aadObjectId: activity.from?.aadObjectId,
    issuer,
  };
}

/** The answer stands on a card already; the invoke itself only wants to hear that it arrived. */
async function acknowledge(context: TurnContext): Promise<void> {
  await context.sendActivity({
    type: ActivityTypes.InvokeResponse,
    value: {
      status: 200,
      body: { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'OK' },
    },
  });
}
