import { createMessages } from '../../chat/messages.ts';
import type { CommandParts, MessageDeclaration } from '../../chat/registry/define-command.ts';
import { noticeCard } from '../../chat/views/notice.ts';
import { short } from '../../chat/views/parts.ts';
import { runs } from '../../chat/views/problem.ts';
import { mayWatchStill } from '../../chat/watching-places.ts';
import { fetched } from '../../graph/answer.ts';
import { inQuarantine } from '../../graph/job-verbs.ts';
import type { Reader } from '../../requests/request.ts';
import { findRequest } from '../../requests/store.ts';
import { isTooSlow, withinMs } from '../../time-limit.ts';
import { drawRequest } from '../provisioning/draw.ts';
import { type RepairCardInput, type RepairFacts, refusedKey, repairCard } from './cards/repair-card.ts';
import { cycleRuns } from './next-step.ts';
import { placeOf } from './order-repair.ts';
import type { Repair } from './repair.ts';
import type { RepairNote } from './repair-notes.ts';
import { findRepair } from './repair-rows.ts';

/** A card does not wait longer for what it only adds. */
const factsMs = 1_000;
const noFacts: RepairFacts = { count: null, lastCycleMs: null, quarantine: null, people: [] };

/** The card of a repair, and the questions to the approvers about it. */
export const repairCards: MessageDeclaration = {
  async draw(parts, { id, reference, reader }) {
    const repair = await findRepair(parts.store.database, reference);
    if (repair === null) return null;
    const { state, tries, needsSecondPerson } = repair;
    const words = createMessages(reader.locale, reader.timeZone);
    const { requestId } = repair;
    const carried =
      requestId === null || (await isWaiting(parts, requestId)) ? null : await drawRequest(parts, requestId);
    if (carried !== null)
      return { ...carried, fingerprint: `${carried.fingerprint} ${state.kind}`, finished: state.kind === 'ended' };
    const input = await inputFor(parts, repair, id === reference ? 'requester' : 'secondPerson');
    const isAsked = state.kind === 'held' && (id === reference) !== needsSecondPerson;
    return {
      content: repairCard(words, input),
      fingerprint: `${state.kind} ${state.since} ${state.kind === 'starting' ? tries : ''}`,
      finished: state.kind === 'ended',
      ...(isAsked ? { needsAnswer: true, outcome: 'held' } : {}),
    };
  },
  async mayBePosted(parts, { id, reference, source }) {
    const repair = await findRepair(parts.store.database, reference);
    if (id === reference || repair === null) return 'may';
    return parts.registry.accessRequests.mayBeShownThere(parts, [repair.app.id], placeOf(reference, source));
  },
};

/** Whether its provisioning request waits still, so that the repair's own card tells more. */
async function isWaiting({ store }: CommandParts, requestId: string): Promise<boolean> {
  const found = await findRequest(store.database, requestId);
  return found === null || found.tasks.some(({ state }) => state.kind === 'held' || state.kind === 'cancelled');
}

async function inputFor(
  parts: CommandParts,
  repair: Repair,
  reads: RepairCardInput['reads'],
): Promise<RepairCardInput> {
  const { store, grammar } = parts;
  const app = repair.app.name;
  return {
    repair,
    facts: repair.state.kind === 'held' ? await readFacts(parts, repair) : noFacts,
    now: store.clock.now(),
    reads,
    asked: repair.state.kind === 'held' && repair.needsSecondPerson ? await countQuestions(parts, repair.id) : 0,
    lines: {
      start: grammar.format({ verb: 'start', app, reason: null }),
      status: grammar.format({ verb: 'status', app }),
      test: grammar.format({ verb: 'test', app }),
      repair: grammar.format({ verb: 'repair', app, how: null, reason: null }),
    },
  };
}

async function readFacts(parts: CommandParts, repair: Repair): Promise<RepairFacts> {
  const { synchronization, store } = parts;
  const { kind, app } = repair;
  const read = await withinMs(synchronization.findJob(app.id), factsMs, store.clock);
  if (isTooSlow(read) || !read.ok || read.value.kind === 'none') return noFacts;
  const { job } = read.value;
  const { state, lastRun } = job;
  const { began = null, ended = null, counts } = lastRun ?? {};
  const countOf = { forgetFailures: counts?.escrowed, startOver: counts?.inScope } as const;
  return {
    // A cycle that still runs has not counted all of them yet.
    count: (!cycleRuns(job) && kind in countOf ? countOf[kind as keyof typeof countOf] : null) ?? null,
    lastCycleMs: began === null || ended === null ? null : Math.max(ended - began, 0),
    quarantine: inQuarantine(state)?.reason ?? null,
    people: [],
    ...(state.kind === 'deletionsHeldBack' ? await readHeldBack(parts, repair, state.quarantine.since) : {}),
  };
}

const dayMs = 24 * 60 * 60_000;
/** As many names are looked up. */
const mostNamed = 8;

/** Whom deletions are held back for, as the provisioning log tells; their names only where the conversation may see them. */
async function readHeldBack(
  { provisioningLog, directory, store: { clock }, isOpenPlace }: CommandParts,
  { jobId, conversation }: Repair,
  since: number | null,
): Promise<Partial<RepairFacts>> {
  const log = provisioningLog.readHeldBack(jobId, (since ?? clock.now()) - dayMs, clock.now());
  const read = await withinMs(log.then(fetched), factsMs, clock);
  if (!read.ok || read.value.kind !== 'read') return {};
  const ids = [...new Set(read.value.entries.map(({ objectIds: [first = ''] }) => first))];
  if (!isOpenPlace(conversation)) return { count: ids.length };
  const named = await withinMs(
    Promise.all(ids.slice(0, mostNamed).map(async (id) => directory.getUser(id))).then(fetched),
    factsMs,
    clock,
  );
  const people = named.ok ? named.value.flatMap((user) => (user.ok ? (user.value?.displayName ?? []) : [])) : [];
  return { count: ids.length, people };
}

async function countQuestions({ store }: CommandParts, repairId: string): Promise<number> {
  const { count } = await store.database.query
    .selectFrom('messages')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('reference', '=', repairId)
    .where('kind', '=', 'repair')
    .where('id', '!=', repairId)
    .where('gone', '=', 0)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Tells that a repair has ended, or that a paused job does not start: an edit of its card notifies no reader. */
export const repairNotes: MessageDeclaration = {
  async mayBePosted({ access }, { details }) {
    const { watch } = JSON.parse(details ?? '') as RepairNote;
    return watch === undefined ? 'may' : mayWatchStill(access, watch);
  },
  async draw(parts, { id, reference, reader }) {
    const repair = await findRepair(parts.store.database, reference);
    if (repair === null) return null;
    return { content: noteCard(parts, repair, reader), fingerprint: id, finished: true };
  },
};

function noteCard({ grammar }: CommandParts, repair: Repair, reader: Reader) {
  const words = createMessages(reader.locale, reader.timeZone);
  const { app, state, tries, kind } = repair;
  const values = {
    app: short(app.name),
    kind,
    tries,
    by: 'none',
    title: words.plain(`repair.${kind}.title`, { app: short(app.name) }),
  };
  const part = state.kind === 'ended' ? state.as : 'starting';
  const title = `repair.${part}.title` as const;
  const why = state.kind === 'ended' ? state.why?.word : undefined;
  const text = part === 'refused' ? refusedKey(why) : (`repair.${part}.text` as const);
  return noticeCard(words, {
    tone: part === 'done' || part === 'started' ? 'good' : 'warning',
    title: words.card(title, values),
    paragraphs: [words.card(text, values)],
    buttons: [
      ...(part === 'quarantined'
        ? [runs('repairJob', grammar.format({ verb: 'repair', app: app.name, how: null, reason: null }))]
        : []),
      runs('status', grammar.format({ verb: 'status', app: app.name })),
    ],
    summary: words.sentences([words.sentence(words.plain(title, values)), words.plain(text, values)]),
  });
}
