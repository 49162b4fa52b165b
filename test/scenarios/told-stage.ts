import type { DatabaseSync } from 'node:sqlite';
import { exchangeActivity, invokeActivity, messageActivity } from '../../src/sandbox/teams/activity.ts';
import type { Connector, ConnectorFault, Exchange } from '../../src/sandbox/teams/connector.ts';
import { tenantId } from '../../src/sandbox/tenant/identity.ts';
import { people, seasonalPeople } from '../../src/sandbox/tenant/people.ts';
import { eventually, holdsWithin } from '../support/eventually.ts';
import { readStored } from '../support/read-stored.ts';
import { createSwiftClock } from '../support/swift-clock.ts';
import { gateEnvironment, type ShownCard, shownCards } from '../support/usher.ts';

/**
 * People who ask for something while Teams' connector fails, and what they then read: whether each outcome is told,
 * how often, and whether an earlier card contradicts it.
 */
export interface Stage {
  readonly connector: Connector;
  /** Of the Usher that runs at this moment. */
  readonly endpoint: () => string;
  /** Its SQLite file. */
  readonly databasePath: string;
}

/** `plain` is answered at once; `held` needs a yes, and `access` a decision, before it is provisioned. */
export type Want = 'plain' | 'one' | 'list' | 'held' | 'access';
export const wants: readonly Want[] = ['plain', 'one', 'list', 'held', 'access'];

/** How Teams delivers the message: once, twice at the same time, or again after its answer. */
export type Handover = 'once' | 'twice' | 'later';

/** By the words for what the connector answers. */
export type Faults = Readonly<Record<string, ConnectorFault>>;

const status = (code: number, more: object = {}): ConnectorFault => ({ kind: 'status', status: code, ...more });

/** After these Usher cannot know whether a message was delivered, or under which id. */
export const openFaults = {
  'a 504 though it delivers': status(504, { delivered: true }),
  'a 502 though it delivers': status(502, { delivered: true }),
  'a broken connection though it delivers': { kind: 'reset', delivered: true },
  'a 202 without a body': { kind: 'accepted', body: 'empty' },
  'a 202 without an id': { kind: 'accepted', body: 'withoutId' },
  'a 500 and delivers nothing': status(500),
  'a 502 and delivers nothing': status(502),
  'a 503 and delivers nothing': status(503),
  'a broken connection and delivers nothing': { kind: 'reset' },
} as const satisfies Faults;
/** After these it may send the same again, without harm. */
export const repeatableFaults = {
  'a 429 with Retry-After': status(429, { headers: { 'retry-after': '1' } }),
  'a 429 without Retry-After': status(429),
  'a 412': status(412),
} as const satisfies Faults;
/** So a card may not be edited any more, though its conversation still has readers. */
export const finalFaults = {
  'a 403': status(403, { code: 'MessageWritesBlocked' }),
  'a 404': status(404, { code: 'ActivityNotFoundInConversation' }),
  'a 413': status(413, { code: 'MessageSizeTooBig' }),
} as const satisfies Faults;

export interface Asked {
  readonly want: Want;
  /** Nothing else is said there. */
  readonly conversationId: string;
  readonly activity: Readonly<Record<string, unknown>>;
  /** The person's name, by which a message in the approvers' room is known to be about this; empty where none is. */
  readonly name: string;
  /** How many people it is for: so many calls. */
  readonly people: number;
  readonly outcome: RegExp;
}

/** Usher's time passes so many times as fast as the machine's: most of what is tested here are its pauses. */
const swiftness = 4;
const origin = Date.now();
export const swiftClock = createSwiftClock(swiftness, origin);
/** The same clock, as `test/support/usher-process.ts` reads it. */
export const swiftClockSetting = `${swiftness}@${origin}`;
/** How long so many of Usher's milliseconds take. */
export const swiftly = (ms: number) => ms / swiftness;

/** As many people as a round of the full count may ask for. */
export const pool = 5_000;
/** The limit is not the subject here, and a guard so long makes no call of a busy machine too late. */
export const swiftGate = { limit: 1_000, windowMs: 100, guardMs: 5_000 };
export const stageEnvironment = { ...gateEnvironment(swiftGate), REQUESTS_PER_DAY: '10000' };
/** The conversation to which access requests are sent for a decision. */
const room = 'approvals';
const sentence = 'An earlier card of this request may still say that it waits.';
const lookEveryMs = 50;
/** Longer than any pause before a repetition here. */
const quietMs = 500;
const heldLength = 11;
const listLength = 3;

const crowd = seasonalPeople(pool);
let taken = 0;
let asked = 0;

function nextPeople(count: number) {
  const some = crowd.slice(taken, taken + count);
  taken += count;
  if (some.length < count) throw new Error('all people of the pool have been asked for; make it larger');
  return some;
}

/**
 * A new request of this kind, for people for whom nobody has asked before.
 *
 * @param label what is to happen to it, for a failed test to tell
 */
export function askFor({ connector }: Stage, want: Want, label = ''): Asked {
  const length = { plain: 0, one: 1, list: listLength, held: heldLength, access: 1 }[want];
  const subjects = nextPeople(length);
  const names = subjects.map(({ userPrincipalName }) => userPrincipalName);
  const [name = ''] = names;
  const text = {
    plain: 'whoami',
    one: `provision ${name} to Salesforce`,
    list: `provision users to Salesforce\n${names.join('\n')}`,
    held: `provision users to Salesforce\n${names.join('\n')}`,
    access: `request access for ${name} to Salesforce because of the season`,
  }[want];
  asked += 1;
  const conversationId = [want, asked, label.replaceAll(/\W+/g, '-')].join('-');
  const who = want === 'access' ? 'megan' : 'alex';
  return {
    want,
    conversationId,
    activity: messageActivity(writer(who), placeOf(connector, conversationId), text),
    name: want === 'access' ? (subjects[0]?.displayName ?? '') : '',
    people: length,
    outcome: outcomes[want],
  };
}

// A call whose process was killed is sent again, and may find that it had created the account.
const ofOne = /Account created|Already up to date/;
/** While a list runs, its card counts the accounts that have been created so far. */
const ofList = /\b\d+ people: \d+ done/;
const outcomes = { plain: /User name:|Roles in Usher/, one: ofOne, list: ofList, held: ofList, access: ofOne };

const writer = (who: keyof typeof people) => ({ id: people[who].id, name: people[who].displayName });
const placeOf = ({ serviceUrl }: Connector, conversationId: string) => ({ serviceUrl, conversationId });

/** Lets the approvers' room be told of access requests. */
export async function openRoom(stage: Stage): Promise<void> {
  const line = messageActivity(writer('alex'), placeOf(stage.connector, room), 'send approvals here');
  await deliver(stage, { ...line, conversation: inRoom });
  await eventually(
    () => shownCards(stage.connector.deliveries).some(({ text }) => /Approvals now come here/.test(text)),
    20_000,
  );
}

const inRoom = { id: room, conversationType: 'groupChat', tenantId };

/** Asks, and presses nothing. */
export const ask = (stage: Stage, asked: Asked): Promise<void> => deliver(stage, asked.activity);

/** Alex types a line where nothing else is said. */
export const type = (stage: Stage, line: string): Promise<void> =>
  deliver(stage, messageActivity(writer('alex'), placeOf(stage.connector, `typed-${line}`), line));

/** Asks, and presses what has to be pressed until the request is on its way. */
export async function perform(stage: Stage, asked: Asked, handover: Handover = 'once'): Promise<void> {
  const first = deliver(stage, asked.activity);
  if (handover === 'twice') await deliver(stage, asked.activity);
  await first;
  if (asked.want === 'held') await press(stage, asked, asked.conversationId, 'confirm');
  if (asked.want === 'access') await press(stage, asked, room, 'approve');
  if (handover !== 'later') return;
  await eventually(() => isTold(stage, asked), patienceMs, lookEveryMs);
  await deliver(stage, asked.activity);
}

/** A process that was killed is followed by one that takes many seconds to start on a busy machine. */
const patienceMs = 45_000;

/** Presses a button of this verb as soon as one is there, on whichever copy of its card. */
async function press(stage: Stage, asked: Asked, conversationId: string, verb: string): Promise<void> {
  const button = () =>
    messagesOf(stage, asked)
      .filter((card) => card.conversationId === conversationId)
      .flatMap(({ id, buttons }) => buttons.map(({ data }) => ({ id, data })))
      .find(({ data }) => JSON.stringify(data).includes(`"verb":"${verb}"`));
  const isThere = () => button() !== undefined || isTold(stage, asked);
  if (!(await holdsWithin(isThere, patienceMs, lookEveryMs))) {
    const shown = messagesOf(stage, asked).map(({ text }) => text);
    throw new Error(`no button to ${verb} in ${conversationId}, for ${asked.conversationId}: ${JSON.stringify(shown)}`);
  }
  const pressed = button();
  if (pressed === undefined) return;
  const click = invokeActivity(writer('alex'), placeOf(stage.connector, conversationId), pressed.id, pressed.data);
  await deliver(stage, conversationId === room ? { ...click, conversation: inRoom } : click);
}

/** As Teams does: again until Usher has taken it. */
async function deliver({ endpoint }: Stage, activity: unknown): Promise<void> {
  const isTaken = async () => {
    const answer = await exchangeActivity(endpoint(), activity).catch(() => null);
    return answer !== null && answer.status < 300;
  };
  await eventually(isTaken, patienceMs, lookEveryMs);
}

/** What a person reads of this request at this moment. */
export function messagesOf({ connector }: Pick<Stage, 'connector'>, asked: Asked): readonly ShownCard[] {
  return shownCards(connector.deliveries.filter((exchange) => isAbout(exchange, asked)));
}

/** In the approvers' room only what names the person; a request's own conversation has nothing else. */
export function isAbout({ conversationId, activity }: Exchange, asked: Asked): boolean {
  if (conversationId === asked.conversationId) return true;
  return conversationId === room && asked.name !== '' && textOf({ activity }).includes(asked.name);
}

const texts = new WeakMap<object, string>();

function textOf({ activity }: Pick<Exchange, 'activity'>): string {
  const text = texts.get(activity) ?? JSON.stringify(activity);
  texts.set(activity, text);
  return text;
}

/** A notice of an access request stands beside its card, and names the request. */
const isNotice = ({ content, text }: ShownCard) => content === null && /\(request [0-9A-Z]{6}\)/.test(text);
const showsOutcome = (asked: Asked) => (card: ShownCard) => asked.outcome.test(`${card.text}\n${card.summary}`);

export function isTold(stage: Stage, asked: Asked): boolean {
  return messagesOf(stage, asked).some(
    (card) => card.conversationId === asked.conversationId && showsOutcome(asked)(card),
  );
}

/** Waits until all is told and still, and returns what is wrong then, in words. */
export async function complaintsOf(stage: Stage, all: readonly Asked[], killed = 0, ms = 60_000): Promise<string[]> {
  const isDone = () => all.every((asked) => isTold(stage, asked)) && findUnfinished(stage).length === 0;
  // What is missing by then is among the complaints.
  await holdsWithin(isDone, ms, lookEveryMs);
  await quiet(stage);
  return [...all.flatMap((asked) => complaintsAbout(stage, asked, killed)), ...findUnfinished(stage)];
}

/** Resolves when nothing has been sent for a while. */
export async function quiet({ connector }: Stage): Promise<void> {
  let heard = -1;
  let since = performance.now();
  const isQuiet = () => {
    const now = connector.deliveries.length + connector.lost.length;
    if (now !== heard) since = performance.now();
    heard = now;
    return performance.now() - since > quietMs;
  };
  await eventually(isQuiet, 60_000, lookEveryMs);
}

function complaintsAbout(stage: Stage, asked: Asked, killed: number): string[] {
  const places = Map.groupBy(messagesOf(stage, asked), ({ conversationId }) => conversationId);
  const wrong = [...places].flatMap(([place, shown]) => {
    const outcomes = shown.filter(showsOutcome(asked));
    const copies = [...Map.groupBy(outcomes, isNotice).values()].map(({ length }) => length);
    const most = Math.max(0, ...copies);
    const isExcused = killed > 0 || stage.connector.deliveries.some((one) => one.isOpen && isAbout(one, asked));
    const waiting = shown.filter((card) => card.content !== null && !outcomes.includes(card));
    const isWarned = shown.some(({ text }) => text.includes(sentence));
    const about = place === asked.conversationId ? place : `${place} about ${asked.conversationId}`;
    return [
      ...(most > 2 ? [`${about} shows its outcome ${most} times`] : []),
      ...(most === 2 && !isExcused ? [`${about} shows its outcome twice after clear answers`] : []),
      ...(outcomes.length > 0 && !isWarned
        ? waiting.map(({ text }) => `${about} says beside its outcome: ${text}`)
        : []),
    ];
  });
  return isTold(stage, asked) ? wrong : [...wrong, `${asked.conversationId} shows no outcome`];
}

/** What is not over in the database: open turns, tasks, and leases that are still held. */
export function findUnfinished({ databasePath }: Pick<Stage, 'databasePath'>): string[] {
  return readStored(databasePath, unfinishedIn);
}

function unfinishedIn(database: DatabaseSync): string[] {
  const count = (rows: string) => Number(database.prepare(`select count(*) as count from ${rows}`).get()?.count);
  const leased = database
    .prepare(
      `select tables.name from sqlite_master as tables, pragma_table_info(tables.name) as columns
       where tables.type = 'table' and columns.name = 'lease_owner'`,
    )
    .all()
    .map(({ name }) => `${name} where lease_owner is not null`);
  const behind = 'messages where shown_revision < latest_revision and activity_id is not null and gone = 0';
  const unsent = 'messages where due_at is not null';
  const left = [
    'turns where incoming is not null',
    `tasks where state in ('held', 'waiting', 'running')`,
    behind,
    unsent,
    ...leased,
  ];
  return left.flatMap((rows) => (count(rows) === 0 ? [] : [`${count(rows)} rows of ${rows}`]));
}

/**
 * Lets a request's fault strike the first exchange of each kind of message about it: its first card, its outcome's edit,
 * the approvers' card, a notice.
 */
export function strikeFirst(
  { connector }: Stage,
  kind: 'post' | 'edit',
  faults: ReadonlyMap<Asked, ConnectorFault>,
): void {
  const struck = new Set<string>();
  connector.failBy((exchange) => {
    if (exchange.kind !== kind) return null;
    const asked = [...faults.keys()].find((one) => isAbout(exchange, one));
    if (asked === undefined || (kind === 'edit' && !asked.outcome.test(textOf(exchange)))) return null;
    const isText = exchange.activity.attachments === undefined;
    const key = [asked.conversationId, exchange.conversationId, isText].join();
    if (struck.has(key)) return null;
    struck.add(key);
    return faults.get(asked) ?? null;
  });
}

/** What is to happen to the posts and to the edits about a request, in their order. */
export interface Plan {
  readonly posts: readonly ConnectorFault[];
  readonly edits: readonly ConnectorFault[];
}

export function planOf(faults: Faults, { posts, edits }: Readonly<Record<keyof Plan, readonly string[]>>): Plan {
  const named = (names: readonly string[]) => names.flatMap((name) => faults[name] ?? []);
  return { posts: named(posts), edits: named(edits) };
}

/**
 * Lets the faults of each request's plan strike, with one exception. Who has lost an outcome to a 5xx or a broken
 * connection cannot tell that from a delivery, may repeat it once, and cannot tell the second end from a delivery
 * either. So where a message was lost, the same message is not lost again. With `mayLose` false none is lost: the
 * connector is going to be away, which loses messages as well.
 */
export function strikeByPlan({ connector }: Stage, plans: ReadonlyMap<Asked, Plan>, { mayLose = true } = {}): void {
  const left = new Map([...plans].map(([asked, { posts, edits }]) => [asked, { post: [...posts], edit: [...edits] }]));
  connector.failBy((exchange) => {
    const asked = [...plans.keys()].find((one) => isAbout(exchange, one));
    if (asked === undefined || exchange.kind === 'delete') return null;
    const fault = left.get(asked)?.[exchange.kind].shift() ?? null;
    if (exchange.kind === 'edit' || !isLoss(fault)) return fault;
    const isLostAlready = connector.lost.some((lost) => isAbout(lost, asked) && isSame(lost, exchange, asked));
    return mayLose && !isLostAlready ? fault : null;
  });
}

function isLoss(fault: ConnectorFault | null): boolean {
  if (fault?.kind === 'status') return fault.status >= 500 && fault.delivered !== true;
  return fault?.kind === 'reset' && fault.delivered !== true;
}

/** Whether two exchanges tell the same, even where one of them is an edit, or a card and the other its sentence. */
function isSame(one: Exchange, other: Exchange, asked: Asked): boolean {
  const toldBy = ({ conversationId, activity }: Exchange): string => {
    const summary = String(activity.summary);
    const isOutcome = asked.outcome.test(summary) && !/\(request [0-9A-Z]{6}\)/.test(summary);
    return [conversationId, isOutcome ? 'outcome' : summary.replace(sentence, '').trim()].join(' ');
  };
  return toldBy(one) === toldBy(other);
}
