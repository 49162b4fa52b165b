import type { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { Agent, type Dispatcher } from 'undici';
import { exchangeOver, headerOf } from '../http-exchange.ts';
import { fieldsOf, textOf } from './wire.ts';

type ConnectorOptions = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[4]>;
type ConnectorHttp = NonNullable<ConnectorOptions['httpClient']>;

/**
 * How botbuilder's clients speak HTTP. Their own client repeats every 429, 5xx and broken connection three times, and
 * has no switch for that; so a post that Teams had taken stood there four times. This one sends once, and tells what
 * must be known before anything is repeated: whether the request may have left. `conversations.ts` decides.
 *
 * Those answers become errors that botbuilder passes on as they are; all others it reads itself.
 */
interface ConnectorFailure {
  readonly statusCode: number | null;
  /** The header of that name. */
  readonly retryAfter: string | null;
  /** False where no connection was made. */
  readonly isSent: boolean;
}

const leftOut: ReadonlySet<string> = new Set(['content-length', 'accept-encoding']);
const connectMs = 5_000;
/** Longer than Teams' own front waits for what is behind it. */
const answerMs = 30_000;

export function createConnectorHttp(): ConnectorHttp {
  const agent = new Agent({ connect: { timeout: connectMs }, headersTimeout: answerMs, bodyTimeout: answerMs });
  return {
    async sendRequest(sent) {
      const { url, method, body } = sent;
      // undici counts the bytes itself, and unpacks nothing.
      const headers = sent.headers.headersArray().filter(({ name }) => !leftOut.has(name.toLowerCase()));
      const given = await exchangeOver(agent, url, {
        method: method as Dispatcher.HttpMethod,
        headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
        ...(textOf(body) === '' ? {} : { body: textOf(body) }),
      }).catch((error: unknown) => failed(null, null, error));
      const { status } = given;
      if (status === 429 || status >= 500) failed(status, headerOf(given.headers, 'retry-after'));
      const answered = sent.headers.clone();
      for (const name of answered.headerNames()) answered.remove(name);
      for (const [name, value] of Object.entries(given.headers)) answered.set(name, String(value));
      return { request: sent, status, headers: answered, bodyAsText: given.body?.toString() ?? '' };
    },
  };
}

function failed(statusCode: number | null, retryAfter: unknown, cause?: unknown): never {
  const { code, syscall } = fieldsOf(cause);
  const reason = /^[A-Z][A-Z0-9_]{2,59}$/.exec(textOf(code))?.[0];
  const isSent = syscall !== 'connect' && !unconnected.test(reason ?? '');
  const failure: ConnectorFailure = { statusCode, retryAfter: textOf(retryAfter) || null, isSent };
  const said = statusCode === null ? 'Teams gave no answer' : `Teams answered ${statusCode}`;
  throw Object.assign(new Error(reason === undefined ? said : `${said}: ${reason}`), failure);
}

/** The codes of connections that were not made: by the system, undici and TLS. */
const unconnected =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED)/;
