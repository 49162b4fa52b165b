import { version } from '../graph/version.ts';
import type { Caller, Permission, Role, RoleSource } from './caller.ts';
import { rolesAllowing } from './policy.ts';

/** On what basis a person acts, for the record: their role, what gives it to them, and the version that judged it. */
export interface Basis {
  /** It stands in entries of this person alone. */
  readonly actorId: string;
  readonly details: BasisDetails;
}

export interface BasisDetails {
  /** `own`: no role is needed, as the person acts on a request of their own. Missing where every person may. */
  readonly role?: string;
  /** Each setting that gives the role, with the id in it that includes the person: `OPERATORS <id of a group>`. */
  readonly through?: readonly string[];
  readonly version: string;
}

/** What happens by itself, at its time: only the version that did it. */
export const byItself: Basis = { actorId: '', details: { version } };

/** For what the policy allows to a role. */
export function basisOf(caller: Caller, permission: Permission): Basis {
  const role = rolesAllowing(permission).find((one) => caller.roles.includes(one));
  return basis(caller, role === undefined ? [] : sourcesOf(caller, role), role);
}

/** For a request of the caller's own, which needs no role. */
export function ownBasis(caller: Caller): Basis {
  return basis(caller, [], 'own');
}

/** For a decision on access to these apps: see `mayDecide`. `approvers`: of each app its own, as ids in lower case. */
export function deciderBasis(caller: Caller, approvers: readonly (readonly string[])[]): Basis {
  const own = approvers.flat();
  const general = approvers.some((ids) => ids.length === 0) ? ['approver' as const] : [];
  const ofApps = own.length > 0 ? ['appApprover' as const] : [];
  const sources = [...general, ...ofApps]
    .flatMap((role) => sourcesOf(caller, role))
    .filter(({ role, id }) => role === 'approver' || own.includes(id));
  return basis(caller, sources, [...general, ...ofApps].join(', '));
}

function sourcesOf({ sources = [] }: Caller, role: Role): readonly RoleSource[] {
  return sources.filter((source) => source.role === role);
}

function basis({ id }: Caller, sources: readonly RoleSource[], role?: string): Basis {
  const through = [...new Set(sources.map(({ setting, id: member }) => `${setting} ${member}`))];
  return {
    actorId: id,
    details: { ...(role === undefined ? {} : { role }), ...(through.length === 0 ? {} : { through }), version },
  };
}
