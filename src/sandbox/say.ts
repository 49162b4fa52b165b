import { assertNever } from '../assert-never.ts';
import { cardAsText } from '../chat/cards/as-text.ts';
import { createGrammar } from '../chat/grammar/grammar.ts';
import { registry } from '../features/registry.ts';
import type { Step } from './story.ts';
import { clickActivity, messageActivity, postActivity, type Writer } from './teams/activity.ts';
import { buttonsIn } from './teams/buttons.ts';
import { type Delivery, startConnector } from './teams/connector.ts';
import { everybody } from './tenant/people.ts';

/** Sends messages and clicks to the bot, without a browser. */
export interface Telling {
  /** The bot's messages endpoint. */
  readonly endpoint: string;
  /** The sender of a step is the first part of a principal name of the tenant, e.g. `alex`. */
  readonly steps: readonly Step[];
  /** Posts to the sandbox's `/_sandbox/…`; resolves with what it says against that, null for nothing. */
  readonly control: (name: 'clock' | 'jobs', body: string) => Promise<string | null>;
  /** Resolves when the bot has nothing left to do or to draw. */
  readonly settled: () => Promise<void>;
  readonly write: (text: string) => void;
}

/**
 * Takes one step after the other, prints each card and each change of it, and ends when the bot is idle.
 *
 * @returns an exit code: 0 when it worked; 1 when the last card is a refusal, a failure or a question, or none came; 2
 *   when the tenant has no such person, no card such a button, or the sandbox refuses a change.
 */
export async function tell({ endpoint, steps, control, settled, write }: Telling): Promise<number> {
  const names = [...new Set(steps.flatMap((step) => ('as' in step ? [step.as] : [])))];
  const unknown = names.find((name) => writerNamed(name) === null);
  if (unknown !== undefined) {
    write(
      `No person in the sandbox tenant is called "${unknown}". Try alex, megan, patti, lynne, johanna, chloe, thiago or wangwei.\n`,
    );
    return 2;
  }
  const connector = await startConnector();
  const placeOf = (name: string) => ({ serviceUrl: connector.serviceUrl, conversationId: `personal-${name}` });
  // The bot can write first only to people who have it.
  for (const [name, writer] of names.length > 1 ? names.map((name) => [name, writerNamed(name)] as const) : []) {
    if (writer === null) continue;
    const { text: _, ...activity } = messageActivity(writer, placeOf(name), '');
    await postActivity(endpoint, { ...activity, type: 'installationUpdate', action: 'add' });
  }
  await settled();

  const shown = new Map<string, string>();
  let last: unknown = null;
  const stopListening = connector.listen((delivery) => {
    const { conversationId, activity } = delivery;
    const content = contentOf(delivery);
    // A text beside the card does not replace the card.
    if (content !== null) last = content;
    const text = content === null ? String(activity.text ?? '') : cardAsText(content);
    if (text === shown.get(conversationId)) return;
    shown.set(conversationId, text);
    const reader = names.find((name) => placeOf(name).conversationId === conversationId) ?? '';
    const whose = names.length > 1 ? `[${writerNamed(reader)?.name ?? conversationId} reads]\n` : '';
    write(`\n${whose}${text}\n`);
  });

  const take = async (step: Step): Promise<string | null> => {
    switch (step.kind) {
      case 'say':
      case 'click': {
        const writer = writerNamed(step.as);
        if (writer === null) return step.as;
        if (step.kind === 'say') {
          write(`\n${writer.name}: ${step.line}\n`);
          await postActivity(endpoint, messageActivity(writer, placeOf(step.as), step.line));
          return null;
        }
        const { conversationId } = placeOf(step.as);
        const button = newestButton(connector.deliveries, conversationId, step.title);
        if (button === null) return `${writer.name} sees no button "${step.title}".`;
        write(`\n${writer.name} clicks "${step.title}".\n`);
        await postActivity(endpoint, clickActivity(writer, placeOf(step.as), button.cardId, button.data));
        return null;
      }
      case 'ahead':
        write(`\nThe clock goes ${step.length} ahead.\n`);
        return control('clock', JSON.stringify({ ahead: step.length }));
      case 'job':
        write(`\nThe tenant changes: ${step.change}\n`);
        return control('jobs', step.change);
      default:
        return assertNever(step, 'step');
    }
  };

  let problem: string | null = null;
  for (const step of steps) {
    problem = await take(step);
    if (problem !== null) break;
    await settled();
  }
  stopListening();
  await connector.close();
  if (problem !== null) write(`${problem}\n`);
  if (problem !== null) return 2;
  return last !== null && hasWorked(steps.at(-1), last) ? 0 : 1;
}

function writerNamed(name: string): Writer | null {
  const wanted = name.toLowerCase().replace(/@.*/, '');
  const person = everybody.find((someone) => someone.userPrincipalName.toLowerCase().startsWith(`${wanted}@`));
  return person === undefined ? null : { id: person.id, name: person.displayName, locale: person.preferredLanguage };
}

/** On the cards of this conversation as they stand now. */
function newestButton(deliveries: readonly Delivery[], conversationId: string, title: string) {
  const cards = new Map<string, unknown>();
  for (const delivery of deliveries) {
    if (delivery.conversationId !== conversationId) continue;
    if (delivery.kind === 'delete') cards.delete(delivery.activityId);
    else cards.set(delivery.activityId, contentOf(delivery));
  }
  const found = [...cards].flatMap(([cardId, content]) => buttonsIn(content).map((button) => ({ cardId, ...button })));
  return found.findLast((button) => button.title === title) ?? null;
}

function contentOf({ activity }: Delivery): unknown {
  const attachments: unknown = activity.attachments;
  const [first] = Array.isArray(attachments) ? (attachments as { content?: unknown }[]) : [];
  return first?.content ?? null;
}

/**
 * Whether the last step did what it says. A line that provisions has worked when the headline is green; other commands,
 * access requests among them, when they were understood and not refused, which would be red or yellow; and so have clicks
 * and what comes of a change.
 */
function hasWorked(step: Step | undefined, card: unknown): boolean {
  const style = /"style":"(good|warning|attention|accent|emphasis|default)"/.exec(JSON.stringify(card))?.[1];
  const isWell = style !== 'attention' && style !== 'warning';
  if (step?.kind !== 'say') return isWell;
  const parsed = createGrammar(registry.commands).parse(step.line);
  if (parsed.kind !== 'command') return false;
  const provisions = 'app' in parsed.command && parsed.command.verb !== 'requestAccess';
  return provisions ? style === 'good' : isWell;
}
