import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import { LARGEST_CARD_BYTES } from '../../../../src/chat/cards/render.ts';
import { kitCard, kitsCard, type SeenApp } from '../../../../src/features/help/cards/kits-card.ts';
import { elementsOf, words } from '../../../chat/views/drawings.ts';
import { quarantined } from '../../checks/cards/check-drawings.ts';
import { kitSaying } from '../start-drawings.ts';

const app = (status: Extract<SeenApp, { id: string }>['status'], name = 'Salesforce'): SeenApp => ({
  name,
  id: `id of ${name}`,
  status,
});
const plain = { ask: null, approvers: [], needsTicket: false, ends: {} } as const;
const list = { search: null, isNear: false, mayAdd: false } as const;
const glyphOf = (...apps: readonly SeenApp[]) =>
  cardAsText(kitsCard(words, { ...list, kits: [kitSaying('Sales', apps)] }).card).match(/^(\S) {2}Sales/m)?.[1];

describe('the list of kits', () => {
  it('marks each kit by the worst of its apps', () => {
    expect(glyphOf(app('unread'))).toBe('?');
    expect(glyphOf(app('unread'), app('none'))).toBe('!');
    expect(glyphOf(app('none'))).toBe('!');
    expect(glyphOf(app('appDisabled'), app(quarantined()))).toBe('✗');
    expect(glyphOf({ name: 'Concur', id: null, trouble: 'gone' }, app('none'))).toBe('✗');
  });

  it('says how many kits and troubles it does not show', () => {
    const broken = Array.from({ length: 5 }, (_, n) => app('none', `App ${n}`));
    const kits = Array.from({ length: 27 }, (_, n) => kitSaying(`Kit ${n}`, n === 0 ? broken : [app('unread')]));

    const text = cardAsText(kitsCard(words, { ...list, kits }).card);

    expect(text).toContain('App 2: Not set up\n   And 2 more.');
    expect(text).not.toContain('App 3: ');
    expect(text).toMatch(/Kit \d+ {2}1 app\n[\s\S]*And \d+ more\.$/);
    expect(text).not.toContain('Kit 26');
  });
});

describe('the card of a kit', () => {
  it('and the list stay within what Teams takes, with the longest names that a button can run', () => {
    const long = '漢'.repeat(280);
    const kit = kitSaying(
      long,
      Array.from({ length: 20 }, (_, n) => app('none', `${n}${long}`)),
    );
    const kits = Array.from({ length: 25 }, () => kit);

    const names = Array.from({ length: 50 }, () => long);
    const terms = { ask: names, approvers: names, needsTicket: true, ends: { longest: '90d', usual: '30d' } };

    const cards = [kitCard(words, kit, terms), kitsCard(words, { ...list, kits })].map(({ card }) => card);

    for (const card of cards) {
      expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(LARGEST_CARD_BYTES);
      expect(cardAsText(card)).toMatch(/And \d+ more\./);
    }
  });

  it('tells how long access lasts', () => {
    const { card } = kitCard(words, kitSaying('Sales', [app('none')]), { ...plain, ends: { longest: '90d' } });

    expect(cardAsText(card)).toContain('Access for 90 days at most.');
    expect(cardAsText(kitCard(words, kitSaying('Sales', [app('none')]), plain).card)).not.toContain('Access for');
  });

  it('opens one of two apps of the same name by its id', () => {
    const twins = ['D1', 'D2'].map((id) => ({ name: 'DocuSign', id, status: 'none' }) as const);

    const { card } = kitCard(words, kitSaying('Sales', [...twins, app('none')]), plain);

    const sent = elementsOf(card).flatMap(({ selectAction }) => (selectAction ? [Object(selectAction).data.text] : []));
    expect(sent).toEqual(['status D1', 'status D2', 'status Salesforce']);
  });

  it('has a notification that names the apps and what is wrong', () => {
    const { summary } = kitCard(
      words,
      kitSaying('Sales', [app('none'), { name: 'Box', id: null, trouble: 'several' }]),
      plain,
    );

    expect(summary).toBe('Kit “Sales”: Salesforce and Box · Salesforce: Not set up · Box: Name not unique');
  });
});
