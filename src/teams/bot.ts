import { type Activity, ActivityTypes, type TurnContext } from 'botbuilder';
import type { Chat } from '../chat/chat.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Answering } from './answering.ts';
import type { Conversations } from './conversations.ts';
import { type ActivityOrigin, admit, type GuardRules, type TurnedAway } from './guard.ts';
import { readerOf, toConversation, toIncoming } from './incoming.ts';
import type { Turns } from './turns.ts';
import { fieldsOf, textOf } from './wire.ts';

/** What happens in a turn: the guard, the repeated delivery, and then the answer. */
export interface Bot {
  /** `issuer` is that of the token which the activity came with; undefined when there was none. */
  onTurn(context: TurnContext, issuer: string | undefined): Promise<void>;
  /** Takes up the turns that a crash cut off; they are under way when this resolves. */
  resume(): Promise<void>;
  /** Resolves when every answer that was begun stands. */
  settled(): Promise<void>;
}

export interface BotParts {
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
const pruneEveryMs = 3_600_000;

export function createBot(parts: BotParts): Bot {
  const { chat, answering, conversations, turns, clock, log } = parts;
  const answers = new Set<Promise<void>>();
  let nextPruneAt = 0;

  function keep(finished: Promise<void>): void {
    const kept = finished
      .catch((error: unknown) => log.error({ error, code: 'answer_lost' }, 'an answer could not be delivered'))
      .finally(() => answers.delete(kept));
    answers.add(kept);
  }

  async function onTurn(context: TurnContext, issuer: string | undefined): Promise<void> {
    const { activity } = context;
    if (!wantsAnswer(activity)) return;
    const admission = admit(originOf(activity, issuer), parts.guard);
    if (admission.kind === 'turnedAway') return turnAway(activity, admission.why, admission.actorId);
    const where = { conversation: toConversation(activity), reader: readerOf(activity) };
    try {
      if (activity.type === ActivityTypes.InstallationUpdate) {
        return await greet(where.conversation, await chat.welcome(admission.speaker, where.reader));
      }
      const incoming = toIncoming(activity, admission.speaker);
      if (incoming === null) return;
      if (!(await turns.open(incoming, clock.now()))) {
        log.info({ code: 'repeated_activity' }, 'an activity came twice and was answered once');
        return;
      }
      pruneNowAndThen();
      const { finished } = await answering.answer(incoming, null);
      keep(finished);
    } catch (error) {
      await answering.apologise(where, error);
    }
  }

  async function greet(conversation: string, greeting: Parameters<Conversations['post']>[1]): Promise<void> {
    const posted = await conversations.post(conversation, greeting);
    if (posted.kind === 'done') return;
    log.warn({ error: posted.error, status: posted.status, code: 'greeting_not_taken' }, 'Teams took no greeting');
  }

  async function turnAway(activity: Partial<Activity>, why: TurnedAway, actorId: string): Promise<void> {
    log.warn({ code: 'turned_away', why, actorId }, 'an activity was turned away');
    const words = await chat.turnAway(why, actorId, readerOf(activity));
    // Who did not come through the channel service may have named any address to answer to.
    if (why === 'issuer') return;
    const said = await conversations.say(toConversation(activity), words);
    if (said.kind === 'done') return;
    log.warn({ error: said.error, status: said.status, code: 'refusal_not_taken' }, 'Teams took no refusal');
  }

  function pruneNowAndThen(): void {
    const now = clock.now();
    if (now < nextPruneAt) return;
    nextPruneAt = now + pruneEveryMs;
    turns
      .prune(now - rememberMs)
      .catch((error: unknown) => log.warn({ error, code: 'turns_not_pruned' }, 'old turns were not forgotten'));
  }

  return {
    onTurn,
    async resume() {
      pruneNowAndThen();
      for (const { incoming, cardId } of await turns.findOpen(clock.now() - resumeMs)) {
        log.info({ code: 'turn_resumed' }, 'taking up a turn that was cut off');
        keep(answering.answer(incoming, cardId).then(({ finished }) => finished));
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
      // Not `add-upgrade`: a new version of the app is no reason to greet everybody again.
      return activity.action === 'add';
    default:
      return false;
  }
}

function originOf(activity: Partial<Activity>, issuer: string | undefined): ActivityOrigin {
  const named = textOf(fieldsOf(fieldsOf(activity.channelData).tenant).id);
  return {
    channelId: textOf(activity.channelId),
    tenantId: named || textOf(fieldsOf(activity.conversation).tenantId),
    aadObjectId: textOf(fieldsOf(activity.from).aadObjectId),
    issuer,
  };
}
