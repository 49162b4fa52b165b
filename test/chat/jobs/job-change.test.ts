import { describe, expect, it } from '@jest/globals';
import { changeBetween, watchedStateOf } from '../../../src/chat/jobs/job-change.ts';
import { status } from '../../features/checks/watching/support.ts';

describe('the change of a watched job', () => {
  it.each([
    ['healthy', 'runs'],
    ['running', 'runs'],
    ['failing', 'runs'],
    ['quarantined', 'quarantined'],
    ['paused', 'stopped'],
    ['disabled', 'stopped'],
    ['notConfigured', 'stopped'],
    ['neverRun', null],
    ['other', null],
  ] as const)('reads %s as %s', (health, state) => {
    expect(watchedStateOf(status(health))).toBe(state);
  });

  it('reads an app without a job as stopped', () => {
    expect(watchedStateOf('none')).toBe('stopped');
  });

  it.each([
    [null, 'runs', null],
    [null, 'stopped', null],
    [null, 'quarantined', 'enteredQuarantine'],
    ['runs', 'runs', null],
    ['runs', 'quarantined', 'enteredQuarantine'],
    ['runs', 'stopped', 'stopped'],
    ['quarantined', 'quarantined', null],
    ['quarantined', 'runs', 'leftQuarantine'],
    ['quarantined', 'stopped', 'stopped'],
    ['stopped', 'stopped', null],
    ['stopped', 'runs', 'runsAgain'],
    ['stopped', 'quarantined', 'enteredQuarantine'],
  ] as const)('from %s to %s is %s', (before, after, change) => {
    expect(changeBetween(before, after)).toBe(change);
  });
});
