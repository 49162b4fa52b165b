import { describe, expect, it, jest } from '@jest/globals';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { createTenant, type Tenant } from '../../src/sandbox/tenant/tenant.ts';
import type { Place } from '../support/usher.ts';
import {
  cardOf,
  createLasting,
  deletions,
  done,
  idOf,
  type Name,
  passes,
  presses,
  says,
  start,
  teams,
  titlesOf,
  tryAll,
} from './removal-stage.ts';

jest.setTimeout(60_000);

const titles = (person: Name) => titlesOf(cardOf(person));
const sentBy = (person: Name) => cardOf(person).buttons.map(({ data }) => (data as { readonly text?: string }).text);
const isAssigned = (person: Name, app: { readonly id: string }) =>
  teams.sandbox.tenant.isAssigned(app.id, people[person].id);

/** A tenant in which Adele has two apps of her own, one through a group, and one without provisioning. */
function smallTenant(): Tenant {
  const tenant = createTenant({});
  for (const app of Object.values(apps))
    if (![apps.salesforce.id, apps.serviceNow.id, apps.payroll.id].includes(app.id))
      tenant.unassign(app.id, people.adele.id);
  return tenant;
}

describe('offboard', () => {
  it('asks an approver, tells the asker who has to confirm, and takes the person out once that is done', async () => {
    await start({ sandboxOptions: { tenant: smallTenant() } });
    await says('patti', 'hello');

    await says('alex', 'offboard adele');
    const [asker, approver] = [cardOf('alex'), cardOf('patti')];
    const before = deletions();
    await presses('patti', 'Confirm removal');

    expect(asker.text).toContain('Remove Adele Vance from Salesforce and ServiceNow?');
    expect(asker.text).toMatch(/An approver has to confirm this by .*\. Usher has asked in 1 conversation\./);
    expect(titlesOf(asker)).toEqual(['Cancel']);
    expect(asker.text).toContain('Microsoft no longer manages them');
    expect(asker.text).toMatch(/Payroll\s+Provisioning is not set up for this app/);
    expect(approver.text).toContain('Alex Wilber asks for this. It needs a second person');
    expect(titlesOf(approver)).toEqual(['Confirm removal', 'Reject']);
    expect([before, deletions()]).toEqual([0, 2]);
    for (const card of [cardOf('alex'), cardOf('patti')]) {
      expect(card.text).toContain('Removed: Salesforce and ServiceNow');
      expect(card.text).toContain('Confirmed by Patti Fernandez');
    }
    expect([apps.salesforce, apps.serviceNow, apps.payroll].map((app) => isAssigned('adele', app))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('does nothing once the approver has rejected it, and says by whom', async () => {
    await start();
    await says('patti', 'hello');
    await says('alex', 'offboard adele');

    await presses('patti', 'Reject');
    const id = idOf(cardOf('patti'));
    await teams.click('patti', cardOf('patti').id, { verb: 'removeNow', requestId: id });
    await teams.settled();

    for (const card of [cardOf('alex'), cardOf('patti')]) {
      expect(card.text).toContain('Canceled before anything was sent');
      expect(card.text).toContain('Rejected by Patti Fernandez');
    }
    expect(deletions()).toBe(0);
  });

  it('brings the approver’s card up to date when its asker cancels it', async () => {
    await start();
    await says('patti', 'hello');
    await says('alex', 'offboard adele');

    await presses('alex', 'Cancel');

    expect(cardOf('patti').text).toContain('Canceled before anything was sent');
    expect(titles('patti')).toEqual([]);
  });

  it('says so where no approver can be reached', async () => {
    await start();

    await says('alex', 'offboard adele');

    expect(cardOf('alex').text).toContain('An approver has to confirm this, but none can be reached');
    expect(titles('alex')).toEqual(['Cancel']);
  });

  it('names what it leaves as it is: groups, quarantines, deletions held back, other removals', async () => {
    const tenant = createTenant({});
    tenant.changeJob(apps.salesforce.id, { health: 'quarantined', quarantineReason: 'TooManyDeletes' });
    await start({ sandboxOptions: { tenant } });
    await says('patti', 'hello');
    await says('alex', 'remove adele from ServiceNow');

    await says('alex', 'offboard adele');

    const card = JSON.stringify(cardOf('alex').content);
    expect(card).toContain('Its provisioning is holding deletions back');
    expect(card).toContain('Zscaler');
    expect(card).toContain('Another request already takes this account away.');
  });

  it('says at once that a person who is disabled in Entra is left to the cycle, and how often that runs', async () => {
    await start();

    await says('alex', 'offboard nestor');

    expect(cardOf('alex').text).toContain('Already disabled in Entra ID');
    expect(cardOf('alex').text).toMatch(/Salesforce: a cycle every 40 min, the next one at \d\d:\d\d/);
    expect(done()).toEqual([0, 0]);
  });

  it('tells a cycle that never runs as such', async () => {
    const tenant = createTenant({});
    tenant.changeJob(apps.salesforce.id, { health: 'off' });
    await start({ sandboxOptions: { tenant } });

    await says('alex', 'remove nestor from Salesforce');

    expect(cardOf('alex').text).toContain('has no regular cycle scheduled');
  });

  it('asks about a line without a person by an example of its own, and offers the apps of one without an app', async () => {
    await start({ sandboxOptions: { tenant: smallTenant() } });

    await says('alex', 'remove');
    const alone = cardOf('alex').text;
    await says('alex', 'remove adele');

    expect(alone).toContain('remove adele from Salesforce');
    expect(titles('alex')).toEqual(['Salesforce', 'ServiceNow', 'All apps']);
    expect(sentBy('alex')).toEqual([
      'remove adele@contoso.com from Salesforce',
      'remove adele@contoso.com from ServiceNow',
      'offboard adele@contoso.com',
    ]);
  });

  it('shows how many deletions the job allows before it takes several accounts out of an app', async () => {
    const tenant = createTenant({});
    tenant.changeJob(apps.salesforce.id, { deletionThreshold: 500 });
    await start({ sandboxOptions: { tenant } });

    await says('alex', 'remove adele, isaiah from Salesforce');

    expect(cardOf('alex').text).toContain(
      'holds deletions back when a cycle would disable or delete more than 500 accounts',
    );
  });
});

describe('the second person of a removal', () => {
  it('is needed in 110 of 110 tries of others, whatever they click or type', async () => {
    await start();
    await says('patti', 'hello');
    for (const name of ['megan', 'lynne', 'isaiah'] as const) await says(name, 'hello');
    await says('alex', 'offboard patti, diego');
    const card = cardOf('alex');

    const tries = await tryAll(['alex', 'patti', 'megan', 'lynne', 'isaiah'], card);

    expect(tries).toBe(110);
    expect(done()).toEqual([0, 0]);
    expect(titles('alex')).not.toContain('Confirm removal');
    const refused = (await teams.records()).filter(({ details }) => details.permission === 'removal.confirm');
    expect(refused.length).toBeGreaterThan(0);
    await says('alex', `cancel ${idOf(card)}`);
    expect(cardOf('alex').text).toContain(idOf(card));
  });

  it('is told about the card where they type instead', async () => {
    await start();
    await says('patti', 'hello');
    await says('alex', 'offboard adele');

    await says('patti', `approve ${idOf(cardOf('alex'))}`);

    expect(cardOf('patti').text).toContain('confirms or rejects it by the buttons of the card');
  });

  it('makes one run of fifty clicks at once', async () => {
    await start({ sandboxOptions: { tenant: smallTenant() } });
    await says('patti', 'hello');
    await says('alex', 'offboard adele');
    const card = cardOf('patti');

    await Promise.all(Array.from({ length: 50 }, () => teams.press('patti', card, 'Confirm removal')));
    await teams.settled();

    expect(deletions()).toBe(2);
    expect((await teams.records()).filter(({ kind }) => kind === 'confirmed')).toHaveLength(1);
    expect(cardOf('patti').text).toContain('Removed: Salesforce and ServiceNow');
  });

  it.each<[string, string, string[]]>([
    ['always', 'remove adele from Salesforce', ['Cancel']],
    ['from 2', 'remove adele from Salesforce', ['Remove from Salesforce', 'Cancel']],
    ['from 2', 'remove adele from Salesforce and ServiceNow', ['Cancel']],
    ['offboard', 'remove adele from Salesforce and ServiceNow', ['Remove 2 accounts', 'Cancel']],
  ])('is asked for by the setting %j for %j as it says', async (setting, line, shown) => {
    await start({ environment: { REMOVAL_SECOND_PERSON: setting } });

    await says('alex', line);

    expect(titles('alex')).toEqual(shown);
  });
});

describe('the question to the second person', () => {
  const channel: Place = { conversationId: '19:approvals@thread.tacv2', kind: 'channel' };

  it('goes to the channel that gets approvals, and not to the approvers’ own chats', async () => {
    await start();
    await says('patti', 'hello');
    await teams.say('patti', 'send approvals here', channel);
    await teams.settled();

    await says('alex', 'offboard adele');

    expect(teams.lastCard(channel.conversationId).text).toContain('Alex Wilber asks for this');
    expect(cardOf('patti').text).not.toContain('Alex Wilber asks for this');
  });

  it('survives a restart, and is answered by the next process', async () => {
    const { shared, end } = await createLasting(smallTenant());
    await start(shared);
    await says('patti', 'hello');
    await says('alex', 'offboard adele');
    await teams.close();
    await start(shared);

    await presses('patti', 'Confirm removal');

    expect(cardOf('alex').text).toContain('Removed: Salesforce and ServiceNow');
    expect(cardOf('patti').text).toContain('Removed: Salesforce and ServiceNow');
    await end();
  });

  it('is no longer answered by a person who has lost the role', async () => {
    const { shared, end } = await createLasting();
    await start(shared);
    await says('patti', 'hello');
    await says('alex', 'offboard adele');
    await teams.close();
    await start({ ...shared, environment: { APPROVERS: groups.helpdesk.id } });

    await presses('patti', 'Confirm removal');
    await teams.settled();

    expect(deletions()).toBe(0);
    expect(cardOf('patti').text).toContain('You don’t have permission to do this');
    await end();
  });
});

describe('the reason of a removal', () => {
  it('is carried by the lines that are offered, with the ticket', async () => {
    await start({ sandboxOptions: { tenant: smallTenant() } });

    await says('alex', 'remove adele INC0012345 because she left');
    const offered = sentBy('alex');
    await presses('alex', 'Salesforce');
    const asked = cardOf('alex').text;
    await says('alex', 'remove adele from ServiceNow on 1 December because she left the firm');
    const planned = cardOf('alex').buttons.map(({ data }) => JSON.stringify(data));
    await says('alex', 'please take adele out of servicenow because she left the firm');

    expect(offered).toContain('offboard adele@contoso.com INC0012345 because she left');
    expect(asked).toContain('Reason: she left');
    expect(asked).toContain('Ticket INC0012345');
    expect(planned.join()).toContain('remove adele from ServiceNow because she left the firm');
    expect(JSON.stringify(cardOf('alex').buttons)).toContain('because she left the firm');
  });

  it('is kept letter by letter, on both cards, also while a card asks for the ticket', async () => {
    await start({ environment: { TICKETS: 'required' } });
    await says('patti', 'hello');

    await says('alex', 'offboard adele, because she "left" (on Friday)!');
    await teams.press('alex', cardOf('alex'), 'Continue', { ticket: 'INC0012345' });
    await teams.settled();

    for (const name of ['alex', 'patti'] as const) {
      expect(cardOf(name).text).toContain('Reason: she "left" (on Friday)!');
      expect(cardOf(name).text).toContain('Ticket INC0012345');
    }
  });

  it('is not shown where others read along, unless it was typed there', async () => {
    await start();
    const channel: Place = { conversationId: '19:sales@thread.tacv2', kind: 'channel' };
    await says('alex', 'remove adele from Salesforce because she left');
    const id = idOf(cardOf('alex'));

    await teams.say('alex', `show ${id}`, channel);
    await teams.settled();

    expect(cardOf('alex').text).toContain('Reason: she left');
    expect(teams.lastCard(channel.conversationId).text).toContain('Remove Adele Vance from Salesforce?');
    expect(teams.lastCard(channel.conversationId).text).not.toContain('she left');
  });
});

describe('what waits for a second person', () => {
  it('is listed by pending and home for an approver who may confirm it, and for no other', async () => {
    await start();
    await says('patti', 'hello');
    await says('lynne', 'request access for isaiah to ServiceNow because he joins Sales');
    await says('alex', 'offboard adele, diego');

    await says('patti', 'pending');
    const pending = cardOf('patti');
    await says('patti', 'home');
    const home = cardOf('patti');
    // Alex approves as well, and asked for it.
    await says('alex', 'pending');

    expect(pending.text).toMatch(
      /Isaiah Langer → ServiceNow(?:.|\n)*Remove Adele Vance and Diego Siciliani from Salesforce/,
    );
    expect(pending.text).toMatch(/Requested by Alex Wilber, \d\d:\d\d\nCan be confirmed until/);
    expect(home.text).toContain('Remove Adele Vance and Diego Siciliani from');
    expect(cardOf('alex').text).toContain('Isaiah Langer → ServiceNow');
    expect(cardOf('alex').text).not.toContain('Remove');
  });

  it('is not listed for a person whom it takes out, nor once it is decided or too old', async () => {
    await start();
    await says('patti', 'hello');
    await says('lynne', 'offboard patti, alex');
    await says('lynne', 'offboard adele');
    const all = async (name: Name) => {
      await says(name, 'pending');
      return cardOf(name).text;
    };

    const ofPatti = await all('patti');
    await says('patti', `show ${idOf(cardOf('lynne'))}`);
    await presses('patti', 'Reject');
    const decided = await all('patti');
    await says('lynne', 'offboard adele');
    passes(25);
    const tooOld = await all('patti');

    expect(ofPatti).toContain('Remove Adele Vance from');
    expect(ofPatti).not.toContain('Patti Fernandez from');
    expect([decided, tooOld].map((text) => text.includes('Nothing is waiting for your decision.'))).toEqual([
      true,
      true,
    ]);
  });

  it('is confirmed on the card that show opens, which all its other cards follow', async () => {
    await start({ sandboxOptions: { tenant: smallTenant() } });
    await says('patti', 'hello');
    await says('alex', 'offboard adele');
    const asked = cardOf('patti');
    const id = idOf(asked);

    await says('patti', 'pending');
    await presses('patti', 'Open');
    const opened = cardOf('patti');
    await presses('patti', 'Confirm removal');

    expect(opened.id).not.toBe(asked.id);
    expect(opened.text).toContain('Alex Wilber asks for this. It needs a second person');
    expect(titlesOf(opened)).toEqual(['Confirm removal', 'Reject']);
    expect(deletions()).toBe(2);
    for (const text of [
      cardOf('patti').text,
      cardOf('alex').text,
      teams.cardsFor().find(({ id: one }) => one === asked.id)?.text,
    ])
      expect(text).toContain('Confirmed by Patti Fernandez');
    await says('patti', `show ${id}`);
    expect(titles('patti')).not.toContain('Confirm removal');
  });

  it('is shown without these buttons to operators who may not confirm it', async () => {
    await start();
    await says('patti', 'hello');
    await says('alex', 'offboard adele');

    await says('lynne', `show ${idOf(cardOf('alex'))}`);

    expect(titles('lynne')).not.toContain('Confirm removal');
    expect(cardOf('alex').text).toContain('Usher has asked in 1 conversation.');
  });

  it('is told to its asker as waiting for an approver, until it is too old', async () => {
    await start();
    await says('alex', 'offboard adele');

    await says('alex', 'home');
    const home = cardOf('alex');
    passes(25);
    await says('alex', 'my open requests');

    expect(home.text).toMatch(/Remove Adele Vance from Salesforce.*\n.*Waiting for an approver to confirm/);
    expect(cardOf('alex').text).toContain('Not confirmed in time');
  });

  it('is found by its names where an approver types a decision without an id', async () => {
    await start();
    await says('patti', 'hello');
    await says('alex', 'offboard adele');

    await says('patti', 'approve adele');

    expect(titles('patti')).toEqual(['Confirm removal', 'Reject']);
  });
});

describe('a removal without the permission to delete assignments', () => {
  it('tells how to do it by hand, and goes on from there by Retry', async () => {
    const tenant = createTenant({});
    tenant.withdraw('AppRoleAssignment.ReadWrite.All');
    await start({ sandboxOptions: { tenant } });
    await says('alex', 'remove adele from Salesforce');
    await presses('alex', 'Remove from Salesforce');
    const refused = cardOf('alex');
    tenant.unassign(apps.salesforce.id, people.adele.id);

    await presses('alex', 'Retry');

    expect(refused.text).toContain('AppRoleAssignment.ReadWrite.All');
    expect(refused.text).toContain('Delete the assignment yourself');
    expect(cardOf('alex').text).toContain('Removed: account disabled');
  });
});

describe('two removals of the same account', () => {
  it('asked for at once make one', async () => {
    await start();

    await Promise.all([
      teams.say('alex', 'remove adele from Salesforce'),
      teams.say('lynne', 'remove adele from Salesforce'),
    ]);
    await teams.settled();

    const shown = (['alex', 'lynne'] as const).map((name) => titles(name).includes('Remove from Salesforce'));
    expect(shown.toSorted()).toEqual([false, true]);
  });
});
