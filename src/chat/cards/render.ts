import { readFileSync } from 'node:fs';
import type { Template } from 'adaptivecards-templating';
import type { Clock } from '../../clock.ts';
import { lazily } from '../../lazily.ts';
import type { AdaptiveCard } from '../reply.ts';
import { CARD_NAMES, type CardName, type CardViews } from './card-views.ts';

/**
 * Teams takes a message of at most 28 KB of JSON in its strictest place; 24 KB leave room for what Teams puts around
 * the card. Bytes of UTF-8, measured on the JSON text.
 */
export const LARGEST_CARD_BYTES = 24_576;

const templating = lazily<typeof import('adaptivecards-templating')>('adaptivecards-templating');
/** Read at startup, so that a missing or broken template fails at once. */
const sources = new Map<CardName, unknown>(CARD_NAMES.map((name) => [name, readTemplate(name)]));
// Parsed once: parsing takes twenty times as long as expanding, and expanding leaves a template unchanged.
const templates = new Map<CardName, Template>();
/** A pause between two templates, so that incoming messages are answered meanwhile. */
const preparePauseMs = 50;

/**
 * Parses the templates one by one, so that the first card need not wait for it. Called when everything else is ready; a
 * card drawn earlier parses its own template.
 */
export async function prepareCards(clock: Clock, ending: AbortSignal): Promise<void> {
  for (const name of CARD_NAMES) {
    await clock.sleep(preparePauseMs, ending);
    if (ending.aborted) return;
    templateOf(name);
  }
}

/**
 * Expands a template.
 *
 * @throws when a field stays unbound or the card is too large for Teams. Views cut what they show, so either is a bug
 *   in a view, and a card that Teams would reject must not pass for a sent one.
 */
export function renderCard<Name extends CardName>(name: Name, view: CardViews[Name]): AdaptiveCard {
  const { card, bytes } = fill(name, view);
  if (bytes > LARGEST_CARD_BYTES) throw new Error(`The card "${name}" has ${bytes} bytes, more than Teams takes`);
  return card;
}

/**
 * Expands a template with as much detail as fits: the first of `details`, ordered from most to least, whose card is not
 * too large.
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
  const filled: unknown = templateOf(name).expand({ $root: view });
  const whole = JSON.stringify(filled);
  const json = whole.replaceAll(NO_ACTION, '');
  const expanded: unknown = json === whole ? filled : JSON.parse(json);
  // Escaping has broken up every `${` in user text, so a remaining one is the template's own.
  if (json.includes('${')) throw new Error(`The card "${name}" has an unbound field`);
  if (!isAdaptiveCard(expanded)) throw new Error(`The template "${name}" made no Adaptive Card`);

  return { card: withoutEmptyActions(expanded), bytes: Buffer.byteLength(json) };
}

/** What the library leaves of the action of a row that opens nothing. In a text, its quotes would be escaped. */
const NO_ACTION = ',"selectAction":null';

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

function templateOf(name: CardName): Template {
  const known = templates.get(name);
  if (known !== undefined) return known;
  const source = sources.get(name);
  if (source === undefined) throw new Error(`There is no card template "${name}"`);
  const { Template } = templating();
  const made = new Template(source);
  templates.set(name, made);
  return made;
}

function readTemplate(name: CardName): unknown {
  // From `src/chat/cards` as from `dist/chat/cards`, the templates are three folders up.
  return JSON.parse(readFileSync(new URL(`../../../cards/${name}.json`, import.meta.url), 'utf8'));
}
