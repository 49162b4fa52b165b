import { roleAssignedBy } from '../../apps-file.ts';
import { type Fetched, fetched } from '../../graph/answer.ts';
import type { Applications } from '../../graph/applications.ts';
import type { StoreParts } from '../../requests/store.ts';
import { findUnassigned, type Stretch } from '../../requests/unassigned.ts';

export interface AssignParts {
  readonly store: StoreParts;
  readonly applications: Pick<Applications, 'find'>;
}

/** The people of a request who are not assigned, and what an operator's click can do about it. */
export interface Assignable {
  /** How many are not assigned; a person counts once for each app. */
  readonly unassigned: number;
  /** Of these, the people whom Usher may assign, each once. */
  readonly people: number;
  /** The app role that it assigns, by the app's id. */
  readonly roles: ReadonlyMap<string, string>;
}

/** Whom an operator may have assigned: where the app's entry in `APPS_FILE` allows it, and leads to one app. */
export async function findAssignable(
  { store, applications }: AssignParts,
  requestId: string,
  stretch?: Stretch,
): Promise<Fetched<Assignable>> {
  const unassigned = await findUnassigned(store.database, requestId, stretch);
  const roles = new Map<string, string>();
  for (const appId of new Set(unassigned.map((one) => one.appId))) {
    const found = await applications.find(appId);
    if (!found.ok) return found;
    const app = found.value.kind === 'one' ? found.value.app : null;
    const role = app === null || app.unsettled === true ? null : roleAssignedBy('operator', app);
    if (role !== null) roles.set(appId, role);
  }
  const assignable = unassigned.filter(({ appId }) => roles.has(appId));
  const people = new Set(assignable.map(({ subjectId }) => subjectId)).size;
  return fetched({ unassigned: unassigned.length, people, roles });
}
