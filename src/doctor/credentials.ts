import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { assertNever } from '../assert-never.ts';
import type { Clock } from '../clock.ts';
import { payloadOf } from '../graph/delegated-sessions.ts';
import type { Identity } from '../identity.ts';
import { words } from './doctor-messages.ts';
import { endFinding } from './good-until.ts';
import { type Reach, troubleWords } from './reach.ts';
import { type Check, type Finding, skipped } from './run-checks.ts';

const graphAppId = '00000003-0000-0000-c000-000000000000';

/** Whether the registration that calls Graph asks for this permission of Graph's; false where that cannot be read. */
export async function isRequested(reach: Reach, permissionId: string): Promise<boolean> {
  const { clientId } = reach.config.graph.identity;
  if (clientId === '' || (await reach.blocked('Application.Read.All')) !== null) return false;
  const found = await reach.registration(clientId);
  return (found.ok ? (found.value?.requiredResourceAccess ?? []) : []).some(
    ({ resourceAppId, resourceAccess }) =>
      resourceAppId === graphAppId && resourceAccess.some(({ id }) => id === permissionId),
  );
}

/**
 * When the secrets and certificates end by which Usher proves itself, a line each: a day later it is silent. Of a
 * certificate the file tells, of a secret only Graph.
 */
export function credentialChecks(reach: Reach, clock: Clock): readonly Check[] {
  const { bot, graph } = reach.config;
  return [
    ...(bot.auth === 'token' ? credentialCheck('bot', bot.identity, botVariables) : []),
    ...(graph.auth === 'azure' ? credentialCheck('graph', graph.identity, graphVariables) : []),
  ];

  function credentialCheck(whose: string, identity: Identity, variables: Variables): readonly Check[] {
    switch (identity.kind) {
      case 'secret':
      case 'certificate':
      case 'tokenFile': {
        const variable = variables[identity.kind];
        const title = words.credential.title(variable);
        return [{ id: `credential:${whose}`, title, run: () => endOf(identity, variable) }];
      }
      // Azure renews what these are made of.
      case 'federatedIdentity':
      case 'managedIdentity':
      case 'ambient':
        return [];
      default:
        return assertNever(identity, 'credential');
    }
  }

  async function endOf(
    identity: Extract<Identity, { kind: 'secret' | 'certificate' | 'tokenFile' }>,
    variable: string,
  ): Promise<Finding> {
    const say = words.credential;
    const { clientId } = identity;
    switch (identity.kind) {
      case 'certificate': {
        const { validTo } = new X509Certificate(readFileSync(identity.path));
        return endFinding(Date.parse(validTo), clock, say.certificateFix(variable, clientId));
      }
      case 'tokenFile': {
        const claims = z.object({ exp: z.number() }).safeParse(payloadOf(readFileSync(identity.path, 'utf8')));
        // Such a token is written anew every hour, so it always ends soon.
        return endFinding(claims.success ? claims.data.exp * 1_000 : null, clock, say.tokenFix(variable), 0);
      }
      case 'secret': {
        const obstacle = await reach.blocked(null);
        if (obstacle !== null) return skipped(obstacle);
        // Where people sign in the registration needs no permission of its own, so only Graph itself can tell.
        const isKnown = graph.auth === 'azure' && (await reach.blocked('Application.Read.All')) !== null;
        if (isKnown) return skipped(say.forbidden);
        const found = await reach.registration(clientId);
        if (!found.ok) {
          const isForbidden = found.trouble.kind === 'refused' && found.trouble.status === 403;
          return skipped(isForbidden ? say.forbidden : troubleWords(found.trouble));
        }
        if (found.value === null) return skipped(say.elsewhere(clientId));
        const secrets = found.value.passwordCredentials;
        if (secrets.length === 0) return skipped(say.unlisted);
        // Old secrets stay in the list, and those made before 2019 have no hint.
        const own = secrets.filter(({ hint }) => hint !== null && identity.secret.reveal().startsWith(hint));
        const ends = (own.length > 0 ? own : secrets).map(({ endDateTime }) => Date.parse(endDateTime ?? ''));
        const latest = ends.some(Number.isNaN) ? null : Math.max(...ends);
        return endFinding(latest, clock, say.secretFix(variable, clientId));
      }
      default:
        return assertNever(identity, 'credential');
    }
  }
}

type Variables = Readonly<Record<'secret' | 'certificate' | 'tokenFile', string>>;

const botVariables: Variables = {
  secret: 'MicrosoftAppPassword',
  certificate: 'MicrosoftAppCertificatePath',
  tokenFile: 'MicrosoftAppFederatedTokenFile',
};
const graphVariables: Variables = {
  secret: 'AZURE_CLIENT_SECRET',
  certificate: 'AZURE_CLIENT_CERTIFICATE_PATH',
  tokenFile: 'AZURE_FEDERATED_TOKEN_FILE',
};
