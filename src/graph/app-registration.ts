import { z } from 'zod';
import type { Fetched } from './answer.ts';
import type { GraphClient } from './client.ts';
import { nullableText } from './odata.ts';
import { readIfThere } from './read.ts';

/**
 * What the doctor asks of an app registration: until when its secrets are good, and which permissions it asks for.
 * https://learn.microsoft.com/graph/api/resources/passwordcredential
 */
const registrationSchema = z.object({
  /** `hint`: the first three characters of the secret; the ends are in ISO 8601. */
  passwordCredentials: z.array(z.object({ hint: nullableText, endDateTime: nullableText })).default([]),
  requiredResourceAccess: z
    .array(z.object({ resourceAppId: z.string(), resourceAccess: z.array(z.object({ id: z.string() })).default([]) }))
    .default([]),
});
export type Registration = z.infer<typeof registrationSchema>;

/**
 * Null where the tenant has none of this client id. Needs `Application.Read.All`.
 * https://learn.microsoft.com/graph/api/application-get
 */
export function readRegistration(graph: GraphClient, clientId: string): Promise<Fetched<Registration | null>> {
  const query = { $select: 'passwordCredentials,requiredResourceAccess' };
  return readIfThere(graph, { path: `/applications(appId='${clientId}')`, query }, registrationSchema);
}
