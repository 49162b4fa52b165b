import { type Activity, ActivityTypes, type TurnContext } from 'botbuilder';
import type { Chat } from '../chat/chat.ts';
import type { Incoming, Speaker } from '../chat/incoming.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Reader } from '../requests/request.ts';
import { withinMs } from '../time-limit.ts';
import { createCallerRate } from './caller-rate.ts';
import { consentName, toConsent } from './consent.ts';
import type { ConsentHandler } from './consent-handler.ts';
import { type Conversations, conversationKey } from './conversations.ts';
import { type ActivityOrigin, type Admission, admit, type GuardRules } from './guard.ts';
import { actionName, createInvokeHandler, type InvokeResponse, saySentence } from './invoke-handler.ts';
import type { SignInFlow, SignInResponse } from './sign-in-flow.ts';
import { createStrangers } from './strangers.ts';
import { incomingId, isEdit, readerOf, toIncoming, whereOf } from './to-incoming.ts';
import type { TurnAnswerer } from './turn-answerer.ts';
import type { OpenTurn, Turns } from './turns.ts';
import { fieldsOf, textOf } from './wire.ts';

/** A turn: the guard, the check for a repeated delivery, and then the answer. */
export interface Bot {
  /**
   * `issuer` is the one of the activity's token; undefined when there was none. Resolves with the response to a click
   * on a card, and with null for all else.
   */
  onTurn(context: TurnContext, issuer: string | undefined): Promise<InvokeResponse | null>;
  /** The same for sign-in invokes, which are answered by a status; null where there is no sign-in. */
  onSignIn(activity: Activity, issuer: string | undefined): Promise<SignInResponse | null>;
  /** Resumes the turns that a crash interrupted; the first is running when this resolves, and the others follow. */
  resume(): Promise<void>;
  /** Resolves when every answer that was begun is posted. */
  settled(): Promise<void>;
  /** Records the refusals that are only counted so far. */
  stop(): Promise<void>;
}

export interface BotParts {
  readonly guard: GuardRules;
  /** The most that one person may send. */
  readonly commandsPerMinute: number;
  readonly chat: Pick<
    Chat,
    'welcome' | 'turnAway' | 'recordTurnedAway' | 'tooMany' | 'editedTooLate' | 'draw' | 'isPosted' | 'checking'
  >;
  /** The locale in which a person reads, by their id and the locale of their Teams; never rejects. */
  readonly localeFor: (personId: string, locale: string) => Promise<string>;
  readonly answering: TurnAnswerer;
  readonly consentHandler: ConsentHandler;
  /** Absent where Graph is called with Usher's own permission. */
  readonly signInFlow?: Pick<SignInFlow, 'take'>;
  readonly conversations: Conversations;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly log: Log;
}

/** An older message is not answered after a restart: its sender has moved on. */
const resumeMs = 10 * 60_000;
/** How long a delivery is stored, to recognize its repetition. */
const rememberMs = 24 * 3_600_000;
const pruneEveryMs = 3_600_000;
/** A turn that killed or froze this many processes is not retried. */
const mostAttempts = 2;
/** How often one conversation is greeted in a minute, however often Teams reports the installation. */
const greetingsPerMinute = 1;
/** How long an interrupted turn runs alone before the next one is begun. */
const aloneMs = 5_000;

export function createBot(parts: BotParts): Bot {
  const { chat, answering, consentHandler, conversations, turns, clock, log } = parts;
  const invokeHandler = createInvokeHandler({ chat, answering, clock });
  const callerRate = createCallerRate(parts.commandsPerMinute, clock);
  const greetingRate = createCallerRate(greetingsPerMinute, clock);
  const strangers = createStrangers({ record: chat.recordTurnedAway, clock, log });
  const answers = new Set<Promise<void>>();
  let nextPruneAt = 0;

  function keep(finished: Promise<void>): void {
    const kept = finished
      .catch((error: unknown) => log.error({ error, code: 'answer_lost' }, 'an answer could not be delivered'))
      .finally(() => answers.delete(kept));
    answers.add(kept);
  }

  /** The activity with the locale in which its person reads, which is known once they are admitted. */
  async function inTheirLanguage(activity: Activity, admission: Admission): Promise<Activity> {
    if (admission.kind === 'turnedAway') return activity;
    return { ...activity, locale: await parts.localeFor(admission.speaker.id, readerOf(activity).locale) };
  }

  async function onTurn(context: TurnContext, issuer: string | undefined): Promise<InvokeResponse | null> {
    if (!wantsAnswer(context.activity)) return null;
    const admission = admit(originOf(context.activity, issuer), parts.guard);
    const activity = await inTheirLanguage(context.activity, admission);
    const isConsent = isInvokeOf(activity, consentName);
    // The response to such an invoke is its answer; all else is answered in the conversation.
    const isInvoke = isInvokeOf(activity, actionName);
    const where = { ...whereOf(activity), reader: readerOf(activity) };
    const isInstallation = activity.type === ActivityTypes.InstallationUpdate;
    if (admission.kind === 'turnedAway' && !(isInstallation && admission.why === 'noPerson')) {
      const words = await turnAway(activity, admission, where);
      if (isInvoke) return saySentence(words.said ?? '');
      if (words.said !== null && words.mayPost) await sayNo(where.conversation, words.said);
      return null;
    }
    try {
      if (isInstallation) {
        await greetOnce(activity, admission.kind === 'admitted' ? admission.speaker : null);
        return null;
      }
      if (admission.kind === 'turnedAway') return null;
      const incoming = isConsent ? null : toIncoming(activity, admission.speaker);
      if (incoming === null && !isConsent) return null;
      const tooMany = refuseTooMany(admission.speaker, where.reader);
      if (tooMany !== null) {
        if (isInvoke) return saySentence(tooMany.words);
        if (tooMany.isNews) await sayNo(where.conversation, tooMany.words);
        return null;
      }
      if (incoming === null) {
        pruneNowAndThen();
        const { finished } = await consentHandler.take(toConsent(activity, admission.speaker));
        keep(finished);
        return null;
      }
      if (!isInvoke) {
        await answerOnce(incoming);
        return null;
      }
      const { response, finished } = await invokeHandler.answer(incoming);
      keep(finished);
      return response;
    } catch (error) {
      if (isInvoke) return saySentence(answering.apology(where, error).summary);
      // Neither stored nor told: Teams delivers the activity again after an error.
      if (!(await answering.apologize(where, error))) throw error;
    }
    return null;
  }

  async function onSignIn(received: Activity, issuer: string | undefined): Promise<SignInResponse | null> {
    if (parts.signInFlow === undefined) return null;
    const admission = admit(originOf(received, issuer), parts.guard);
    const activity = await inTheirLanguage(received, admission);
    const reader = readerOf(activity);
    if (admission.kind === 'turnedAway') {
      await turnAway(activity, admission, { ...whereOf(activity), reader });
      return { status: 400, body: {} };
    }
    if (refuseTooMany(admission.speaker, reader) !== null) return { status: 400, body: {} };
    const { response, finished } = await parts.signInFlow.take(activity, admission.speaker);
    keep(finished);
    return response;
  }

  /** A click gets the refusal each time, in its response; the conversation gets it once a minute. */
  function refuseTooMany(speaker: Speaker, reader: Reader): { words: string; isNews: boolean } | null {
    const admittance = callerRate.take(speaker);
    if (admittance.kind === 'within') return null;
    const { isNews, waitMs } = admittance;
    if (isNews)
      log.warn({ code: 'too_many_commands', actorId: speaker.id }, 'a user sends more commands than the limit allows');
    return { words: chat.tooMany(parts.commandsPerMinute, waitMs, reader), isNews };
  }

  async function answerOnce(incoming: Incoming): Promise<void> {
    const opened = incoming.edits === undefined ? await open(incoming) : await openEdited(incoming);
    if (opened === 'repeated') log.info({ code: 'repeated_activity' }, 'an activity came twice and was answered once');
    if (opened !== 'opened') return;
    pruneNowAndThen();
    const { finished } = await answering.answer(incoming);
    keep(finished);
  }

  async function open(incoming: Incoming): Promise<'opened' | 'repeated'> {
    return (await turns.open(incoming, clock.now())) ? 'opened' : 'repeated';
  }

  /** An edited message that was answered is not read again, which its sender is told. */
  async function openEdited(incoming: Incoming) {
    const opened = await turns.openEdited(incoming, clock.now());
    if (opened === 'answered') await sayNo(incoming.conversation, chat.editedTooLate(incoming.reader));
    return opened;
  }

  /**
   * An administrator may install Usher for all users at once, with no person in the activity; then the greeting
   * mentions no permissions. Greetings count like commands, and Teams may deliver an installation again.
   */
  async function greetOnce(activity: Activity, speaker: Speaker | null): Promise<void> {
    const where = { ...whereOf(activity), reader: readerOf(activity) };
    const { tenantId } = originOf(activity, undefined);
    const place = { tenantId: tenantId ?? '', id: where.place.key };
    const isTooMuch = [callerRate.take(speaker ?? { ...place, id: '' }), greetingRate.take(place)].some(
      ({ kind }) => kind === 'over',
    );
    if (isTooMuch || !(await turns.meet(incomingId(activity), clock.now()))) {
      log.info({ code: 'repeated_installation' }, 'an installation came again and was not greeted');
      return;
    }
    pruneNowAndThen();
    const posted = await conversations.post(where.conversation, await chat.welcome(speaker, where.reader, where));
    if (posted.kind === 'done') return;
    log.warn({ error: posted.error, status: posted.status, code: 'greeting_not_taken' }, 'Teams took no greeting');
  }

  /**
   * `said` is null where nothing may be said. The response to a click is always given; a message is posted only where
   * the limit allows.
   */
  async function turnAway(
    activity: Activity,
    { why, actorId }: Extract<Admission, { kind: 'turnedAway' }>,
    { conversation, reader }: { readonly conversation: string; readonly reader: Reader },
  ): Promise<{ readonly said: string | null; readonly mayPost: boolean }> {
    const { tenantId = '' } = originOf(activity, undefined);
    const mayPost = await strangers.take({ tenantId, actorId, conversation: conversationKey(conversation), why });
    const words = chat.turnAway(why, reader);
    // A sender that bypassed the channel service may have named any reply address, and some have.
    return { said: why === 'issuer' || why === 'service' ? null : words, mayPost };
  }

  async function sayNo(conversation: string, words: string): Promise<void> {
    const said = await conversations.post(conversation, { text: words });
    if (said.kind === 'done') return;
    log.warn({ error: said.error, status: said.status, code: 'refusal_not_taken' }, 'Teams took no refusal');
  }

  function pruneNowAndThen(): void {
    const now = clock.now();
    if (now < nextPruneAt) return;
    nextPruneAt = now + pruneEveryMs;
    turns
      .prune({ before: now - rememberMs, unansweredBefore: now - resumeMs })
      .catch((error: unknown) => log.warn({ error, code: 'turns_not_pruned' }, 'old turns were not forgotten'));
  }

  /** One at a time: one of them may have killed the process, and must not take the others down again. */
  async function takeUpInTurn(taken: readonly OpenTurn[]): Promise<void> {
    for (const turn of taken) {
      try {
        const attempts = await turns.begin(turn.incoming.id);
        if (attempts !== null) await takeUpOne(turn, attempts);
      } catch (error) {
        log.warn({ error, code: 'answer_put_off' }, 'a turn that was cut off waits for the database');
        await turns.handBack(turn.incoming.id).catch(() => undefined);
      }
    }
  }

  async function takeUpOne({ incoming, cardId, copies }: OpenTurn, attempts: number): Promise<void> {
    if (attempts > mostAttempts + 1) {
      log.error(
        { code: 'turn_given_up', attempts, actorId: incoming.speaker.id },
        'processes ended while they apologized for a turn; it is closed without an answer',
      );
      return turns.close(incoming.id);
    }
    const isPoison = attempts > mostAttempts;
    if (!isPoison) log.info({ code: 'turn_resumed', attempts }, 'taking up a turn that was cut off');
    const finished = isPoison
      ? answering.giveUp(incoming, cardId, mostAttempts)
      : answering.answer(incoming, { cardId, copies }).then((begun) => begun.finished);
    keep(finished);
    await withinMs(finished, aloneMs, clock);
  }

  return {
    onTurn,
    onSignIn,
    async resume() {
      pruneNowAndThen();
      const taken = await turns.takeUp(clock.now() - resumeMs);
      if (taken.length > 0) keep(takeUpInTurn(taken));
    },
    async settled() {
      while (answers.size > 0) await Promise.all(answers);
    },
    stop: strangers.stop,
  };
}

/**
 * Messages, edits in the personal chat, buttons and the installation get an answer. Reactions, typing and membership
 * changes do not.
 */
function wantsAnswer(activity: Partial<Activity>): boolean {
  switch (activity.type) {
    case ActivityTypes.Message:
      return true;
    case ActivityTypes.MessageUpdate:
      return isEdit(activity);
    case ActivityTypes.Invoke:
      return isInvokeOf(activity, actionName) || isInvokeOf(activity, consentName);
    case ActivityTypes.InstallationUpdate:
      // Not `add-upgrade`: a new version of the app is no reason to greet all users again.
      return activity.action === 'add';
    default:
      return false;
  }
}

function isInvokeOf({ type, name }: Partial<Activity>, wanted: string): boolean {
  return type === ActivityTypes.Invoke && name === wanted;
}

function originOf(activity: Partial<Activity>, issuer: string | undefined): ActivityOrigin {
  const named = textOf(fieldsOf(fieldsOf(activity.channelData).tenant).id);
  return {
    channelId: textOf(activity.channelId),
    tenantId: named || textOf(fieldsOf(activity.conversation).tenantId),
    aadObjectId: textOf(fieldsOf(activity.from).aadObjectId),
    issuer,
    serviceUrl: textOf(activity.serviceUrl),
  };
}
