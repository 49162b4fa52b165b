import { createHash } from 'node:crypto';

/** The sandbox tenant. Its ids start with `5eed`, so that they cannot be mistaken for a real tenant's in a log. */
export const tenantId = '5eed0000-0000-4000-8000-00000000face';
export const tenantName = 'Contoso';
export const domain = 'contoso.com';

/** The object id that ends in this number, e.g. `objectId(0x20)` for the first of the generated people. */
export function objectId(number: number): string {
  return `5eed0000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

/**
 * A GUID that is always the same for the same words. It stands for ids that the service would have drawn once and kept
 * (accounts in the target application, assignments), so that two runs of the demo look alike.
 */
export function stableGuid(...words: readonly string[]): string {
  const hex = digest(words).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The same in the form of an app role assignment's id: 43 characters, of which some may be `-` or `_`. */
export function stableKey(...words: readonly string[]): string {
  return digest(words).toString('base64url');
}

function digest(words: readonly string[]): Buffer {
  return createHash('sha256').update(words.join('\u0000')).digest();
}
