import type { Application } from '../../../graph/applications.ts';
import type { AccessRequest } from './access-request.ts';

/** The app as it is now, with the approvers and the assignment of the kit through which it was asked for. */
export function asAskedFor(app: Application, { kit }: Pick<AccessRequest, 'kit'>): Application {
  if (kit == null) return app;
  const approvers = kit.approvers.length > 0 ? kit.approvers : app.approvers;
  if (kit.assign === null || app.assign === null) return { ...app, approvers };
  const by = app.assign.by.filter((one) => one !== 'approval');
  return { ...app, approvers, assign: { ...app.assign, by: kit.assign ? [...by, 'approval'] : by } };
}
