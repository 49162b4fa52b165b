import type { CardMessage } from '../../chat/reply.ts';
import type { Synchronization } from '../../graph/synchronization.ts';
import { questionStart } from '../../requests/removals.ts';
import type { Request } from '../../requests/request.ts';
import type { StoreParts } from '../../requests/store.ts';
import { isTooSlow, withinMs } from '../../time-limit.ts';
import { removalCard } from './cards/removal-card.ts';

export interface DrawRemovalParts {
  readonly store: StoreParts;
  readonly synchronization: Pick<Synchronization, 'findJob'>;
  readonly entraPortal: string;
}

/** A card does not wait longer for what it only adds. */
const thresholdMs = 1_000;

/** A removal that waits for its confirmation, for the person who asked for it or for the second person. */
export async function drawHeldRemoval(
  parts: DrawRemovalParts,
  request: Request,
  reads: 'requester' | 'secondPerson' | 'anyone',
): Promise<CardMessage> {
  const { store, entraPortal: entraPortalUrl } = parts;
  return removalCard({
    request,
    now: store.clock.now(),
    reads,
    asked: request.removal?.secondPerson === true ? await countQuestions(store, request.id) : 0,
    thresholds: await readThresholds(parts, request),
    entraPortalUrl,
  });
}

/** In how many conversations approvers are asked. */
async function countQuestions({ database }: StoreParts, requestId: string): Promise<number> {
  const { count } = await database.query
    .selectFrom('messages')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('reference', '=', requestId)
    .where('kind', '=', 'removal')
    .where('gone', '=', 0)
    .where('source', 'like', `${questionStart(requestId)}%`)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The apps of which several accounts are removed, with the number of deletions that their jobs allow in a cycle. */
async function readThresholds({ store, synchronization }: DrawRemovalParts, { apps, tasks }: Request) {
  const usesOf = (id: string) => tasks.filter(({ app }) => app.id === id).length;
  const several = apps.filter(({ id }) => usesOf(id) > 1);
  const jobs = await withinMs(
    Promise.all(several.map(async (app) => ({ app, found: await synchronization.findJob(app.id) }))),
    thresholdMs,
    store.clock,
  );
  if (isTooSlow(jobs)) return [];
  return jobs.flatMap(({ app, found }) => {
    const threshold = found.ok && found.value.kind === 'one' ? found.value.job.deletionThreshold : undefined;
    return threshold === undefined ? [] : [{ app: app.name, threshold, uses: usesOf(app.id) }];
  });
}
