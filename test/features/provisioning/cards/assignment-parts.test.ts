import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import { listCard } from '../../../../src/features/provisioning/cards/list-card.ts';
import { assignmentRefused } from '../../../../src/graph/outcome/refusal.ts';
import type { Outcome } from '../../../../src/graph/outcome.ts';
import type { AssignmentStep, TaskState } from '../../../../src/requests/request.ts';
import { doneWith, draw, drawOutcome, emptyReport, NOW, openedText, requestIn } from '../../../chat/views/drawings.ts';
import { overviewOf } from './list-drawings.ts';

const unassigned: Outcome = { kind: 'notInScope', failedChecks: ['assigned'], report: emptyReport };
const created: Outcome = { kind: 'created', report: emptyReport };
const textOf = (state: TaskState, assigning: AssignmentStep, attempts = 0) =>
  cardAsText(draw(requestIn(state, { assigning, attempts })).card);
const titlesOf = (card: object) => [...JSON.stringify(card).matchAll(/"title":"([^"]+)"/g)].map(([, title]) => title);

describe('the card of a person whose app role is assigned first', () => {
  it.each(['wanted', 'begun'] as const)('says which role it is, and gives no position in line: %s', (step) => {
    const text = textOf({ kind: 'waiting', dueAt: NOW, waitReason: null }, step);

    expect(text).toMatch(/Assigning the app role.*Usher is assigning Isaiah Langer the app role “User” of Salesforce/s);
    expect(text).not.toMatch(/line|starts/i);
  });

  it('says when Usher tries again after Graph gave no clear answer', () => {
    const text = textOf({ kind: 'waiting', dueAt: NOW + 60_000, waitReason: null }, 'unanswered');

    expect(text).toMatch(/gave no clear answer\. Usher will try again at 14:04:06\./);
  });

  it.each([
    { step: 'wanted', says: 'Nothing was done', not: 'assignment' },
    { step: 'found', says: 'Nothing was done', not: 'assignment' },
    { step: 'begun', says: 'the assignment may have been made', not: 'Nothing was done' },
    { step: 'unanswered', says: 'the assignment may have been made', not: 'Nothing was done' },
    { step: 'made', says: 'The assignment stays', not: 'Nothing was done' },
  ] as const)('says when it is canceled what is left in Entra: $step', ({ step, says, not }) => {
    const text = textOf({ kind: 'cancelled', at: NOW, by: 'alex' }, step);

    expect(text).toContain(says);
    expect(text).not.toContain(not);
  });

  it('says with the result that Usher made the assignment, and not where another administrator had', () => {
    const [made, found] = [textOf(doneWith(created), 'made', 1), textOf(doneWith(created), 'found', 1)];

    expect(made).toContain('Usher has assigned Isaiah Langer the app role “User” of Salesforce.');
    expect(found).not.toContain('Usher has assigned');
  });

  it.each([
    { step: 'made', who: 'Usher has assigned Isaiah Langer to Salesforce, but' },
    { step: 'found', who: 'Isaiah Langer is assigned to Salesforce, but' },
  ] as const)('names who assigned where the service has not noticed: $step', ({ step, who }) => {
    const request = requestIn(doneWith(unassigned), { assigning: step, awaitsAssignment: true });

    expect(cardAsText(draw(request).card)).toContain(who);
  });
});

describe('the button that assigns and provisions', () => {
  it('names the role, and the card says what it does instead of sending the operator to Entra', () => {
    const { card } = drawOutcome(unassigned, { assigns: 'Standard User' });

    expect(titlesOf(card)).toContain('Assign role “Standard User” and provision');
    expect(openedText(card)).toContain('Usher can assign Isaiah Langer the app role “Standard User” of Salesforce');
    expect(openedText(card)).not.toContain('Enterprise applications');
  });

  it('takes the place of a retry after a refused assignment', () => {
    const refusal = assignmentRefused('Authorization_RequestDenied');
    const [offered, not] = [drawOutcome(refusal, { assigns: 'User' }), drawOutcome(refusal)];

    expect(titlesOf(offered.card)).not.toContain('Retry');
    expect(titlesOf(not.card)).toContain('Retry');
  });

  it.each([
    { roles: ['User'], people: 3, title: 'Assign role “User” and provision 3 people' },
    { roles: ['User', 'Member'], people: 1, title: 'Assign roles User and Member and provision' },
  ])('counts the people of a list, and names each role: $title', ({ title, ...assigns }) => {
    const overview = overviewOf({ total: 3, byOutcome: { notInScope: 3 } });

    expect(titlesOf(listCard({ overview, now: NOW, canRetry: true, assigns }).card)).toContain(title);
    expect(titlesOf(listCard({ overview, now: NOW, canRetry: true }).card)).not.toContain(title);
  });

  it('leaves on the card of a canceled list how many may be assigned now', () => {
    const overview = overviewOf({ total: 3, cancelled: 3, assigned: 2 });

    expect(openedText(listCard({ overview, now: NOW, canRetry: true }).card)).toContain(
      'For 2 of the canceled people, Usher had assigned the app role, or may have.',
    );
  });
});
