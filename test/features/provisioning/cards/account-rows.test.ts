import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import { listCard } from '../../../../src/features/provisioning/cards/list-card.ts';
import type { Account } from '../../../../src/requests/overview.ts';
import { NOW, openedText } from '../../../chat/views/drawings.ts';
import { accountsOf, appsNamed, overviewOf } from './list-drawings.ts';

const apps = appsNamed('Salesforce', 'ServiceNow', 'GitHub');
const created = { state: 'done', outcome: 'created' } as const;
const waiting = { state: 'waiting', outcome: null } as const;
const failed = { state: 'done', outcome: 'failed' } as const;
const running = { state: 'running', outcome: null } as const;

function drawn(people: number, states: readonly Pick<Account, 'state' | 'outcome'>[], counts = {}) {
  const overview = overviewOf({ total: people * apps.length, ...counts });
  const accounts = accountsOf(apps, people, states);
  return listCard({
    overview: { ...overview, request: { ...overview.request, apps }, accounts },
    now: NOW,
    canRetry: true,
  });
}

describe('a request over several apps', () => {
  it('has a row for each person where they are fewer than the apps, with the apps by what became of them', () => {
    const { card, summary } = drawn(1, [created, waiting, failed], {
      waiting: 1,
      byOutcome: { created: 1, failed: 1 },
    });

    const text = cardAsText(card);
    expect(text).toContain('2 of 3 done');
    expect(text).toContain('Person 0 in Salesforce, ServiceNow, and GitHub');
    expect(text).toContain('Person 0\n   Account created: Salesforce · Waiting in line: ServiceNow · Failed: GitHub');
    expect(summary).toBe('Person 0 in Salesforce, ServiceNow, and GitHub: 2 of 3 done.');
  });

  it('has a row for each app otherwise, with the people, or with their number where they are many', () => {
    const few = openedText(drawn(4, [created]).card);
    const many = openedText(drawn(5, [created]).card);

    expect(few).toContain('ServiceNow\n   Account created: Person 0, Person 1, Person 2, and Person 3');
    expect(many).toContain('GitHub\n   Account created: 5');
  });

  it.each([
    ['all well', [created], '✓'],
    ['something is in progress', [created, running, failed], '▶'],
    ['something waits', [created, waiting, failed], '…'],
    ['all failed', [failed], '✗'],
    ['some failed', [created, failed, created], '!'],
  ] as const)('marks a row by the least that is said of it: %s', (_how, states, glyph) => {
    const text = cardAsText(drawn(1, states).card);

    expect(text).toContain(`${glyph}  Person 0`);
  });

  it('counts accounts in its title', () => {
    const { card } = drawn(2, [created, failed], { byOutcome: { created: 3, failed: 3 } });

    expect(cardAsText(card)).toContain('6 accounts: 3 done, 3 failed');
  });
});
