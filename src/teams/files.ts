import type { FileContent, IncomingFile } from '../chat/incoming.ts';
import { usualStorageHost } from '../graph/initial-domain.ts';
import type { Log } from '../log.ts';

/**
 * Files dropped in a personal chat. Teams puts them into the person's own storage and passes an address that needs no
 * token. Usher fetches from that storage only: another address would let a stranger choose what Usher fetches.
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
 */
const largestFileBytes = 1024 * 1024;
const timeoutMs = 10_000;

/** Whether an address is https and in the storage of this cloud's tenants, e.g. `sharepoint.com`. */
export function isTenantStorage(address: string, domain: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username } = new URL(address);
  return protocol === 'https:' && username === '' && hostname.endsWith(`.${domain}`);
}

export interface TenantStorageParts {
  /** `SHAREPOINT_HOST`; empty for the host derived from the tenant's first domain. */
  readonly hosts: readonly string[];
  /** The cloud's domain, e.g. `sharepoint.com`. */
  readonly domain: string;
  /** The tenant's first domain, e.g. `contoso.onmicrosoft.com`; null where Graph does not tell. */
  readonly readDomain: () => Promise<string | null>;
  readonly log: Log;
}

/**
 * Only this tenant's storage: every other tenant's host has the same ending. SharePoint's host is usually named like
 * the tenant's first domain, `contoso.onmicrosoft.com`, and people's own files are at that name plus `-my`. Where the
 * host was renamed, or each region has its own, `SHAREPOINT_HOST` has to name it.
 */
export function createTenantStorage({ hosts, domain, readDomain, log }: TenantStorageParts): {
  isOwn(address: string): Promise<boolean>;
} {
  let known: readonly string[] | null = hosts.length > 0 ? hosts : null;

  async function namesOf(): Promise<readonly string[]> {
    if (known !== null) return known;
    const host = usualStorageHost(await readDomain(), domain);
    if (host !== null) known = [host];
    else log.error({ code: 'sharepoint_unknown' }, 'the tenant’s own SharePoint is not known; set SHAREPOINT_HOST');
    return known ?? [];
  }

  return {
    async isOwn(address) {
      if (!isTenantStorage(address, domain)) return false;
      const { hostname } = new URL(address);
      const own = (await namesOf()).flatMap((host) => [host, host.replace('.', '-my.')]);
      return own.includes(hostname);
    },
  };
}

/** Fetches a file of at most a megabyte. Follows no redirects, and sends no credentials. */
export async function readFile(
  file: IncomingFile,
  isAllowed: (address: string) => boolean | Promise<boolean>,
  log: Log,
): Promise<FileContent> {
  if (!(await isAllowed(file.downloadUrl))) {
    log.warn({ code: 'file_from_elsewhere' }, 'a file was not fetched: its address is not the tenant’s storage');
    return { kind: 'notFromTenant' };
  }
  try {
    const response = await fetch(file.downloadUrl, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok || response.body === null) return { kind: 'notFetched' };
    const chunks: Uint8Array[] = [];
    let size = 0;
    // Leaving the loop early aborts the download.
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > largestFileBytes) return { kind: 'tooLarge' };
      chunks.push(chunk);
    }
    return { kind: 'bytes', bytes: Buffer.concat(chunks) };
  } catch (error) {
    log.warn({ error, code: 'file_not_fetched' }, 'a file could not be fetched');
    return { kind: 'notFetched' };
  }
}
