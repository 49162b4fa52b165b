import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import type { AccessRequest } from '../../../../src/features/approvals/access-requests/access-request.ts';
import type { AccessCardInput } from '../../../../src/features/approvals/cards/access-card.ts';
import type { AssignmentStep, Task, TaskState, WaitReason } from '../../../../src/requests/request.ts';
import type { TaskEnd } from '../../../../src/requests/task-end.ts';
import { doneWith, elementsOf, NOW } from '../../../chat/views/drawings.ts';
import { failed, outOfScope, report } from '../../provisioning/cards/outcomes.ts';
import { lapses } from '../access-requests/lapses.ts';
import {
  accessIn,
  approved,
  assigns,
  awaiting,
  cancelledBy,
  DAY,
  DECEMBER,
  denied,
  drawAccess,
  everyAccessInput,
  finished,
  goodFacts,
  HOUR,
  lapsed,
  lapseReasons,
  pending,
  progressIn,
  started,
} from './access-drawings.ts';

const textOf = (accessRequest: AccessRequest, more: Partial<AccessCardInput> = {}) =>
  cardAsText(drawAccess(accessRequest, more).card);
const toRequester = { audience: 'requester' } as const;
const actionsOf = (accessRequest: AccessRequest, more: Partial<AccessCardInput> = {}) =>
  (drawAccess(accessRequest, more).card.actions ?? []).map((action) => Object(action));

describe('the card of a pending access request, for the approvers', () => {
  it('shows who asks for what for whom, why and from when', () => {
    const { card, summary } = drawAccess(accessIn(pending, { startsAt: DECEMBER }), { facts: goodFacts });

    const text = cardAsText(card);
    expect(text).toMatch(/^… {2}Approve or deny\?\n {3}Isaiah Langer in Salesforce\n {3}isaiah@contoso\.com\n/);
    expect(text).toContain('Megan Bowen is asking for Salesforce access for Isaiah Langer.');
    expect(text).toContain('Reason\nHe joins Sales\n');
    expect(text).toMatch(
      /Starts: +Tuesday, December 1, 2026, from the start of that day in the time zone of Megan Bowen\n/,
    );
    expect(JSON.stringify(card)).toContain('Mar 9, 2026, 14:03 GMT+1');
    expect(text).toContain('Or type: approve K3M7QA, or deny K3M7QA and a reason.');
    expect(summary).toBe(
      'Access to Salesforce for Isaiah Langer: approve or deny? ' +
        'Megan Bowen is asking for Salesforce access for Isaiah Langer. Reason: He joins Sales.',
    );
    expect(card.fallbackText).toContain('Type “approve K3M7QA”, or “deny K3M7QA” and a reason.');
  });

  it('warns of a guest, on the card and in the notification, and names the person a guest to the requester', () => {
    const guest = accessIn(pending, { subject: { id: 'guest', name: 'Isaiah', label: 'isaiah_x#EXT#', guest: true } });

    const { card, summary } = drawAccess(guest);

    expect(cardAsText(card)).toContain('Guest · isaiah_x#EXT#');
    expect(cardAsText(card)).toContain('Isaiah is a guest from outside your organization.');
    expect(summary).toContain('Isaiah is a guest from outside your organization.');
    expect(textOf(guest, toRequester)).toContain('Guest · isaiah_x#EXT#');
    expect(textOf(accessIn(pending))).not.toMatch(/guest/i);
  });

  it('sends the verb and the id and nothing else, whichever of the two actions the client knows', () => {
    const [approve, deny] = actionsOf(accessIn(pending));

    const yes = { verb: 'approve', requestId: 'K3M7QA' };
    expect(approve).toMatchObject({ type: 'Action.Execute', title: 'Approve', verb: 'approve' });
    expect(approve.data).toEqual(yes);
    expect(approve.fallback).toMatchObject({ type: 'Action.Submit', title: 'Approve' });
    expect(approve.fallback.data).toEqual(yes);
    const no = { verb: 'deny', requestId: 'K3M7QA' };
    expect(deny).toMatchObject({ type: 'Action.ShowCard', title: 'Deny…' });
    expect(deny.card.body).toMatchObject([{ type: 'Input.Text', id: 'reason', maxLength: 500 }]);
    expect(deny.card.actions).toMatchObject([{ type: 'Action.Execute', verb: 'deny', fallback: { data: no } }]);
    expect(deny.card.actions[0].data).toEqual(no);
  });

  it.each([
    [goodFacts, 'Assigned to Salesforce\n'],
    [{ ...goodFacts, assignment: { kind: 'assigned', through: 'Sales Team' } }, 'through the group Sales Team\n'],
    [{ ...goodFacts, assignment: { kind: 'unread' } }, 'Assignment: +Usher could not read it just now'],
    [{ ...goodFacts, account: { kind: 'unread' } }, 'Account: +Usher could not read it just now'],
  ] as const)('shows what Entra says of the account, without a warning: %j', (facts, said) => {
    const text = textOf(accessIn(pending), { facts });

    expect(text).toMatch(new RegExp(said));
    expect(text).not.toMatch(/^! /m);
  });

  it('warns of a disabled account and of a missing assignment, with the page to make it on', () => {
    const facts = { ...goodFacts, account: { kind: 'disabled' }, assignment: { kind: 'missing' } } as const;

    const text = textOf(accessIn(pending), { facts });

    expect(text).toContain('! The account of Isaiah Langer is disabled.');
    expect(text).toContain(
      '! Isaiah Langer is not assigned to Salesforce, and without an assignment an approval provisions nothing.',
    );
    expect(actionsOf(accessIn(pending), { facts }).at(-1)).toMatchObject({
      type: 'Action.OpenUrl',
      url: expect.stringMatching(/~\/Users\/objectId\/5eed0000-0000-4000-8000-0000000000a1$/),
    });
  });

  it('says instead that approving assigns, where it does', () => {
    const facts = { ...goodFacts, assignment: { kind: 'missing' }, assigns: true, roleName: 'User' } as const;

    const text = textOf(accessIn(pending), { facts });

    expect(text).toContain('Approving also assigns the app role User of Salesforce to Isaiah Langer. Usher then waits');
    expect(text).not.toMatch(/^! /m);
    expect(text).not.toContain('Open in Entra');
    expect(textOf(accessIn(pending), { facts: { ...facts, assignment: { kind: 'unread' } } })).toContain(
      'to Isaiah Langer, unless that is already done.',
    );
  });

  it('does not promise an assignment that exists already', () => {
    expect(textOf(accessIn(pending), { facts: { ...goodFacts, assigns: true } })).not.toContain('also assigns');
  });

  it('says that a deleted account cannot get access', () => {
    const text = textOf(accessIn(pending), {
      facts: { ...goodFacts, account: { kind: 'gone' }, assignment: { kind: 'missing' } },
    });

    expect(text).toContain('! Isaiah Langer is no longer in Entra ID');
    expect(text).not.toMatch(/Assignment|assigned/);
  });

  it('says so when the requester gave no reason, and when the day has come', () => {
    const text = textOf(accessIn(pending, { reason: ' \u200B', startsAt: NOW - DAY }));

    expect(text).toContain('Reason\nNo reason was given.');
    expect(text).toContain('As soon as it is approved, because Sunday, March 1, 2026 has arrived');
  });

  it('shows a reason up to five hundred characters and none of its Markdown', () => {
    const reason = `**now** [x](http://evil) ${'a'.repeat(600)}`;

    const texts = elementsOf(drawAccess(accessIn(pending, { reason })).card).map(({ text }) => String(text));

    const shown = texts.find((text) => text.includes('evil')) ?? '';
    expect(shown).toMatch(/^\\\*\\\*now\\\*\\\* \\\[x\\\]\(http:\/\/evil\) a+…$/);
    expect(shown.replace(/\\/g, '')).toHaveLength(500);
  });
});

describe('the card of a pending access request, for the requester', () => {
  it('says that an approver decides, and can be withdrawn', () => {
    const text = textOf(accessIn(pending), toRequester);

    expect(text).toContain('Waiting for approval');
    expect(text).toContain('An approver for Salesforce has to approve it first.');
    expect(text).not.toMatch(/Approve\b|Deny|type/);
    expect(actionsOf(accessIn(pending), toRequester)).toMatchObject([
      { type: 'Action.Submit', title: 'Cancel', data: { verb: 'cancel', requestId: 'K3M7QA' } },
    ]);
  });

  it('says what has become of a line that began with provision, to the requester alone', () => {
    const accessRequest = accessIn(pending, { askedAs: 'provision' });

    expect(textOf(accessRequest, toRequester)).toContain('Usher has turned the line into an access request.');
    expect(textOf(accessRequest)).not.toContain('has turned the line');
  });

  it('has no button where the request cannot be withdrawn', () => {
    expect(actionsOf(accessIn(pending), { ...toRequester, canCancel: false })).toEqual([]);
  });
});

describe('the card of an approved access request', () => {
  it('shows the day on which it starts', () => {
    const text = textOf(accessIn(approved(), { startsAt: DECEMBER }));

    expect(text).toMatch(/^… {2}Approved, starts later\n/);
    expect(text).toContain('Patti Fernandez approved it at 14:02.');
    expect(text).toContain(
      'Usher starts it on Tuesday, December 1, 2026, and first checks that Megan Bowen still has permission to',
    );
  });

  it.each([
    [accessIn(approved()), '▶  Approved, about to start'],
    [accessIn(approved(), { startsAt: NOW - DAY }), '▶  Approved, about to start'],
    [accessIn(approved(), { heldUp: 'quarantine' }), 'is in quarantine'],
    [accessIn(approved(), { heldUp: 'graphAway' }), 'Microsoft Graph is not answering'],
  ])('says why it has not started yet', (accessRequest, said) => {
    expect(textOf(accessRequest)).toContain(said);
  });

  it.each([
    ['assignment', 'Approved, waiting for the assignment', 'is not assigned to Salesforce'],
    ['replication', 'Approved, waiting for the assignment to take effect', 'has not taken effect yet'],
    ['entitlement', 'Approved, waiting for the assignment', 'with a role that does not include an account there'],
  ] as const)('says what it waits for after a try, until when, and what to do: %s', (heldUp, title, said) => {
    const waiting = accessIn(approved(), { heldUp, ...awaiting });
    const [requestedBy, approvers] = [textOf(waiting, toRequester), textOf(waiting)];

    for (const text of [requestedBy, approvers]) {
      expect(text).toContain(title);
      expect(text).toContain(said);
      expect(text).toMatch(/keeps (?:checking|trying) until Mar 3, 2026, 14:03/);
      expect(text).not.toMatch(/ask again\b(?!\.)/);
    }
    expect(requestedBy).toContain('[Cancel] [Details]');
    expect(requestedBy).not.toContain('[Open in Entra]');
    expect(approvers).toContain('[Look again] [Details]');
    expect(approvers.includes('[Open in Entra]')).toBe(heldUp !== 'replication');
    if (heldUp !== 'replication') expect(requestedBy).toContain('Ask an application administrator, or Patti Fernandez');
  });

  it('can be withdrawn by the requester and decided by no approver', () => {
    expect(textOf(accessIn(approved()), toRequester)).toContain('[Cancel]');
    expect(actionsOf(accessIn(approved()))).toEqual([]);
  });
});

describe('the card of an access request that runs', () => {
  const waiting = (waitReason: WaitReason | null, dueAt = NOW): TaskState => ({ kind: 'waiting', dueAt, waitReason });
  const lease = { owner: 'one', until: NOW };

  it.each<[TaskState, string]>([
    [waiting(null), 'Waiting: number 3 in line'],
    [waiting('throttled'), 'Microsoft asked Usher to slow down.'],
    [{ kind: 'running', startedAt: NOW, lease }, 'Asking Microsoft to provision Isaiah Langer to Salesforce'],
    [{ kind: 'cancelled', at: NOW, by: 'alex' }, 'It was canceled at 14:03'],
    [doneWith({ kind: 'created', report }), 'Isaiah Langer now has an account in Salesforce.'],
  ])('shows the progress as the card of the provisioning request does: %j', (state, said) => {
    const text = textOf(accessIn(started()), { progress: progressIn(state, { position: 3 }) });

    expect(text).toContain(said);
    expect(text).toContain('Patti Fernandez approved it at 14:02.');
    expect(text).toContain('[Details]');
  });

  it('explains the wait for an assignment once', () => {
    const progress = progressIn(waiting('assignmentUnseen', NOW + 60_000), { task: assigns('made') });

    const text = textOf(accessIn(started()), { progress });

    expect(text).toContain('Waiting for the assignment to take effect');
    expect(text).toContain('which takes a few minutes. Usher will try again at 14:04:06.');
    expect(text.match(/Usher has assigned/g)).toHaveLength(1);
  });

  it('still names the approver when the provisioning request cannot be found', () => {
    const text = textOf(accessIn(started(), { assigning: 'made' }));

    expect(text).toMatch(
      /^▶ {2}Approved, in progress\n[\s\S]*Patti Fernandez approved it[\s\S]*has assigned Isaiah Langer/,
    );
  });

  it('leads to the details', () => {
    expect(actionsOf(accessIn(started()))).toMatchObject([{ data: { verb: 'run', text: 'show R7K3MQ' } }]);
  });
});

describe('the card of an access request that has ended', () => {
  it('shows a good end on green, with its steps', () => {
    const progress = progressIn(doneWith({ kind: 'created', report }), { task: assigns('made') });

    const message = drawAccess(accessIn(finished('created')), { ...toRequester, progress });

    const text = cardAsText(message.card);
    expect(text).toMatch(/^✓ {2}Account created\n/);
    expect(text).toContain('Usher has assigned Isaiah Langer to Salesforce.\nIsaiah Langer now has an account');
    expect(text).not.toContain('Open in Entra');
    expect(message.summary).toBe(
      'Access to Salesforce for Isaiah Langer: Account created. Patti Fernandez approved it at 14:02. ' +
        'Usher has assigned Isaiah Langer to Salesforce. Isaiah Langer now has an account in Salesforce. ' +
        'Nothing more to do here.',
    );
  });

  it('shows a bad end with what to do next and where', () => {
    const outcome = outOfScope('assigned');

    const text = textOf(accessIn(finished('notInScope')), { progress: progressIn(doneWith(outcome)) });

    expect(text).toMatch(/^! {2}Not provisioned: not assigned to Salesforce\n/);
    expect(text).toMatch(
      /What to do next\nIsaiah Langer has to be assigned to Salesforce[\s\S]*\[Details\] \[Open in Entra\]/,
    );
  });

  it('asks no reader to make an assignment that Usher has made', () => {
    const progress = progressIn(doneWith(outOfScope('assigned')), { task: assigns('made') });

    const text = textOf(accessIn(finished('notInScope')), { progress });

    expect(text).toContain('had not seen the assignment after several attempts');
    expect(text).not.toContain('Assign Isaiah Langer to Salesforce:');
  });

  it('says that the assignment may have been made where it was canceled meanwhile, and how to take it back', () => {
    const state = { kind: 'cancelled', at: NOW, by: 'alex' } as const;
    const canceled = (step: AssignmentStep) =>
      textOf(accessIn(finished('cancelled')), { progress: progressIn(state, { attempts: 0, task: assigns(step) }) });

    expect(canceled('begun')).toMatch(/may have been made[\s\S]*remove the assignment[\s\S]*\[Open in Entra\]/);
    for (const step of ['wanted', 'found', 'refused'] as const) expect(canceled(step)).not.toMatch(/assignment/);
  });

  it('names the real cause where the assignment is not the cause', () => {
    const progress = progressIn(doneWith(outOfScope('scopingFilter')), { task: assigns('made') });

    expect(textOf(accessIn(finished('notInScope')), { progress })).toContain('does not pass the scoping filter');
  });

  it.each([
    ['created', '✓  Account created'],
    ['disabled', '!  Account disabled'],
    ['failed', '✗  Failed'],
    ['unknown', '?  Result unknown'],
    ['cancelled', '–  Canceled'],
  ] as const)('says how it ended even when nothing more is known: %s', (outcome, title) => {
    expect(textOf(accessIn(finished(outcome)))).toMatch(
      new RegExp(`^${title.replace('?', '\\?')}\n[\\s\\S]*It ended at 14:03`),
    );
  });

  it.each([toRequester, {}])('says why it was denied, %j', (audience) => {
    const { card, summary } = drawAccess(accessIn(denied('Not before the training')), audience);

    expect(cardAsText(card)).toMatch(/^✗ {2}Denied\n[\s\S]*Reason for the denial\nNot before the training\n/);
    expect(summary).toContain(
      'Patti Fernandez denied it at 14:02. Nothing was done. Reason for the denial: Not before',
    );
    expect(cardAsText(card).includes('talk to Patti Fernandez')).toBe('audience' in audience);
  });

  it('says that the approver gave no reason', () => {
    expect(textOf(accessIn(denied(null)))).toContain('Nothing was done.\nNo reason was given.');
  });

  it('says what to do when no approver decided, to each reader what they can do', () => {
    const expired = accessIn({ kind: 'expired', at: NOW });

    expect(textOf(expired, toRequester)).toContain('talk to an approver for Salesforce, and ask again');
    expect(textOf(expired)).toContain('Megan Bowen has to ask again');
  });

  it('says who withdrew it', () => {
    expect(textOf(accessIn(cancelledBy('megan', 'Megan Bowen')), toRequester)).not.toContain('What to do next');
    expect(textOf(accessIn(cancelledBy('alex', 'Alex Wilber')), toRequester)).toContain('talk to Alex Wilber');
    expect(textOf(accessIn(cancelledBy('alex', 'Alex Wilber')))).toContain('Alex Wilber withdrew it at 14:03.');
  });

  it.each(lapseReasons)('says why it never started, and what to do: %s', (why) => {
    const text = textOf(accessIn(lapsed(why)));

    expect(text).toMatch(/^✗ {2}Approved, but not started\n/);
    expect(text).toMatch(/Nothing was provisioned\.\n.{20,}\n\nWhat to do next\n.{20,}/);
  });
});

describe('the ticket of an access request', () => {
  const ticket = { number: 'INC0012345', url: 'https://contoso.example/INC0012345' };
  const link = '[INC0012345](https://contoso.example/INC0012345)';

  it('is a link for every reader, in every state, once', () => {
    const states = [pending, approved(), { kind: 'expired', at: NOW }, lapsed('notAssigned')] as const;

    for (const state of states)
      for (const more of [{}, toRequester, { readAlong: true }])
        expect(textOf(accessIn(state, { ticket }), more).split(link)).toHaveLength(2);
  });

  it('goes along when the requester asks again', () => {
    const actions = actionsOf(accessIn(lapsed('notAssigned'), { ticket }), toRequester);

    expect(JSON.stringify(actions)).toContain('to Salesforce INC0012345');
  });
});

describe('the card of an access request that can still be started', () => {
  it.each([
    ['notAssigned', 'within a day Usher found no assignment', true],
    ['quarantined', 'in quarantine for a whole day', true],
    ['graphAway', 'For a whole day, Microsoft Graph did not answer', true],
    ['assignmentRefused', 'did not let Usher assign', true],
    ['askerMayNot', 'no longer has permission to ask for', false],
    ['deciderMayNot', 'is no longer an approver for', false],
    ['appGone', 'no longer in Entra ID', false],
  ] as const)('offers each reader the retry that they may run, where there is one: %s', (why, said, isThere) => {
    const ended = accessIn(lapsed(why), awaiting);

    const [requestedBy, approvers] = [textOf(ended, toRequester), textOf(ended)];

    for (const text of [requestedBy, approvers]) expect(text).toContain(said);
    expect([approvers.includes('[Retry]'), requestedBy.includes('[Request again]')]).toEqual([isThere, isThere]);
    expect([requestedBy.includes('[Retry]'), approvers.includes('[Request again]')]).toEqual([false, false]);
    if (isThere)
      expect(actionsOf(ended, toRequester)).toMatchObject([
        { data: { verb: 'run', text: 'request access for isaiah@contoso.com to Salesforce' } },
        { data: { verb: 'run', text: 'show R7K3MQ' } },
      ]);
  });

  it.each(lapses)('says “retry” and has its button exactly where a retry works: %s, %s', (why, mayRetry) => {
    const ended = accessIn(lapsed(why), awaiting);

    const [requestedBy, approvers] = [textOf(ended, toRequester), textOf(ended)];

    expect(requestedBy.includes('“retry K3M7QA”')).toBe(mayRetry);
    expect([approvers.includes('“retry K3M7QA”'), approvers.includes('[Retry]')]).toEqual([mayRetry, mayRetry]);
  });

  it.each<[string, AccessRequest]>([
    ['waits for the assignment', accessIn(approved(), { heldUp: 'assignment', ...awaiting })],
    ['waits for the service', accessIn(approved(), { heldUp: 'replication', ...awaiting })],
    ['lapsed for want of it', accessIn(lapsed('notAssigned'), awaiting)],
    ['lapsed for another reason', accessIn(lapsed('askerMayNot'), awaiting)],
    ['was withdrawn meanwhile', accessIn(cancelledBy('alex', 'Alex Wilber'), awaiting)],
  ])('does not say that nothing was done where an earlier try may have done it: %s', (_what, accessRequest) => {
    const wasNot = /no account yet|Nothing was/;

    for (const audience of [{}, toRequester]) {
      expect(textOf(accessRequest, audience)).toMatch(wasNot);
      expect(textOf(accessRequest, { ...audience, mayBeDone: true })).not.toMatch(wasNot);
      expect(textOf(accessRequest, { ...audience, mayBeDone: true })).toContain(
        'so Isaiah Langer may have an account in Salesforce anyway.',
      );
    }
  });

  it('offers Retry where its provisioning ended badly, and says how long it had waited', () => {
    const progress = progressIn(doneWith(outOfScope('entitled')));
    const ended = accessIn(finished('notInScope'), awaiting);

    expect(textOf(ended, { progress })).toMatch(
      /Usher waited for the assignment until[\s\S]*role of the assignment has to be changed[\s\S]*\[Retry\]/,
    );
    expect(textOf(ended, { ...toRequester, progress })).not.toContain('Retry');
    expect(
      textOf(accessIn(finished('created')), { progress: progressIn(doneWith({ kind: 'created', report })) }),
    ).not.toContain('[Retry]');
  });
});

describe('every card of an access request', () => {
  it('offers a decision only while there is one to make, and only to approvers', () => {
    for (const input of everyAccessInput('Isaiah')) {
      for (const audience of ['requester', 'approvers'] as const) {
        const types = elementsOf(drawAccess(input.accessRequest, { ...input, audience }).card).map(({ type }) => type);

        const decides = audience === 'approvers' && input.accessRequest.state.kind === 'pending';
        expect(types.includes('Action.Execute')).toBe(decides);
      }
    }
  });

  it('repeats the headline in the summary, and names both person and app', () => {
    for (const input of everyAccessInput('Isaiah')) {
      const { card, summary } = drawAccess(input.accessRequest, { ...input, audience: 'requester' });

      const [headline = ''] = cardAsText(card).split('\n');
      expect(summary).toContain(`Access to Isaiah for Isaiah: ${headline.slice(3)}`);
      expect(card.fallbackText).toContain(summary);
    }
  });

  it('has no links without a portal', () => {
    const progress = progressIn(doneWith(failed('EntryConflict')));

    expect(textOf(accessIn(finished('failed')), { progress, entraPortalUrl: null })).not.toContain('Open in Entra');
  });
});

describe('the end of access on the card of a request', () => {
  const ends = { endsAt: NOW + 8 * HOUR, isTimed: true };
  const asked = { ...ends, hasTime: true, length: { count: 8, unit: 'hour' as const } };

  it.each([
    [true, 'Usher then removes the assignment.'],
    [false, 'Usher only reminds you then'],
  ])('is told beside the end of the access that it extends: by what Usher has assigned, %s', (isUshers, said) => {
    const present = { endsAt: NOW + HOUR, isTimed: true, isUshers };

    const text = textOf(accessIn(pending, { ends: asked }), { facts: { ...goodFacts, present } });

    expect(text).toMatch(/Access until now: +Mar 2, 2026, 15:03 GMT\+1/);
    expect(text).toContain(said);
  });
  const created = doneWith({ kind: 'created', report });
  const draw = (state: TaskState, task: Partial<Task>, audience: AccessCardInput['audience'] = 'approvers') =>
    textOf(accessIn(state.kind === 'done' ? finished('created') : started(), { ends: asked }), {
      audience,
      progress: progressIn(state, { task: { ends, ...task } }),
    });

  it.each<[string, TaskState]>([
    ['waits', { kind: 'waiting', dueAt: NOW, waitReason: null }],
    ['runs', { kind: 'running', startedAt: NOW, lease: { owner: 'one', until: NOW } }],
    ['is done', created],
  ])('is told with what Usher does then, to both readers, once its call %s', (_what, state) => {
    for (const audience of ['requester', 'approvers'] as const) {
      expect(draw(state, assigns('made'), audience)).toContain(
        'This access ends Mar 2, 2026, 22:03 GMT+1. Usher will then remove the assignment it made.',
      );
      expect(draw(state, assigns('found'), audience)).toContain(
        'This access is due to end Mar 2, 2026, 22:03 GMT+1. Usher did not make the assignment, so it only reminds you then.',
      );
      expect(draw(state, assigns('made'), audience)).not.toContain('after it starts');
    }
  });

  it('is taken away by Usher where it puts off the end of what Usher has assigned', () => {
    const text = draw(created, { ...assigns('found'), ends: { ...ends, inherits: true } });

    expect(text).toContain('Usher will then remove the assignment it made.');
  });

  it('is not told where nothing was given', () => {
    const text = draw(doneWith(failed('DuplicateTargetEntries')), {});

    expect(text).not.toMatch(/This access|Ends/);
  });

  it.each<[string, Pick<TaskEnd, 'state' | 'endedBy'>]>([
    [
      'Access ended: Mar 2, 2026, 22:03 GMT+1. Microsoft’s provisioning service has confirmed it.',
      { state: { kind: 'ended', as: 'verified' } },
    ],
    [
      'Access ended early, by Alex Wilber: Mar 2, 2026, 22:03 GMT+1.',
      { state: { kind: 'ended', as: 'verified' }, endedBy: 'Alex Wilber' },
    ],
    [
      'Alex Wilber says that it was removed by hand.',
      { state: { kind: 'ended', as: 'byHand' }, endedBy: 'Alex Wilber' },
    ],
    ['A later request extended this access.', { state: { kind: 'ended', as: 'extended' } }],
    ['Was due to end Mar 2, 2026, 22:03 GMT+1: ', { state: { kind: 'overdue', why: 'syncsAll' } }],
    ['Being removed now. End: ', { state: { kind: 'ending' } }],
  ])('says once it has come: %s', (said, become) => {
    expect(draw(created, { ...assigns('made'), ends: { ...ends, ...become } })).toContain(said);
  });
});
