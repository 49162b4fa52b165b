import type { LoginOptions, TokenSource } from '../graph/credential.ts';
import { words } from './doctor-messages.ts';
import { networkTrouble } from './network.ts';
import { type Finding, firstLine, good, wrong } from './run-checks.ts';

/**
 * Whether a token can be obtained. The login's library reports a name that DNS does not know, a firewall and a proxy's
 * page in the words of a failed sign-in, and swallows the cause. So the doctor watches its requests: what never reached
 * the login is a fault of the network, and says nothing of the credentials.
 */
export interface Watch {
  readonly options: LoginOptions;
  /** What became of the latest request; null where none was made. */
  latest(): Seen | null;
}

type Seen =
  | { readonly kind: 'failed'; readonly host: string; readonly error: unknown }
  | { readonly kind: 'answered'; readonly host: string; readonly status: number; readonly isJson: boolean };

export function watchLogin(): Watch {
  let seen: Seen | null = null;
  const policy: NonNullable<LoginOptions['additionalPolicies']>[number]['policy'] = {
    name: 'doctorWatch',
    async sendRequest(request, next) {
      const host = new URL(request.url).host;
      try {
        const response = await next(request);
        const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
        seen = { kind: 'answered', host, status: response.status, isJson };
        return response;
      } catch (error) {
        seen = { kind: 'failed', host, error };
        throw error;
      }
    },
  };
  return {
    options: {
      retryOptions: { maxRetries: 1, retryDelayInMs: 100 },
      additionalPolicies: [{ policy, position: 'perRetry' }],
    },
    latest: () => seen,
  };
}

/** @param login the host of the cloud's login */
export async function signIn(
  token: () => ReturnType<TokenSource>,
  latest: Watch['latest'],
  login: string,
  say: { readonly good: string; readonly fix: string },
): Promise<Finding> {
  try {
    await token();
    return good(say.good);
  } catch (error) {
    const entras = /\bAADSTS\d{4,8}\b/.exec(error instanceof Error ? error.message : '')?.[0];
    const isKnown = entras !== undefined && entras in words.login.refusals;
    const fix = isKnown ? `${words.login.refusals[entras as keyof typeof words.login.refusals]}; ${say.fix}` : say.fix;
    if (entras !== undefined) return wrong(firstLine(error), fix);
    return unreached(latest(), login) ?? wrong(firstLine(error), fix);
  }
}

/** Null where the login itself has answered as a login does, or was not what failed. */
function unreached(seen: Seen | null, login: string): Finding | null {
  const say = words.login;
  // Of the places that a managed identity comes from, each machine lacks most.
  if (seen?.host !== login) return null;
  if (seen.kind === 'failed') {
    const trouble = networkTrouble(seen.error, login);
    const fix = trouble?.kind === 'certificate' ? say.certificateFix : say.fix(login);
    return wrong(say.unreached(trouble?.what ?? firstLine(seen.error)), fix);
  }
  if (seen.status >= 500 && seen.isJson) return wrong(say.away(login, seen.status), say.awayFix);
  return seen.isJson ? null : wrong(say.unreached(say.proxy(login, seen.status)), say.fix(login));
}
