import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import { PENDING_PER_PAGE, pendingList } from '../../../../src/features/approvals/cards/pending-list.ts';
import { elementsOf, NOW, words } from '../../../chat/views/drawings.ts';
import { removalIn } from '../../leaving/cards/removal-drawings.ts';
import { accessIn, DAY, DECEMBER, pending } from './access-drawings.ts';

const item = (more: Parameters<typeof accessIn>[1] = {}) => ({
  kind: 'access' as const,
  accessRequest: accessIn(pending, more),
});
const list = (items: ReturnType<typeof item>[], more: { page?: number; more?: boolean } = {}) =>
  pendingList(words, { items, page: 1, more: false, now: NOW, ...more });

describe('the list of pending access requests', () => {
  it('shows of each the person, the requester, since when, from when and why', () => {
    const { card, summary } = list([item({ startsAt: DECEMBER }), item({ reason: null, createdAt: NOW - DAY })]);

    const text = cardAsText(card);
    expect(text).toContain(
      'Isaiah Langer → Salesforce  [Open]\nRequested by Megan Bowen, 14:02\nStarts on Tuesday, December 1, 2026\nReason: He joins Sales\n',
    );
    expect(text).toContain('Requested by Megan Bowen, Mar 1, 2026, 14:03 GMT+1\nStarts as soon as it is approved');
    expect(summary).toBe('2 requests on this page are waiting for your decision.');
  });

  it('names a removal as one, and says until when it can be confirmed', () => {
    const request = removalIn({
      removal: { secondPerson: true, reason: 'They left' },
      apps: ['Salesforce', 'ServiceNow'],
      people: 2,
    });

    const { card, summary } = pendingList(words, {
      items: [{ kind: 'removal', request: { ...request, createdAt: NOW } }],
      page: 1,
      more: false,
      now: NOW,
    });

    expect(cardAsText(card)).toMatch(
      /Remove Isaiah Langer and Person 1 from Salesforce and ServiceNow {2}\[Open\]\nRequested by .*\nCan be confirmed until Mar 3, 2026, 14:03 GMT\+1\nReason: They left\n/,
    );
    expect(summary).toBe('1 request is waiting for your decision.');
  });

  it('opens a request by its id', () => {
    const submits = elementsOf(list([item()]).card).filter(({ type }) => type === 'Action.Submit');

    expect(submits).toMatchObject([
      { title: 'Open', data: { verb: 'run', text: 'show K3M7QA' } },
      { title: 'Look again', data: { verb: 'choose', text: 'pending' } },
    ]);
  });

  it('turns the page', () => {
    const { card } = list([item()], { page: 2, more: true });

    expect(cardAsText(card)).toMatch(/^Waiting for your decision, page 2\n/);
    expect(card.actions).toMatchObject([
      { title: 'Look again', data: { verb: 'choose', text: 'pending 2' } },
      { title: 'Next', data: { verb: 'run', text: 'pending 3' } },
    ]);
    expect(list([item()]).card.actions).toHaveLength(1);
  });

  it('says so when it leaves some out', () => {
    const { card } = list(Array.from({ length: PENDING_PER_PAGE + 1 }, () => item()));

    expect(cardAsText(card)).toContain('There are more.');
  });

  it('says when there are none', () => {
    expect(cardAsText(list([]).card)).toContain('Nothing is waiting for your decision.');
    expect(list([]).summary).toBe('Nothing is waiting for your decision.');
    expect(cardAsText(list([], { page: 3 }).card)).toContain('There is nothing on page 3.');
  });
});
