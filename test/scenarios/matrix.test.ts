import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { exchangeActivity, invokeActivity } from '../../src/sandbox/teams/activity.ts';
import { oddlyNamed, people } from '../../src/sandbox/tenant/people.ts';
import { shownCards, startTestUsher, type TestUsher } from '../support/usher.ts';
import {
  type Batch,
  batches,
  entries,
  expectedFor,
  type Kind,
  kinds,
  places,
  takenBack,
  ways,
  waysOf,
} from './matrix-cells.ts';

jest.setTimeout(600_000);

const hybridIdentityAdministrator = '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2';
const applicationAdministrator = '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3';

const cast = {
  operator: people.grady,
  approver: people.patti,
  appApprover: people.diego,
  requester: people.megan,
  viewer: people.lynne,
  hybridOnly: people.miriam,
  none: people.johanna,
  guest: oddlyNamed.guestIsaiah,
  disabled: people.nestor,
  otherTenant: people.adele,
} satisfies Readonly<Record<Kind, { readonly id: string; readonly displayName: string }>>;

const everyKind = Object.keys(kinds) as readonly Kind[];
const isWhole = process.env.MATRIX === 'full';

let teams: TestUsher;
let database: Database;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-matrix-'));
  const file = join(folder, 'apps.json');
  writeFileSync(file, JSON.stringify([{ app: 'GitHub Enterprise', approvers: [people.diego.id] }]));
  teams = await startTestUsher({ environment: { APPS_FILE: file } });
  teams.sandbox.tenant.grantDirectoryRole(people.miriam.id, hybridIdentityAdministrator);
  teams.sandbox.tenant.grantDirectoryRole(people.grady.id, applicationAdministrator);
  await teams.say('alex', 'request access for isaiah to Salesforce');
  await teams.settled();
  const asked = (await teams.records()).find(({ kind }) => kind === 'accessAsked');
  accessRequestId = asked?.requestId ?? '';
  if (accessRequestId === '') throw new Error('there is no access request to take back');
  await teams.say('alex', `cancel ${accessRequestId}`);
  await teams.settled();
  database = await openDatabase({ kind: 'sqlite', path: teams.databasePath }, systemClock);
});
afterAll(async () => {
  await database.close();
  await teams.close();
  rmSync(folder, { recursive: true, force: true });
});

/** How often each person has been refused so far. */
async function refusals(): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query
    .selectFrom('audit_log')
    .select('actor_id')
    .select((select) => select.fn.countAll<number>().as('times'))
    .where('kind', '=', 'denied')
    .groupBy('actor_id')
    .execute();
  return new Map(rows.map(({ actor_id, times }) => [actor_id, times]));
}

const droppedFile = 'application/vnd.microsoft.teams.file.download.info';
let accessRequestId: string;
let said = 0;

/**
 * A server closes a connection that has been idle, which may cross with what is being sent on it. The same activity once
 * more is answered once.
 */
async function twice<T>(post: () => Promise<T>): Promise<T> {
  try {
    return await post();
  } catch {
    return post();
  }
}

/** Types or clicks it, and resolves with the immediate answer, where there is one. */
async function send(kind: Kind, { entry, way, place }: Batch, conversationId: string): Promise<string> {
  const person = cast[kind];
  const where = { conversationId, kind: place };
  const line = 'line' in entry.said ? entry.said.line.replace(takenBack, accessRequestId) : '';
  const data = 'line' in entry.said ? { verb: 'run', text: line } : entry.said.data;
  const tenant = kind === 'otherTenant' ? '00000000-0000-4000-8000-00000000f00d' : null;
  const message = teams.message(person, line, where);
  const file = { contentType: droppedFile, name: 'people.csv', content: { downloadUrl: 'https://elsewhere.example' } };
  const files = 'line' in entry.said && entry.said.hasFile === true ? { attachments: [file] } : {};
  const at = {
    conversation: { ...(message.conversation as object), ...(tenant === null ? {} : { tenantId: tenant }) },
    channelData: { tenant: { id: tenant ?? (message.channelData as { tenant: { id: string } }).tenant.id } },
  };
  if (way === 'message') {
    await twice(() => teams.send({ ...message, ...files, ...at }));
    return '';
  }
  if (way === 'submit') {
    const { text: _, textFormat: __, ...click } = message;
    await twice(() => teams.send({ ...click, ...at, replyToId: `card-${conversationId}`, value: data }));
    return '';
  }
  const writer = { id: person.id, name: person.displayName };
  const invoke = invokeActivity(
    writer,
    { serviceUrl: teams.connector.serviceUrl, conversationId },
    `card-${conversationId}`,
    data,
  );
  return (await twice(() => exchangeActivity(teams.endpoint, { ...invoke, ...at }))).body;
}

/** The results that differ from the policy, for all kinds of people at once. */
async function wrongIn(batch: Batch): Promise<string[]> {
  said += 1;
  const before = await refusals();
  const from = teams.connector.deliveries.length;
  const conversationOf = (kind: Kind) => `matrix-${said}-${kind}`;
  const at = new Map<Kind, string>();
  await Promise.all(everyKind.map(async (kind) => void at.set(kind, await send(kind, batch, conversationOf(kind)))));
  await teams.settled();
  const after = await refusals();
  // The deliveries of this batch alone: to fold all that were ever delivered takes ever longer.
  const cards = shownCards(teams.connector.deliveries.slice(from));
  return everyKind.flatMap((kind) => {
    const { id } = cast[kind];
    const posted = cards.filter(({ conversationId }) => conversationId === conversationOf(kind));
    const text = [at.get(kind) ?? '', ...posted.map((card) => card.text)].join('\n');
    const refused = (after.get(id) ?? 0) - (before.get(id) ?? 0);
    const words = text.includes('You don’t have permission to do this');
    const expected = expectedFor(batch.entry, kind);
    const isRight = {
      answered: refused === 0 && !words && (posted.length > 0 || text.trim() !== '') && !/went wrong/i.test(text),
      refused: refused === 1 && words,
      turnedAway: refused === 0 && posted.every(({ content }) => content === null),
    }[expected];
    const cell = `${kind}: ${batch.entry.name}, ${batch.way}, ${batch.place}`;
    return isRight ? [] : [`${cell} should be ${expected}, with ${refused} refusals on record:\n${text.slice(0, 300)}`];
  });
}

describe('the matrix of commands and buttons, people, ways and scopes', () => {
  it('comes out as the policy has it', async () => {
    const wrong: string[] = [];

    for (const batch of batches(isWhole)) wrong.push(...(await wrongIn(batch)));

    expect(wrong.join('\n\n')).toBe('');
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('has every command and button, every way and every scope in its part', () => {
    const part = batches(false);

    expect(new Set(part.map(({ entry }) => entry))).toEqual(new Set(entries));
    for (const way of ways)
      for (const place of places) expect(part).toContainEqual(expect.objectContaining({ way, place }));
    const cells = entries.reduce((all, entry) => all + waysOf(entry).length * places.length, 0);
    expect(batches(true)).toHaveLength(cells);
  });
});
