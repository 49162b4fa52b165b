import { describe, expect, it } from '@jest/globals';
import type { CardMessage } from '../../../../src/chat/reply.ts';
import type { AccessRequest } from '../../../../src/features/approvals/access-requests/access-request.ts';
import { noticeContent, noticeText } from '../../../../src/features/approvals/cards/notice-text.ts';
import type { Task, TaskState } from '../../../../src/requests/request.ts';
import { doneWith, words } from '../../../chat/views/drawings.ts';
import { outOfScope, report } from '../../provisioning/cards/outcomes.ts';
import {
  accessIn,
  approved,
  assigns,
  awaiting,
  cancelledBy,
  DECEMBER,
  denied,
  everyAccessInput,
  finished,
  lapsed,
  lapseReasons,
  pending,
  progressIn,
} from './access-drawings.ts';

type Kind = Parameters<typeof noticeText>[1]['kind'];

const notice = (kind: Kind, accessRequest: AccessRequest, task: Parameters<typeof noticeText>[1]['task'] = null) =>
  noticeText(words, { accessRequest, kind, task, entraPortalUrl: 'https://entra.microsoft.com' });
const taskIn = (state: TaskState, more: Partial<Task> = {}) =>
  progressIn(state, { task: more }).request.tasks[0] ?? null;
const kinds: readonly Kind[] = [
  ...(['approved', 'denied', 'expired', 'cancelled', 'lapsed', 'result'] as const),
  ...(['reminder', 'nobodyReached', 'waits'] as const),
];

describe('a notice', () => {
  it.each<[Kind, AccessRequest, string]>([
    [
      'approved',
      accessIn(approved()),
      'Patti Fernandez approved access to Salesforce for Isaiah Langer (request K3M7QA). Usher starts it now.',
    ],
    [
      'approved',
      accessIn(approved(), { startsAt: DECEMBER }),
      'Patti Fernandez approved access to Salesforce for Isaiah Langer (request K3M7QA). Usher starts it on Tuesday, December 1, 2026.',
    ],
    [
      'denied',
      accessIn(denied(null)),
      'Patti Fernandez denied access to Salesforce for Isaiah Langer (request K3M7QA) and gave no reason.',
    ],
    [
      'expired',
      accessIn({ kind: 'expired', at: 1 }),
      'No one approved or denied access to Salesforce for Isaiah Langer, requested by Megan Bowen, so request K3M7QA has ended. Nothing was done.',
    ],
    [
      'cancelled',
      accessIn(cancelledBy('alex', 'Alex Wilber')),
      'Alex Wilber withdrew request K3M7QA, access to Salesforce for Isaiah Langer. Nothing was done, and there is nothing left to decide.',
    ],
    [
      'reminder',
      accessIn(pending),
      'Megan Bowen is still waiting for a decision on access to Salesforce for Isaiah Langer. Without one, request K3M7QA ends on Monday, March 9, 2026.',
    ],
  ])('says it in a sentence or two: %s', (kind, accessRequest, said) => {
    expect(notice(kind, accessRequest)).toBe(said);
  });

  it('quotes the whole reason of a denial', () => {
    const reason = 'x'.repeat(450);

    expect(notice('denied', accessIn(denied(reason)))).toMatch(new RegExp(`The reason: ${reason}$`));
  });

  it('says that an approved request waits for the assignment, until when, and who has to act', () => {
    const said = notice('waits', accessIn(approved(), { heldUp: 'assignment', ...awaiting }));

    expect(said).toBe(
      'Access to Salesforce for Isaiah Langer is approved (request K3M7QA) and waiting for the assignment. ' +
        'Microsoft’s provisioning service says that Isaiah Langer is not assigned to Salesforce, so there is no account ' +
        'yet. The approval still stands: Usher keeps checking until Mar 3, 2026, 14:03 GMT+1, and continues when Isaiah ' +
        'Langer is assigned. An application administrator has to assign Isaiah Langer to Salesforce in Entra ID, under ' +
        'Users and groups of Salesforce. No one has to ask again. The helpdesk can do that or knows who can.',
    );
  });

  it('names people of the helpdesk where a person has to act', () => {
    const accessRequest = accessIn(approved(), { heldUp: 'quarantine' });
    const input = { accessRequest, task: null, entraPortalUrl: null, helpdesk: ['Alex Wilber', 'Lynne Robbins'] };

    const said = noticeText(words, { ...input, kind: 'approved' });

    expect(said).toContain(
      'fix the connection to Salesforce. The helpdesk can do that or knows who can: Alex Wilber or',
    );
  });

  it('reminds by a card whose button opens the request, until it is decided', () => {
    const reminder = { kind: 'reminder', task: null, entraPortalUrl: null } as const;

    const open = noticeContent(words, { ...reminder, accessRequest: accessIn(pending) });
    const decided = noticeContent(words, { ...reminder, accessRequest: accessIn(denied(null)) });

    const { card, summary } = open as CardMessage;
    expect(summary).toMatch(/^Megan Bowen is still waiting/);
    expect(JSON.stringify(card.actions)).toContain('"text":"show K3M7QA"');
    expect(decided).toEqual({ text: notice('result', accessIn(pending)) });
  });

  it('says why an approved request waits instead of that it starts', () => {
    const said = notice('approved', accessIn(approved(), { heldUp: 'quarantine' }));

    expect(said).toMatch(/^Patti Fernandez approved .* in quarantine/);
    expect(said).not.toContain('starts it now');
  });

  it.each<[Kind, AccessRequest]>([
    ['cancelled', accessIn(cancelledBy('megan', 'Megan Bowen'), { assigning: 'begun' })],
    ['lapsed', accessIn(lapsed('askerMayNot'), { assigning: 'unanswered' })],
    ['lapsed', accessIn(lapsed('graphAway'), { assigning: 'unanswered' })],
  ])('says that an assignment may remain, and where to remove it: %s', (kind, accessRequest) => {
    const said = notice(kind, accessRequest);

    expect(said).toContain('the assignment may have been made');
    expect(said).toMatch(/https:\/\/entra\.microsoft\.com\/.*\/Users\/objectId\/\S+$/);
    expect(said).not.toContain('Nothing was done');
  });

  it('tells the requester how to find an approver when no conversation could be reached', () => {
    expect(notice('nobodyReached', accessIn(pending))).toContain(
      'Ask one of them to type “pending” to Usher; request K3M7QA',
    );
  });

  it('words a result as its card does', () => {
    expect(notice('result', accessIn(finished('created')), taskIn(doneWith({ kind: 'created', report })))).toBe(
      'Access to Salesforce for Isaiah Langer (request K3M7QA): Account created. Isaiah Langer now has an account in Salesforce.',
    );
    expect(notice('result', accessIn(finished('notInScope')), taskIn(doneWith(outOfScope('assigned'))))).toContain(
      'Isaiah Langer has to be assigned to Salesforce',
    );
    const made = taskIn(doneWith(outOfScope('assigned')), assigns('made'));
    expect(notice('result', accessIn(finished('notInScope')), made)).toContain('had not seen');
    expect(notice('result', accessIn(finished('cancelled')))).toContain('(request K3M7QA): Canceled.');
  });

  it.each(lapseReasons)('says why the request never started: %s', (why) => {
    const text = notice('lapsed', accessIn(lapsed(why)));

    expect(text).toMatch(/was approved, but request K3M7QA could not be started\. .{20,}\. .{20,}\.$/);
  });

  it('says only that it has changed when the request has gone on since', () => {
    const changed =
      'Request K3M7QA, access to Salesforce for Isaiah Langer, has changed. Type “show K3M7QA” to see it.';

    expect(notice('approved', accessIn(cancelledBy('megan', 'Megan Bowen')))).toBe(changed);
    expect(notice('result', accessIn(pending))).toBe(changed);
  });

  it('is plain and in one line, whatever the names are and whatever the state', () => {
    const nasty = '[x](http://evil) <at>Bob</at>\n{{DATE(1)}}';

    for (const { accessRequest } of everyAccessInput(nasty)) {
      for (const kind of kinds) expect(notice(kind, accessRequest)).not.toMatch(/<at>|\{\{|\n|\\/);
    }
  });

  it.each<[Kind, AccessRequest]>([
    ['waits', accessIn(approved(), { heldUp: 'assignment', ...awaiting })],
    ['approved', accessIn(approved(), { heldUp: 'replication', ...awaiting })],
    ['lapsed', accessIn(lapsed('notAssigned'), awaiting)],
    ['cancelled', accessIn(cancelledBy('alex', 'Alex Wilber'), awaiting)],
  ])('does not say that nothing was done where an earlier try may have done it: %s', (kind, accessRequest) => {
    const input = { accessRequest, kind, task: null, entraPortalUrl: null };

    const [told, open] = [noticeText(words, input), noticeText(words, { ...input, mayBeDone: true })];

    expect(told).toMatch(/no account yet|Nothing was/);
    expect(open).not.toMatch(/no account yet|Nothing was| {2}/);
    expect(open).toContain('may have an account in Salesforce anyway');
  });
});
