import { describe, expect, it, jest } from '@jest/globals';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import {
  cardOf,
  createLasting,
  deletions,
  done,
  idOf,
  passes,
  presses,
  says,
  start,
  teams,
  titlesOf,
  tryAll,
} from './removal-stage.ts';

jest.setTimeout(120_000);

describe.each([
  ['always', 'remove patti, isaiah from Salesforce and ServiceNow', 'remove adele from Salesforce', 1],
  ['from 2', 'remove patti, isaiah from Salesforce and ServiceNow', 'remove adele from Salesforce and ServiceNow', 2],
])('the second person of a removal that is wanted %s', (setting, ofApprover, ofOther, accounts) => {
  const environment = { REMOVAL_SECOND_PERSON: setting };

  it('is not replaced in 110 of 110 tries of others, whatever they click or type', async () => {
    await start({ environment });
    const who = ['alex', 'patti', 'megan', 'lynne', 'johanna'] as const;
    for (const name of who) await says(name, 'hello');
    await says('alex', ofApprover);
    const card = cardOf('alex');

    const tries = await tryAll(who, card);

    expect(titlesOf(card)).toEqual(['Cancel']);
    expect(tries).toBe(110);
    expect(done()).toEqual([0, 0]);
    expect((await teams.records()).some(({ kind }) => kind === 'confirmed')).toBe(false);
    expect((await teams.records()).some(({ details }) => details.permission === 'removal.confirm')).toBe(true);
    await says('alex', `cancel ${idOf(card)}`);
    expect(cardOf('alex').text).toContain(idOf(card));
  });

  it('makes one run of fifty clicks at once, by old clients and new ones', async () => {
    await start({ environment });
    await says('patti', 'hello');
    await says('alex', ofOther);
    const card = cardOf('patti');

    await Promise.all(
      Array.from({ length: 50 }, async (_, n) =>
        n % 2 === 0 ? teams.press('patti', card, 'Confirm removal') : teams.execute('patti', card, 'Confirm removal'),
      ),
    );
    await teams.settled();

    expect(deletions()).toBe(accounts);
    expect((await teams.records()).filter(({ kind }) => kind === 'confirmed')).toHaveLength(1);
    expect(cardOf('patti').text).toContain('Removed: ');
  });

  it('does not confirm by a card of theirs what takes themselves out', async () => {
    await start({ environment });
    await says('patti', 'hello');
    await says('alex', ofApprover);
    const own = idOf(cardOf('alex'));
    await says('alex', ofOther);
    const card = cardOf('patti');

    await teams.click('patti', card.id, { verb: 'removeNow', requestId: own });
    await teams.settled();

    expect(card.text).toContain('Alex Wilber asks for this');
    expect(done()).toEqual([0, 0]);
    expect(cardOf('patti').text).toContain('Another person has to confirm this');
  });

  it('confirms nothing by an old card: of a removal that is over, or that has waited for too long', async () => {
    await start({ environment });
    await says('patti', 'hello');
    await says('alex', ofOther);
    const card = cardOf('patti');
    await presses('patti', 'Confirm removal', card);
    for (const app of [apps.salesforce, apps.serviceNow])
      teams.sandbox.tenant.assign(app.id, people.adele.id, app.appRoles[0]?.id ?? '');
    const before = done();
    await presses('patti', 'Confirm removal', card);
    const after = done();
    await says('alex', ofOther);
    const late = cardOf('patti');

    passes(25);
    await presses('patti', 'Confirm removal', late);

    expect([after, done()]).toEqual([before, before]);
    expect(titlesOf(late)).toContain('Confirm removal');
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['who has lost the role of an approver', { APPROVERS: groups.helpdesk.id }],
    ['while the person who asked has lost the role of an operator', { OPERATORS: groups.onCall.id }],
  ])('confirms nothing between card and click %s', async (_who, changed) => {
    const { shared, end } = await createLasting();
    await start({ ...shared, environment });
    await says('patti', 'hello');
    await says('alex', ofOther);
    await teams.close();
    await start({ ...shared, environment: { ...environment, ...changed } });

    await presses('patti', 'Confirm removal');

    expect(done()).toEqual([0, 0]);
    expect(shared.sandbox.tenant.isAssigned(apps.salesforce.id, people.adele.id)).toBe(true);
    await end();
  });
});
