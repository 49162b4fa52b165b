import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import type { AccessRequest } from '../../../../src/features/approvals/access-requests/access-request.ts';
import type { DecisionFacts } from '../../../../src/features/approvals/cards/decision-facts.ts';
import { elementsOf, NOW } from '../../../chat/views/drawings.ts';
import { jobIn, quarantined } from '../../checks/cards/check-drawings.ts';
import { accessIn, DAY, drawAccess, goodAbout, goodFacts, pending } from './access-drawings.ts';

const draw = (about: Partial<DecisionFacts> = {}, more: Partial<AccessRequest> = {}) =>
  drawAccess(accessIn(pending, more), { facts: goodFacts, about: { ...goodAbout, ...about } });
const textWith = (about: Partial<DecisionFacts> = {}, more: Partial<AccessRequest> = {}) =>
  cardAsText(draw(about, more).card);

describe('what an approver decides on', () => {
  it('says what the person is and whose report they are, below the name', () => {
    expect(textWith()).toMatch(/isaiah@contoso\.com\n +Account Executive · Sales · reports to Megan Bowen\n/);
  });

  it.each<[string, Partial<DecisionFacts>, RegExp]>([
    ['no department', { department: null }, /\n +Account Executive · reports to Megan Bowen\n/],
    ['no manager', { manager: { kind: 'none' } }, /Account Executive · Sales\n/],
    ['an unread manager', { manager: { kind: 'unread' } }, /Account Executive · Sales\n/],
    [
      'nothing',
      { jobTitle: null, department: null, manager: { kind: 'none' } },
      /isaiah@contoso\.com\n+Megan Bowen is/,
    ],
  ])('leaves out what is not there: %s', (_what, about, expected) => {
    expect(textWith(about)).toMatch(expected);
  });

  it('says in the details that there is no manager, or that Usher could not read who it is', () => {
    expect(JSON.stringify(draw({ manager: { kind: 'none' } }).card)).toContain('None in Entra ID');
    expect(JSON.stringify(draw({ manager: { kind: 'unread' } }).card)).toContain('Usher could not read it just now');
  });

  it.each<[DecisionFacts['why'], RegExp]>([
    [
      { kind: 'group', group: 'Approvers' },
      /You are being asked because you are in the group Approvers, which approves access to Salesforce\./,
    ],
    [{ kind: 'own' }, /You are being asked because you approve access to Salesforce\./],
    [{ kind: 'place' }, /shown here because this conversation gets the requests for Salesforce\./],
  ])('says why this reader is asked: %j', (why, expected) => {
    expect(textWith({ why })).toMatch(expected);
  });

  it('says nothing of the reason where it is not known', () => {
    expect(textWith({ why: null })).not.toMatch(/because/);
  });

  it('tells what Usher did last for this person in this app', () => {
    const last = { outcome: 'inSync', at: NOW - 2 * DAY } as const;

    expect(textWith({ last })).toMatch(/By Usher: +Already up to date, Feb 28, 2026/);
    expect(textWith()).toMatch(/By Usher: +Nothing yet/);
  });

  it.each([
    ['INC0012345', 'He joins Sales, INC0012345'],
    ['HELP-1234', 'as in HELP-1234'],
  ])('finds the ticket %s in the reason', (ticket, reason) => {
    expect(textWith({}, { reason })).toMatch(new RegExp(`Ticket: +${ticket}\n`));
  });

  it('has no row for a ticket where the reason names none', () => {
    expect(textWith()).not.toContain('Ticket');
    expect(textWith({}, { reason: null })).not.toContain('Ticket');
  });

  it('warns of an app in quarantine, and says when Microsoft turns it off', () => {
    const text = textWith({ job: quarantined() });

    expect(text).toMatch(/App: +In quarantine\n/);
    expect(text).toContain('Salesforce is in quarantine, so no one gets an account there');
    expect(text).toContain('Unless this is fixed, Microsoft turns provisioning off around Saturday, March 28, 2026.');
  });

  it.each<[DecisionFacts['job'], string, RegExp | null]>([
    ['none', 'Not set up', /Provisioning is not set up for Salesforce/],
    ['appDisabled', 'App disabled', /Salesforce is disabled in Entra ID, so an approval provisions nothing/],
    ['unread', 'Could not be read', null],
    [jobIn('notConfigured'), 'Not set up', /Provisioning is not set up for Salesforce/],
    [jobIn('paused'), 'Paused', null],
    [jobIn('healthy'), 'Healthy', null],
  ])('tells the state of the app: %j', (job, word, warning) => {
    const text = textWith({ job });

    expect(text).toMatch(new RegExp(`App: +${word}\n`));
    if (warning === null) expect(text).not.toContain('approval provisions nothing');
    else expect(text).toMatch(warning);
  });

  it('folds what is seldom needed, and keeps to six buttons', () => {
    const { card } = draw({}, { subject: { id: 'isaiah', name: 'Isaiah Langer', label: null, guest: true } });

    const details = elementsOf(card).find(({ id }) => id === 'details');
    expect(details).toMatchObject({ isVisible: false });
    expect(JSON.stringify(details)).toMatch(/Account.*Synchronization.*Last ran.*Open until/);
    expect(card.actions?.map((action) => Object(action).title)).toEqual(['Approve', 'Deny…', 'Show details']);
  });

  it('is not told to the requester', () => {
    const { card } = drawAccess(accessIn(pending), { facts: goodFacts, about: goodAbout, audience: 'requester' });

    expect(cardAsText(card)).not.toMatch(/Account Executive|reports to|By Usher|because you/);
  });

  it('names to the requester who decides', () => {
    const people = [
      { id: 'patti', name: 'Patti Fernandez' },
      { id: 'alex', name: 'Alex Wilber' },
    ];
    const facts = { ...goodFacts, deciders: { people, others: [{ group: 'Approvers', count: 4 }] } };

    const { card } = drawAccess(accessIn(pending), { facts, audience: 'requester' });

    expect(cardAsText(card)).toMatch(/Approvers: +Patti Fernandez, Alex Wilber, and 4 others in Approvers\n/);
    expect(cardAsText(drawAccess(accessIn(pending), { facts }).card)).not.toContain('4 others');
  });

  it('tells a requester of a missing assignment without asking them to make it', () => {
    const facts = { ...goodFacts, assignment: { kind: 'missing' } } as const;

    const { card } = drawAccess(accessIn(pending), { facts, audience: 'requester' });

    const text = cardAsText(card);
    expect(text).toContain('Isaiah Langer is not assigned to Salesforce yet. The approvers see that as well');
    expect(text).not.toMatch(/Users and groups|Open in Entra/);
  });
});
