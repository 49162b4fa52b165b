import { words } from './doctor-messages.ts';

/**
 * What keeps a connection from coming about, by the system's error codes and those of TLS. An operator repairs a name
 * elsewhere than a firewall or a certificate, and none of them by new credentials.
 */
const kinds: readonly (readonly [keyof typeof words.network, RegExp])[] = [
  ['name', /^(ENOTFOUND|EAI_AGAIN|ENODATA)$/],
  ['refused', /^ECONNREFUSED$/],
  ['lost', /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/],
  ['silent', /^(ETIMEDOUT|ESOCKETTIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/],
  ['certificate', /^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|EPROTO)/],
];

export interface NetworkTrouble {
  readonly kind: keyof typeof words.network;
  readonly what: string;
}

/** What the error says of the way to this host; null where it is none of the network. */
export function networkTrouble(error: unknown, host: string): NetworkTrouble | null {
  const code = codeOf(error);
  const kind = kinds.find(([, codes]) => codes.test(code))?.[0];
  return kind === undefined ? null : { kind, what: `${words.network[kind](host)} (${code})` };
}

/** Libraries wrap the system's error, and Node collects those of a host's addresses. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return 'cause' in error ? codeOf(error.cause) : '';
}
