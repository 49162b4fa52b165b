import type { FileContent, IncomingFile } from '../chat/incoming.ts';
import type { Log } from '../log.ts';

/**
 * Files that people drop in a personal chat. Teams puts them into the person's own storage and passes an address that
 * needs no token. Only that storage is ever asked: an address elsewhere would make Usher fetch what a stranger wants.
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

/** Fetches a file of at most a megabyte. Redirects are not followed, and nothing is sent along. */
export async function readFile(
  file: IncomingFile,
  isAllowed: (address: string) => boolean,
  log: Log,
): Promise<FileContent> {
  if (!isAllowed(file.downloadUrl)) {
    log.warn({ code: 'file_from_elsewhere' }, 'a file was not fetched: its address is not the tenant’s storage');
    return { kind: 'notFromTenant' };
  }
  try {
    const response = await fetch(file.downloadUrl, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok || response.body === null) return { kind: 'notFetched' };
    const chunks: Uint8Array[] = [];
    let size = 0;
    // Leaving the loop early breaks the download off.
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
