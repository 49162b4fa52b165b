import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../src/chat/cards/as-text.ts';
import { LARGEST_CARD_BYTES } from '../../../src/chat/cards/render.ts';
import { readOutcome } from '../../../src/graph/outcome/read-outcome.ts';
import type { Request, Subject } from '../../../src/requests/request.ts';
import { drawGroup, subject } from '../../features/provisioning/cards/list-drawings.ts';
import { answer } from '../../graph/outcome/answers.ts';
import { doneWith, draw, openedText, requestIn } from './drawings.ts';

/** A request that Microsoft answered as in this example of its API reference. */
function answered(example: string, app: string, asked: Subject, members: readonly Subject[] = []): Request {
  const request = requestIn(doneWith(readOutcome(answer(example))));
  const named = { ...request.apps[0], name: app };
  const tasks = request.tasks.map((task) => ({ ...task, app: named, subject: asked, members }));
  return { ...request, apps: [named], tasks };
}

const bytesOf = (card: unknown) => Buffer.byteLength(JSON.stringify(card));

describe('the documented answer for a user who is up to date', () => {
  const bob: Subject = { id: 'bob', type: 'User', name: 'Bill Bob', label: 'BillBob@contoso.com' };
  const { card, summary } = draw(answered('01-docs-user-Skipped-RedundantExport', 'Salesforce', bob));

  it('is good news, though the service calls it skipped', () => {
    const text = cardAsText(card);

    expect(text).toMatch(/^✓ {2}Already up to date\n {3}Bill Bob in Salesforce\n {3}BillBob@contoso\.com\n/);
    expect(text).toContain('Bill Bob is already up to date in Salesforce. There was nothing to do.');
    expect(openedText(card)).toContain('Code: RedundantExport');
    expect(summary).toMatch(/^Bill Bob in Salesforce: Already up to date\./);
  });

  it('shows the four steps in their order, the last of them skipped', () => {
    const [, steps = ''] = cardAsText(card).split('\nSteps\n');

    expect(steps.split('\n').filter((line) => /^\S {2}/u.test(line))).toEqual([
      '✓  Find the account in Entra ID  Done',
      '✓  Look for a match in Salesforce  Done',
      '✓  Check whether it is in scope for Salesforce  Done',
      '–  Write to Salesforce  Skipped',
    ]);
  });

  it('shows the attributes as compared, and not as changed', () => {
    const text = openedText(card);

    expect(text).toMatch(/What was compared\nobjectId .*\naccount enabled \(accountEnabled\) True\n/);
    expect(text).not.toMatch(/What changed|more attributes|→/);
  });

  it('shows no name of the test connector to a reader', () => {
    expect(openedText(card)).not.toMatch(/customappsso|Azure Active Directory/);
  });
});

describe('the documented answer for a user of cloud sync', () => {
  const adele: Subject = {
    id: 'CN=AdeleV,CN=Users,DC=corp,DC=chicago,DC=com',
    type: 'user',
    name: 'AdeleV',
    label: 'CN=AdeleV,CN=Users,DC=corp,DC=chicago,DC=com',
  };
  const { card } = draw(answered('02-docs-cloudsync-user-Success-Update', 'Contoso AD', adele));
  /** The lines of the changes, from their heading to the gap after them. */
  const changes = /\nWhat changed\n([\s\S]*?)\n\n/.exec(openedText(card))?.[1]?.split('\n') ?? [];

  it('is an update of the account in Entra ID, which is where cloud sync writes', () => {
    const text = cardAsText(card);

    expect(text).toMatch(/^✓ {2}Account updated\n/);
    expect(text).toContain('The account of AdeleV in Entra ID was updated.');
    expect(text).toContain('✓  Find the account in Active Directory  Done');
    expect(text).toContain('✓  Write to Entra ID  Done');
  });

  it('shows the attributes as they are now, as the answer does not have their old values', () => {
    expect(changes).toContainEqual(expect.stringMatching(/^display name \(DisplayName\) Adele Vest$/));
    expect(changes).toContainEqual(expect.stringMatching(/^first name \(GivenName\) Adele$/));
    expect(changes.join('\n')).not.toMatch(/→|\(empty\)/);
  });

  it('shows the attributes that are kept, and says how many others there were', () => {
    expect(changes.slice(1)).toHaveLength(13);
    // Two of the 24 look secret; the card counts them and does not name them.
    expect(changes[0]).toMatch(/^Usher does not keep the values of 24 attributes: City, .*, and 14 more\.$/);
  });

  it.each(['Chicago', '13210', 'F00177677', 'One Microsoft Way', 'esf.edu'])('holds no %s', (value) => {
    expect(JSON.stringify(answered('02-docs-cloudsync-user-Success-Update', 'Contoso AD', adele))).not.toContain(value);
    expect(JSON.stringify(card)).not.toContain(value);
  });

  it('shows nothing of passwords, tokens and hashes, neither name nor value', () => {
    const whole = JSON.stringify(card);

    expect(whole).not.toMatch(/LastPasswordChange|pwdLastSet|originatingReplicaToken|SafeSendersHash/i);
    for (const value of ['20210927140916', '132772253564048004', '6cbd7b45', 'gny5JQ']) {
      expect(whole).not.toContain(value);
    }
  });

  it('fits on a card', () => {
    expect(bytesOf(card)).toBeLessThanOrEqual(LARGEST_CARD_BYTES);
  });
});

describe('the documented answer for a group, whose value is empty', () => {
  const group: Subject = { id: 'group', type: 'Group', name: 'Sales Team', label: null };
  const members = [subject('Adele Vance'), subject('Isaiah Langer')];
  const { card, summary } = drawGroup(answered('03-docs-group-Success-empty-value', 'GitHub', group, members));

  it('is a success, shown in as few words as the answer has', () => {
    const text = cardAsText(card);

    expect(text).toMatch(/^✓ {2}Done: 2 members in 1 call\n {3}Sales Team in GitHub\n/);
    expect(text).toContain('✓  Call 1: Adele Vance, Isaiah Langer\n');
    expect(text).toContain('Done. Microsoft accepted the group and these members; it gave no further detail.');
    expect(summary).toContain('Done: 2 members in 1 call');
  });

  it('has no detail that the answer lacks', () => {
    const text = `${openedText(card)}\n${summary}`;

    expect(text).not.toMatch(/\b(created|updated|changed|deleted|disabled|added|provisioned|up to date)\b/i);
    expect(text).not.toMatch(/\bsteps?\b|attribute|compared|Code:|in scope|match/i);
    expect(text).not.toMatch(/null|undefined|\{\}/);
  });
});
