/** What a person may be to Usher. One person may be several. An `appApprover` decides for some apps only. */
export type Role = 'viewer' | 'requester' | 'operator' | 'cloudSyncOperator' | 'approver' | 'appApprover';

/** Who speaks, with what Entra says of them now. */
export interface Caller {
  /** Entra object id. */
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  /** User principal name. */
  readonly principalName: string;
  readonly roles: readonly Role[];
  /**
   * Of the groups and directory roles that the configuration and `APPS_FILE` name, those that this person is in, and
   * the person's own id where `APPS_FILE` names it; small letters.
   */
  readonly memberOf: readonly string[];
  /** Graph did not let Usher read which directory roles this person holds, so there may be more than `roles` tells. */
  readonly rolesUnread?: true;
}

/** What the policy decides about. Commands ask for one of these; the table in `policy.ts` answers. */
export type Permission =
  | 'apps.list'
  | 'self.show'
  | 'help.show'
  | 'provision.run'
  | 'request.retry'
  | 'request.cancel'
  /** Asking an approver for somebody's access. */
  | 'access.request'
  /** Deciding on somebody's access, and seeing what there is to decide. */
  | 'access.decide'
  /** Taking back a request that another person made. */
  | 'access.cancel'
  | 'status.show'
  | 'check.run'
  | 'queue.show'
  /** What was asked for and what came of it, as far as the caller may see it. */
  | 'history.show'
  /** Seeing what others asked for, whomever it concerns. Without it: what one asked for, and what concerns reports. */
  | 'others.show'
  | 'history.export'
  /** Having a channel told when an app's synchronization breaks. It changes nothing but what is posted there. */
  | 'watch.change'
  /** Seeing and ending what others have had sent to channels and group chats: approvals, and news of what is watched. */
  | 'places.manage'
  | 'watches.manage';

/** Why somebody may not, as a value that the chat puts into words. */
export type Denial =
  | { readonly reason: 'noRole' }
  | { readonly reason: 'needsRole'; readonly permission: Permission; readonly anyOf: readonly Role[] }
  | { readonly reason: 'guest' }
  | { readonly reason: 'accountDisabled' }
  /** Usher may not read whether the account is enabled. */
  | { readonly reason: 'accountUnread' }
  /** No role that is known allows it, and Usher may not read the directory roles. */
  | { readonly reason: 'rolesUnread' }
  | { readonly reason: 'unknownPerson' };

/** Whom somebody can turn to: a group with a few of its people, or one person, by whose name it then goes. */
export interface Contact {
  readonly group: string;
  readonly people: readonly string[];
}
