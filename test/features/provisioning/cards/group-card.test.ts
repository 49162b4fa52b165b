import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import type { TaskState } from '../../../../src/requests/request.ts';
import { doneWith, elementsOf, emptyReport, NOW, openedText, step } from '../../../chat/views/drawings.ts';
import { drawGroup, groupIn } from './list-drawings.ts';

const held: TaskState = { kind: 'held' };
const waiting: TaskState = { kind: 'waiting', dueAt: NOW, waitReason: null };
const running: TaskState = { kind: 'running', startedAt: NOW, lease: { owner: 'one', until: NOW } };
const cancelled: TaskState = { kind: 'cancelled', at: NOW, by: 'alex' };
const accepted = doneWith({ kind: 'otherChange', report: emptyReport });
const conflict = doneWith({
  kind: 'failed',
  code: 'EntryConflict',
  reason: null,
  recommendedAction: null,
  report: emptyReport,
});
const titlesOf = (card: { readonly actions?: readonly unknown[] }) =>
  (card.actions ?? []).map((action) => Object(action).title);

describe('the card of a group', () => {
  it('says before it runs how many calls it takes and who goes in which', () => {
    const message = drawGroup(groupIn([held, held, held]), { takesMs: 4_000 });

    const text = openedText(message.card);
    expect(text).toMatch(/^… {2}Provision Sales Team to GitHub Enterprise\?/);
    expect(text).toContain('The group and 15 members go to GitHub Enterprise in 3 calls');
    expect(text).toContain('This takes about 4 s');
    expect(text).toContain('…  Call 2: Member 6, Member 7, Member 8, Member 9, Member 10\n   Waiting for confirmation');
    expect(message.summary).toBe('Provision Sales Team to GitHub Enterprise? 15 people in 3 calls.');
    expect(titlesOf(message.card)).toEqual(['Provision in 3 calls', 'Cancel', 'Show details']);
  });

  it('asks for the ticket that its confirmation is to give, only where the reader may give it, and shows it from then on', () => {
    const request = groupIn([held, held]);
    const ticket = { number: 'CHG7', url: 'https://contoso.example/CHG7' };
    const draw = (more: Partial<typeof request>, canRetry = true) =>
      cardAsText(drawGroup({ ...request, ...more }, { canRetry }).card);

    expect(draw({ awaitsTicket: true })).toContain('Ticket number ____');
    expect(draw({ awaitsTicket: true }, false)).not.toContain('Ticket number');
    expect(draw({ ticket })).toContain('Ticket [CHG7](https://contoso.example/CHG7) · Requested by');
    expect(draw({ ticket })).not.toContain('Ticket number');
  });

  it('says so as well when no confirmation is needed', () => {
    const text = cardAsText(drawGroup(groupIn([waiting, waiting])).card);

    expect(text).toMatch(/^▶ {2}0 of 2 calls done/);
    expect(text).toContain('The group and 10 members go to GitHub Enterprise in 2 calls');
    expect(text).toMatch(/\[Cancel\]$/);
  });

  it('shows how each call stands while they run', () => {
    const { card } = drawGroup(groupIn([accepted, running, waiting]), { finishesAt: NOW + 120_000 });

    const text = openedText(card);
    expect(text).toMatch(/^▶ {2}1 of 3 calls done\n {3}Sales Team in GitHub Enterprise/);
    expect(text).toContain('▓▓▓░░░░░░░ 1 of 3');
    expect(text).toContain('About 2 min left, until 14:05.');
    expect(text).toContain('▶  Call 2: Member 6, Member 7, Member 8, Member 9, Member 10\n   In progress');
    expect(elementsOf(card).find(({ type }) => type === 'ProgressBar')).toMatchObject({ value: 33 });
  });

  it('invents no result when Microsoft accepts the group without a report', () => {
    const text = cardAsText(drawGroup(groupIn([accepted])).card);

    expect(text).toMatch(/^✓ {2}Done: 5 members in 1 call\n/);
    expect(text).toContain('Done. Microsoft accepted the group and these members; it gave no further detail.');
    expect(text).not.toMatch(/created|updated/);
  });

  it('does not say so where there was a report', () => {
    const report = { ...emptyReport, steps: [step({})] };

    const text = cardAsText(drawGroup(groupIn([doneWith({ kind: 'otherChange', report })])).card);

    expect(text).not.toContain('no further detail');
  });

  it('shows which call failed, why, and what to do', () => {
    const message = drawGroup(groupIn([accepted, conflict, accepted]));

    const text = openedText(message.card);
    expect(text).toMatch(/^! {2}3 calls: 2 done, 1 failed/);
    expect(text).toContain('✗  Call 2: Member 6');
    expect(text).toContain('Failed – an account with the same name already exists');
    expect(text).toMatch(/What to do next\nIn GitHub Enterprise, rename or remove/);
    expect(titlesOf(message.card)).toEqual(['Retry failed', 'Show details']);
    expect(titlesOf(drawGroup(groupIn([conflict]), { canRetry: false }).card)).toEqual(['Status']);
  });

  it.each([
    ['attention', [conflict, conflict], '✗  2 calls: 2 failed'],
    ['warning', [accepted, doneWith({ kind: 'unknown', why: 'timeout' })], '?  2 calls: 1 done, 1 with unknown result'],
    ['emphasis', [accepted, cancelled], '–  2 calls: 1 done, 1 canceled'],
    ['emphasis', [cancelled, cancelled], '–  Canceled before anything was sent'],
    ['accent', [running, cancelled], '▶  Canceled; 1 call is still in progress'],
  ] as const)('sums up in its first line: %s', (style, states, firstLine) => {
    const { card } = drawGroup(groupIn(states));

    expect(cardAsText(card).split('\n')[0]).toBe(firstLine);
    expect(card.body[0]).toMatchObject({ style });
  });

  it('names the members that are left out', () => {
    const leftOut = [
      { text: 'Platform', reason: 'nestedGroup', suggestions: [] },
      { text: 'LAPTOP-1', reason: 'device', suggestions: [] },
      { text: 'Megan', reason: 'notAMember', suggestions: [] },
    ] as const;

    const text = openedText(drawGroup(groupIn([accepted], { leftOut })).card);

    expect(text).toContain('Left out: 3\n!  Platform\n   A group inside the group.');
    expect(text).toContain('!  LAPTOP-1\n   A device.');
    expect(text).toContain('!  Megan\n   Not a direct member of the group.');
  });

  it('keeps the failed calls when there are more than it can show', () => {
    const states = Array.from({ length: 60 }, (_, n) => (n === 59 ? conflict : accepted));

    const text = openedText(drawGroup(groupIn(states, { text: '漢'.repeat(200) })).card);

    expect(text).toContain('Call 60:');
    expect(text).toContain('Call 1:');
    expect(text).toMatch(/And \d+ more\./);
  });

  it('names them in Chinese without spaces', () => {
    const group = groupIn([accepted], { members: 2 });

    const text = openedText(drawGroup({ ...group, reader: { locale: 'zh-CN', timeZone: 'UTC' } }).card);

    expect(text).toContain('调用 1：Member 1、Member 2');
  });

  it('says that a group has no members', () => {
    const text = cardAsText(drawGroup(groupIn([accepted], { members: 0 })).card);

    expect(text).toMatch(/^✓ {2}Done: the group in 1 call/);
    expect(text).toContain('Call 1: the group alone');
  });
});
