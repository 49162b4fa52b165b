import { DefaultAzureCredential } from '@azure/identity';
import { type CloudName, clouds } from '../clouds.ts';
import type { GraphConfig } from '../config.ts';
import type { GraphClientParts } from './client.ts';

/**
 * The token for Graph. `DefaultAzureCredential` takes what it finds: the `AZURE_*` variables, workload identity,
 * managed identity, or the developer's own sign-in; it keeps the token and renews it in time.
 * https://learn.microsoft.com/javascript/api/@azure/identity/defaultazurecredential
 *
 * @returns null from the function where Graph is this machine's own sandbox and wants no token.
 */
export function graphToken(config: GraphConfig, cloud: CloudName): GraphClientParts['token'] {
  if (config.auth === 'none') return async () => null;
  const { graphRoot, loginAuthority } = clouds[cloud];
  const credential = new DefaultAzureCredential({ authorityHost: loginAuthority });
  return async (abortSignal) => (await credential.getToken(`${graphRoot}/.default`, { abortSignal })).token;
}
