import type { ConnectionOptions } from 'node:tls';
import { assertNever } from '../assert-never.ts';

/**
 * How a connection to PostgreSQL is encrypted, by the `sslmode` of its address. Stricter than libpq, which takes any
 * certificate for `require`: an operator who asks for encryption wants the right server.
 * https://www.postgresql.org/docs/current/libpq-ssl.html
 *
 *     disable, or none given    not encrypted
 *     require, verify-full      certificate and host name are checked
 *     verify-ca                 the certificate is checked, the host name is not
 *     no-verify                 encrypted, and nothing is checked
 *
 * `allow` and `prefer` would go on without encryption when an attacker in between asks for it, so they are refused.
 */
export const sslModes = ['disable', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;
export type SslMode = (typeof sslModes)[number];

/** Other TLS settings of an address. Usher refuses them all rather than ignore them silently. */
const otherSettings = ['ssl', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation', 'uselibpqcompat'];

/** The mode that an address names: null when it names none, `unknown` for one that Usher does not support. */
export function sslModeOf(url: string): SslMode | 'unknown' | null {
  if (!URL.canParse(url)) return null;
  const { searchParams } = new URL(url);
  if (otherSettings.some((name) => searchParams.has(name))) return 'unknown';
  const asked = searchParams.get('sslmode');
  return asked === null ? null : (sslModes.find((mode) => mode === asked) ?? 'unknown');
}

/** The address without its mode, which the driver would interpret in its own way. */
export function withoutSslMode(url: string): string {
  if (!URL.canParse(url)) return url;
  const address = new URL(url);
  address.searchParams.delete('sslmode');
  return address.href;
}

/** @param rootCertificates PEM; null for the authorities that Node trusts */
export function tlsOptions(mode: SslMode | null, rootCertificates: string | null): ConnectionOptions | false {
  const ca = rootCertificates === null ? {} : { ca: rootCertificates };
  switch (mode) {
    case null:
    case 'disable':
      return false;
    case 'require':
    case 'verify-full':
      return { rejectUnauthorized: true, ...ca };
    case 'verify-ca':
      return { rejectUnauthorized: true, checkServerIdentity: () => undefined, ...ca };
    case 'no-verify':
      return { rejectUnauthorized: false };
    default:
      return assertNever(mode, 'TLS mode');
  }
}
