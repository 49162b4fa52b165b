import { describe, expect, it } from '@jest/globals';
import type { NoticeView } from '../../../src/chat/cards/card-views.ts';
import { renderCard, renderLargestThatFits } from '../../../src/chat/cards/render.ts';

const notice: NoticeView = {
  fallbackText: 'Fallback',
  look: { glyph: '✓', color: 'Good', style: 'good' },
  title: 'Title',
  paragraphs: [{ text: 'One' }],
  next: [],
  further: [],
  code: [],
  buttons: [],
  links: [] as const,
};
const paragraphs = (count: number) => Array.from({ length: count }, () => ({ text: 'x'.repeat(1_000) }));

/** Put together, since a linter takes the whole for a template string that was meant. */
const UNBOUND = ['$', '{title}'].join('');

describe('the renderer', () => {
  it('makes a card of schema 1.5 with a fallback text', () => {
    const card = renderCard('notice', notice);

    expect(card).toMatchObject({
      type: 'AdaptiveCard',
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      version: '1.5',
      fallbackText: 'Fallback',
    });
    expect(card).not.toHaveProperty('actions');
  });

  it('leaves the template as it was for the next card', () => {
    const first = renderCard('notice', { ...notice, next: [{ label: 'Next', text: 'Do it' }] });
    const second = renderCard('notice', notice);

    expect(JSON.stringify(first)).toContain('Do it');
    expect(JSON.stringify(second)).not.toContain('Do it');
  });

  it.each([
    ['a template that was never filled in', { ...notice, title: UNBOUND }, /unbound/],
    ['a card that Teams would reject', { ...notice, paragraphs: paragraphs(30) }, /bytes/],
    ['a card without a fallback text', { ...notice, fallbackText: '' }, /no Adaptive Card/],
  ])('does not return %s', (_, view, message) => {
    expect(() => renderCard('notice', view)).toThrow(message);
  });

  it('measures bytes, not letters', () => {
    const view = { ...notice, paragraphs: [{ text: '漢'.repeat(9_000) }] };

    expect(() => renderCard('notice', view)).toThrow(/bytes/);
  });

  it('shows as much as fits', () => {
    const card = renderLargestThatFits('notice', [40, 20, 5], (count) => ({
      ...notice,
      paragraphs: paragraphs(count),
    }));

    expect(card.body.filter((element) => JSON.stringify(element).includes('xxx'))).toHaveLength(20);
  });

  it('throws when nothing fits', () => {
    const render = () => renderLargestThatFits('notice', [40, 30], (n) => ({ ...notice, paragraphs: paragraphs(n) }));

    expect(render).toThrow(/larger than Teams takes/);
  });
});
