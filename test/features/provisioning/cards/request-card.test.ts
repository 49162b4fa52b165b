import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import type { WaitReason } from '../../../../src/requests/request.ts';
import { draw, NOW, requestIn } from '../../../chat/views/drawings.ts';

const waiting = (waitReason: WaitReason | null = null, dueAt = NOW) =>
  requestIn({ kind: 'waiting', dueAt, waitReason });
const lease = { owner: 'one', until: NOW };

describe('the card of a waiting request', () => {
  it('shows the position in line and when it starts', () => {
    const { card, summary } = draw(waiting(), { forecast: { position: 3, startsAt: NOW + 21_400 } });

    const text = cardAsText(card);
    expect(text).toContain('Waiting: number 3 in line');
    expect(text).toContain('Isaiah Langer in Salesforce');
    expect(text).toContain('Starts at 14:03:27, in about 21 s.');
    expect(text).toContain('Requested by Alex Wilber at 14:03:06 · Request R7K3MQ');
    expect(summary).toBe('Isaiah Langer in Salesforce: waiting in line.');
  });

  it('calls the first position by its name', () => {
    const { card } = draw(waiting(), { forecast: { position: 1, startsAt: NOW + 200 } });

    expect(cardAsText(card)).toContain('Waiting: next in line');
    expect(cardAsText(card)).toContain('Starts any moment now.');
  });

  it('does without a forecast', () => {
    const { card } = draw(waiting('serviceUnavailable', NOW + 60_000));

    expect(cardAsText(card)).toContain('Waiting in line');
    expect(cardAsText(card)).toContain('Not before 14:04:06.');
  });

  it.each([
    ['throttled', 'Microsoft asked Usher to slow down.'],
    ['serviceUnavailable', 'was unavailable'],
    ['noAnswer', 'Microsoft did not answer.'],
    ['ruleChanged', 'setup of Salesforce has changed'],
    ['interrupted', 'Usher was interrupted'],
    ['retried', 'Someone asked to try this again.'],
  ] as const)('says why it waits again: %s', (again, reason) => {
    const { card } = draw(waiting(again), { forecast: { position: 2, startsAt: NOW + 5_000 } });

    expect(cardAsText(card)).toContain(reason);
    expect(cardAsText(card)).toContain('in about 5 s.');
  });
});

describe('the card of a request that waits for Microsoft to see an assignment', () => {
  it('says when Usher asks again, and no position in line until then', () => {
    const { card } = draw(waiting('assignmentUnseen', NOW + 120_000), {
      forecast: { position: 4, startsAt: NOW + 120_000 },
    });

    const text = cardAsText(card);
    expect(text).toContain('Waiting for the assignment to take effect');
    expect(text).toContain(
      'Usher has assigned Isaiah Langer to Salesforce. Microsoft’s provisioning service has not seen the assignment yet, which takes a few minutes. Usher will try again at 14:05:06.',
    );
    expect(text).not.toMatch(/in line|Starts|Not before/);
  });

  it('says that it asks again once it is due', () => {
    const { card } = draw(waiting('assignmentUnseen'), { forecast: { position: 2, startsAt: NOW + 5_000 } });

    const text = cardAsText(card);
    expect(text).toContain('Usher is about to try again.');
    expect(text).toContain('Waiting: number 2 in line');
  });
});

describe('the card of a request that waits while no call gets through', () => {
  const draws = (cause: 'unreachable' | 'noToken' | 'serviceUnavailable', code = '') => {
    const fault = { cause, code, since: NOW - 60_000, endsAt: NOW + 600_000 };
    const task = requestIn({ kind: 'waiting', dueAt: NOW, waitReason: null }, { attempts: 0 });
    return cardAsText(draw(task, { forecast: { position: 2, startsAt: NOW + 5_000, fault } }).card);
  };

  it.each([
    [
      'unreachable',
      'ECONNREFUSED',
      'Waiting: Microsoft Graph cannot be reached',
      'Usher cannot reach Microsoft Graph.',
    ],
    ['serviceUnavailable', 'HTTP_503', 'Waiting: Microsoft Graph is failing', 'with errors, or not at all'],
    [
      'noToken',
      'AADSTS7000222',
      'Waiting: Usher cannot get a token from Microsoft Entra',
      'client secret of its app registration has expired',
    ],
    ['noToken', 'AADSTS7000215', 'Waiting: Usher cannot get a token from Microsoft Entra', 'enter the right one'],
    ['noToken', 'AADSTS700016', 'Waiting: Usher cannot get a token from Microsoft Entra', 'code AADSTS700016'],
    [
      'noToken',
      'NETWORK_ERROR',
      'Waiting: Usher cannot get a token from Microsoft Entra',
      'cannot reach the Microsoft Entra sign-in service',
    ],
    ['noToken', '', 'Waiting: Usher cannot get a token from Microsoft Entra', 'could not get an access token'],
  ] as const)('says why, since when and until when: %s %s', (cause, code, title, reason) => {
    const text = draws(cause, code);

    for (const part of [title, reason, 'since 14:02', 'keeps trying automatically', 'at 14:13 ends as not sent'])
      expect(text).toContain(part);
    expect(text).not.toMatch(/in line|Starts/);
  });
});

describe('the card of a running request', () => {
  it('shows what is under way and since when', () => {
    const { card, summary } = draw(requestIn({ kind: 'running', startedAt: NOW - 2_000, lease }));

    const text = cardAsText(card);
    expect(text).toContain('▶  In progress');
    expect(text).toContain('Asking Microsoft to provision Isaiah Langer to Salesforce, since 14:03:04.');
    expect(text).not.toMatch(/attempt/i);
    expect(summary).toBe('Isaiah Langer in Salesforce: in progress.');
  });

  it('says when it is not the first attempt', () => {
    const { card } = draw(requestIn({ kind: 'running', startedAt: NOW, lease }, { attempts: 2 }));

    expect(cardAsText(card)).toContain('Attempt 2.');
  });
});

describe('the card of a cancelled request', () => {
  const off = (attempts: number) => draw(requestIn({ kind: 'cancelled', at: NOW, by: 'alex' }, { attempts }));

  it('says that nothing was done where nothing was sent', () => {
    const { card, summary } = off(0);

    expect(cardAsText(card)).toMatch(/^– {2}Canceled\n/);
    expect(cardAsText(card)).toContain(
      'Canceled at 14:03:06, before anything was sent to Microsoft. Nothing was done.',
    );
    expect(summary).toBe('Isaiah Langer in Salesforce: canceled.');
  });

  it('does not say so after a call', () => {
    expect(cardAsText(off(2).card)).toContain('2 earlier calls had been sent, so they may have been carried out');
  });
});

describe('the card of a request', () => {
  it('has a cancel button while the request waits, and none once it was sent', () => {
    const running = requestIn({ kind: 'running', startedAt: NOW, lease });

    expect(draw(waiting()).card.actions).toMatchObject([
      { title: 'Cancel', data: { verb: 'cancel', requestId: 'R7K3MQ' } },
    ]);
    expect(draw(running).card).not.toHaveProperty('actions');
  });

  it('asks for a confirmation while the request is held', () => {
    expect(cardAsText(draw(requestIn({ kind: 'held' })).card)).toContain('Confirm request R7K3MQ, or cancel it.');
  });

  it.each([0, 2])('does not show one outcome for %d tasks', (count) => {
    const request = waiting();
    const tasks = Array.from({ length: count }, () => request.tasks).flat();

    expect(() => draw({ ...request, tasks })).toThrow(/exactly one/);
  });
});
