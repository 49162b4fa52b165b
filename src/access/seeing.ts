import type { Config } from '../config.ts';
import { type Fetched, fetched, mapped } from '../graph/answer.ts';
import type { Access } from './access.ts';
import type { Caller } from './caller.ts';
import { deny } from './policy.ts';

/** Whose requests a caller may see. */
export type Visible =
  | { readonly kind: 'all' }
  /** What this person asked for, and requests about their direct reports, by id in lower case. */
  | { readonly kind: 'own'; readonly personId: string; readonly reportIds: readonly string[] };

/** According to the policy. A caller who may not see what others asked for sees requests about their direct reports. */
export async function visibleTo(access: Pick<Access, 'reportsOf'>, caller: Caller): Promise<Fetched<Visible>> {
  if (deny(caller, 'others.show') === null) return fetched({ kind: 'all' });
  const reports = await access.reportsOf(caller.id);
  return mapped(reports, (reportIds) => ({ kind: 'own', personId: caller.id, reportIds }));
}

/**
 * Whether a caller may check on this person: a caller who may not see what others asked for checks on themselves, and
 * on the people for whom they may ask.
 */
export function mayCheckOn(visible: Visible, requestFor: Config['requestFor'], personId: string): boolean {
  if (visible.kind === 'all' || requestFor === 'anyone') return true;
  const id = personId.toLowerCase();
  return id === visible.personId.toLowerCase() || visible.reportIds.includes(id);
}

/** Whether a request of this person for these people may be seen. */
export function isVisible(visible: Visible, requestedById: string, subjectIds: readonly string[]): boolean {
  if (visible.kind === 'all' || requestedById === visible.personId) return true;
  return subjectIds.some((id) => visible.reportIds.includes(id.toLowerCase()));
}
