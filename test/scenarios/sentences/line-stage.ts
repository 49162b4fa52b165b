import { systemClock } from '../../../src/clock.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { loopback } from '../../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../../src/sandbox/graph/server.ts';
import type { CardButton } from '../../../src/sandbox/teams/buttons.ts';
import type { Tenant } from '../../../src/sandbox/tenant/tenant.ts';
import { type ShownCard, startTestUsher, type TestUsher } from '../../support/usher.ts';

export type Who = 'alex' | 'megan' | 'lynne';

/** What one line did. */
export interface Deeds {
  /** `PERSON in APP`, one for each subject or member that Graph was called for. */
  readonly did: readonly string[];
  /** `APP for PERSON starts DATE`. */
  readonly asked: readonly Asked[];
  readonly card: ShownCard;
  readonly text: string;
}

export interface Asked {
  readonly id: string;
  readonly what: string;
}

/**
 * A whole Usher to which a test types lines. What a line did is read from the sandbox's calls and from the database:
 * it does not rely on the card.
 */
export interface LineStage {
  /**
   * Types a line in a conversation of its own, and withdraws whatever access it asked for, so that no line meets
   * another's.
   */
  say(who: Who, line: string): Promise<Deeds>;
  /** Null where an offered line does in the end what it promised: clicked, it is neither unknown nor refused. */
  pressFailure(who: Who, card: ShownCard, button: Offered | undefined): Promise<string | null>;
  reset(): void;
  close(): Promise<void>;
}

/** No line here is about the limits, and none should wait for the calls of those before it. */
const environment = {
  PROVISION_LIMIT: '1000',
  PROVISION_WINDOW_MS: '200',
  PROVISION_GUARD_MS: '20',
  REQUESTS_PER_DAY: '10000',
};

export async function startLineStage(tenant: Tenant): Promise<LineStage> {
  const sandbox = await startSandboxGraph({
    host: loopback,
    port: 0,
    latencyMs: 0,
    limit: 1000,
    windowMs: 200,
    tenant,
  });
  const teams = await startTestUsher({ environment, sandbox });
  let said = 0;

  async function withdrawNew(who: Who, before: ReadonlySet<string>): Promise<readonly Asked[]> {
    const asked = (await accessRequests(teams)).filter(({ id }) => !before.has(id));
    for (const { id } of asked) {
      await teams.say(who, `cancel ${id}`, { conversationId: `taken-back-${said}`, kind: 'personal' });
      await teams.settled();
    }
    return asked;
  }

  return {
    async say(who, line) {
      const before = new Set((await accessRequests(teams)).map(({ id }) => id));
      const callsBefore = sandbox.requests.length;
      said += 1;
      const conversationId = `sentence-${said}`;
      await teams.say(who, line, { conversationId, kind: 'personal' });
      await teams.settled();
      const cards = teams.cardsFor(conversationId);
      const card = cards.at(-1);
      if (card === undefined) throw new Error('Usher has posted nothing');
      const did = calledFor(sandbox, callsBefore);
      return { did, asked: await withdrawNew(who, before), card, text: cards.map(({ text }) => text).join('\n') };
    },
    async pressFailure(who, card, button) {
      if (button === undefined) return 'no button';
      const before = new Set((await accessRequests(teams)).map(({ id }) => id));
      await teams.click(who, card.id, button.data);
      await teams.settled();
      const text = teams.cardsFor(card.conversationId).at(-1)?.text ?? '';
      await withdrawNew(who, before);
      return /no such app|nobody|did you mean|not permitted|may not|not understood|don’t have permission|not found/i.test(
        text,
      )
        ? `offered, and pressed it says: ${text}`
        : null;
    },
    reset: () => sandbox.reset(),
    async close() {
      await teams.close();
      await sandbox.close();
    },
  };
}

export interface Offered {
  readonly text: string;
  readonly data: unknown;
}

export function linesOf({ buttons }: ShownCard): Offered[] {
  return buttons.flatMap(({ data }) => {
    const text = fieldOf(data, 'text');
    return text === null ? [] : [{ text, data }];
  });
}

export function verbOf(data: CardButton['data']): string | null {
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

/** The users and groups that Usher asked the sandbox to provision since, by name. */
function calledFor(sandbox: SandboxGraph, from: number): string[] {
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

async function accessRequests(teams: TestUsher): Promise<Asked[]> {
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
