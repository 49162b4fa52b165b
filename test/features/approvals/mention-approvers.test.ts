import { describe, expect, it } from '@jest/globals';
import type { Contact } from '../../../src/access/caller.ts';
import { someDeciders } from '../../../src/features/approvals/deciders.ts';
import { withMentions } from '../../../src/features/approvals/mention-approvers.ts';
import type { FactParts } from '../../../src/features/approvals/read-decision-facts.ts';
import type { Message } from '../../../src/outbox/message.ts';
import { words } from '../../chat/views/drawings.ts';
import { createTestClock } from '../../support/clock.ts';
import { storedMessage } from '../../teams/painter-stage.ts';
import { accessIn, drawAccess, pending } from './cards/access-drawings.ts';

const named = (...names: string[]) => names.map((name) => ({ id: name.toLowerCase(), name }));
const group = (name: string, count: number | null, ...names: string[]): Contact => ({
  ...{ id: name, kind: 'group', name, count },
  people: named(...names),
});

describe('the approvers whom a card mentions', () => {
  it('are five at most, and the others are counted', () => {
    const { people, others } = someDeciders(
      [group('Approvers', 9, 'A', 'B', 'C', 'D', 'E'), group('More', 2, 'F', 'G')],
      [],
    );

    expect(people.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(others).toEqual([
      { group: 'Approvers', count: 4 },
      { group: 'More', count: 2 },
    ]);
  });

  it('are neither the requester nor the person concerned', () => {
    const { people, others } = someDeciders([group('Approvers', 3, 'Patti', 'Megan', 'Isaiah')], ['MEGAN', 'isaiah']);

    expect(people).toEqual(named('Patti'));
    expect(others).toEqual([]);
  });

  it('are each named once, people of the list of apps among them', () => {
    const patti: Contact = { id: 'patti', kind: 'person', name: 'Patti', people: [], count: null };

    expect(someDeciders([patti, group('Approvers', null, 'Patti', 'Alex')], []).people).toEqual(named('Patti', 'Alex'));
  });
});

describe('a card that is posted', () => {
  const access = { contacts: async () => [group('Approvers', 1, 'Patti')], contactsOf: async () => [] };
  const app = { id: 'salesforce', approvers: [] };
  const parts = {
    access,
    applications: { find: async () => ({ ok: true, value: { kind: 'one', app } }) },
    store: { clock: createTestClock() },
  } as unknown as FactParts;
  const accessRequest = accessIn(pending);
  const draw = (more: Partial<Message> = {}) => {
    const card = { ...storedMessage, reference: 'K3M7QA', source: 'route|K3M7QA|desk', activityId: null, ...more };
    return withMentions(parts, words, card, accessRequest, drawAccess(accessRequest));
  };

  it('mentions them in a channel, at its first post', async () => {
    const mentioned = await draw({ shownRevision: 0 });

    expect(mentioned?.card.msteams).toMatchObject({ entities: [{ mentioned: { id: 'patti' } }] });
  });

  it.each<[string, Partial<Message>]>([
    ['in a personal chat', { source: 'route|K3M7QA|person|patti' }],
    ['where a person had it shown', { source: 'show|desk|1' }],
    ['once it is posted', { activityId: 'card-1' }],
    ['after a post without an id', { shownRevision: 1 }],
    ['when it is repeated', { leftOpen: 'post' }],
    ['when an earlier card may stand there', { hasEarlierCard: true }],
    ['when a dead process may have posted it', { isInterrupted: true }],
  ])('mentions no one %s', async (_what, more) => {
    expect(await draw({ shownRevision: 0, ...more })).toBeNull();
  });
});
