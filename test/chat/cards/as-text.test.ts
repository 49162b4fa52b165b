import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../src/chat/cards/as-text.ts';
import { drawOutcome, emptyReport, step } from '../views/drawings.ts';

describe('a card as text', () => {
  it('has the layout of the card', () => {
    const report = {
      ...emptyReport,
      steps: [
        step({ description: 'Retrieved User' }),
        step({ type: 'export', name: 'EntryExportAdd', status: 'failure' }),
      ],
    };
    const { card } = drawOutcome({
      kind: 'created',
      report,
    });

    const text = cardAsText(card);

    expect(text).toMatch(/^✓ {2}Account created\n {3}Isaiah Langer in Salesforce\n {3}isaiah@contoso\.com\n/);
    expect(text).toContain('✓  Find the account in Entra ID  Done\n✗  Write to Salesforce  Failed');
    expect(text).toContain('Requested by Alex Wilber at 14:03:06');
    expect(text).toMatch(/\[Show details\] \[Open in Entra\]$/);
  });

  it('leaves out what is hidden', () => {
    const hidden = { type: 'Container', isVisible: false, items: [{ type: 'TextBlock', text: 'secret' }] };

    expect(cardAsText({ body: [hidden, { type: 'TextBlock', text: 'seen' }] })).toBe('seen');
  });

  it('removes escapes and emphasis', () => {
    expect(cardAsText({ body: [{ type: 'TextBlock', text: '**Sales\\_Team** \\*\\*x\\*\\* 1\\. \\\\' }] })).toBe(
      'Sales_Team **x** 1. \\',
    );
  });

  it('shows inputs with their values, and what a button unfolds', () => {
    const choices = ['One', 'Two'].map((title) => ({ title, value: title.toLowerCase() }));
    const body = [
      { type: 'Input.Text', label: 'Who?', isRequired: true, placeholder: 'hint' },
      { type: 'Input.ChoiceSet', label: 'Which?', value: 'two', choices },
      { type: 'Input.Date', label: 'When?', value: '2026-12-01' },
    ];
    const unfolds = {
      type: 'Action.ShowCard',
      title: 'No …',
      card: { body: [{ type: 'Input.Text', label: 'Why' }], actions: [{ type: 'Action.Execute', title: 'No' }] },
    };

    expect(cardAsText({ body, actions: [{ type: 'Action.Execute', title: 'Yes' }, unfolds] })).toBe(
      'Who?* ____\nWhich? [Two] (One, Two)\nWhen? [2026-12-01]\n\n[Yes] [No …]\n\nNo …\n   Why ____\n\n   [No]',
    );
  });

  it.each([[null], ['text'], [{}], [{ body: 'x', actions: 3 }], [{ body: [null, 1, { type: 'Odd' }] }]])(
    'is empty for %j',
    (card) => {
      expect(cardAsText(card)).toBe('');
    },
  );
});
