import type { Database } from '../../db/database.ts';

/** A person's waiting work: unsent tasks that they asked for or started. */
export interface WaitingOf {
  readonly requests: readonly string[];
  readonly tasks: number;
  /** Their name as it was when they asked; null where nothing that they asked for waits. */
  readonly name: string | null;
}

export async function findWaitingOf({ query }: Database, personId: string): Promise<WaitingOf> {
  const rows = await query
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .select(['requests.id', 'requests.asker_name', 'requests.asker_id'])
    .select((select) => select.fn.countAll<number>().as('tasks'))
    .where('tasks.state', 'in', ['held', 'waiting'])
    .where((row) => row.or([row('requests.asker_id', '=', personId), row('tasks.ordered_by', '=', personId)]))
    .groupBy(['requests.id', 'requests.asker_name', 'requests.asker_id'])
    .execute();
  const own = rows.find(({ asker_id }) => asker_id === personId);
  return {
    requests: rows.map(({ id }) => id),
    tasks: rows.reduce((all, { tasks }) => all + Number(tasks), 0),
    name: own?.asker_name ?? null,
  };
}
