import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/clock.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { loopback } from '../../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { createTenant } from '../../../src/sandbox/tenant/tenant.ts';
import { oddTenant } from '../../support/odd-tenant.ts';
import { type CardButton, type ShownCard, startTestUsher, type TestUsher } from '../../support/usher.ts';

/**
 * The table of lines beside this file, each typed to a whole Usher over a tenant of odd names. The test reads the calls
 * to Graph from the sandbox and the requests from the database: it does not rely on the card.
 */
interface Row {
  readonly who: 'alex' | 'megan' | 'lynne';
  readonly line: string;
  readonly right: readonly string[];
}

/** What one line did. */
interface Deeds {
  /** `PERSON in APP`, one for each subject or member that Graph was called for. */
  readonly did: readonly string[];
  /** `APP for PERSON starts DATE`. */
  readonly asked: readonly Asked[];
  readonly card: ShownCard;
  readonly text: string;
}

interface Asked {
  readonly id: string;
  readonly what: string;
}

/** No line here is about the limit, and none should wait for the calls of those before it. */
const environment = { PROVISION_LIMIT: '1000', PROVISION_WINDOW_MS: '200', PROVISION_GUARD_MS: '20' };
/** A line that the test clicks on a busy machine takes its time. */
const patienceMs = 120_000;
let sandbox: SandboxGraph;
let teams: TestUsher;
let said = 0;

const tables = readTables(readFileSync(new URL('./sentences.md', import.meta.url), 'utf8'));

describe.each(tables)('$title', ({ title, rows }) => {
  beforeAll(async () => {
    const tenant = title === 'As people type them' ? createTenant() : oddTenant();
    sandbox = await startSandboxGraph({ host: loopback, port: 0, latencyMs: 0, limit: 1000, windowMs: 200, tenant });
    teams = await startTestUsher({ environment, sandbox });
  });
  afterAll(async () => {
    await teams.close();
    await sandbox.close();
  });
  beforeEach(() => sandbox.reset());

  it.each(rows)(
    '$who: $line',
    async ({ who, line, right }) => {
      const deeds = await say(who, line);

      const { verdict, why } = await judge(who, deeds, right);
      counts[verdict] += 1;
      if (verdict === 'wrong' || verdict === 'misleading') throw new Error(`${why}\n\n${describeDeeds(deeds)}`);
    },
    patienceMs,
  );
});

it('hardly any line gets a shrug', () => {
  process.stderr.write(`${JSON.stringify(counts)}\n`);

  expect(counts.shrugged / Object.values(counts).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(0.03);
});

/** Shrugged: the line was not understood, and nothing but help is offered. Misleading: it was answered as another line. */
type Verdict = 'done' | 'offered' | 'told' | 'shrugged' | 'misleading' | 'wrong';
const counts: Record<Verdict, number> = { done: 0, offered: 0, told: 0, shrugged: 0, misleading: 0, wrong: 0 };

async function judge(who: Row['who'], deeds: Deeds, right: readonly string[]) {
  const harm = safetyFailure(deeds, right);
  if (harm !== null) return { verdict: 'wrong', why: harm } as const;
  const failures: string[] = [];
  for (const one of right) {
    const failure = await failureOf(who, deeds, one);
    if (failure === null) return { verdict: verdicts[one.split(' ')[0] ?? ''] ?? 'offered', why: '' } as const;
    failures.push(failure);
  }
  const isShrug = /not understand/i.test(deeds.text) && linesOf(deeds.card).every(({ text }) => text === 'help');
  return { verdict: isShrug ? 'shrugged' : 'misleading', why: failures.join('\n') } as const;
}

const verdicts: Readonly<Record<string, Verdict>> = {
  ...{ did: 'done', asked: 'done', starts: 'done' },
  ...{ says: 'told', denied: 'told', quiet: 'told', notdone: 'told' },
};

/**
 * Types a line in a conversation of its own and withdraws whatever access it asked for, so that no line meets
 * another's.
 */
async function say(who: Row['who'], line: string): Promise<Deeds> {
  const before = new Set((await accessRequests()).map(({ id }) => id));
  const callsBefore = sandbox.requests.length;
  said += 1;
  const conversationId = `sentence-${said}`;
  await teams.say(who, line, { conversationId, kind: 'personal' });
  await teams.settled();
  const cards = teams.cardsFor(conversationId);
  const card = cards.at(-1);
  if (card === undefined) throw new Error('Usher has posted nothing');
  const asked = (await accessRequests()).filter(({ id }) => !before.has(id));
  const did = calledFor(callsBefore);
  for (const { id } of asked) {
    await teams.say(who, `cancel ${id}`, { conversationId: `taken-back-${said}`, kind: 'personal' });
    await teams.settled();
  }
  return { did, asked, card, text: cards.map(({ text }) => text).join('\n') };
}

/** Null where the line did what the verdict requires. */
async function failureOf(who: Row['who'], deeds: Deeds, verdict: string): Promise<string | null> {
  const [kind = '', ...rest] = verdict.split(' ');
  const wanted = rest.join(' ');
  switch (kind) {
    case 'did': {
      const count = Number(/^(\d+) people$/.exec(wanted)?.[1] ?? 1);
      const isIt = deeds.did.length === count && (count > 1 || deeds.did[0]?.includes(wanted) === true);
      return isIt ? null : `not done: ${wanted}`;
    }
    case 'asked':
      return deeds.asked.length === 1 && deeds.asked[0]?.what.startsWith(wanted) === true
        ? null
        : `not asked: ${wanted}`;
    case 'offer': {
      const offered = linesOf(deeds.card).filter(({ text }) => holds(text, rest));
      if (offered.length === 0) return `not offered: ${wanted}`;
      return wanted === '' ? null : pressFailure(who, deeds.card, offered[0]);
    }
    case 'each': {
      const offered = linesOf(deeds.card).filter(({ text }) => text !== 'help');
      if (offered.length < 2) return `${offered.length} buttons`;
      return pressFailure(who, deeds.card, offered[1]);
    }
    case 'ticket':
      return deeds.text.includes('INC0012345') ? failureOf(who, deeds, 'offer isaiah') : 'the ticket was not named';
    case 'noEnd':
      return /can.?not end|can’t end|can't end/i.test(deeds.text)
        ? failureOf(who, deeds, 'offer')
        : 'no word of the end';
    case 'english':
      return /English/.test(deeds.text) ? failureOf(who, deeds, 'offer salesforce') : 'no word of English';
    case 'form':
      return /Input\.Text/.test(JSON.stringify(deeds.card.content)) ? null : 'no form';
    case 'starts':
      return deeds.asked.some(({ what }) => what.endsWith(`starts ${wanted}`)) ? null : `not starting ${wanted}`;
    case 'quiet':
      return deeds.text.split('\n').filter((text) => text.trim() !== '').length <= 3 ? null : 'too many words';
    case 'pick': {
      const chosen = deeds.card.buttons.filter(({ data }) => verbOf(data) === 'choose');
      return Math.max(chosen.length, linesOf(deeds.card).length) > 1 ? null : 'no choice';
    }
    case 'says':
      return wanted.split(' / ').some((text) => deeds.text.toLowerCase().includes(text.toLowerCase()))
        ? null
        : `not said: ${wanted}`;
    case 'denied':
      return /not (?:allowed|permitted)|may not|permission/i.test(deeds.text) ? null : 'not denied';
    case 'notdone':
      return deeds.did.length + deeds.asked.length === 0 ? null : 'something was done';
    default:
      throw new Error(`an unknown verdict: ${verdict}`);
  }
}

/** A line that the table does not mark as done does nothing; one that it marks does nothing else. */
function safetyFailure({ did, asked }: Deeds, right: readonly string[]): string | null {
  const mayDo = right.some((verdict) => verdict.startsWith('did '));
  const mayAsk = right.some((verdict) => verdict.startsWith('asked ') || verdict.startsWith('starts '));
  if (did.length > 0 && !mayDo) return `Graph was called for ${did.join(', ')}`;
  if (asked.length > 0 && !mayAsk) return `access was asked for: ${asked.map(({ what }) => what).join(', ')}`;
  return null;
}

/** An offered line does in the end what it promised: clicked, it is neither unknown nor refused. */
async function pressFailure(who: Row['who'], card: ShownCard, button: Offered | undefined): Promise<string | null> {
  if (button === undefined) return 'no button';
  const before = new Set((await accessRequests()).map(({ id }) => id));
  await teams.click(who, card.id, button.data);
  await teams.settled();
  const text = teams.cardsFor(card.conversationId).at(-1)?.text ?? '';
  for (const { id } of (await accessRequests()).filter((one) => !before.has(one.id))) {
    await teams.say(who, `cancel ${id}`, { conversationId: `taken-back-${said}`, kind: 'personal' });
    await teams.settled();
  }
  return /no such app|nobody|did you mean|not permitted|may not/i.test(text)
    ? `offered, and pressed it says: ${text}`
    : null;
}

interface Offered {
  readonly text: string;
  readonly data: unknown;
}

function linesOf({ buttons }: ShownCard): Offered[] {
  return buttons.flatMap(({ data }) => {
    const text = fieldOf(data, 'text');
    return text === null ? [] : [{ text, data }];
  });
}

function verbOf(data: CardButton['data']): string | null {
  return fieldOf(data, 'verb');
}

/** A field of a button's data, wherever it is in it. */
function fieldOf(data: unknown, name: string): string | null {
  if (typeof data !== 'object' || data === null) return null;
  for (const [key, value] of Object.entries(data)) {
    if (key === name && typeof value === 'string') return value;
    const inner = fieldOf(value, name);
    if (inner !== null) return inner;
  }
  return null;
}

/** The same line may be written without them. */
const SMALL = new Set(['user', 'users', 'to', 'in', 'for', 'from']);

function holds(text: string, words: readonly string[]): boolean {
  const folded = text.toLowerCase();
  return words.every((word) => SMALL.has(word) || folded.includes(word.toLowerCase().replace(/,$/, '')));
}

/** The users and groups that Usher asked the sandbox to provision since, by name. */
function calledFor(from: number): string[] {
  const { tenant } = sandbox;
  const nameOf = (id: string) => tenant.person(id)?.displayName ?? tenant.group(id)?.displayName ?? id;
  return sandbox.requests
    .slice(from)
    .flatMap(({ path, body }) => {
      const found = /^\/servicePrincipals\/([^/]+)\/.*provisionOnDemand$/.exec(path);
      if (found === null) return [];
      const { parameters } = body as { parameters: { subjects: { objectId: string }[] }[] };
      const app = tenant.application(found[1] ?? '')?.displayName ?? '';
      const subjects = parameters.flatMap(({ subjects: some }) => some.map(({ objectId }) => nameOf(objectId)));
      return subjects.map((subject) => `${subject} in ${app}`);
    })
    .filter((one, index, all) => all.indexOf(one) === index);
}

async function accessRequests(): Promise<Asked[]> {
  const database = await openDatabase({ kind: 'sqlite', path: teams.databasePath }, systemClock);
  try {
    const rows = await database.query
      .selectFrom('access_requests')
      .select(['id', 'subject_name', 'app_name', 'starts_at', 'time_zone'])
      .execute();
    return rows.map(({ id, subject_name, app_name, starts_at, time_zone }) => ({
      id,
      what: `${app_name} for ${subject_name}${starts_at === null ? '' : ` starts ${longDay(Number(starts_at), time_zone)}`}`,
    }));
  } finally {
    await database.close();
  }
}

function longDay(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone }).format(at);
}

function describeDeeds({ did, asked, text, card }: Deeds): string {
  const offered = linesOf(card).map((line) => line.text);
  return JSON.stringify({ did, asked: asked.map(({ what }) => what), offered, text }, null, 2);
}

function readTables(markdown: string): { readonly title: string; readonly rows: readonly Row[] }[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      title: section.split('\n')[0] ?? '',
      rows: section.split('\n').flatMap((text): Row[] => {
        const found = /^\| (alex|megan|lynne) \| (.*) \| (.*) \|$/.exec(text);
        if (found === null) return [];
        const [, who, line = '', right = ''] = found;
        return [{ who: who as Row['who'], line: line.replaceAll('⏎', '\n'), right: right.split(' **or** ') }];
      }),
    }));
}
