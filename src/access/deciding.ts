import type { Caller } from './caller.ts';

/**
 * Whether somebody decides on access to an app. An app that has approvers of its own is decided by those alone, all
 * others by the general approvers. Whose request it is, and for whom, is another question.
 *
 * @param appApprovers the app's own, as ids in small letters
 */
export function mayDecide(caller: Caller, appApprovers: readonly string[]): boolean {
  if (appApprovers.length === 0) return caller.roles.includes('approver');
  return appApprovers.some((id) => caller.memberOf.includes(id));
}
