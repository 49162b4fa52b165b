import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cardAsText } from '../../src/chat/cards/as-text.ts';
import { systemClock } from '../../src/clock.ts';
import { describeProblems, readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createLog } from '../../src/log.ts';
import { startUsher, type Usher, type UsherOptions } from '../../src/main.ts';
import type { GateLimits } from '../../src/rate-gate/gate.ts';
import type { AuditEntry } from '../../src/requests/audit-log.ts';
import { loopback, sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, type SandboxGraphOptions, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import {
  clickActivity,
  consentActivity,
  exchangeActivity,
  invokeActivity,
  messageActivity,
  postActivity,
  type Writer,
} from '../../src/sandbox/teams/activity.ts';
import { buttonsIn, type CardButton } from '../../src/sandbox/teams/buttons.ts';
import { type Connector, type Delivery, startConnector } from '../../src/sandbox/teams/connector.ts';
import { type Storage, startStorage } from '../../src/sandbox/teams/storage.ts';
import { tenantId } from '../../src/sandbox/tenant/identity.ts';
import { type Person, people } from '../../src/sandbox/tenant/people.ts';
import { isTenantStorage } from '../../src/teams/files.ts';
import { readAudit } from './read-audit.ts';

/**
 * FakeTeams: a whole Usher between the sandbox Graph and a fake Teams, over real HTTP. What a test posts arrives as
 * Teams would send it; what Usher posts and edits is folded into the cards as a person would see them now.
 */
export interface TestUsher {
  readonly usher: Usher;
  /** Throws where Graph is elsewhere, at `graphUrl`. */
  readonly sandbox: SandboxGraph;
  readonly connector: Connector;
  /** Where a file goes once the user has accepted it. */
  readonly storage: Storage;
  /** The bot's messages endpoint. */
  readonly endpoint: string;
  /** The SQLite file, for a second Usher on the same data. */
  readonly databasePath: string;
  /** Every line of the log so far, read back from its JSON. */
  readonly logLines: readonly LogLine[];
  /** Posts a message; resolves with the HTTP status. The answer may still be on its way: see `settled`. */
  say(person: Somebody, text: string, place?: Place): Promise<number>;
  /** Clicks a button of type Action.Submit on a card, in the conversation where the card is. */
  click(person: Somebody, cardId: string, data: unknown, place?: Place): Promise<number>;
  /**
   * Clicks the button of this title on a card, as Action.Submit, which is also how an old client clicks Action.Execute;
   * `inputs` is what was filled in on the card. Throws when there is no such button.
   */
  press(person: Somebody, card: ShownCard, title: string, inputs?: CardInputs): Promise<number>;
  /** Clicks the button of this title as Action.Execute. */
  execute(person: Somebody, card: ShownCard, title: string, inputs?: CardInputs): Promise<Executed>;
  /** Clicks "Allow" or "Decline" on a file consent card; Teams opens a place in the storage for it. */
  consent(person: Somebody, card: ShownCard, action: 'accept' | 'decline'): Promise<number>;
  /** Posts any activity, as it is. */
  send(activity: unknown, headers?: Readonly<Record<string, string>>): Promise<number>;
  /** An activity as `say` would send it, for a test to change and send. */
  message(person: Somebody, text: string, place?: Place): Record<string, unknown>;
  /** The cards and texts of one conversation, or of all, oldest first, as they stand now. */
  cardsFor(conversationId?: string): readonly ShownCard[];
  /** The last card or text that was posted, as it stands now; throws when there is none. */
  lastCard(conversationId?: string): ShownCard;
  /** The audit log, newest first; read through a connection of its own. */
  records(): Promise<readonly AuditEntry[]>;
  /** Resolves when every message is answered, no task waits or runs, and every card shows the latest. */
  settled(): Promise<void>;
  /** Ends what this started, without patience. What the test passed in stays open. */
  close(): Promise<void>;
}

export type LogLine = Readonly<Record<string, unknown>>;

/** One of the named people, or any other person of the tenant. */
export type Somebody =
  | keyof typeof people
  | (Pick<Person, 'id' | 'displayName'> & Partial<Pick<Person, 'preferredLanguage'>>);

export interface Place {
  readonly conversationId: string;
  readonly kind: 'personal' | 'channel' | 'groupChat';
}

/** A message of the bot's in Teams: what it shows after its last edit. */
export interface ShownCard {
  readonly id: string;
  readonly conversationId: string;
  /** The Adaptive Card, or what another card holds; null when the message is plain text. */
  readonly content: unknown;
  /** Of which kind the card is; empty when the message is plain text. */
  readonly contentType: string;
  /** The file that a card of Teams' own is about; empty on all others. */
  readonly fileName: string;
  /** What a person reads on it before any click; of a plain message, the message. */
  readonly text: string;
  /** What a notification reads. */
  readonly summary: string;
  readonly buttons: readonly CardButton[];
  readonly edits: number;
}

/** The values filled in on a card, by the ids of its inputs. */
export type CardInputs = Readonly<Record<string, string>>;

/** The answer to an Action.Execute as a person sees it. */
export interface Executed {
  /** Of the HTTP response. */
  readonly status: number;
  /** What Teams reads from it; null where there is nothing to read. */
  readonly body: { readonly statusCode: number; readonly type: string; readonly value: unknown } | null;
  /** What a person reads on the card, or the sentence that is shown below it. */
  readonly text: string;
}

export interface TestUsherOptions {
  /** Over the sandbox's environment; e.g. `PROVISION_WINDOW_MS`. The sandbox keeps the same limit and window. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly sandboxOptions?: Partial<SandboxGraphOptions>;
  readonly usherOptions?: UsherOptions;
  /** A Graph elsewhere, which outlives this Usher, e.g. in a thread of its own; this one starts none then. */
  readonly graphUrl?: string;
  /** A sandbox, a connector or a database that is there already and outlives this Usher. */
  readonly sandbox?: SandboxGraph;
  readonly connector?: Connector;
  readonly databasePath?: string;
}

const impatient = { httpMs: 200, callMs: 20, drawMs: 100 };
const quickEditsMs = 20;
/** Commands a minute, for tests that send more than people do. */
export const unlimited = '1000000';

export async function startTestUsher(options: TestUsherOptions = {}): Promise<TestUsher> {
  const { environment = {} } = options;
  const folder = options.databasePath === undefined ? mkdtempSync(join(tmpdir(), 'usher-test-')) : null;
  const databasePath = options.databasePath ?? join(folder ?? '', 'usher.db');
  const sandbox = options.sandbox ?? (options.graphUrl === undefined ? await startSandboxFor(options) : null);
  const connector = options.connector ?? (await startConnector());
  const storage = await startStorage();
  const read = readConfig({
    PORT: '0',
    LOG_LEVEL: 'info',
    COMMANDS_PER_MINUTE: unlimited,
    DATABASE_URL: `file:${databasePath}`,
    ...sandboxEnvironment(options.graphUrl ?? sandbox?.url ?? ''),
    ...environment,
  });
  if (!read.ok) throw new Error(describeProblems(read.problems));
  const logLines: LogLine[] = [];
  const log = createLog(read.config.logLevel, {
    write: (line) => void logLines.push(JSON.parse(line) as LogLine),
  });
  const usher = await startUsher(read.config, {
    log,
    grace: impatient,
    editEveryMs: quickEditsMs,
    refusalsPerHour: Number.POSITIVE_INFINITY,
    isFileAllowed: (address) => isTenantStorage(address, 'sharepoint.com') || address.startsWith(storage.url),
    ...options.usherOptions,
  });
  const endpoint = `http://${loopback}:${usher.port}/api/messages`;

  const cardsFor = (conversationId?: string) =>
    shownCards(connector.deliveries).filter(
      (card) => conversationId === undefined || card.conversationId === conversationId,
    );
  const lastCard = (conversationId?: string) => {
    const card = cardsFor(conversationId).at(-1);
    if (card === undefined) throw new Error('Usher has posted nothing');
    return card;
  };
  const activityPlace = (place: Place) => ({
    serviceUrl: connector.serviceUrl,
    conversationId: place.conversationId,
  });
  const kinds = new Map<string, Place['kind']>();
  const message = (person: Somebody, text: string, place = personalChatOf(person)) => {
    kinds.set(place.conversationId, place.kind);
    return {
      ...messageActivity(writerOf(person), activityPlace(place), text),
      conversation: conversationOf(place),
    };
  };
  const send: TestUsher['send'] = (activity, headers) => postActivity(endpoint, activity, headers);
  /** Where a card is, or else the person's own chat. */
  const placeOf = (person: Somebody, cardId: string): Place => {
    const conversationId = cardsFor().find((card) => card.id === cardId)?.conversationId;
    return conversationId === undefined
      ? personalChatOf(person)
      : { conversationId, kind: kinds.get(conversationId) ?? 'personal' };
  };
  const click: TestUsher['click'] = (person, cardId, data, place = placeOf(person, cardId)) =>
    send({
      ...clickActivity(writerOf(person), activityPlace(place), cardId, data),
      conversation: conversationOf(place),
    });
  const execute = async (person: Somebody, cardId: string, data: unknown): Promise<Executed> => {
    const place = placeOf(person, cardId);
    const { status, body } = await exchangeActivity(endpoint, {
      ...invokeActivity(writerOf(person), activityPlace(place), cardId, data),
      conversation: conversationOf(place),
    });
    return executed(status, body);
  };

  return {
    usher,
    get sandbox() {
      if (sandbox === null) throw new Error('this Usher has its Graph elsewhere; ask that one');
      return sandbox;
    },
    connector,
    storage,
    endpoint,
    databasePath,
    logLines,
    say: (person, text, place) => send(message(person, text, place)),
    click,
    press: (person, card, title, inputs) => click(person, card.id, filledIn(card, title, inputs)),
    execute: (person, card, title, inputs) => execute(person, card.id, filledIn(card, title, inputs)),
    consent(person, card, action) {
      const { acceptContext, declineContext } = (card.content ?? {}) as Readonly<Record<string, unknown>>;
      const place = placeOf(person, card.id);
      const agreed =
        action === 'accept'
          ? { action, context: acceptContext, uploadInfo: storage.open(card.fileName) }
          : { action, context: declineContext };
      return send({
        ...consentActivity(writerOf(person), activityPlace(place), card.id, agreed),
        conversation: conversationOf(place),
      });
    },
    send,
    message,
    cardsFor,
    lastCard,
    async records() {
      const database = await openDatabase(read.config.database, systemClock);
      const entries = await readAudit(database.query, 100);
      await database.close();
      return entries;
    },
    settled: () => usher.settled(),
    async close() {
      // First the far ends: a silent Graph would hold up the stop.
      if (options.sandbox === undefined) await sandbox?.close();
      await usher.stop();
      if (options.connector === undefined) await connector.close();
      await storage.close();
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The sandbox as this Usher's own, with the limit and window that the environment names. */
function startSandboxFor({ environment = {}, sandboxOptions }: TestUsherOptions): Promise<SandboxGraph> {
  return startSandboxGraph({
    host: loopback,
    port: 0,
    latencyMs: 0,
    limit: Number(environment.PROVISION_LIMIT ?? 5),
    windowMs: Number(environment.PROVISION_WINDOW_MS ?? 10_000),
    ...sandboxOptions,
  });
}

/** The settings that make the bot's gate this one. */
export function gateEnvironment({ limit, windowMs, guardMs }: GateLimits): Readonly<Record<string, string>> {
  return {
    PROVISION_LIMIT: String(limit),
    PROVISION_WINDOW_MS: String(windowMs),
    PROVISION_GUARD_MS: String(guardMs),
  };
}

/** The chat between one person and the bot; the default conversation of `say`. */
export function personalChatOf(person: Somebody): Place {
  const name = typeof person === 'string' ? person : person.id;
  return { conversationId: `personal-${name}`, kind: 'personal' };
}

/** The posts of these deliveries, each with its latest edit. */
export function shownCards(deliveries: readonly Delivery[]): readonly ShownCard[] {
  const cards = new Map<string, ShownCard>();
  for (const delivery of deliveries) {
    const earlier = cards.get(delivery.activityId);
    if (delivery.kind === 'delete') cards.delete(delivery.activityId);
    else cards.set(delivery.activityId, shownCard(delivery, earlier === undefined ? 0 : earlier.edits + 1));
  }
  return [...cards.values()];
}

function shownCard({ activityId, conversationId, activity }: Delivery, edits: number): ShownCard {
  const attachments: unknown = activity.attachments;
  const [first] = Array.isArray(attachments) ? (attachments as Partial<ShownAttachment>[]) : [];
  const content = first?.content ?? null;
  return {
    id: activityId,
    conversationId,
    content,
    contentType: first?.contentType ?? '',
    fileName: first?.name ?? '',
    text: content === null ? String(activity.text ?? '') : cardAsText(content),
    summary: String(activity.summary ?? ''),
    buttons: buttonsIn(content),
    edits,
  };
}

interface ShownAttachment {
  readonly contentType: string;
  readonly name: string;
  readonly content: unknown;
}

/** The data of a button, with the inputs merged in as a client does. */
function filledIn(card: ShownCard, title: string, inputs: CardInputs = {}): unknown {
  const button = card.buttons.find((candidate) => candidate.title === title);
  if (button === undefined) throw new Error(`no button "${title}" on this card:\n${card.text}`);
  return typeof button.data === 'object' ? { ...button.data, ...inputs } : button.data;
}

function executed(status: number, body: string): Executed {
  if (status !== 200) return { status, body: null, text: '' };
  const read = JSON.parse(body) as NonNullable<Executed['body']>;
  return { status, body: read, text: typeof read.value === 'string' ? read.value : cardAsText(read.value) };
}

function writerOf(person: Somebody): Writer {
  const somebody: Exclude<Somebody, string> = typeof person === 'string' ? people[person] : person;
  const { preferredLanguage: locale = 'en-US' } = somebody;
  return { id: somebody.id, name: somebody.displayName, locale };
}

function conversationOf({ conversationId, kind }: Place): Record<string, unknown> {
  return { id: conversationId, conversationType: kind, tenantId, ...(kind === 'personal' ? {} : { isGroup: true }) };
}
