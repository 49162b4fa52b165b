import type { Database } from '../db/database.ts';
import { conversationOf } from '../db/places.ts';
import { failureKinds } from '../graph/outcome/worth-retrying.ts';
import type { OutcomeKind } from '../graph/outcome.ts';
import { membersPerCall, type Request, type Subject, type Task, type TaskState } from './request.ts';
import { guestMark, toTask, withoutTasks } from './rows.ts';
import { revisionOf } from './store.ts';

/**
 * A summary of a long request. Its card is redrawn every two seconds, so its five hundred reports of some twelve
 * thousand characters each are not read for that: tasks are counted in the index, and only those that the card shows
 * are loaded.
 */
export interface RequestOverview {
  readonly request: Omit<Request, 'tasks'>;
  /** All its tasks, whatever their state. */
  readonly total: number;
  readonly states: Readonly<Record<TaskState['kind'], number>>;
  /** Of the cancelled ones, those with an earlier attempt that may have been carried out. */
  readonly perhaps: number;
  /** Of the cancelled ones, those before which Usher assigned the person, or may have. */
  readonly assigned: number;
  /** Of the tasks that are done; a missing kind did not occur. */
  readonly outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
  /** The first tasks that did not end well, in the order in which they were named. */
  readonly failures: readonly Task[];
  readonly running: readonly Task[];
  /** Where the tasks are the calls of one group: the group, and how many of its members they provision in all. */
  readonly group: { readonly subject: Subject; readonly members: number } | null;
  /** Of a request over several apps, all its tasks; else null. */
  readonly accounts: readonly Account[] | null;
  /** For a finished request: the first people whose calls were made, with their outcomes, in the same order. */
  readonly ended: readonly EndedTask[];
}

export interface EndedTask extends Pick<Subject, 'name' | 'label' | 'guest'> {
  readonly kind: OutcomeKind;
}

/** A person in an app. */
export interface Account {
  /** From 0, in the order in which they were named. */
  readonly position: number;
  readonly subject: Pick<Subject, 'id' | 'name' | 'label' | 'guest'>;
  readonly appId: string;
  readonly state: TaskState['kind'];
  /** Of one that is done. */
  readonly outcome: OutcomeKind | null;
}

/** As many names as a card may hold. */
const mostEnded = 150;

/** At most this many calls run at a time, unless the limit is far above Graph's. */
const mostRunning = 50;

/**
 * The request with its counts, at most `mostFailures` of its failures, and its running tasks. Null when there is no
 * such request.
 */
export async function findRequestOverview(
  { query }: Database,
  id: string,
  mostFailures = 10,
): Promise<RequestOverview | null> {
  // Its revision is read together with the states of its tasks: what is over is always drawn by the revision of its end.
  // What is read afterwards may be newer, so that it is redrawn.
  const counts = await query
    .selectFrom('tasks')
    .select(['state', 'outcome_kind'])
    .select((select) => [select.fn.countAll<number>().as('tasks'), revisionOf(select, id).as('revision')])
    .where('request_id', '=', id)
    .groupBy(['state', 'outcome_kind'])
    .execute();
  const row = await query.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  const { perhaps, assigned } = await query
    .selectFrom('tasks')
    .select((select) => [
      select.fn.count<number>('perhaps').as('perhaps'),
      select.fn
        .count<number>(select.case().when('assigning', 'in', ['begun', 'unanswered', 'made']).then(1).end())
        .as('assigned'),
    ])
    .where('request_id', '=', id)
    .where('state', '=', 'cancelled')
    .executeTakeFirstOrThrow();
  const ofRequest = tasksOf(query, id).selectAll();
  const failures = await failedOf(query, id).selectAll().limit(mostFailures).execute();
  const running = await ofRequest.where('state', '=', 'running').limit(mostRunning).execute();
  const revision = counts[0]?.revision ?? row.revision;
  const total = counts.reduce((all, { tasks }) => all + tasks, 0);
  const ends = (await ofRequest.where('position', 'in', [0, total - 1]).execute()).map(toTask);

  const states = { held: 0, waiting: 0, running: 0, done: 0, cancelled: 0 };
  const outcomes: Partial<Record<OutcomeKind, number>> = {};
  for (const { state, outcome_kind, tasks } of counts) {
    states[state] += tasks;
    // A task that waits again still has the outcome of its earlier call, which no longer counts.
    if (state === 'done' && outcome_kind !== null) outcomes[outcome_kind as OutcomeKind] = tasks;
  }
  return {
    request: withoutTasks({ ...row, revision, conversation: await conversationOf(query, row) }),
    total,
    states,
    perhaps: Number(perhaps),
    assigned: Number(assigned),
    outcomes,
    failures: failures.map(toTask),
    running: running.map(toTask),
    group: groupOf(ends, total),
    accounts: row.apps === null ? null : await accountsOf(query, id),
    ended: states.held + states.waiting + states.running > 0 ? [] : await endedTasks(query, id),
  };
}

const tasksOf = (query: Database['query'], id: string) =>
  query.selectFrom('tasks').where('request_id', '=', id).orderBy('position');

const failedOf = (query: Database['query'], id: string) =>
  tasksOf(query, id).where('state', '=', 'done').where('outcome_kind', 'in', failureKinds);

/** From the first call and the last: of one group, all calls but the last take as many members as Graph allows. */
function groupOf(ends: readonly Task[], total: number): RequestOverview['group'] {
  const [first] = ends;
  const last = ends.at(-1);
  if (first === undefined || last === undefined || first.subject.type.toLowerCase() !== 'group') return null;
  const before = total === 1 ? 0 : (total - 1) * membersPerCall;
  return { subject: first.subject, members: before + last.members.length };
}

/** Only the names and the kind of outcome, as reports are long. */
async function endedTasks(query: Database['query'], id: string): Promise<EndedTask[]> {
  const rows = await tasksOf(query, id)
    .select(['subject_name', 'subject_label', 'subject_guest', 'outcome_kind'])
    .where('state', '=', 'done')
    .limit(mostEnded)
    .execute();
  return rows.flatMap(({ subject_name: name, subject_label: label, outcome_kind: kind, ...guest }) =>
    kind === null ? [] : [{ name, label, ...guestMark(guest), kind: kind as OutcomeKind }],
  );
}

async function accountsOf(query: Database['query'], id: string): Promise<Account[]> {
  const rows = await tasksOf(query, id)
    .select(['position', 'subject_id', 'subject_name', 'subject_label', 'subject_guest', 'app_id'])
    .select(['state', 'outcome_kind'])
    .execute();
  return rows.map(
    ({ position, subject_id, subject_name, subject_label, app_id: appId, state, outcome_kind, ...row }) => ({
      position,
      subject: { id: subject_id, name: subject_name, label: subject_label, ...guestMark(row) },
      appId,
      state,
      outcome: state === 'done' ? (outcome_kind as OutcomeKind | null) : null,
    }),
  );
}

/** One page of a request's tasks, in the order in which they were named. Pages count from 0. */
export async function findTasksPage({ query }: Database, id: string, page: number, size: number): Promise<Task[]> {
  const from = page * size;
  const some = tasksOf(query, id)
    .where('position', '>=', from)
    .where('position', '<', from + size);
  return (await some.selectAll().execute()).map(toTask);
}

/** The tasks that did not end well, to retry all of them. */
export async function findFailedTasks({ query }: Database, id: string): Promise<string[]> {
  return (await failedOf(query, id).select('id').execute()).map((row) => row.id);
}
