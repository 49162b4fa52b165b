import { cardAsText } from '../chat/cards/as-text.ts';
import { createGrammar } from '../chat/grammar/grammar.ts';
import { registry } from '../features/registry.ts';
import { messageActivity, postActivity, type Writer } from './teams/activity.ts';
import { type Delivery, startConnector } from './teams/connector.ts';
import { everybody } from './tenant/people.ts';

/** Sends one message to the bot, without a browser. */
export interface Saying {
  /** The bot's messages endpoint. */
  readonly endpoint: string;
  readonly line: string;
  /** The sender: the first part of a principal name of the tenant, e.g. `alex`. */
  readonly as: string;
  /** Resolves when the bot has nothing left to do or to draw. */
  readonly settled: () => Promise<void>;
  readonly write: (text: string) => void;
}

/**
 * Sends the line, prints its card and each change of it, and ends when the bot is idle.
 *
 * @returns an exit code: 0 when it worked; 1 when the last card is a refusal, a failure or a question, or none came; 2
 *   when the tenant has no such person.
 */
export async function sayOnce({ endpoint, line, as, settled, write }: Saying): Promise<number> {
  const writer = personNamed(as);
  if (writer === null) {
    write(`No person in the sandbox tenant is called "${as}". Try alex, megan, patti, lynne or johanna.\n`);
    return 2;
  }
  write(`${writer.name}: ${line}\n`);
  const connector = await startConnector();
  let shown = '';
  let last: unknown = null;
  const stopListening = connector.listen((delivery) => {
    const content = contentOf(delivery);
    // A text beside the card does not replace the card.
    if (content !== null) last = content;
    const text = content === null ? String(delivery.activity.text ?? '') : cardAsText(content);
    if (text === shown) return;
    shown = text;
    write(`\n${text}\n`);
  });
  const place = { serviceUrl: connector.serviceUrl, conversationId: `personal-${as}` };
  await postActivity(endpoint, messageActivity(writer, place, line));
  await settled();
  stopListening();
  await connector.close();
  return last !== null && hasWorked(line, last) ? 0 : 1;
}

function personNamed(name: string): Writer | null {
  const wanted = name.toLowerCase().replace(/@.*/, '');
  const person = everybody.find((someone) => someone.userPrincipalName.toLowerCase().startsWith(`${wanted}@`));
  return person === undefined ? null : { id: person.id, name: person.displayName };
}

function contentOf({ activity }: Delivery): unknown {
  const attachments: unknown = activity.attachments;
  const [first] = Array.isArray(attachments) ? (attachments as { content?: unknown }[]) : [];
  return first?.content ?? null;
}

/**
 * Whether the line did what it says. Provisioning has worked when the headline is green; other commands, access
 * requests among them, when they were understood and not refused, which would be red or yellow.
 */
function hasWorked(line: string, card: unknown): boolean {
  const parsed = createGrammar(registry.commands).parse(line);
  if (parsed.kind !== 'command') return false;
  const style = /"style":"(good|warning|attention|accent|emphasis|default)"/.exec(JSON.stringify(card))?.[1];
  const provisions = 'app' in parsed.command && parsed.command.verb !== 'requestAccess';
  return provisions ? style === 'good' : style !== 'attention' && style !== 'warning';
}
