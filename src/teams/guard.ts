import type { Speaker } from '../chat/incoming.ts';
import { isLoopback } from '../config.ts';

/**
 * The check after the token's. The token proves that Microsoft's channel service sent the activity, and nothing about
 * the person: their id and tenant are trustworthy only in an activity from the Teams channel through that service.
 * CloudAdapter also accepts other tokens (the emulator's, AseChannel's), with which any holder of the bot's own secret
 * could name any person as the sender; hence the issuer.
 * https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
 *
 * The reply address of an activity gets the bot's own token. GCC High and DoD share one issuer, so only that address
 * tells the two apart; and an address outside of Teams gets no answer at all.
 */
export type Admission =
  | { readonly kind: 'admitted'; readonly speaker: Speaker }
  | { readonly kind: 'turnedAway'; readonly why: TurnedAway; readonly actorId: string };

export type TurnedAway = 'issuer' | 'service' | 'channel' | 'tenant' | 'noPerson';

export interface ActivityOrigin {
  readonly channelId: string | undefined;
  readonly tenantId: string | undefined;
  readonly aadObjectId: string | undefined;
  /** The token's issuer; undefined when there was none. */
  readonly issuer: string | undefined;
  /** The reply address of the activity. */
  readonly serviceUrl: string | undefined;
}

/** Hosts of Teams, reached by https only; `loopback` is this machine, where a fake Teams may run. */
export type ServiceHosts = readonly string[] | 'loopback';

export interface GuardRules {
  readonly allowedTenants: readonly string[];
  /** Null where activities come without a token, which is possible on loopback only. */
  readonly issuer: string | null;
  readonly serviceHosts: ServiceHosts;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function admit(origin: ActivityOrigin, rules: GuardRules): Admission {
  const id = origin.aadObjectId ?? '';
  const turnAway = (why: TurnedAway): Admission => ({ kind: 'turnedAway', why, actorId: guid.test(id) ? id : '' });
  if (rules.issuer !== null && origin.issuer !== rules.issuer) return turnAway('issuer');
  if (!isServiceOf(rules.serviceHosts, origin.serviceUrl ?? '')) return turnAway('service');
  if (origin.channelId !== 'msteams') return turnAway('channel');
  const tenantId = origin.tenantId?.toLowerCase() ?? '';
  if (!rules.allowedTenants.includes(tenantId)) return turnAway('tenant');
  if (!guid.test(id)) return turnAway('noPerson');
  return { kind: 'admitted', speaker: { id: id.toLowerCase(), tenantId } };
}

/** Whether an address belongs to one of these hosts. */
export function isServiceOf(hosts: ServiceHosts, serviceUrl: string): boolean {
  const address = URL.parse(serviceUrl);
  if (address === null) return false;
  const { protocol, hostname, port, username, password } = address;
  if (hosts === 'loopback') return (protocol === 'http:' || protocol === 'https:') && isLoopback(hostname);
  return protocol === 'https:' && port === '' && username === '' && password === '' && hosts.includes(hostname);
}
