import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import { previewCard } from '../../../../src/features/checks/cards/preview-card.ts';
import type { PreviewCardInput } from '../../../../src/features/checks/cards/preview-words.ts';
import { emptyReport } from '../../../../src/graph/outcome.ts';
import type { LogEntry } from '../../../../src/graph/provisioning-log-entry.ts';
import { shownAlone } from '../../../../src/masking/attributes.ts';
import { words } from '../../../chat/views/drawings.ts';
import {
  clauseFinding,
  doubts,
  effects,
  failedGroup,
  foundValues,
  previewInput,
  verdicts,
} from './preview-drawings.ts';

const cardOf = (changes: Partial<PreviewCardInput> = {}) => previewCard(words, previewInput(changes)).card;
const textOf = (changes: Partial<PreviewCardInput> = {}) => cardAsText(cardOf(changes));
/** What unfolds as well. */
const wholeOf = (changes: Partial<PreviewCardInput> = {}) => JSON.stringify(cardOf(changes));
const buttonsOf = (changes: Partial<PreviewCardInput> = {}) =>
  [...textOf(changes).matchAll(/\[([^\]]+)\]/g)].map(([, title]) => title);

const hr = failedGroup('Sales people', clauseFinding('department', 'HR'));
const notInScope = { kind: 'notInScope', groups: [hr] } as const;

describe('the card of a preview', () => {
  it('says first what would happen, by which value an account is found, and what to do', () => {
    const text = textOf();

    expect(text).toMatch(/^✓ {2}An account would be created, or an existing one updated\n/);
    expect(text).toContain('look there for an account whose userName is “adele@contoso.com”');
    expect(text).toContain('Provision Adele Vance now');
    expect(buttonsOf()).toEqual(['Provision now', 'Check', 'Look again', 'Show details', 'Open in Entra']);
  });

  it('says why a person is out of scope, with the person’s own value, and offers no provisioning', () => {
    const text = textOf({ verdict: notInScope });

    expect(text).toMatch(/^! {2}Nothing would be provisioned: out of scope\n/);
    expect(text).toContain(
      'does not pass the scoping filter of Salesforce: department is “HR”, and the filter asks for EQUALS “Sales”.',
    );
    expect(buttonsOf({ verdict: notInScope })).not.toContain('Provision now');
  });

  it('names the attribute alone to readers who may not see values', () => {
    const changes = {
      ...{ verdict: notInScope, isShown: () => false, canProvision: false },
      scope: { passes: 'no', groups: [hr], doubts: [] },
    } as const;

    expect(textOf(changes)).toContain('which looks at the department');
    expect(wholeOf(changes)).not.toMatch(/HR|EQUALS|“Sales”/);
    expect(textOf({ isShown: () => false })).not.toContain('is “adele@contoso.com”');
  });

  it('hides values of attributes that are not on the list', () => {
    const secret = failedGroup('A', clauseFinding('employeeId', '4711'));
    const text = wholeOf({
      verdict: { kind: 'notInScope', groups: [secret] },
      scope: { passes: 'no', groups: [secret], doubts: [] },
      isShown: shownAlone,
    });

    expect(text).not.toContain('4711');
  });

  it('warns that an account which the log knows may be disabled', () => {
    const entry = { outcome: { kind: 'created', report: emptyReport } } as unknown as LogEntry;
    const log = { kind: 'read', entries: [entry], complete: true } as const;

    expect(textOf({ verdict: notInScope, log })).toContain('Provisioning now may disable it.');
    expect(textOf({ verdict: notInScope })).not.toContain('may disable');
  });

  it('calls an unassigned person’s verdict likely, as the app may take all people', () => {
    const changes = {
      verdict: { kind: 'unknown', doubts: [{ why: 'syncsAll' }] },
      assignment: { kind: 'missing' },
    } as const;

    expect(textOf(changes)).toContain('Most likely nothing would be provisioned: not assigned to Salesforce');
    expect(buttonsOf(changes)).not.toContain('Provision now');
  });

  it.each(doubts('city').filter(({ why }) => why !== 'syncsAll'))('names the doubt $why', (doubt) => {
    const text = textOf({ verdict: { kind: 'unknown', doubts: [doubt] } });

    expect(text).toContain('Usher cannot tell: Microsoft decides');
    expect(text).toMatch(/but is not sure: .{20,}\./);
  });

  it.each(effects('name.familyName'))('has words for the effect $kind', (effect) => {
    const isLeft = effect.kind !== 'lacks' && effect.kind !== 'matchesNothing';

    expect(buttonsOf({ verdict: { kind: 'inScope', effect } }).includes('Provision now')).toBe(isLeft);
  });

  it('lists the filter clause by clause, and the values with why there is none', () => {
    const values = foundValues('Vance').map((found, index) => ({ target: `title${index}`, found }));
    const whole = wholeOf({
      scope: { passes: 'no', groups: [hr], doubts: [] },
      values,
      unshown: 3,
      isShown: () => true,
    });

    expect(whole).toContain('Scoping filter “Sales people”');
    expect(whole).toContain('Values the account would get');
    expect(whole).toContain('The expression cannot be evaluated (Vance)');
    expect(whole).toContain('A secret, which Usher does not ask for');
    expect(whole).toContain('3 more attributes are mapped whose values Usher does not show.');
  });

  it('tells no reader but an operator to act in Entra', () => {
    for (const verdict of verdicts('city')) {
      const text = textOf({ verdict, canProvision: false, viewpoint: { as: 'viewer', helpdesk: [] } });

      expect(text).not.toMatch(/Open in Entra|Provision now|Users and groups/);
    }
  });
});
