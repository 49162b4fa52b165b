import type { Config } from '../config.ts';
import { type Fetched, fetched, mapped } from '../graph/answer.ts';
import type { Directory } from '../graph/directory.ts';
import type { Kit } from '../graph/kit-apps.ts';
import type { Caller } from './caller.ts';
import { deny } from './policy.ts';

export interface AskingParts {
  readonly directory: Directory;
  readonly requestFor: Config['requestFor'];
}

/** `role`: no role lets the caller ask. `notTheirReport`: the caller may ask, but not for this person. */
export type AskingVerdict = 'may' | 'notTheirReport' | 'role';

/**
 * Whether a caller may ask for a person's access: an operator for anyone; a requester for their direct reports in Entra
 * now, or for anyone where the configuration says so.
 */
export async function mayAskFor(
  { directory, requestFor }: AskingParts,
  caller: Caller,
  subjectId: string,
): Promise<Fetched<AskingVerdict>> {
  if (deny(caller, 'access.request') !== null) return fetched('role');
  if (requestFor === 'anyone' || caller.roles.includes('operator')) return fetched('may');
  return mapped(await directory.managerOf(subjectId), (manager) =>
    manager?.id === caller.id.toLowerCase() ? 'may' : 'notTheirReport',
  );
}

/**
 * Whether a caller may ask for this kit by its name: one of those whom its `ask` names, or an operator, who could
 * provision all of it. For whom the caller asks is checked by `mayAskFor`.
 */
export function mayAskForKit(caller: Caller, { ask }: Pick<Kit, 'ask'>): boolean {
  if (deny(caller, 'access.request') !== null) return false;
  return ask === null || caller.roles.includes('operator') || ask.some((id) => caller.memberOf.includes(id));
}
