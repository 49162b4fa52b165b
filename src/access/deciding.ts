import type { Caller } from './caller.ts';

/**
 * Whether a caller decides on access to an app. An app with approvers of its own is decided by those alone, all others
 * by the general approvers. Who made the request, and for whom, is checked elsewhere.
 *
 * @param appApprovers the app's own, as ids in lower case
 */
export function mayDecide(caller: Caller, appApprovers: readonly string[]): boolean {
  if (appApprovers.length === 0) return caller.roles.includes('approver');
  return appApprovers.some((id) => caller.memberOf.includes(id));
}
