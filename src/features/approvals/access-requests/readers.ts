import type { Access } from '../../../access/access.ts';
import type { Caller } from '../../../access/caller.ts';
import { mayDecide } from '../../../access/deciding.ts';
import { deny } from '../../../access/policy.ts';
import { anyMay, type StillMay, stillMay } from '../../../access/still-may.ts';
import { personOf } from '../../../chat/known-people.ts';
import type { Database } from '../../../db/database.ts';
import type { Applications } from '../../../graph/applications.ts';
import type { AccessRequest } from './access-request.ts';
import { type ChannelGrant, findApprovalChannel, type StoredChannel } from './approval-channels.ts';
import { asAskedFor } from './asked-app.ts';

/**
 * Where access requests may be shown without a click. A personal chat counts while its person may decide on the app, a
 * channel or group chat while a person who added it for the app may. After an approver's `stop sending approvals` the
 * cards already there stay: nothing new is sent there, and its readers may go on using them.
 */
export interface ReaderParts {
  readonly database: Database;
  readonly access: Pick<Access, 'identify'>;
  readonly applications: Pick<Applications, 'find'>;
}

/** The app's approvers, where an empty list means the general ones; null where they are unknown. */
type Approvers = readonly string[] | null;

/** Whether this request may be shown there, or reminders sent, now; `key` as in `routeSource`. */
export async function mayBeShown(
  parts: ReaderParts,
  request: Pick<AccessRequest, 'app' | 'kit'>,
  key: string,
): Promise<StillMay> {
  const appId = request.app.id;
  const found = await parts.applications.find(appId);
  if (!found.ok) return 'unknown';
  const app = found.value.kind === 'one' ? found.value.app : null;
  return mayBeShownTo(
    parts,
    app === null || app.unsettled === true ? null : asAskedFor(app, request).approvers,
    appId,
    key,
  );
}

/** The same of what these approvers decide about an app. */
export async function mayBeShownTo(
  parts: Pick<ReaderParts, 'database' | 'access'>,
  approvers: Approvers,
  appId: string,
  key: string,
): Promise<StillMay> {
  const personId = personOf(key);
  if (personId !== null) return mayRead(parts, personId, approvers);
  const channel = await findApprovalChannel(parts.database, key);
  const grants = channel === null ? [] : grantsFor(channel, appId, approvers);
  if (grants.length === 0) return 'may';
  return anyMay(await Promise.all(grants.map(({ by }) => mayRead(parts, by, approvers))));
}

/** Whether this person may be shown the requests that these approvers decide. */
export function mayRead(
  { access }: Pick<ReaderParts, 'access'>,
  personId: string,
  approvers: Approvers,
): Promise<StillMay> {
  const judge = (caller: Caller) =>
    approvers === null ? deny(caller, 'access.decide') === null : mayDecide(caller, approvers);
  return stillMay(access, personId, judge);
}

/** The channel's grants that cover this app. */
export function grantsFor({ grants }: StoredChannel, appId: string, approvers: Approvers): readonly ChannelGrant[] {
  const isForApp = (grant: ChannelGrant) => grant.apps.includes(appId);
  if (approvers === null) return grants.filter((grant) => grant.general || isForApp(grant));
  return grants.filter((grant) => (approvers.length > 0 ? isForApp(grant) : grant.general));
}
