import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { runCommand } from '../../chat/registry/run.ts';
import type { Reply } from '../../chat/reply.ts';
import { fetched } from '../../graph/answer.ts';
import { withinMs } from '../../time-limit.ts';
import type { JobFound } from './find-job.ts';
import { say } from './problems.ts';

/** The log of a week, which all tenants have, read while its reader waits. */
const weekMs = 7 * 24 * 60 * 60_000;
const patienceMs = 4_000;
const objectId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Provisions on demand whom the log names as failed, as a list: no call of Graph's tries the failed ones again and leaves
 * all others alone. A person who is in order by now comes out as already up to date.
 */
export async function retryFailed(parts: CommandParts, turn: Turn, { app, job }: JobFound): Promise<Reply> {
  const { provisioningLog, store } = parts;
  const now = store.clock.now();
  const log = provisioningLog.readFailures(job.id, now - weekMs, now);
  const read = await withinMs(log.then(fetched), patienceMs, store.clock);
  if (!read.ok || read.value.kind !== 'read') return say(turn.words, { kind: 'failuresUnread', app: app.displayName });
  const ids = read.value.entries.flatMap(({ objectIds: [first = ''] }) => (objectId.test(first) ? first : []));
  const subjects = [...new Set(ids)];
  const [subject, other] = subjects;
  if (subject === undefined) return say(turn.words, { kind: 'noFailuresNamed', app: app.displayName });
  return other === undefined
    ? runCommand(parts, turn, { verb: 'provision', subject, app: app.id })
    : runCommand(parts, turn, { verb: 'provisionList', subjects, app: app.id });
}
