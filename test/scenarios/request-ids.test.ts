import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import type { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

let teams: TestUsher;
beforeEach(async () => {
  teams = await startTestUsher({
    environment: { PROVISION_WINDOW_MS: '100', REQUEST_FOR: 'anyone', REQUESTERS: groups.peopleManagers.id },
  });
  await says('alex', 'whoami');
});
afterEach(() => teams.close());

type Name = keyof typeof people;

async function says(person: Name, line: string): Promise<string> {
  await teams.say(person, line);
  await teams.settled();
  return teams.lastCard(`personal-${person}`).text;
}

/** Posted because of this line: a text or a card that the outbox sends meanwhile is not the answer. */
async function answerTo(person: Name, line: string): Promise<string> {
  const before = new Set(teams.cardsFor(`personal-${person}`).map(({ id }) => id));
  await says(person, line);
  const fresh = teams.cardsFor(`personal-${person}`).filter(({ id, content }) => !before.has(id) && content !== null);
  return fresh[0]?.text ?? '';
}

interface Ids {
  readonly access: string;
  /** Of the provisioning request; null before the first start. */
  readonly run: string | null;
}

/** Brings a request of Megan's into a state. */
const states: Readonly<Record<string, () => Promise<Ids>>> = {
  pending: () => asked('isaiah'),
  denied: async () => decided(await asked('isaiah'), 'deny'),
  'taken back': async () => {
    const ids = await asked('isaiah');
    await says('megan', `cancel ${ids.access}`);
    return ids;
  },
  'approved for a day to come': async () => decided(await asked('isaiah', ' in 3 days'), 'approve'),
  'waiting for the assignment': async () => decided(await asked('diego'), 'approve'),
  created: async () => decided(await asked('isaiah'), 'approve'),
  failed: async () => decided(await asked('grady'), 'approve'),
};

async function asked(person: Name, when = ''): Promise<Ids> {
  await says('megan', `request access for ${person} to Salesforce${when}`);
  const text = teams.cardsFor('personal-megan').at(-1)?.text ?? '';
  return { access: /Request ([0-9A-Z]{6})/.exec(text)?.[1] ?? '', run: null };
}

async function decided({ access }: Ids, verb: 'approve' | 'deny'): Promise<Ids> {
  await says('alex', `${verb} ${access}`);
  const started = (await teams.records()).find(
    ({ kind, requestId }) => kind === 'accessStarted' && requestId === access,
  );
  return { access, run: started === undefined ? null : String(started.details.request) };
}

const isWrong = /Usher has no|not found|out of date|cannot do that yet|went wrong/;
const mayNot = /permission|need|role/i;

/** The answers of each command to Alex, who is operator and approver, about a request in this state; of either id. */
const answers: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  pending: { retry: /No one has approved request/, history: /Approve or deny/ },
  denied: { retry: /was denied/, cancel: /Nothing to cancel/, approve: /Nothing left to decide/, deny: /Nothing left/ },
  'taken back': { retry: /was withdrawn/, cancel: /Nothing to cancel/, approve: /Nothing left/, deny: /Nothing left/ },
  'approved for a day to come': { retry: /starts on/, approve: /Nothing left/, deny: /Nothing left/ },
  'waiting for the assignment': { retry: /Starting again/, approve: /Nothing left/, deny: /Nothing left/ },
  created: {
    retry: /succeeded/,
    cancel: /Already sent|Nothing to cancel/,
    approve: /Nothing left/,
    deny: /Nothing left/,
  },
  failed: { retry: /runs? (once more|again)|retried|Trying/i, approve: /Nothing left/, deny: /Nothing left/ },
};

describe.each(Object.keys(states))('a request that is %s', (state) => {
  it('is found by each id on its cards in each command, by each role', async () => {
    const ids = await (states[state] as () => Promise<Ids>)();
    const wrong: string[] = [];

    for (const id of [ids.access, ids.run].filter((each) => each !== null)) {
      for (const verb of ['show', 'history', 'approve', 'deny', 'retry', 'cancel']) {
        const changes = state === 'pending' && ['approve', 'deny', 'cancel'].includes(verb);
        for (const person of ['johanna', 'lynne', 'megan', 'patti', 'alex'] as const) {
          // Commands that decide or withdraw come last of all, and other tests cover them.
          const mayDecide = person === 'patti' || person === 'alex';
          if (changes && (mayDecide || (verb === 'cancel' && person === 'megan'))) continue;
          if (verb === 'cancel' && ['megan', 'alex'].includes(person) && answers[state]?.cancel === undefined) continue;

          const text = await answerTo(person, `${verb} ${id}`);

          const said = person === 'alex' ? answers[state]?.[verb] : undefined;
          const isRefused = person === 'johanna' || (person === 'lynne' && !['show', 'history'].includes(verb));
          const isRight = isRefused ? mayNot.test(text) && !text.includes(id) : (said?.test(text) ?? true);
          if (text === '' || isWrong.test(text) || !isRight) wrong.push(`${person}: ${verb} ${id}\n${text}`);
        }
      }
    }

    expect(wrong.join('\n\n')).toBe('');
  });
});

describe('the id of a provisioning request', () => {
  it('names its access request and the approver, where an approver types it in a decision', async () => {
    const { access, run } = await decided(await asked('diego'), 'approve');

    const text = await answerTo('patti', `approve ${run}`);

    expect(text).toContain(`carries out access request ${access}`);
    expect(text).toContain('which Alex Wilber approved');
  });

  it('needs no decision where the request needed no approval', async () => {
    await says('alex', 'provision isaiah to Salesforce');
    const id = (await teams.records()).find(({ kind }) => kind === 'asked')?.requestId;

    expect(await answerTo('patti', `approve ${id}`)).toMatch(/Alex Wilber did this directly/);
    expect(await answerTo('patti', `deny ${id}`)).toMatch(/needs no approval/);
    expect(await answerTo('patti', 'approve ZZZZZ9')).toMatch(/Usher has no access request/);
  });

  it('cancels a waiting request under the name of the person who typed it', async () => {
    teams.sandbox.failNext(/provisionOnDemand$/, { kind: 'status', status: 503 });
    const { access } = await asked('isaiah');
    await teams.say('alex', `approve ${access}`);
    await teams.connector.waitFor(({ activity }) => JSON.stringify(activity).includes('was unavailable'));
    const started = (await teams.records()).find(({ kind }) => kind === 'accessStarted');

    await says('alex', `cancel ${String(started?.details.request)}`);

    const card = teams.cardsFor('personal-megan').find(({ text }) => text.includes(`Request ${access}`));
    expect(card?.text).toMatch(/Alex Wilber canceled it/);
  });
});
