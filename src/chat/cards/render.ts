import { readFileSync } from 'node:fs';
import { Template } from 'adaptivecards-templating';
import type { AdaptiveCard } from '../reply.ts';
import { CARD_NAMES, type CardName, type CardViews } from './card-views.ts';

/**
 * Teams takes a message of 28 KB of JSON in the worst place it may land; 24 KB of UTF-8 leave room for what is put
 * around the card. Bytes of UTF-8, measured on the JSON text.
 */
export const LARGEST_CARD_BYTES = 24_576;

// Built once: parsing a template takes twenty times as long as filling it in, and filling it in leaves it unchanged.
const templates = new Map<CardName, Template>(CARD_NAMES.map((name) => [name, loadTemplate(name)]));

/**
 * Fills a template in.
 *
 * @throws when a field was left unbound or the card is too large for Teams. Views cut what they show, so either is a
 *   bug in a view, and a card that Teams would reject must not look like one that was sent.
 */
export function renderCard<Name extends CardName>(name: Name, view: CardViews[Name]): AdaptiveCard {
  const { card, bytes } = fill(name, view);
  if (bytes > LARGEST_CARD_BYTES) throw new Error(`The card "${name}" has ${bytes} bytes, more than Teams takes`);
  return card;
}

/**
 * Fills a template in with as much detail as fits: the first of `details`, ordered from most to least, whose card is
 * not too large.
 *
 * @throws as `renderCard`, when not even the last one fits.
 */
export function renderLargestThatFits<Name extends CardName, Detail>(
  name: Name,
  details: readonly Detail[],
  view: (detail: Detail) => CardViews[Name],
): AdaptiveCard {
  for (const detail of details) {
    const { card, bytes } = fill(name, view(detail));
    if (bytes <= LARGEST_CARD_BYTES) return card;
  }
  throw new Error(`The card "${name}" is larger than Teams takes, however little it shows`);
}

function fill<Name extends CardName>(name: Name, view: CardViews[Name]): { card: AdaptiveCard; bytes: number } {
  const template = templates.get(name);
  if (template === undefined) throw new Error(`There is no card template "${name}"`);

  const expanded: unknown = template.expand({ $root: view });
  const json = JSON.stringify(expanded);
  // Escaping has broken up every `${` in what people wrote, so one that is left is the template's own.
  if (json.includes('${')) throw new Error(`The card "${name}" has an unbound field`);
  if (!isAdaptiveCard(expanded)) throw new Error(`The template "${name}" made no Adaptive Card`);

  return { card: withoutEmptyActions(expanded), bytes: Buffer.byteLength(json) };
}

function withoutEmptyActions(card: AdaptiveCard): AdaptiveCard {
  const { actions, ...rest } = card;
  return actions === undefined || actions.length === 0 ? { ...rest, type: card.type } : card;
}

function isAdaptiveCard(value: unknown): value is AdaptiveCard {
  if (typeof value !== 'object' || value === null) return false;
  const card: Record<string, unknown> = { ...value };
  return (
    card.type === 'AdaptiveCard' &&
    card.version === '1.5' &&
    typeof card.fallbackText === 'string' &&
    card.fallbackText !== '' &&
    Array.isArray(card.body)
  );
}

function loadTemplate(name: CardName): Template {
  // From `src/chat/cards` as from `dist/chat/cards`, the templates are three folders up.
  return new Template(JSON.parse(readFileSync(new URL(`../../../cards/${name}.json`, import.meta.url), 'utf8')));
}
