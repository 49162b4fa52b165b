import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { LARGEST_CARD_BYTES } from '../../../src/chat/cards/render.ts';
import { besideEarlier } from '../../../src/chat/draw-message.ts';
import { createMessages, type Messages } from '../../../src/chat/messages.ts';
import type { CardMessage } from '../../../src/chat/reply.ts';
import { languages, sourceLanguage } from '../../../src/languages.ts';
import { everyAccessCardSaying } from '../../features/approvals/cards/access-drawings.ts';
import { everyReportSaying } from '../../features/checks/cards/access-report-drawings.ts';
import { everyCheckCardSaying } from '../../features/checks/cards/check-drawings.ts';
import { everyPreviewCardSaying } from '../../features/checks/cards/preview-drawings.ts';
import { everyEndCardSaying } from '../../features/leaving/cards/end-drawings.ts';
import { everyRemovalCardSaying } from '../../features/leaving/cards/removal-drawings.ts';
import { everyListCardSaying } from '../../features/provisioning/cards/list-drawings.ts';
import { everyRepairCardSaying } from '../../features/repair/cards/repair-drawings.ts';
import { drawnIn, elementsOf, everyCardSaying, markdownOf } from './drawings.ts';

const INJECTION = [
  '[click](http://evil) **x** <at>Bob</at> $',
  '{1+1} {{DATE(2020-01-01T00:00:00Z)}} {{{$$',
  '{a} `c` # h\n- li',
].join('');
const REVERSED = 'a\u202Etxt.exe\u0007\u200B';

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  AdaptiveCard: ['$schema', 'version', 'msteams', 'fallbackText', 'body', 'actions'],
  TextBlock: ['text', 'wrap', 'size', 'weight', 'color', 'isSubtle', 'spacing', 'separator', 'fontType', 'style'],
  Container: ['items', 'style', 'bleed', 'id', 'isVisible', 'separator', 'spacing'],
  ColumnSet: ['columns', 'spacing', 'separator', 'selectAction'],
  Column: ['items', 'width', 'verticalContentAlignment'],
  // Newer than 1.5; clients that do not know the element show its fallback.
  ProgressBar: ['value', 'max', 'color', 'fallback'],
  ActionSet: ['actions'],
  'Action.Submit': ['title', 'style', 'tooltip', 'data'],
  'Action.OpenUrl': ['title', 'url'],
  'Action.ToggleVisibility': ['title', 'targetElements'],
  // Teams for phones may not know the element, and takes its fallback.
  'Action.Execute': ['title', 'style', 'tooltip', 'verb', 'data', 'fallback'],
  'Action.ShowCard': ['title', 'style', 'card'],
  'Input.Text': [
    'errorMessage',
    'isRequired',
    ...['id', 'label', 'placeholder', 'value', 'isMultiline', 'maxLength', 'spacing'],
    ...['isRequired', 'errorMessage'],
  ],
  'Input.ChoiceSet': [
    'isMultiSelect',
    'wrap',
    'id',
    'label',
    'placeholder',
    'value',
    'style',
    'choices',
    'choices.data',
    'isRequired',
    'errorMessage',
  ],
  'Data.Query': ['dataset'],
  'Input.Date': ['id', 'label', 'value', 'min', 'errorMessage'],
};

const ownCard = (...[text, size]: Parameters<typeof everyCardSaying>) => [
  ...everyCardSaying(text, size),
  ...everyListCardSaying(text),
  ...everyAccessCardSaying(text),
  ...everyCheckCardSaying(text),
  ...everyReportSaying(text),
  ...everyPreviewCardSaying(text),
  ...everyRemovalCardSaying(text),
  ...everyEndCardSaying(text),
  ...everyRepairCardSaying(text),
];
const words = createMessages('en-US', 'UTC');
const translated = languages.filter((language) => language !== sourceLanguage);

/** The bytes of the largest card, and the most that the sentence about an earlier card adds to one. */
function sizesOf(cards: readonly CardMessage[], spoken: Messages): { largest: number; longer: number } {
  const bytesOf = ({ card }: CardMessage) => Buffer.byteLength(JSON.stringify(card));
  const longer = cards.map((card) => bytesOf(besideEarlier(spoken, card)) - bytesOf(card));
  return { largest: Math.max(...cards.map(bytesOf)), longer: Math.max(...longer) };
}

/** Each by itself, and where it mentions an earlier one. */
const everyCard = (...said: Parameters<typeof everyCardSaying>) => {
  const cards = ownCard(...said);
  return [...cards, ...cards.map((card) => besideEarlier(words, card))];
};

describe('every card', () => {
  it.each([
    ['ordinary names', 'Isaiah Langer'],
    ['names that try to be code', INJECTION],
    ['no text at all', ''],
  ])('is made of parts that old clients draw, with %s', (_, text) => {
    const cards = everyCard(text).map(({ card }) => card);

    for (const element of cards.flatMap(elementsOf)) {
      const { type, ...rest } = element;
      if (typeof type !== 'string') continue;
      expect(Object.keys(ALLOWED)).toContain(type);
      expect(ALLOWED[type]).toEqual(expect.arrayContaining(Object.keys(rest)));
      if (type === 'TextBlock') expect(element).toMatchObject({ text: expect.any(String), wrap: true });
      if (type === 'ColumnSet') expect(Object(element.columns).length).toBeLessThanOrEqual(3);
      if (Array.isArray(element.actions)) expect(element.actions.length).toBeLessThanOrEqual(6);
    }
  });

  it.each([
    ['long names', 'Æther '.repeat(1_000)],
    ['names of emoji', '👩‍🚀'.repeat(1_000)],
    ['names that take four bytes a letter when escaped', '\\'.repeat(10_000)],
    ['names in three bytes a letter', '漢'.repeat(10_000)],
  ])('stays within what Teams takes, with %s', (_, text) => {
    const { largest, longer } = sizesOf(ownCard(text, { steps: 60, changes: 500 }), words);

    expect(largest).toBeLessThanOrEqual(LARGEST_CARD_BYTES);
    // That sentence takes of the room left for what Teams puts around a card.
    expect(longer).toBeLessThan(300);
  });

  it.each(translated)('stays within what Teams takes in %s', (language) => {
    const cards = drawnIn(language, () => ownCard('Æther '.repeat(1_000), { steps: 60, changes: 500 }));

    const { largest, longer } = sizesOf(cards, createMessages(language, 'UTC'));
    expect(largest).toBeLessThanOrEqual(LARGEST_CARD_BYTES);
    expect(longer).toBeLessThan(300);
  });

  it.each(translated)('is whole and of one language in %s', (language) => {
    const english = ownCard('Alix').map(({ summary }) => summary);
    const cards = drawnIn(language, () => ownCard('Alix'));

    const unbound = cards
      .map(({ card }) => JSON.stringify(card))
      .filter((text) => /\$?\{\w+\}|undefined|null/.test(text));
    expect(cards.map(({ summary }) => summary).filter((summary, index) => summary === english[index])).toEqual([]);
    expect(unbound).toEqual([]);
  });

  it('cuts no character in two', () => {
    const texts = everyCard('😀'.repeat(3_000)).map((message) => JSON.stringify(message));

    expect(
      texts.filter((text) => !text.isWellFormed() || text.includes('\uFFFD') || /\\ud[89a-f]/i.test(text)),
    ).toEqual([]);
  });

  it('has a summary and a fallback text, both plain', () => {
    const messages = everyCard(INJECTION);

    for (const { summary, card } of messages) {
      for (const text of [summary, card.fallbackText]) {
        expect(text).not.toBe('');
        expect(text).not.toMatch(/<at>|\{\{|\$\{|\n/);
        expect(text).not.toContain('\\');
      }
    }
  });

  it('leaves nothing unbound, and no null', () => {
    const json = everyCard(INJECTION).map(({ card }) => JSON.stringify(card));

    expect(json.filter((text) => text.includes('${') || /:null|,null|\[null/.test(text))).toEqual([]);
  });

  it('shows what others wrote without acting on it', () => {
    const texts = everyCard(INJECTION).flatMap(({ card }) => markdownOf(card));

    // The character after a backslash is plain; the rest must not be Markdown that the name brings in.
    const acting = texts.map((text) => text.replace(/\\./g, 'e')).filter((text) => /\[|`|<|\{\{|\n#|\*\*x/.test(text));
    expect(texts.some((text) => text.includes('\\[click\\](http://evil) \\*\\*x\\*\\* Bob $ {1+1} { {DATE('))).toBe(
      true,
    );
    expect(acting).toEqual([]);
  });

  it('shows no character that hides or reverses its neighbors', () => {
    const messages = everyCard(REVERSED).map((message) => JSON.stringify(message));

    expect(messages.some((text) => text.includes('atxt.exe'))).toBe(true);
    expect(messages.filter((text) => /[\u200B\u202A-\u202E\u2066-\u2069]|\\u00[01]/.test(text))).toEqual([]);
  });

  it('has a template that some view renders', () => {
    const files = readdirSync(new URL('../../../cards/', import.meta.url)).filter((name) => name.endsWith('.json'));

    expect(files.sort()).toEqual(
      [
        ...[
          'access',
          'apps',
          'check',
          'earlier',
          'form',
          'help',
          'home',
          'joint',
          'list',
          'notice',
          'pending',
          'picker',
          'progress',
        ],
        ...['result', 'whoami'],
      ].map((n) => `${n}.json`),
    );
  });
});
