import { deciderBasis } from '../../access/basis.ts';
import { mayDecide } from '../../access/deciding.ts';
import type { AccessRequests, CommandParts } from '../../chat/registry/define-command.ts';
import { type Fetched, fetched, mapped } from '../../graph/answer.ts';
import { mayBeShownTo } from './access-requests/readers.ts';
import { routeToApprovers } from './access-requests/routing.ts';
import { approversOf } from './found-request.ts';

type RemovalApprovers = Pick<AccessRequests, 'placesOfApprovers' | 'mayBeShownThere' | 'decidesOn'>;

/** Who confirms a removal as its second person, and where they read of it: as for access requests. */
export const removalApprovers: RemovalApprovers = {
  async placesOfApprovers(parts, appIds, excluded) {
    const approvers = await approversOfAll(parts, appIds);
    const [appId = ''] = appIds;
    if (!approvers.ok) return null;
    const routing = await routeToApprovers(parts, {
      appId,
      ownApprovers: approvers.value,
      refusing: new Set(),
      excluded,
    });
    return routing.kind === 'routed' ? routing.to : null;
  },
  async mayBeShownThere(parts, appIds, key) {
    const approvers = await approversOfAll(parts, appIds);
    const [appId = ''] = appIds;
    const { access, store } = parts;
    return approvers.ok ? mayBeShownTo({ access, database: store.database }, approvers.value, appId, key) : 'unknown';
  },
  async decidesOn(parts, caller, appIds) {
    const approvers = await approversOfAll(parts, appIds);
    return mapped(approvers, (ids) => (mayDecide(caller, ids) ? deciderBasis(caller, [ids]) : null));
  },
};

/** The own approvers of apps that have the same ones; else none, as the general approvers decide. */
async function approversOfAll(parts: CommandParts, appIds: readonly string[]): Promise<Fetched<readonly string[]>> {
  const lists: (readonly string[])[] = [];
  for (const appId of appIds) {
    const approvers = await approversOf(parts, appId);
    if (!approvers.ok) return approvers;
    lists.push(approvers.value ?? []);
  }
  const [first = [], ...others] = lists;
  const isSame = others.every((list) => list.length === first.length && list.every((id) => first.includes(id)));
  return fetched(isSame ? first : []);
}
