import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Secret, secret } from './secret.ts';

/**
 * How Usher authenticates to Entra: once as the bot, once for Graph, possibly by two registrations. A secret is one way
 * among several; on Azure a managed identity needs none, either directly or vouching for a registration.
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation
 */
export type Identity =
  | (Registration & { readonly kind: 'secret'; readonly secret: Secret })
  /** A PEM file with the certificate and its private key. */
  | (Registration & { readonly kind: 'certificate'; readonly path: string })
  /** A file with another issuer's token, e.g. of a Kubernetes service account. It is read again when it changes. */
  | (Registration & { readonly kind: 'tokenFile'; readonly path: string })
  /** A managed identity, by its client id, that the registration's federated credential trusts. */
  | (Registration & { readonly kind: 'federatedIdentity'; readonly identityId: string })
  | { readonly kind: 'managedIdentity'; readonly clientId: string }
  /** Whatever the machine offers: a managed identity, or a developer's sign-in. An empty id means the machine's own. */
  | {
      readonly kind: 'ambient';
      readonly clientId: string;
      /** A tenant beside the id suggests that a registration was meant and its credential is missing. */
      readonly tenantId?: string;
    };

interface Registration {
  /** A GUID; empty for a multitenant bot, which signs in to a tenant of Microsoft's. */
  readonly tenantId: string;
  readonly clientId: string;
}

type Report = (variable: string, problem: string, fix: string) => void;

const botProofs = [
  'MicrosoftAppPassword',
  'MicrosoftAppCertificatePath',
  'MicrosoftAppFederatedTokenFile',
  'MicrosoftAppManagedIdentityId',
] as const;
const graphProofs = ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_FEDERATED_TOKEN_FILE'] as const;

type Texts<Name extends string> = Readonly<Record<Name, string>>;

/** The environment variables of the bot's identity; empty where not set, absent where not readable. */
export interface BotVariables extends Texts<'MicrosoftAppId' | 'MicrosoftAppTenantId' | (typeof botProofs)[number]> {
  readonly MicrosoftAppType: 'MultiTenant' | 'SingleTenant' | 'UserAssignedMSI';
}

/** The same for Graph, by the names that Azure's own libraries use. */
export type GraphVariables = Texts<'AZURE_TENANT_ID' | 'AZURE_CLIENT_ID' | (typeof graphProofs)[number]>;

export function reportBotProblems(env: Partial<BotVariables>, report: Report): void {
  if (env.MicrosoftAppId === '')
    report('MicrosoftAppId', 'is missing', 'set it to the application id of the bot registration');
  // An unreadable variable was reported already, and still counts as a credential.
  const [first, ...others] = botProofs.filter((name) => env[name] !== '');
  if (env.MicrosoftAppType === 'UserAssignedMSI') {
    for (const name of [first, ...others])
      if (name !== undefined) report(name, 'is set, though a bot that is a managed identity has none', 'remove it');
  } else if (env.MicrosoftAppType !== undefined) {
    for (const name of others) report(name, `is set beside ${first}`, 'keep one of the two; a bot has one proof');
    if (first === undefined)
      report('MicrosoftAppPassword', 'is missing', `set it, or one of ${botProofs.slice(1).join(', ')}`);
  }
  const isOfOneTenant = env.MicrosoftAppType === 'SingleTenant' || env.MicrosoftAppType === 'UserAssignedMSI';
  if (isOfOneTenant && env.MicrosoftAppTenantId === '')
    report('MicrosoftAppTenantId', 'is missing', 'set it to the tenant id of the bot registration');
}

export function reportGraphProblems(env: Partial<GraphVariables>, report: Report): void {
  const [first, ...others] = graphProofs.filter((name) => env[name] !== '');
  if (first === undefined) return;
  for (const name of others) report(name, `is set beside ${first}`, 'keep one of the two');
  for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'] as const)
    if (env[name] === '') report(name, `is missing beside ${first}`, `set it, or remove ${first}`);
}

/** The environment variables on which sign-ins depend. */
export interface SignInVariables
  extends Pick<BotVariables, 'MicrosoftAppType' | 'MicrosoftAppTenantId'>,
    Texts<'SIGN_IN_CONNECTION' | 'DATABASE_URL'> {
  readonly BOT_AUTH: 'token' | 'none';
  readonly ALLOWED_TENANTS: readonly string[];
}

/** The problems that prevent calling Graph with the caller's delegated permission. */
export function reportSignInProblems(env: Partial<SignInVariables>, report: Report): void {
  if (env.SIGN_IN_CONNECTION === '')
    report(
      'SIGN_IN_CONNECTION',
      'is missing, though GRAPH_AUTH is delegated',
      'set it to the name of the OAuth connection of the Azure bot; docs/setup.md tells how to make one',
    );
  if (env.BOT_AUTH === 'none')
    report('GRAPH_AUTH', 'is delegated while BOT_AUTH is none', 'remove BOT_AUTH: people sign in to a registered bot');
  if (env.BOT_AUTH === 'token' && env.MicrosoftAppType !== undefined && env.MicrosoftAppType !== 'SingleTenant')
    report(
      'MicrosoftAppType',
      `is ${env.MicrosoftAppType}, which cannot act for people`,
      'take a registration of type SingleTenant, or remove GRAPH_AUTH=delegated',
    );
  const home = env.MicrosoftAppTenantId?.toLowerCase();
  if (home !== undefined && env.ALLOWED_TENANTS?.some((tenant) => tenant !== home))
    report(
      'ALLOWED_TENANTS',
      'names another tenant than the registration’s, and people sign in to that one alone',
      'remove it while GRAPH_AUTH is delegated',
    );
  if (env.DATABASE_URL?.startsWith('postgres'))
    report(
      'DATABASE_URL',
      'is a PostgreSQL for several processes, while sign-ins are in the memory of one',
      'use file:PATH while GRAPH_AUTH is delegated',
    );
}

/** The bot's identity, from variables without problems. */
export function botIdentity(env: BotVariables): Identity {
  const registration = { tenantId: env.MicrosoftAppTenantId, clientId: env.MicrosoftAppId };
  if (env.MicrosoftAppType === 'UserAssignedMSI') return { kind: 'managedIdentity', clientId: env.MicrosoftAppId };
  // A multitenant bot ignores the tenant, which only says whose people may use Usher.
  if (env.MicrosoftAppType === 'MultiTenant') registration.tenantId = '';
  if (env.MicrosoftAppCertificatePath !== '')
    return { ...registration, kind: 'certificate', path: env.MicrosoftAppCertificatePath };
  if (env.MicrosoftAppFederatedTokenFile !== '')
    return { ...registration, kind: 'tokenFile', path: env.MicrosoftAppFederatedTokenFile };
  if (env.MicrosoftAppManagedIdentityId !== '')
    return { ...registration, kind: 'federatedIdentity', identityId: env.MicrosoftAppManagedIdentityId };
  return { ...registration, kind: 'secret', secret: secret(env.MicrosoftAppPassword) };
}

/** The identity that calls Graph, from variables without problems. */
export function graphIdentity(env: GraphVariables): Identity {
  const registration = { tenantId: env.AZURE_TENANT_ID, clientId: env.AZURE_CLIENT_ID };
  if (env.AZURE_CLIENT_SECRET !== '')
    return { ...registration, kind: 'secret', secret: secret(env.AZURE_CLIENT_SECRET) };
  if (env.AZURE_CLIENT_CERTIFICATE_PATH !== '')
    return { ...registration, kind: 'certificate', path: env.AZURE_CLIENT_CERTIFICATE_PATH };
  if (env.AZURE_FEDERATED_TOKEN_FILE !== '')
    return { ...registration, kind: 'tokenFile', path: env.AZURE_FEDERATED_TOKEN_FILE };
  const { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId } = env;
  return clientId === '' || tenantId === '' ? { kind: 'ambient', clientId } : { kind: 'ambient', clientId, tenantId };
}

export interface FileProblem {
  readonly problem: string;
  readonly fix: string;
}

/** What is wrong with a PEM file of a certificate and its private key; null when it is usable. */
export function certificateProblem(path: string): FileProblem | null {
  const both = 'name a PEM file that holds the certificate and its private key, without a passphrase';
  const pem = attempt(() => readFileSync(path, 'utf8'));
  if (pem === null) return { problem: 'names a file that cannot be read', fix: both };
  const certificate = attempt(() => new X509Certificate(pem));
  if (certificate === null) return { problem: 'names a file without a certificate', fix: both };
  const key = attempt(() => createPrivateKey(pem));
  if (key === null) return { problem: 'names a file without a private key that can be read', fix: both };
  if (key.asymmetricKeyType !== 'rsa')
    return { problem: 'names a file whose key is not RSA, which Entra does not take', fix: both };
  if (certificate.checkPrivateKey(key)) return null;
  return { problem: 'names a file whose certificate and private key do not belong together', fix: both };
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
