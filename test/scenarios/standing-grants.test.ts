import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type Place, startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(30_000);

/** What gives the role that is taken away in these tests: a directory role, since that can be given and taken. */
const approverRole = 'c0ffee00-0000-4000-8000-000000000001';
const channel: Place = { conversationId: 'channel-desk', kind: 'channel' };
const minuteMs = 60_000;

let teams: TestUsher;
let offsetMs = 0;
const clock: Clock = {
  ...systemClock,
  now: () => systemClock.now() + offsetMs,
  monotonic: () => systemClock.monotonic() + offsetMs,
};
afterEach(() => teams.close());

/** Patti decides by her directory role, and Lynne, who has a chat with Usher, by hers. */
async function start(options: TestUsherOptions = {}): Promise<void> {
  offsetMs = 0;
  teams = await startTestUsher({
    ...options,
    environment: { PROVISION_WINDOW_MS: '100', APPROVERS: approverRole, ...options.environment },
    usherOptions: { clock, ...options.usherOptions },
  });
  const { tenant } = teams.sandbox;
  for (const { id } of [people.patti, people.lynne]) tenant.grantDirectoryRole(id, approverRole);
  await says('lynne', 'whoami');
}

async function says(person: keyof typeof people, line: string, place?: Place): Promise<void> {
  await teams.say(person, line, place);
  await teams.settled();
}

const readIn = (conversationId: string) =>
  teams
    .cardsFor(conversationId)
    .map(({ text }) => text)
    .join('\n');
const recorded = async (kind: string) => (await teams.records()).filter((entry) => entry.kind === kind);

/** Takes a role away, so long ago that nothing remembers it. */
function loses(person: { readonly id: string }, role: string): void {
  teams.sandbox.tenant.revokeDirectoryRole(person.id, role);
  offsetMs += minuteMs + 1_000;
}

describe('a channel that gets approvals', () => {
  it('gets none any more once its approver has lost the role: the approvers’ own chats do, and the channel is told', async () => {
    await start();
    await says('patti', 'send approvals here', channel);
    await says('megan', 'request access for isaiah to Salesforce because of the first secret');
    const before = readIn(channel.conversationId);

    loses(people.patti, approverRole);
    await says('megan', 'request access for adele to ServiceNow because of the second secret');

    expect(before).toContain('the first secret');
    expect(readIn(channel.conversationId)).not.toContain('the second secret');
    expect(readIn('personal-lynne')).toContain('the second secret');
    expect(readIn(channel.conversationId)).toContain('no longer');
    expect(await recorded('placeRemoved')).toMatchObject([
      { actorId: '', details: { why: 'adderMayNot', addedBy: people.patti.id, general: true } },
    ]);
  });

  it('gets none where its approver is disabled, a guest or gone', async () => {
    for (const changes of [{ accountEnabled: false }, { userType: 'Guest' }] as const) {
      await start();
      await says('patti', 'send approvals here', channel);
      teams.sandbox.tenant.changePerson(people.patti.id, changes);
      offsetMs += minuteMs + 1_000;

      await says('megan', 'request access for isaiah to Salesforce because of the secret');

      expect(readIn(channel.conversationId)).not.toContain('the secret');
      expect(readIn('personal-lynne')).toContain('the secret');
      await teams.close();
    }
    await start();
  });

  it('keeps nothing of what it was shown: an edit takes the reason away, and what waits goes to the others', async () => {
    await start();
    await says('patti', 'send approvals here', channel);
    await says('megan', 'request access for isaiah to Salesforce because of the first secret');

    loses(people.patti, approverRole);
    await says('megan', 'request access for adele to ServiceNow');

    expect(readIn('personal-lynne')).toContain('the first secret');
    expect(readIn(channel.conversationId)).not.toContain('the first secret');
    expect(readIn(channel.conversationId)).toContain('Not shown here any more');
  });

  it('counts as long as one of those may decide who have added it', async () => {
    await start();
    await says('patti', 'send approvals here', channel);
    await says('lynne', 'send approvals here', channel);

    loses(people.patti, approverRole);
    await says('megan', 'request access for isaiah to Salesforce because of the secret');

    expect(readIn(channel.conversationId)).toContain('the secret');
  });

  it('gets nothing as long as Graph does not tell of its approver, and gets it afterwards', async () => {
    await start();
    await says('patti', 'send approvals here', channel);
    offsetMs += minuteMs + 1_000;
    const away = { kind: 'status', status: 403, body: { error: { code: 'Forbidden', message: '' } } } as const;
    // What is asked of a person, once.
    for (let times = 0; times < 3; times += 1) teams.sandbox.failNext(new RegExp(`/users/${people.patti.id}`), away);

    await says('megan', 'request access for isaiah to Salesforce because of the secret');
    const while503 = [readIn(channel.conversationId), readIn('personal-lynne')];
    offsetMs += minuteMs;
    await teams.settled();

    expect(while503.join('\n')).not.toContain('the secret');
    expect(readIn(channel.conversationId)).toContain('the secret');
  });
});
