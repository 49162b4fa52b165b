import type { Access } from '../../../access/access.ts';
import { anyMay, type StillMay } from '../../../access/still-may.ts';
import { findKnownPeople, personalKey } from '../../../chat/known-people.ts';
import type { Applications } from '../../../graph/applications.ts';
import type { Directory } from '../../../graph/directory.ts';
import type { AccessParts } from '../../../requests/access-parts.ts';
import { type AccessRequest, cardReference } from './access-request.ts';
import { listApprovalChannels, type StoredChannel } from './approval-channels.ts';
import type { Routing } from './approval-scheduler.ts';
import { asAskedFor } from './asked-app.ts';
import type { ShownTo } from './due.ts';
import { grantsFor, mayRead } from './readers.ts';
import { endGrants, findRefusing } from './undelivered.ts';

/**
 * Where an access request is shown. An app with approvers of its own goes to their channels, any other to the channels
 * of the general approvers; where there is no such channel, to each approver who has written to Usher, in the personal
 * chat. A channel counts only while a person who added it may decide on the app, according to Entra now; if Graph does
 * not tell, the request waits. Grants of people who may no longer decide are ended. A conversation that has refused the
 * request before is skipped. Neither the requester nor the person concerned is written to as an approver.
 *
 * An app that cannot be found has no known approvers, neither its own nor the general ones, so the request waits until
 * it is found, or expires. The same goes for an app whose entry in `APPS_FILE` is broken.
 */
export interface RoutingParts {
  readonly store: AccessParts;
  readonly access: Access;
  readonly applications: Applications;
  readonly directory: Directory;
  /** `APPROVERS`: ids of groups or directory role templates. */
  readonly approvers: readonly string[];
}

const askAgainMs = 30_000;
const lookAgainMs = 5 * 60_000;

export async function routeAccess(parts: RoutingParts, request: AccessRequest): Promise<Routing> {
  const { id, app, requestedBy, subject, joint } = request;
  const found = await parts.applications.find(app.id);
  if (!found.ok) return { kind: 'later', delayMs: askAgainMs };
  if (found.value.kind !== 'one' || found.value.app.unsettled === true) return { kind: 'later', delayMs: lookAgainMs };
  const ownApprovers = asAskedFor(found.value.app, request).approvers;
  return routeToApprovers(parts, {
    appId: app.id,
    ownApprovers,
    refusing: await findRefusing(parts.store.database, cardReference(request)),
    // The person concerned may decide on others of a joint request.
    excluded: joint == null ? [requestedBy.id, subject.id] : [requestedBy.id],
    async lost(key, by) {
      const share = ownApprovers.length > 0 ? { general: false, apps: [app.id] } : { general: true, apps: [] };
      await endGrants(parts.store, { key, by, share, accessRequestId: id });
    },
  });
}

/** What is to be decided about an app, and by whom. */
export interface Routed {
  readonly appId: string;
  /** The app's own approvers; empty for the general ones. */
  readonly ownApprovers: readonly string[];
  /** The keys of conversations that refused it before. */
  readonly refusing: ReadonlySet<string>;
  /** People who may not decide on it. */
  readonly excluded: readonly string[];
  /** These people have added the channel and may not decide any more. */
  lost?(key: string, by: readonly string[]): Promise<void>;
}

/** The conversations in which these approvers read what they decide on. */
export async function routeToApprovers(parts: Omit<RoutingParts, 'applications'>, routed: Routed): Promise<Routing> {
  const { ownApprovers, refusing } = routed;
  const channels = (await listApprovalChannels(parts.store.database)).filter(({ key }) => !refusing.has(key));
  const counting: ShownTo[] = [];
  let isUnknown = false;
  for (const channel of channels) {
    const standing = await standingOf(parts, routed, channel);
    if (standing === 'may') counting.push(channel);
    if (standing === 'unknown') isUnknown = true;
  }
  if (counting.length > 0) return { kind: 'routed', to: counting };
  if (isUnknown) return { kind: 'later', delayMs: askAgainMs };

  const people = new Set<string>();
  for (const id of ownApprovers.length > 0 ? ownApprovers : parts.approvers) {
    const members = await parts.directory.membersOf(id);
    if (!members.ok) return { kind: 'later', delayMs: askAgainMs };
    for (const member of members.value) people.add(member);
  }
  for (const id of routed.excluded) people.delete(id);
  const chats: ShownTo[] = [];
  for (const { personId, conversation, reader } of await findKnownPeople(parts.store.database, [...people])) {
    const key = personalKey(personId);
    if (refusing.has(key)) continue;
    // A disabled account and a guest may still be members of the group.
    const standing = await mayRead(parts, personId, ownApprovers);
    if (standing === 'may') chats.push({ key, conversation, reader });
    if (standing === 'unknown') isUnknown = true;
  }
  return chats.length === 0 && isUnknown ? { kind: 'later', delayMs: askAgainMs } : { kind: 'routed', to: chats };
}

/** Null where the channel is for other apps. */
async function standingOf(
  parts: Pick<RoutingParts, 'access'>,
  { appId, ownApprovers, lost }: Routed,
  channel: StoredChannel,
): Promise<StillMay | null> {
  const grants = grantsFor(channel, appId, ownApprovers);
  if (grants.length === 0) return null;
  const standings = await Promise.all(grants.map(({ by }) => mayRead(parts, by, ownApprovers)));
  const by = grants.flatMap((grant, index) => (standings[index] === 'mayNot' ? [grant.by] : []));
  if (by.length > 0) await lost?.(channel.key, by);
  return anyMay(standings);
}
