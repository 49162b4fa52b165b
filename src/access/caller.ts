import type { NamedPerson } from '../graph/directory.ts';

/** The roles of a caller, who may have several. An `appApprover` decides for some apps only. */
export type Role = 'viewer' | 'requester' | 'operator' | 'cloudSyncOperator' | 'approver' | 'appApprover';

/** `id`: of a group, a person, or a directory role's template, in lower case. `Entra`: a built-in directory role. */
export interface RoleSource {
  readonly role: Role;
  readonly setting: 'VIEWERS' | 'REQUESTERS' | 'OPERATORS' | 'APPROVERS' | 'APPS_FILE' | 'Entra';
  readonly id: string;
}

/** The person who sent a command, with what Entra says of them now. */
export interface Caller {
  /** Entra object id. */
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  /** User principal name. */
  readonly principalName: string;
  readonly roles: readonly Role[];
  /**
   * Which of the groups and directory roles named in the configuration and `APPS_FILE` include this person, and the
   * person's own id where `APPS_FILE` names it; in lower case.
   */
  readonly memberOf: readonly string[];
  /** What gives the roles; the record names it. */
  readonly sources?: readonly RoleSource[];
  /** Graph did not let Usher read this person's directory roles, so they may hold more than `roles` tells. */
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
  /** Assigning an app's role to people who are not assigned, where `APPS_FILE` lets operators do so. */
  | 'request.assign'
  /** Taking people out of apps. */
  | 'removal.run'
  /** Confirming that; which of its roles may depends on the removal. */
  | 'removal.confirm'
  /** Testing, pausing, starting and restarting synchronization jobs. */
  | 'repair.run'
  /** Confirming that; which of its roles may depends on the act. */
  | 'repair.confirm'
  /** Asking an approver for a person's access. */
  | 'access.request'
  /** Deciding on access requests, and seeing which ones wait for a decision. */
  | 'access.decide'
  /** Withdrawing a request that another person made. */
  | 'access.cancel'
  | 'status.show'
  | 'check.run'
  | 'queue.show'
  /** Requests and their outcomes, as far as the caller may see them. */
  | 'history.show'
  /**
   * Seeing all requests of others. Without it a caller sees their own requests and those about their direct reports.
   */
  | 'others.show'
  | 'history.export'
  /** Seeing who holds which role of Usher, and who has decided how often. */
  | 'access.review'
  /** Making Usher tell a channel when an app's synchronization breaks. It changes only what is posted there. */
  | 'watch.change'
  /** Seeing and ending what Usher sends to channels and group chats for others: approvals, news of watched apps. */
  | 'places.manage'
  | 'watches.manage';

/** Why a caller is refused, as a value that the chat puts into words. */
export type Denial =
  | { readonly reason: 'noRole' }
  | { readonly reason: 'needsRole'; readonly permission: Permission; readonly anyOf: readonly Role[] }
  | { readonly reason: 'guest' }
  | { readonly reason: 'accountDisabled' }
  /** Usher may not read whether the account is enabled. */
  | { readonly reason: 'accountUnread' }
  /** No known role allows it, and Usher may not read the directory roles. */
  | { readonly reason: 'rolesUnread' }
  | { readonly reason: 'unknownPerson' };

/** Where a person can turn: a group with a few of its members, or one person. */
export interface Contact {
  /** Entra object id, in lower case. */
  readonly id: string;
  readonly kind: 'group' | 'person';
  readonly name: string;
  /** Some of the group's members. */
  readonly people: readonly NamedPerson[];
  /** How many people are members of the group; null where that is unknown. */
  readonly count: number | null;
}
