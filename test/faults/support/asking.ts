import { setTimeout as sleep } from 'node:timers/promises';
import { clickActivity, messageActivity } from '../../../src/sandbox/teams/activity.ts';
import type { Connector } from '../../../src/sandbox/teams/connector.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import { type ShownCard, shownCards } from '../../support/usher.ts';
import type { Fleet } from './fleet.ts';
import type { StoreView } from './store.ts';

/**
 * People who ask, as persistent as real ones: they repeat a message that was answered with "nothing was done, try
 * again", and what was never answered is lost, which is what these faults must not cause. Teams stands between: it
 * delivers the same activity again, to any replica, until one accepts it.
 */
export interface Asking {
  /** Cancels a request of this person's. */
  withdraw(id: string, who: keyof typeof people): Promise<void>;
  /** Resolves with the id of the request once it is stored; of a list, once it is confirmed. */
  provision(conversationId: string, names: readonly string[]): Promise<string>;
  /** Resolves with the id once an approver other than the requester has approved it. */
  requestAccess(conversationId: string, name: string): Promise<string>;
  /** Repeats the message until an answer fits. */
  say(conversationId: string, who: keyof typeof people, text: string, isAnswer: RegExp): Promise<void>;
  /** Answers that were none of those expected. */
  readonly refusals: readonly string[];
}

interface AskingParts {
  readonly fleet: Fleet;
  readonly store: StoreView;
  readonly connector: Connector;
}

const lookEveryMs = 250;
/** As long as Teams waits before it delivers again. */
const deliveryMs = 10_000;
const deliverAgainMs = 300;
/** Another replica resumes a dead replica's turn within its lease and one look; beyond this it is lost. */
const patienceMs = 90_000;
const pauseMs = 1_500;
/** Where a part may have been stored, people look first. */
const lookFirstMs = 6_000;

export function createAsking({ fleet, store, connector }: AskingParts): Asking {
  const refusals: string[] = [];
  const placeOf = (conversationId: string) => ({ serviceUrl: connector.serviceUrl, conversationId });
  const writer = (who: keyof typeof people) => ({ id: people[who].id, name: people[who].displayName });
  const shownIn = (conversationId: string) =>
    shownCards(connector.deliveries.filter((delivery) => delivery.conversationId === conversationId));

  async function deliver(activity: unknown): Promise<void> {
    for (const deadline = Date.now() + patienceMs; ; await sleep(deliverAgainMs)) {
      if (Date.now() > deadline) throw new Error('no replica takes messages');
      const endpoint = fleet.endpoint();
      if (endpoint !== null && (await isTaken(endpoint, activity))) return;
    }
  }

  /**
   * Posts the message, and again after each refusal, until a request is stored. Earlier answers do not count.
   *
   * @throws when the request is neither stored nor refused within a patient person's time.
   */
  async function insist<T>(
    conversationId: string,
    activity: () => Record<string, unknown>,
    stored: () => Promise<T | null>,
  ): Promise<T> {
    for (;;) {
      const before = new Set(shownIn(conversationId).map(({ id }) => id));
      await deliver(activity());
      const refusal = (): ShownCard | undefined =>
        shownIn(conversationId).find(({ id, text }) => !before.has(id) && isRefusal(text));
      for (const deadline = Date.now() + patienceMs; ; await sleep(lookEveryMs)) {
        // First the answer: what it claims to be stored must be stored by then.
        const refused = refusal();
        const found = await stored();
        if (found !== null) return found;
        if (refused !== undefined) {
          refusals.push(refused.text);
          await sleep(/may have been stored/.test(refused.text) ? lookFirstMs : pauseMs);
          const late = await stored();
          if (late !== null) return late;
          break;
        }
        if (Date.now() > deadline)
          throw new Error(`${conversationId} was not answered: ${JSON.stringify(shownIn(conversationId), null, 2)}`);
      }
    }
  }

  return {
    refusals,
    async provision(conversationId, names) {
      const text =
        names.length === 1
          ? `provision ${names[0]} to Salesforce`
          : `provision users to Salesforce\n${names.join('\n')}`;
      const all = () => store.requestsOf(conversationId);
      const say = (line: string) => () => messageActivity(writer('alex'), placeOf(conversationId), line);
      const { id } = await insist(conversationId, say(text), async () => (await all())[0] ?? null);
      for (const deadline = Date.now() + 2 * patienceMs; ; await sleep(pauseMs)) {
        const requests = await all();
        const request = requests.find((one) => one.id === id);
        if (request !== undefined && !request.isHeld) return id;
        if (Date.now() > deadline) throw new Error(`${id} cannot be confirmed`);
        // Whichever copy of the card people see, its button counts.
        const asks = shownIn(conversationId).find(({ buttons }) => JSON.stringify(buttons).includes('"confirm"'));
        if (asks === undefined) continue;
        const yes = { verb: 'confirm', requestId: id };
        await deliver(clickActivity(writer('alex'), placeOf(conversationId), asks.id, yes));
      }
    },
    async requestAccess(conversationId, name) {
      const text = `request access for ${name} to Salesforce because of the season`;
      const asked = () => messageActivity(writer('megan'), placeOf(conversationId), text);
      const { id } = await insist(
        conversationId,
        asked,
        async () => (await store.accessRequestsOf(conversationId))[0] ?? null,
      );
      const isDecided = async () =>
        (await store.accessRequestsOf(conversationId))[0]?.state === 'pending' ? null : true;
      const place = placeOf('personal-alex');
      await insist('personal-alex', () => messageActivity(writer('alex'), place, `approve ${id}`), isDecided);
      return id;
    },
    withdraw: (id, who) => deliver(messageActivity(writer(who), placeOf(`personal-${who}`), `cancel ${id}`)),
    async say(conversationId, who, text, isAnswer) {
      const answered = async () => (shownIn(conversationId).some((card) => isAnswer.test(card.text)) ? true : null);
      await insist(conversationId, () => messageActivity(writer(who), placeOf(conversationId), text), answered);
    },
  };
}

async function isTaken(endpoint: string, activity: unknown): Promise<boolean> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(activity),
      signal: AbortSignal.timeout(deliveryMs),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** The reply says that nothing was done, or that the result is unknown: the user repeats the message. */
function isRefusal(text: string): boolean {
  return /again in a minute|reference|Something went wrong/i.test(text);
}
