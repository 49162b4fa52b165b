import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { commandsFor } from '../../../src/chat/not-understood.ts';
import type { CardMessage } from '../../../src/chat/reply.ts';
import { welcome } from '../../../src/features/help/cards/welcome-card.ts';
import { registry } from '../../../src/features/registry.ts';
import { elementsOf, everyCardSaying, words } from '../../chat/views/drawings.ts';
import { everyAccessCardSaying } from '../../features/approvals/cards/access-drawings.ts';
import { everyReportSaying } from '../../features/checks/cards/access-report-drawings.ts';
import { everyCheckCardSaying } from '../../features/checks/cards/check-drawings.ts';
import { everyPreviewCardSaying } from '../../features/checks/cards/preview-drawings.ts';
import { everyEndCardSaying } from '../../features/leaving/cards/end-drawings.ts';
import { everyRemovalCardSaying } from '../../features/leaving/cards/removal-drawings.ts';
import { everyListCardSaying } from '../../features/provisioning/cards/list-drawings.ts';
import { everyRepairCardSaying } from '../../features/repair/cards/repair-drawings.ts';
import { openBrowser } from '../browser.ts';
import { themes } from './host-configs.ts';
import { ask, draw, type Exhibit, openStage } from './stage.ts';

/** Width in CSS pixels of the narrowest pane that a card must fit: a side panel, or 1280 px at 400 %. */
const NARROW = 320;
/** The width of a card in the phone's Teams, and what can be seen of it at once. */
const PHONE = 446;
const SCREEN = 480;

const collections = {
  card: everyCardSaying,
  list: everyListCardSaying,
  access: everyAccessCardSaying,
  check: everyCheckCardSaying,
  removal: everyRemovalCardSaying,
  end: everyEndCardSaying,
  repair: everyRepairCardSaying,
  preview: everyPreviewCardSaying,
  report: everyReportSaying,
};

interface Told extends Exhibit, CardMessage {}

function exhibitsSaying(text: string): Told[] {
  return Object.entries(collections).flatMap(([kind, all]) =>
    all(text).map((message, index) => ({ name: `${kind}-${index}`, ...message })),
  );
}

/** With everything open that a click would open. */
function opened({ name, card }: Exhibit): Exhibit {
  return { name, card: JSON.parse(JSON.stringify(card), (key, value) => (key === 'isVisible' ? true : value)) };
}

/** One card of those that differ in their text alone: their elements, and the elements without text, are the same. */
function distinct(all: readonly Told[]): Told[] {
  const skeleton = (card: unknown) =>
    JSON.stringify(card, (key, value) => (WORDS.includes(key) && typeof value === 'string' ? value === '' : value));
  return [...new Map(all.map((one) => [skeleton({ ...one.card, fallbackText: '' }), one])).values()];
}

const WORDS = ['text', 'title', 'value', 'tooltip', 'label', 'placeholder', 'url', 'requestId'];
/** So many on a page at once: axe takes longer over one long page than over some short ones. */
const BATCH = 30;

const batchesOf = (all: readonly Exhibit[]) =>
  Array.from({ length: Math.ceil(all.length / BATCH) }, (_, n) => all.slice(n * BATCH, (n + 1) * BATCH));

const everyone = exhibitsSaying('Isaiah Langer');
const exhibits = distinct(everyone);

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  page = await openStage(browser);
});

afterAll(async () => {
  await browser?.close();
});

describe('every card, drawn', () => {
  it.each(themes)('is one in which axe finds nothing, in the theme %s', async (theme) => {
    const found: string[] = [];

    for (const batch of batchesOf(exhibits.map(opened))) {
      await draw(page, theme, batch);
      await page.evaluate('unfold()');
      found.push(...(await ask(page, 'findings()')));
    }

    expect(exhibits.length).toBeGreaterThan(60);
    expect(found).toEqual([]);
  });

  it('is rejected by axe when it is at fault: the check itself works', async () => {
    const [first, form] = [
      exhibits[0],
      exhibits.find(({ card }) => elementsOf(card).some(({ isRequired }) => isRequired)),
    ];
    const spoil = (card: unknown) =>
      JSON.parse(JSON.stringify(card), (key, value) => (key === 'label' || key === 'placeholder' ? undefined : value));
    const pale = JSON.parse(JSON.stringify(first?.card).replaceAll('"isSubtle":true', '"color":"Warning"'));

    await draw(page, 'light', [
      { name: 'pale', card: pale },
      { name: 'nameless', card: spoil(form?.card) },
    ]);
    const found = (await ask(page, 'findings()')).join('\n');

    expect(found).toContain('pale · color-contrast');
    expect(found).toContain('nameless · label');
  });

  it('is reached with the Tab key alone, each button and each input, in the order in which it is read', async () => {
    const keyboard = await openStage(browser);
    await draw(keyboard, 'light', exhibits);
    await keyboard.evaluate('watchFocus()');
    const reachable = await ask(keyboard, 'reachable()');

    // A date has several stops, and the renderer makes one of each card.
    for (let presses = 0; presses <= reachable.length + 2 * exhibits.length; presses++)
      await keyboard.keyboard.press('Tab');

    const reached = await ask(keyboard, 'reached');
    expect(reachable.length).toBeGreaterThan(100);
    expect(reachable.filter((name) => / · $/.test(name))).toEqual([]);
    expect(reached.slice(0, reachable.length)).toEqual(reachable);
    await keyboard.close();
  });

  it('opens and fills in the reason for a denial with the keyboard alone', async () => {
    const decision = exhibits.filter(({ card }) => JSON.stringify(card).includes('Action.ShowCard')).slice(0, 1);
    await draw(page, 'light', decision);
    await page.evaluate('watchFocus()');

    await page.getByRole('button', { name: 'Deny…' }).focus();
    for (const key of ['Enter', 'Tab', 'N', 'o', 'Tab']) await page.keyboard.press(key);

    const reached = await ask(page, 'reached');
    expect(await page.locator('textarea').inputValue()).toBe('No');
    expect(reached.at(-1)).toMatch(/ · Deny this request$/);
  });

  it.each([
    ['ordinary names', 'Isaiah Langer'],
    ['a name without a gap', 'isaiah.langer.of.the.very.long.name.indeed@contoso.onmicrosoft.com'],
    ['a hundred letters without a gap', 'Donaudampfschifffahrtsgesellschaft'.repeat(3)],
    ['ids of eighty characters', '0123456789abcdef'.repeat(5)],
    ['the id of a job', 'Contoso.5eed000000004000800000000000face.5eed0000-0000-4000-8000-0000000000a1'],
    ['emoji', '👩‍🚀🏳️‍🌈'.repeat(30)],
    ['names from right to left', 'عبدالرحمن‌بن‌محمد‌'.repeat(5)],
  ])('fits a narrow pane, and reads from top to bottom there as well, with %s', async (_, text) => {
    const narrow = await openStage(browser, NARROW);

    await draw(narrow, 'light', distinct(exhibitsSaying(text)).map(opened));
    await narrow.evaluate('unfold()');

    expect(await ask(narrow, 'overflowing()')).toEqual([]);
    expect(await ask(narrow, 'disorder()')).toEqual([]);
    await narrow.close();
  });

  it.each([['operator'], ['approver'], ['requester'], ['viewer']] as const)(
    'greets a person who is %s on one screen of a phone',
    async (role) => {
      const caller = { id: '1', tenantId: '2', principalName: 'alex@contoso.com', roles: [role], memberOf: [] };
      const commands = commandsFor({ registry, graphAccess: 'appOnly' }, { ...caller, name: 'Alex Wilber' });
      const phone = await openStage(browser, PHONE);

      await draw(phone, 'light', [
        { name: 'welcome', ...welcome(words, { name: 'Alex Wilber', canUse: true, commands }) },
      ]);

      const box = await phone.locator('.frame').boundingBox();
      expect(box?.height).toBeLessThanOrEqual(SCREEN);
      await phone.close();
    },
  );

  it('is found too wide where it holds a table of long ids: the check itself works', async () => {
    const narrow = await openStage(browser, NARROW);
    const [first] = exhibits;
    const facts = [{ title: 'Job', value: '0123456789abcdef'.repeat(5) }];
    const card = {
      ...first?.card,
      type: 'AdaptiveCard',
      version: '1.5',
      fallbackText: '',
      body: [{ type: 'FactSet', facts }],
    };

    await draw(narrow, 'light', [{ name: 'wide', card: card as Exhibit['card'] }]);

    expect((await ask(narrow, 'overflowing()')).join()).toMatch(/^wide · /);
    await narrow.close();
  });

  it('reads from top to bottom in a wide pane', async () => {
    await draw(page, 'light', exhibits.map(opened));
    await page.evaluate('unfold()');

    expect(await ask(page, 'disorder()')).toEqual([]);
  });

  it('says beside an input what is wrong with it', async () => {
    const forms = exhibits.filter(({ card }) => elementsOf(card).some(({ isRequired }) => isRequired === true));
    const emptied = forms.map(({ name, card }) => ({
      name,
      card: JSON.parse(JSON.stringify(card), (key, value) => (key === 'value' ? undefined : value)),
    }));
    await draw(page, 'light', emptied);

    const silent = await ask(page, 'silentErrors()');
    const text = await page.locator('main').innerText();

    expect(forms.length).toBeGreaterThan(0);
    expect(silent).toEqual([]);
    expect(text).toContain(String(elementsOf(forms[0]?.card).find(({ isRequired }) => isRequired)?.errorMessage));
  });
});

describe('every card for a screen reader', () => {
  const cards = everyone.map(({ name, card }) => ({ name, card, elements: elementsOf(card) }));

  it('has one heading, which is the first thing in it but for a sign', () => {
    const headings = cards.map(({ name, elements }) => {
      const texts = elements.filter(({ type }) => type === 'TextBlock');
      const place = texts.findIndex(({ style }) => style === 'heading');
      const before = texts.slice(0, place).map(({ text }) => [...String(text)].length);
      return { name, count: texts.filter(({ style }) => style === 'heading').length, place, before };
    });

    expect(
      headings.filter(({ count, place, before }) => count !== 1 || place > 1 || before.some((n) => n > 1)),
    ).toEqual([]);
  });

  it('names each input, and says what is wrong with one that can be wrong', () => {
    const inputs = cards.flatMap(({ elements }) => elements.filter(({ type }) => String(type).startsWith('Input.')));
    const canBeWrong = inputs.filter(({ isRequired, min, regex }) => isRequired || min || regex);

    expect(inputs.length).toBeGreaterThan(5);
    expect(inputs.filter(({ label }) => typeof label !== 'string' || label === '')).toEqual([]);
    expect(canBeWrong.filter(({ errorMessage }) => typeof errorMessage !== 'string' || errorMessage === '')).toEqual(
      [],
    );
  });

  it('shows no picture without a text for it', () => {
    const pictures = cards.flatMap(({ elements }) => elements.filter(({ type }) => type === 'Image'));

    expect(pictures.filter(({ altText }) => typeof altText !== 'string' || altText === '')).toEqual([]);
  });

  it('says nothing by a sign or a color alone: the same words always come with the same sign and color', () => {
    const looks = new Map<string, Set<string>>();
    for (const { card, elements } of cards) {
      const sets = elements.filter((row) => row.type === 'ColumnSet' && !elementsOf(row).some(isHeading));
      // A row's columns may hold columns of their own, whose sign is the row's.
      const isWithin = (set: (typeof sets)[number], row: (typeof sets)[number]) =>
        row !== set && elementsOf(row).some(({ columns }) => columns === set.columns);
      const rows = sets.filter((set) => !sets.some((row) => isWithin(set, row)));
      // The sign and the color of the header are for the whole card.
      for (const part of [card, ...rows]) {
        const texts = elementsOf(part).filter(({ type }) => type === 'TextBlock');
        const words = texts.filter(({ text }) => !isSign(text)).map(({ text }) => text);
        const [sign] = texts.filter(({ text }) => isSign(text));
        const [header] = part === card ? elementsOf(part).filter(({ bleed }) => bleed === true) : [];
        const key = words.join(' | ');
        looks.set(key, (looks.get(key) ?? new Set()).add(`${sign?.text} ${sign?.color} ${header?.style}`));
      }
    }

    expect(looks.size).toBeGreaterThan(200);
    expect([...looks].filter(([words, found]) => words === '' || found.size > 1)).toEqual([]);
  });

  it('has a summary and a fallback text of whole words, without signs that a screen reader would stumble over', () => {
    const texts = everyone.flatMap(({ name, summary, card }) => [
      { name, text: summary },
      { name, text: card.fallbackText },
    ]);

    expect(texts.filter(({ text }) => !/\p{L}{2}/u.test(text) || /[✓✗▓░▶]/.test(text))).toEqual([]);
  });

  it('says in the fallback text of a list what its rows say, and not only how many there are', () => {
    const lists = everyone.filter(
      ({ name, summary }) => /^check/.test(name) && /^\S.*\b[1-9]\d* (?:lines|requests|apps)/.test(summary),
    );

    expect(lists.length).toBeGreaterThan(4);
    expect(lists.filter(({ card, summary }) => summary !== '' && !card.fallbackText.includes(' · '))).toEqual([]);
  });

  it('says on hovering and to a screen reader what a button in a row is about, where many have the same title', () => {
    const rowButtons = cards.flatMap(({ elements }) =>
      elements
        .filter(({ type }) => type === 'ActionSet')
        .flatMap(({ actions }) => elementsOf(actions).filter(({ data }) => data)),
    );

    expect(rowButtons.length).toBeGreaterThan(20);
    expect(rowButtons.filter(({ title, tooltip }) => typeof tooltip !== 'string' || tooltip === title)).toEqual([]);
  });

  it('says of a row that opens something what a click sends, and is named by what it says itself', () => {
    const rows = cards.flatMap(({ elements }) => elements.flatMap(({ selectAction }) => elementsOf(selectAction)));
    const actions = rows.filter(({ type }) => type === 'Action.Submit');

    expect(actions.length).toBeGreaterThan(20);
    expect(actions.filter(({ title, tooltip }) => title !== undefined || !/^Sends: ./.test(String(tooltip)))).toEqual(
      [],
    );
  });

  it('says in the summary and the fallback text how a finished request ended', () => {
    const ended = everyone.slice(0, 14).map(({ name, summary, card }) => {
      const heading = String(elementsOf(card).find(({ style }) => style === 'heading')?.text);
      return { name, heading, isTold: summary.includes(heading) && card.fallbackText.includes(heading) };
    });

    expect(ended.filter(({ isTold }) => !isTold)).toEqual([]);
  });
});

const isSign = (text: unknown): boolean => typeof text === 'string' && /^[^\p{L}\p{N}]$/u.test(text);

const isHeading = ({ style }: Record<string, unknown>): boolean => style === 'heading';
