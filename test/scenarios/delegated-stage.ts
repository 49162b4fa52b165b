import { readFileSync } from 'node:fs';
import { loopback } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { exchangeActivity } from '../../src/sandbox/teams/activity.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { tenantId } from '../../src/sandbox/tenant/identity.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { eventually, holdsWithin } from '../support/eventually.ts';
import { type Login, type LoginAnswer, startLogin } from '../support/login.ts';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.ts';
import { type SignInService, startSignInService } from '../support/sign-in-service.ts';
import { botAppId, startTokenService, type TokenService, unsignedToken } from '../support/tokens.ts';
import { type Place, personalChatOf, type ShownCard, startTestUsher, type TestUsher } from '../support/usher.ts';

/**
 * An Usher that calls Graph by the caller's delegated permission, over real HTTP on all sides: the channel service's
 * tokens, Entra's login, the Bot Framework's token service, and a Graph that requires a token and notes its owner.
 */
export interface DelegatedStage {
  readonly usher: TestUsher;
  readonly sandbox: SandboxGraph;
  readonly graph: RecordingProxy;
  readonly login: Login;
  readonly service: SignInService;
  /** How Entra answers the next exchanges; null for the person's token. */
  whenExchanged(answer: ReturnType<LoginAnswer>): void;
  say(person: Name, text: string, place?: Place): Promise<void>;
  /** An invoke of the person's Teams client; resolves with the status. */
  invoke(person: Name, name: string, value: unknown): Promise<number>;
  /** Clicks an Action.Execute button with this data; resolves with the response to the click. */
  click(person: Name, data: unknown): Promise<string>;
  /** Installs the app for this person. */
  install(person: Name): Promise<void>;
  /** What the client does with the sign-in card, as soon as it is there: it brings the person's own token. */
  bringToken(person: Name, change?: { readonly token?: string; readonly id?: string }): Promise<number>;
  /** The last card in the personal chat of this person. */
  last(person: Name): ShownCard;
  /** Resolves when a card in the personal chat shows this text. */
  shows(person: Name, text: string | RegExp): Promise<ShownCard>;
  /** Starts another Usher on the same data, in place of this one. */
  restart(): Promise<void>;
  /** All that the database file and the files beside it hold. */
  stored(): string;
  /** Every line of the log since the first start, as it was written. */
  logged(): string;
  close(): Promise<void>;
}

export type Name = keyof typeof people;

export const connectionName = 'usher-sign-in';
export const signInCard = 'application/vnd.microsoft.card.oauth';

let brought = 0;
/** The token that Entra gives Teams' client of a person, meant for Usher. */
export function assertionOf(person: Name, claims: Readonly<Record<string, unknown>> = {}): string {
  brought += 1;
  const { id } = people[person];
  return unsignedToken({ aud: botAppId, oid: id, tid: tenantId, scp: 'access_as_user', jti: brought, ...claims });
}

/** The token for Graph that the fake Entra gives for it. */
export const graphTokenOf = (person: Name) => `graph-token-of-${people[person].id}`;

export async function openDelegatedStage(environment: NodeJS.ProcessEnv = {}): Promise<DelegatedStage> {
  const sandbox = await startSandboxGraph({ host: loopback, port: 0, latencyMs: 0 });
  const graph = await startRecordingProxy(sandbox.url, { guard: true });
  const connector: Connector = await startConnector();
  const channel: TokenService = await startTokenService(connector.serviceUrl);
  const service = await startSignInService(`api://usher.contoso.com/botid-${botAppId}`);
  let answer: ReturnType<LoginAnswer> = null;
  const login = await startLogin(({ fields }) => {
    if (fields.requested_token_use !== 'on_behalf_of') return null;
    return answer ?? { status: 200, body: tokenFor(fields.assertion ?? '') };
  });
  const { endpoints, ...overrides } = channel.overrides;
  const adapter = { ...overrides, endpoints: { ...endpoints, OAuthUrl: service.url } };
  const start = (databasePath?: string) =>
    startTestUsher({
      graphUrl: graph.url,
      connector,
      environment: {
        BOT_AUTH: 'token',
        MicrosoftAppId: botAppId,
        MicrosoftAppPassword: 'secret-of-the-registration',
        MicrosoftAppTenantId: tenantId,
        GRAPH_AUTH: 'delegated',
        SIGN_IN_CONNECTION: connectionName,
        // Two people who may provision.
        OPERATORS: `${groups.helpdesk.id},${groups.appApprovers.id}`,
        LOG_LEVEL: 'trace',
        ...environment,
      },
      usherOptions: { adapter, login: login.options },
      ...(databasePath === undefined ? {} : { databasePath }),
    });
  const first = await start();
  let usher = first;
  const ushers = [first];
  const headers = async () => ({ authorization: `Bearer ${await channel.sign()}` });
  const cardsOf = (person: Name) => usher.cardsFor(personalChatOf(person).conversationId);
  const last = (person: Name) => usher.lastCard(personalChatOf(person).conversationId);
  const exchange = async (person: Name, more: object) => {
    const { text: _, ...message } = usher.message(person, '');
    return exchangeActivity(usher.endpoint, { ...message, ...more }, await headers());
  };
  const invoke = async (person: Name, name: string, value: unknown) =>
    (await exchange(person, { type: 'invoke', name, value })).status;

  return {
    get usher() {
      return usher;
    },
    sandbox,
    graph,
    login,
    service,
    whenExchanged(next) {
      answer = next;
    },
    async say(person, text, place) {
      const status = await usher.send(usher.message(person, text, place), await headers());
      if (status !== 200) throw new Error(`the message was answered with ${status}`);
    },
    invoke,
    async click(person, data) {
      const value = { action: { type: 'Action.Execute', data }, trigger: 'manual' };
      const { body } = await exchange(person, {
        type: 'invoke',
        name: 'adaptiveCard/action',
        value,
        replyToId: 'card-0',
      });
      return String((JSON.parse(body) as { value: unknown }).value);
    },
    async install(person) {
      await exchange(person, { type: 'installationUpdate', action: 'add' });
    },
    async bringToken(person, { token = assertionOf(person), id } = {}) {
      const asking = () => cardsOf(person).findLast(({ contentType }) => contentType === signInCard);
      await eventually(() => asking() !== undefined);
      const content = asking()?.content as { tokenExchangeResource: { id: string } };
      return invoke(person, 'signin/tokenExchange', {
        id: id ?? content.tokenExchangeResource.id,
        connectionName,
        token,
      });
    },
    last,
    async shows(person, text) {
      const showing = () => cardsOf(person).findLast((card) => card.text.match(text) !== null);
      await holdsWithin(() => showing() !== undefined);
      const card = showing();
      if (card === undefined) throw new Error(`no card shows ${text}; the last one: ${last(person).text}`);
      return card;
    },
    async restart() {
      await usher.usher.stop();
      usher = await start(first.databasePath);
      ushers.push(usher);
    },
    stored: () =>
      ['', '-wal']
        .map((suffix) => {
          try {
            return readFileSync(`${first.databasePath}${suffix}`, 'latin1');
          } catch {
            return '';
          }
        })
        .join('\n'),
    logged: () => ushers.flatMap(({ logLines }) => logLines.map((line) => JSON.stringify(line))).join('\n'),
    async close() {
      if (usher !== first) await usher.close();
      await first.close();
      await Promise.all([sandbox, graph, connector, channel, service, login].map((part) => part.close()));
    },
  };
}

function tokenFor(assertion: string): object {
  const claims = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
    oid: string;
  };
  return { token_type: 'Bearer', expires_in: 3_600, access_token: `graph-token-of-${claims.oid}` };
}
