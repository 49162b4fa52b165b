import { createHash } from 'node:crypto';

/**
 * The configuration as the record may know it: hashes tell whether a setting has changed, and no secret goes into a hash,
 * as short secrets can be guessed from one. What a variable's name or form does not show to be harmless counts as secret.
 */

/** What of each setting is hashed, by its variable. */
export function recordable(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, harmless(name, textOf(value))]));
}

/** A path to a secret is none, and its variable ends in what it is: `…_FILE`, `…Path`. */
const isSecret = (name: string): boolean => /(?:password|secret|token|key)$/i.test(name);
const isAddress = (name: string): boolean => /(?:url|uri)$/i.test(name);

function harmless(name: string, value: string): string {
  if (value === '') return '';
  if (isSecret(name)) return 'set';
  return isAddress(name) ? withoutSecrets(value) : value;
}

/** Of an address, names of users, passwords, paths and queries may be secrets. A database file has none. */
function withoutSecrets(address: string): string {
  if (address.startsWith('file:')) return address;
  if (!URL.canParse(address)) return 'set';
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

/** A hash for each setting. */
export function printsOf(settings: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(settings).map(([name, value]) => [name, sha256(`${name}=${value}`)]));
}

/** One hash over all of them: the same for the same configuration, whatever the order. */
export function fingerprintOf(prints: ReadonlyMap<string, string>): string {
  return sha256(
    [...prints]
      .map(([name, print]) => `${name} ${print}\n`)
      .toSorted()
      .join(''),
  );
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
