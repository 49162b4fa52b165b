import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type BotConfig, describeProblems, readConfig } from '../../src/config.ts';
import { secret } from '../../src/secret.ts';
import { botCredentials, createAdapter, serviceHostsOf } from '../../src/teams/adapter.ts';

const clientId = '5eed0000-0000-4000-8000-00000000b07a';
const tenantId = '5eed0000-0000-4000-8000-00000000face';
const bot: BotConfig = {
  auth: 'token',
  appId: clientId,
  identity: { kind: 'secret', tenantId, clientId, secret: secret('pass~word') },
};

describe('the credentials of the bot', () => {
  it('hold the bot’s id alone, and are never disabled', async () => {
    const credentials = botCredentials(bot, 'public');

    expect(await credentials.isValidAppId(clientId)).toBe(true);
    expect(await credentials.isValidAppId('')).toBe(false);
    expect(await credentials.isAuthenticationDisabled()).toBe(false);
  });

  it('are disabled where the bot works without tokens', async () => {
    const credentials = botCredentials({ ...bot, auth: 'none' }, 'public');

    expect(await credentials.isAuthenticationDisabled()).toBe(true);
  });

  it('send nothing without a token when there is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usher-adapter-'));
    const path = join(folder, 'not-a-certificate.pem');
    writeFileSync(path, 'nothing');
    const identity = { kind: 'certificate', tenantId, clientId, path } as const;

    const credentials = await botCredentials({ ...bot, identity }, 'public').createCredentials(clientId, '', '', true);
    const signing = credentials.signRequest({ headers: new Map() } as never);

    await expect(signing).rejects.toThrow();
    rmSync(folder, { recursive: true });
  });
});

describe('the address at which activities ask to be answered', () => {
  it('may be this machine alone where they come without tokens', () => {
    expect(serviceHostsOf(localConfig())).toBe('loopback');
  });
});

describe('the clients by which Usher speaks to Teams', () => {
  it('are made once for each address', async () => {
    const { adapter } = createAdapter(localConfig());
    const clients: unknown[] = [];
    const clientAt = async (serviceUrl: string) => {
      const reference = { serviceUrl, channelId: 'msteams', conversation: { id: 'a' }, bot: { id: 'b' } };
      await adapter.continueConversationAsync('', reference as never, async (context) => {
        clients.push(context.turnState.get(adapter.ConnectorClientKey));
      });
    };

    await clientAt('http://127.0.0.1:1/');
    await clientAt('http://127.0.0.1:1/');
    await clientAt('http://127.0.0.1:2/');

    const [first, again, elsewhere] = clients;
    expect(first).toBeDefined();
    expect(again).toBe(first);
    expect(elsewhere).not.toBe(first);
  });
});

function localConfig() {
  const read = readConfig({
    BOT_AUTH: 'none',
    GRAPH_AUTH: 'none',
    GRAPH_BASE_URL: 'http://127.0.0.1:3979/v1.0',
    ALLOWED_TENANTS: tenantId,
  });
  if (!read.ok) throw new Error(describeProblems(read.problems));
  return read.config;
}
