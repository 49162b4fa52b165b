import type { Speaker } from '../chat/incoming.ts';
import { isLoopback } from '../config.ts';

/**
 * The check behind the token. The token proves that Microsoft's channel service sent the activity, and nothing of the
 * person: their id and tenant are trustworthy only in an activity that came through the Teams channel by that service.
 * CloudAdapter also admits tokens by other ways (the emulator's, AseChannel's), with which anybody who holds the bot's
 * own secret could name any person as the sender; hence the issuer.
 * https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
 *
 * The address that an activity asks to be answered at gets the bot's own token. GCC High and DoD share one issuer, so
 * whose Teams it is shows in that address alone; and an address of nobody's Teams gets no answer at all.
 */
export type Admission =
  | { readonly kind: 'admitted'; readonly speaker: Speaker }
  | { readonly kind: 'turnedAway'; readonly why: TurnedAway; readonly actorId: string };

export type TurnedAway = 'issuer' | 'service' | 'channel' | 'tenant' | 'noPerson';

export interface ActivityOrigin {
  readonly channelId: string | undefined;
  readonly tenantId: string | undefined;
  readonly aadObjectId: string | undefined;
  /** Of the token; undefined when there was none. */
  readonly issuer: string | undefined;
  /** Where the activity is to be answered. */
  readonly serviceUrl: string | undefined;
}

/** Hosts of Teams, which are reached by https alone; `loopback` is this machine, where make-believe Teams may be. */
export type ServiceHosts = readonly string[] | 'loopback';

export interface GuardRules {
  readonly allowedTenants: readonly string[];
  /** Null where activities come without a token, which is only ever so on loopback. */
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

/** Whether an address is one of theirs. */
export function isServiceOf(hosts: ServiceHosts, serviceUrl: string): boolean {
  if (!URL.canParse(serviceUrl)) return false;
  const { protocol, hostname, port, username, password } = new URL(serviceUrl);
  if (hosts === 'loopback') return (protocol === 'http:' || protocol === 'https:') && isLoopback(hostname);
  return protocol === 'https:' && port === '' && username === '' && password === '' && hosts.includes(hostname);
}
