import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { generatedPeople, people } from '../../src/sandbox/tenant/people.ts';
import { createLeapingClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { type Place, startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(30_000);

/** The source of the role that these tests take away: a directory role, since the sandbox can grant and revoke it. */
const approverRole = 'c0ffee00-0000-4000-8000-000000000001';
const operatorRole = '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3';
const channel: Place = { conversationId: 'channel-desk', kind: 'channel' };
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

let teams: TestUsher;
const clock = createLeapingClock();
afterEach(() => teams.close());

/** Patti decides by her directory role, and Lynne, who has a chat with Usher, by hers. */
async function start(options: TestUsherOptions = {}): Promise<void> {
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

/** Revokes a role, so long ago that no cache holds it. */
function loses(person: { readonly id: string }, role: string): void {
  teams.sandbox.tenant.revokeDirectoryRole(person.id, role);
  clock.leap(minuteMs + 1_000);
}

describe('an approval channel', () => {
  it('gets no requests any more once its approver has lost the role: the approvers’ own chats do, and a notice goes to the channel', async () => {
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

  it('gets no requests where its approver is disabled, a guest or deleted', async () => {
    for (const changes of [{ accountEnabled: false }, { userType: 'Guest' }] as const) {
      await start();
      await says('patti', 'send approvals here', channel);
      teams.sandbox.tenant.changePerson(people.patti.id, changes);
      clock.leap(minuteMs + 1_000);

      await says('megan', 'request access for isaiah to Salesforce because of the secret');

      expect(readIn(channel.conversationId)).not.toContain('the secret');
      expect(readIn('personal-lynne')).toContain('the secret');
      await teams.close();
    }
    await start();
  });

  it('keeps nothing of the cards it got: an edit takes the reason away, and pending requests go to the other approvers', async () => {
    await start();
    await says('patti', 'send approvals here', channel);
    await says('megan', 'request access for isaiah to Salesforce because of the first secret');

    loses(people.patti, approverRole);
    await says('megan', 'request access for adele to ServiceNow');

    expect(readIn('personal-lynne')).toContain('the first secret');
    expect(readIn(channel.conversationId)).not.toContain('the first secret');
    expect(readIn(channel.conversationId)).toContain('No longer shown here');
  });

  it('counts as long as one of the approvers who added it may decide', async () => {
    await start();
    await says('patti', 'send approvals here', channel);
    await says('lynne', 'send approvals here', channel);

    loses(people.patti, approverRole);
    await says('megan', 'request access for isaiah to Salesforce because of the secret');

    expect(readIn(channel.conversationId)).toContain('the secret');
  });

  it('gets nothing as long as Graph does not answer about its approver, and gets it afterwards', async () => {
    await start();
    await says('patti', 'send approvals here', channel);
    clock.leap(minuteMs + 1_000);
    const away = { kind: 'status', status: 403, body: { error: { code: 'Forbidden', message: '' } } } as const;
    // The roles of a person, read once.
    for (let times = 0; times < 3; times += 1) teams.sandbox.failNext(new RegExp(`/users/${people.patti.id}`), away);

    await says('megan', 'request access for isaiah to Salesforce because of the secret');
    const while503 = [readIn(channel.conversationId), readIn('personal-lynne')];
    clock.leap(minuteMs);
    await teams.settled();

    expect(while503.join('\n')).not.toContain('the secret');
    expect(readIn(channel.conversationId)).toContain('the secret');
  });
});

describe('an approval that waits for its day', () => {
  it('lapses when its approver may not decide any more, and Usher tells its requester to ask again', async () => {
    await start();
    await says('patti', 'whoami');
    await says('megan', 'request access for isaiah to Salesforce in 3 days');
    await teams.execute('patti', teams.lastCard('personal-patti'), 'Approve');
    await teams.settled();

    loses(people.patti, approverRole);
    clock.leap(4 * dayMs);
    await teams.settled();

    expect(teams.sandbox.stats().arrivals).toEqual([]);
    expect(readIn('personal-megan')).toContain(
      'Patti Fernandez, who approved it, is no longer an approver for Salesforce',
    );
    expect(readIn('personal-megan')).toContain('Another approver then decides.');
    expect(await recorded('accessLapsed')).toMatchObject([{ details: { why: 'deciderMayNot' } }]);
  });
});

describe('a list that an operator has started', () => {
  const names = generatedPeople.slice(0, 8).map(({ userPrincipalName }) => userPrincipalName);
  const list = `provision users ${names.join(', ')} to Salesforce`;

  async function startList(): Promise<void> {
    // The gate's clock is moved on, and Graph's own is not.
    await start({ environment: { PROVISION_WINDOW_MS: '10000' }, sandboxOptions: { windowMs: 100 } });
    teams.sandbox.tenant.grantDirectoryRole(people.grady.id, operatorRole);
    await teams.say('grady', list);
    await eventually(() => teams.sandbox.stats().calls === 5);
    await eventually(async () => (await recorded('finished')).length === 5);
  }

  it('ends where it stands once the operator has lost the role, and another operator may retry it', async () => {
    await startList();

    loses(people.grady, operatorRole);
    await teams.settled();
    const calls = teams.sandbox.stats().calls;
    const ended = await recorded('finished');
    const shown = teams.lastCard('personal-grady');
    clock.leap(minuteMs);
    await says('alex', `retry ${ended[0]?.requestId ?? ''}`);

    expect(calls).toBe(5);
    expect(ended.filter(({ details }) => details.outcome === 'refused')).toHaveLength(3);
    expect(shown.text).toContain('the person who started it no longer has permission');
    expect(teams.sandbox.stats().calls).toBe(8);
  });

  it('ends for a disabled account as well', async () => {
    await startList();

    teams.sandbox.tenant.changePerson(people.grady.id, { accountEnabled: false });
    clock.leap(minuteMs + 1_000);
    await teams.settled();

    expect(teams.sandbox.stats().calls).toBe(5);
  });

  it('is not confirmed by a click in the minute after the role was taken away', async () => {
    await start();
    teams.sandbox.tenant.grantDirectoryRole(people.grady.id, operatorRole);
    const many = generatedPeople.slice(0, 30).map(({ userPrincipalName }) => userPrincipalName);
    await says('grady', `provision users ${many.join(', ')} to Salesforce`);
    const asks = teams.lastCard('personal-grady');

    teams.sandbox.tenant.revokeDirectoryRole(people.grady.id, operatorRole);
    await teams.execute('grady', asks, 'Provision 30 people');
    await teams.settled();

    expect(await recorded('confirmed')).toEqual([]);
    expect(await recorded('denied')).toMatchObject([{ actorId: people.grady.id }]);
    expect(teams.sandbox.stats().calls).toBe(0);
  });
});

describe('the list of conversations that get messages', () => {
  it('shows operators every conversation, who added it and whether it counts, and removes one for good', async () => {
    await start();
    await says('patti', 'send approvals here', channel);
    await says('megan', 'request access for isaiah to Salesforce because of the secret');
    await says('alex', 'approval places');
    const counting = teams.lastCard('personal-alex');
    loses(people.patti, approverRole);
    await says('alex', 'approval places');
    const list = teams.lastCard('personal-alex');

    await teams.press('alex', list, 'Remove');
    await teams.settled();
    await says('alex', 'approval places');

    expect(counting.text).toMatch(/all apps without approvers of their own[\s\S]*Patti Fernandez[\s\S]*Active/);
    expect(list.text).toContain('Inactive');
    expect(teams.lastCard('personal-alex').text).toContain('Approvals go to no channel or group chat');
    expect(readIn('personal-lynne')).toContain('the secret');
    expect(await recorded('placeRemoved')).toMatchObject([{ actorId: people.alex.id }]);
    expect(readIn('personal-megan')).not.toContain('went wrong');
  });

  it('is refused to callers who neither decide nor provision', async () => {
    await start();

    await says('megan', 'approval places');
    await says('megan', 'watches all');

    expect(await recorded('denied')).toHaveLength(2);
  });

  it('shows operators every watch; one does not count whose person may not watch any more', async () => {
    await start();
    await says('patti', 'watch Salesforce', channel);
    loses(people.patti, approverRole);
    await says('alex', 'watches all');
    const list = teams.lastCard('personal-alex');

    await teams.press('alex', list, 'Remove');
    await teams.settled();
    await says('alex', 'watches all');

    expect(list.text).toMatch(/Salesforce[\s\S]*Patti Fernandez[\s\S]*Inactive/);
    expect(teams.lastCard('personal-alex').text).toContain('Nothing is watched');
    expect(await recorded('watchRemoved')).toMatchObject([{ actorId: people.alex.id }]);
  });
});

describe('cancel all by a person', () => {
  it('asks first with the count, cancels that person’s waiting requests, and says so to the operator alone', async () => {
    await start();
    teams.sandbox.tenant.grantDirectoryRole(people.grady.id, operatorRole);
    const many = generatedPeople.slice(0, 30).map(({ userPrincipalName }) => userPrincipalName);
    await says('grady', `provision users ${many.join(', ')} to Salesforce`);
    await says('grady', 'request access for isaiah to ServiceNow');

    await says('alex', 'cancel all by grady');
    const asks = teams.lastCard('personal-alex');
    const before = await recorded('cancelled');
    await teams.press('alex', asks, 'Yes, do it');
    await teams.settled();

    expect(asks.text).toContain('30 calls that have not been sent yet and 1 access request');
    expect(before).toEqual([]);
    expect(teams.lastCard('personal-alex').text).toContain('30 calls');
    expect(await recorded('cancelled')).toMatchObject([{ actorId: people.alex.id, details: { tasks: 30 } }]);
    expect(await recorded('accessCancelled')).toMatchObject([{ actorId: people.alex.id }]);
    expect(teams.sandbox.stats().calls).toBe(0);
  });
});
