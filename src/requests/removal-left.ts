import type { Directory } from '../graph/directory.ts';
import type { RemovalLeft } from '../graph/outcome/refusal.ts';
import { holdsDeletionsBack, type Synchronization } from '../graph/synchronization.ts';
import type { Task } from './request.ts';

export interface RemovalGround {
  readonly synchronization: Pick<Synchronization, 'readJob'>;
  readonly directory: Pick<Directory, 'getUser'>;
}

/**
 * Why a person's assignments are left as they are, though their removal was confirmed: hours may have passed since it was
 * asked for. Null where nothing is known against it. The end of access takes what Usher has assigned away of a disabled
 * person too.
 */
export async function whyRemovalIsLeft(
  { synchronization, directory }: RemovalGround,
  { app, jobId, subject, assignment }: Pick<Task, 'app' | 'jobId' | 'subject' | 'assignment'>,
): Promise<RemovalLeft | null> {
  const [job, user] = await Promise.all([synchronization.readJob(app.id, jobId), directory.getUser(subject.id)]);
  if (job.ok && holdsDeletionsBack(job.value.state)) return 'deletionsHeld';
  if (!user.ok) return null;
  if (user.value === null) return 'deletedInEntra';
  const isEnd = assignment.kind === 'unassign' && assignment.only !== null;
  return user.value.accountEnabled === false && !isEnd ? 'accountOff' : null;
}
