import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { messageActivity, postActivity } from '../../src/sandbox/teams/activity.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { administer } from '../support/postgres/administer.ts';
import { startPostgres } from '../support/postgres/server.ts';
import { shownCards } from '../support/usher.ts';
import { kill, startProcess } from './support/processes.ts';

jest.setTimeout(600_000);

let sandbox: SandboxGraph;
let connector: Connector;
let folder: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-refusals-'));
  sandbox = await startSandboxGraph({ port: 0, latencyMs: 0 });
  connector = await startConnector();
});
afterEach(async () => {
  await Promise.all([...children].map(kill));
  await Promise.all([sandbox.close(), connector.close()]);
  rmSync(folder, { recursive: true, force: true });
});

interface Bot {
  readonly child: ChildProcess;
  readonly endpoint: string;
  readonly said: () => string;
}

async function startBot(databaseUrl: string, more: Readonly<Record<string, string>> = {}): Promise<Bot> {
  let said = '';
  const { child, told } = await startProcess(
    {
      file: 'test/support/usher-process.ts',
      environment: {
        ...sandboxEnvironment(sandbox.url),
        PORT: '0',
        DATABASE_URL: databaseUrl,
        NODE_COMPILE_CACHE: join(folder, 'compiled'),
        LEASE_MS: '3000',
        ...more,
      },
      ready: /"port":(\d+).*Usher is ready/,
      heard: (text) => {
        said += text;
      },
    },
    children,
  );
  return { child, endpoint: `http://127.0.0.1:${told}/api/messages`, said: () => said };
}

function say({ endpoint }: Bot, line: string): Promise<unknown> {
  const place = { serviceUrl: connector.serviceUrl, conversationId: 'personal-alex' };
  const activity = messageActivity({ id: people.alex.id, name: people.alex.displayName }, place, line);
  return postActivity(endpoint, activity).catch(() => null);
}

const shows = (text: string) => connector.waitFor(({ activity }) => JSON.stringify(activity).includes(text), 120_000);
const mistake = /"code":"(?:turn_failed|card_failed|task_failed|attempt_failed|messages_failed|answer_lost)"/;

describe('two processes on one SQLite file', () => {
  it('count as one: the second is refused while the first lives, and starts at once when the first was killed', async () => {
    const file = `file:${join(folder, 'usher.db')}`;
    const first = await startBot(file);

    const refused = await startBot(file).catch((error: Error) => error.message);
    await say(first, 'provision isaiah to Salesforce');
    await shows('Account created');
    await kill(first.child);
    const next = await startBot(file);
    await say(next, 'whoami');
    await shows('Alex Wilber');

    expect(refused).toContain('ended with 1');
    expect(sandbox.stats().calls).toBe(1);
  });
});

describe('a message that freezes its process', () => {
  it('freezes two of three replicas, and the third answers it with a reference and goes on', async () => {
    const server = await startPostgres();
    const replicas: Bot[] = [];
    for (let count = 0; count < 3; count += 1)
      replicas.push(await startBot(server.url('postgres'), { FREEZES_OF: 'zebulon' }));
    const [first] = replicas;
    if (first === undefined) throw new Error('no replica');

    void say(first, 'provision zebulon@contoso.com to Salesforce');
    const apology = await shows('will not try again');
    const frozen = replicas.filter(({ said }) => !said().includes('turn_given_up'));
    const [living] = replicas.filter((replica) => !frozen.includes(replica));
    await Promise.all(frozen.map(({ child }) => kill(child)));
    if (living !== undefined) await say(living, 'whoami');
    await shows('Alex Wilber');

    const reference = /"reference":"([0-9A-F]{8})"/.exec(living?.said() ?? '')?.[1];
    expect(frozen).toHaveLength(2);
    expect(JSON.stringify(apology.activity)).toContain(String(reference));
    await Promise.all([...children].map(kill));
    await server.stop();
  });
});

describe('a database that refuses while Usher runs', () => {
  it.each([
    [
      'a full disk',
      `create function full_disk() returns trigger language plpgsql as $$
       begin raise exception 'could not extend file' using errcode = '53100'; end $$;
       create trigger full_disk before insert on requests for each row execute function full_disk()`,
      'drop trigger full_disk on requests',
    ],
    ['rights that were revoked', 'revoke insert on requests from bound', 'grant insert on requests to bound'],
  ])('by %s is reported as such, loses nothing, and recovers afterwards', async (_what, harm, cure) => {
    const server = await startPostgres();
    const url = server.url('postgres');
    await administer(url, "create role bound login password 'pass'");
    await administer(url, 'grant create on schema public to bound');
    const bot = await startBot(url.replace(/\/\/[^@]*@/, '//bound:pass@'));
    await administer(url, harm);

    await say(bot, 'provision isaiah to Salesforce');
    await shows('cannot reach or write to its database');
    await administer(url, cure);
    await say(bot, 'provision isaiah to Salesforce');
    await shows('Account created');

    expect(bot.said()).toContain('"code":"database_away"');
    expect(bot.said()).not.toMatch(mistake);
    expect(shownCards(connector.deliveries)).toHaveLength(2);
    await kill(bot.child);
    await server.stop();
  });

  it('by a lock on its SQLite file leaves the process alive', async () => {
    const path = join(folder, 'usher.db');
    const bot = await startBot(`file:${path}`);
    const program = new DatabaseSync(path);
    program.exec('BEGIN IMMEDIATE');

    const saying = say(bot, 'provision isaiah to Salesforce');
    const alive = await fetch(new URL('/healthz', bot.endpoint)).then((response) => response.text());
    await saying;
    await shows('cannot reach or write to its database');
    program.exec('ROLLBACK');
    program.close();
    await say(bot, 'provision isaiah to Salesforce');
    await shows('Account created');

    expect(alive).toBe('{"status":"alive"}');
    expect(bot.said()).not.toMatch(mistake);
  });
});
