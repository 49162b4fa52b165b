import { z } from 'zod';
import { type Fetched, mapped } from './answer.ts';
import type { GraphClient } from './client.ts';
import { readAll } from './read.ts';

const organizationSchema = z.object({
  verifiedDomains: z.array(z.object({ name: z.string(), isInitial: z.boolean().default(false) })).default([]),
});

/**
 * The domain with which the tenant was created, e.g. `contoso.onmicrosoft.com`; null where Graph names none.
 * https://learn.microsoft.com/graph/api/resources/verifieddomain
 */
export async function readInitialDomain(graph: GraphClient): Promise<Fetched<string | null>> {
  const call = { path: '/organization', query: { $select: 'id,verifiedDomains' } };
  return mapped(await readAll(graph, call, organizationSchema), ({ items }) => {
    const domains = items.flatMap(({ verifiedDomains }) => verifiedDomains);
    return domains.find(({ isInitial }) => isInitial)?.name ?? null;
  });
}

/** SharePoint's usual host name, which follows that domain. Null where it cannot be derived. */
export function usualStorageHost(initialDomain: string | null, fileDomain: string): string | null {
  const pattern = /^([a-z0-9-]+)\.(?:onmicrosoft\.(?:com|us)|partner\.onmschina\.cn)$/i;
  const name = pattern.exec(initialDomain ?? '')?.[1];
  return name === undefined ? null : `${name.toLowerCase()}.${fileDomain}`;
}
