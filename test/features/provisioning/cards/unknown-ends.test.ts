import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import { countCalls, groupCard } from '../../../../src/features/provisioning/cards/group-card.ts';
import { outcomeLine } from '../../../../src/features/provisioning/cards/reason-texts.ts';
import type { Outcome } from '../../../../src/graph/outcome.ts';
import { doneWith, draw, drawOutcome, NOW, openedText, requestIn, words } from '../../../chat/views/drawings.ts';
import { failed, outOfScope, refused, report, skipped } from './outcomes.ts';

type Last = Extract<Outcome, { kind: 'notInScope' | 'skipped' | 'failed' | 'refused' }>;
const denial = /was not|not provisioned|nothing was|before anything was sent/i;
const later = (last: Outcome): Outcome => ({ kind: 'unknown', why: 'noAnswer', last: last as Last });
const status = (code: number, graphCode: string, message = ''): Outcome => {
  return { kind: 'refused', status: code, code: graphCode, message, cause: 'other' };
};

describe('the card after an attempt whose end is unknown', () => {
  it.each<[string, Outcome, string]>([
    ['no permission', refused('permission'), 'Usher lacks a permission'],
    ['a conflict', status(409, 'Conflict'), 'a conflict, code Conflict'],
    ['a wrong request', status(400, 'BadRequest'), 'code BadRequest'],
    ['something not there', refused('notFound'), 'cannot find it'],
    ['too many calls', refused('throttled'), 'slow down'],
    ['no service', refused('serviceUnavailable'), 'unavailable'],
    ['quarantine', refused('quarantined'), 'in quarantine'],
    ['no sign-in', refused('signInGone'), 'person who asked was no longer signed in'],
    ['a failure', failed('EntryConflict'), 'same name already exists'],
    ['no assignment', outOfScope('assigned'), 'not assigned to Salesforce'],
    ['a disabled account', outOfScope('active'), 'the account is disabled'],
    ['a skip', skipped('AttributeValidationFailed', 'surname'), 'is empty or not allowed'],
  ])('says that it may have been done, and what the latest attempt was told: %s', (_name, last, reason) => {
    const { card, summary } = drawOutcome(later(last));
    const text = cardAsText(card);

    expect(text.split('\n')[0]).toMatch(/^\? {2}Result unknown: /);
    expect(text).toContain('It may have provisioned Isaiah Langer to Salesforce.');
    expect(text).toContain(reason);
    expect(text).toContain('check whether Isaiah Langer has an account in Salesforce');
    expect(`${text}\n${summary}`).not.toMatch(denial);
    expect(outcomeLine(words, later(last), { what: 'other' })).not.toMatch(denial);
  });

  it('keeps Graph’s own code and status', () => {
    expect(openedText(drawOutcome(later(status(409, 'Conflict'))).card)).toContain('Code: Conflict (HTTP 409)');
  });

  it('shows a final 503 as what it is', () => {
    const outcome: Outcome = { kind: 'unknown', why: 'serverError', last: status(503, 'Away') as Last };
    const text = cardAsText(drawOutcome(outcome).card);

    expect(text).toContain('failed while handling the call. Isaiah Langer may or may not have been provisioned');
    expect(text).not.toMatch(denial);
  });

  it('that was cancelled after a retry does not say that nothing was sent', () => {
    const { card } = draw(requestIn({ kind: 'cancelled', at: NOW, by: 'alex' }, { attempts: 0, perhaps: 'noAnswer' }));

    expect(cardAsText(card)).toContain('it may have been carried out anyway');
    expect(cardAsText(card)).not.toMatch(denial);
  });

  it('of a group whose calls were all cancelled does not say that nothing was sent', () => {
    const request = requestIn({ kind: 'cancelled', at: NOW, by: 'alex' }, { perhaps: 'noAnswer' });

    const [call] = request.tasks;
    if (call === undefined) throw new Error('the request has no call');

    const { card } = groupCard({
      request,
      group: call.subject,
      counts: countCalls(request.tasks),
      calls: request.tasks,
      finishesAt: null,
      takesMs: null,
      now: NOW,
      canRetry: true,
    });

    expect(cardAsText(card)).toContain('1 canceled that may have been carried out');
    expect(cardAsText(card)).not.toMatch(denial);
  });
});

describe('a card with a warning of the service', () => {
  const warning = { code: 'SomeWarning', reason: 'The manager could not be written.' };

  it.each(['created', 'updated', 'otherChange', 'inSync'] as const)('is not green: %s', (kind) => {
    const text = openedText(drawOutcome({ kind, report, warning }).card);

    expect(text.split('\n')[0]).toBe('!  Done, with a warning');
    expect(text).toContain('Warning from the service');
    expect(text).toContain('The manager could not be written.');
    expect(text).toContain('Code: SomeWarning');
  });

  it('says so where the service gave no words', () => {
    const text = cardAsText(drawOutcome({ kind: 'created', report, warning: { code: '', reason: null } }).card);

    expect(text).toContain('The service gave no details.');
  });
});

describe('the wait that Graph asks for', () => {
  it('is on the card with its end', () => {
    const outcome: Outcome = { ...(refused('throttled') as Last & { kind: 'refused' }), retryAfterMs: 172_800_000 };

    expect(cardAsText(draw(requestIn(doneWith(outcome))).card)).toMatch(/asks Usher to wait until [^.]*\d\d:\d\d/);
  });
});
