import { stableGuid } from '../tenant/identity.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { entity } from './answers.ts';
import { plainType } from './entities.ts';
import { noSuchObject, refusal } from './errors.ts';
import type { SandboxRequest, SandboxResponse } from './exchange.ts';

/** `/applications(appId='…')`: a registration by which Usher signs in. */
export function readRegistration(tenant: Tenant, request: SandboxRequest, clientId: string): SandboxResponse {
  if (tenant.lacks('Application.Read.All')) return forbidden;
  const registration = tenant.registration(clientId);
  if (registration === null) return noSuchObject(clientId);
  const { secrets, asksFor } = registration;
  const item = {
    id: stableGuid('registration', clientId),
    appId: clientId,
    displayName: 'Usher',
    passwordCredentials: secrets.map(({ hint, endsAt }, place) => ({
      customKeyIdentifier: null,
      displayName: `secret ${place + 1}`,
      endDateTime: new Date(endsAt).toISOString(),
      hint,
      keyId: stableGuid('secret', clientId, String(place)),
      secretText: null,
    })),
    keyCredentials: [],
    requiredResourceAccess:
      asksFor.length === 0
        ? []
        : [{ resourceAppId: graphAppId, resourceAccess: asksFor.map((id) => ({ id, type: 'Role' })) }],
  };
  return entity(request, item, plainType, 'applications');
}

const graphAppId = '00000003-0000-0000-c000-000000000000';
const forbidden = refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
