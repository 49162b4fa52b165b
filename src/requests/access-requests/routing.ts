import type { Database } from '../../db/database.ts';
import type { Applications } from '../../graph/applications.ts';
import type { Directory } from '../../graph/directory.ts';
import type { AccessRequest } from './access-request.ts';
import type { Routing } from './calendar.ts';
import { findKnownPeople, listPlaces, personalKey } from './places.ts';
import { findRefusing } from './undelivered.ts';

/**
 * Who is shown an access request. An app with approvers of its own goes to the places of those, any other to the
 * places of the general approvers; where there is no such place, to each approver who has talked to Usher, in the
 * personal chat. What did not take the request before is passed over. Neither the asker nor the person concerned is
 * written to as an approver.
 *
 * An app that cannot be found has no approvers: whether they would be its own or the general ones is not known then, so
 * the request waits until it can be found, or expires. The same goes for one whose entry in `APPS_FILE` leads nowhere.
 */
export interface RoutingParts {
  readonly database: Database;
  readonly applications: Applications;
  readonly directory: Directory;
  /** `APPROVERS`: ids of groups or directory role templates. */
  readonly approvers: readonly string[];
}

const askAgainMs = 30_000;
const lookAgainMs = 5 * 60_000;

export async function routeAccess(parts: RoutingParts, request: AccessRequest): Promise<Routing> {
  const found = await parts.applications.find(request.app.id);
  if (!found.ok) return { kind: 'later', delayMs: askAgainMs };
  if (found.value.kind !== 'one' || found.value.app.unsettled === true) return { kind: 'later', delayMs: lookAgainMs };
  const ownApprovers = found.value.app.approvers;
  const refusing = await findRefusing(parts.database, request.id);
  const places = (await listPlaces(parts.database)).filter(
    (place) =>
      !refusing.has(place.key) && (ownApprovers.length > 0 ? place.apps.includes(request.app.id) : place.general),
  );
  if (places.length > 0) return { kind: 'routed', to: places };

  const people = new Set<string>();
  for (const id of ownApprovers.length > 0 ? ownApprovers : parts.approvers) {
    const members = await parts.directory.membersOf(id);
    if (!members.ok) return { kind: 'later', delayMs: askAgainMs };
    for (const member of members.value) people.add(member);
  }
  people.delete(request.asker.id);
  people.delete(request.subject.id);
  const known = await findKnownPeople(parts.database, [...people]);
  const chats = known.map(({ personId, conversation, reader }) => {
    return { key: personalKey(personId), conversation, reader };
  });
  return { kind: 'routed', to: chats.filter(({ key }) => !refusing.has(key)) };
}
