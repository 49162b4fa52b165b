import { describe, expect, it } from '@jest/globals';
import {
  type AccessAction,
  type AccessStateKind,
  openStates,
  stateAfter,
} from '../../../../src/features/approvals/access-requests/access-request.ts';

const states: readonly AccessStateKind[] = [
  'pending',
  'denied',
  'expired',
  'cancelled',
  'approved',
  'lapsed',
  'started',
  'finished',
];
const actions: readonly AccessAction['kind'][] = [
  'approve',
  'deny',
  'cancel',
  'expire',
  'start',
  'lapse',
  'finish',
  'await',
  'retry',
];

describe('the states of an access request', () => {
  it('have these transitions and no others', () => {
    const drawn = states.flatMap((state) =>
      actions.flatMap((action) => {
        const after = stateAfter(state, action);
        return after === null ? [] : [`${state} ─${action}→ ${after}`];
      }),
    );

    expect(drawn).toEqual([
      'pending ─approve→ approved',
      'pending ─deny→ denied',
      'pending ─cancel→ cancelled',
      'pending ─expire→ expired',
      'approved ─cancel→ cancelled',
      'approved ─start→ started',
      'approved ─lapse→ lapsed',
      'lapsed ─retry→ approved',
      'started ─finish→ finished',
      'started ─await→ approved',
      'finished ─retry→ started',
    ]);
  });

  it('are open exactly as long as they can change without a retry', () => {
    const others = actions.filter((action) => action !== 'retry');
    const changing = states.filter((state) => others.some((action) => stateAfter(state, action) !== null));

    expect(changing.toSorted()).toEqual(openStates.toSorted());
  });
});
