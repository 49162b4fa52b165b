import type { Messages } from '../../chat/messages.ts';
import type { CommandParts } from '../../chat/registry/define-command.ts';
import type { CardMessage, Drawn } from '../../chat/reply.ts';
import { asOperator, mayRetry, type Viewpoint } from '../../chat/views/viewpoint.ts';
import { isWorthRetrying } from '../../graph/outcome/worth-retrying.ts';
import type { OutcomeKind } from '../../graph/outcome.ts';
import { forecastRequest } from '../../requests/forecast.ts';
import { findRequestOverview, type RequestOverview } from '../../requests/overview.ts';
import { forecastQueue } from '../../requests/queue.ts';
import { type Forecast, isVerifiable, type Request, type Task, type WaitingFault } from '../../requests/request.ts';
import { findRequest, findSingle } from '../../requests/store.ts';
import type { Stretch } from '../../requests/unassigned.ts';
import { withinMs } from '../../time-limit.ts';
import { type AssignParts, findAssignable } from './assignable.ts';
import type { AssignOffer } from './cards/assignment-parts.ts';
import { confirmCard } from './cards/confirm-card.ts';
import { type CallCounts, countCalls, type GroupCardInput, groupCard } from './cards/group-card.ts';
import { listCard } from './cards/list-card.ts';
import { OUTCOME_TONES } from './cards/outcome-words.ts';
import { pageCard } from './cards/page-card.ts';
import { requestCard } from './cards/request-card.ts';
import { type DrawRemovalParts, drawHeldRemoval } from './draw-removal.ts';

export interface DrawParts extends AssignParts, DrawRemovalParts {
  /** Where people sign in, Usher has no permission to assign. */
  readonly graphAccess: CommandParts['graphAccess'];
  /** Whether attribute values may be shown in this conversation. */
  readonly isOpenPlace: (conversation: string) => boolean;
  /** Whether one person alone reads the conversation. */
  readonly isPersonalChat: (conversation: string) => boolean;
}

/** Who reads a card. */
export interface ShownTo {
  readonly viewpoint: Viewpoint;
  /** Only decides whether the button is shown: a click is checked again. */
  readonly canRetry: boolean;
  /** The same for the button that assigns an app role. */
  readonly canAssign: boolean;
  /** Others than those concerned read along, so a typed reason is left out; missing for no. */
  readonly readAlong?: boolean;
  /** Missing for the requester's language and time zone. */
  readonly reader?: Request['reader'];
}

/** A request is always shown by a card. */
interface DrawnCard extends Drawn {
  readonly content: CardMessage;
}

/** A request with more calls is not loaded whole for display: its tasks carry long reports. */
const mostLoaded = 60;

/**
 * The card of a request as it would look now; null when there is no such request. A person's card shows every step, a
 * group's its calls, a list's its counts. A held list asks for confirmation first.
 *
 * @param conversation where it is shown, if not where the request was made
 * @param shown to whom; the operator who made a request reads its own card, and in a channel all members do
 */
export async function drawRequest(
  parts: DrawParts,
  requestId: string,
  conversation?: string,
  shown?: ShownTo,
): Promise<DrawnCard | null> {
  const { database, clock } = parts.store;
  const inLanguage = <R extends Pick<Request, 'reader' | 'removal'>>(found: R): R => ({
    ...found,
    reader: shown?.reader ?? found.reader,
    ...(shown?.readAlong === true && found.removal !== undefined
      ? { removal: { ...found.removal, reason: undefined } }
      : {}),
  });
  const only = await findSingle(database, requestId);
  const single = only === null ? null : inLanguage(only);
  if (single !== null && single.tasks[0]?.state.kind !== 'held') {
    const [task] = single.tasks;
    const isWaiting = task?.state.kind === 'waiting';
    const forecast = isWaiting ? ((await forecastQueue(parts.store)).get(task.id) ?? null) : null;
    const to = shown ?? shownIn(parts, conversation ?? single.conversation);
    const isBad = task?.state.kind === 'done' && isWorthRetrying(task.state.outcome);
    return drawSingle(parts, single, forecast, conversation, to, isBad ? await offerOf(parts, requestId, to) : null);
  }
  const read = await findRequestOverview(database, requestId);
  if (read === null || read.total === 0) return null;
  const overview = { ...read, request: inLanguage(read.request) };
  const now = clock.now();
  const stored = overview.total <= mostLoaded ? await findRequest(database, requestId) : null;
  const whole = stored === null ? null : inLanguage(stored);
  const forecast = await forecastRequest(parts.store, requestId);
  const to = shown ?? shownIn(parts, conversation ?? overview.request.conversation);
  const { states } = overview;
  const isOver = states.held + states.waiting + states.running === 0;
  const assigns = isOver && overview.failures.length > 0 ? await offerOf(parts, requestId, to) : null;
  const { viewpoint, canRetry } = to;
  const setting = { now, canRetry, viewpoint, assigns, entraPortalUrl: parts.entraPortal };
  const message =
    states.held > 0 && whole?.removal !== undefined
      ? await drawHeldRemoval(parts, whole, canRetry ? 'requester' : 'anyone')
      : drawMany(overview, whole, forecast, setting);
  // The end is rounded to ten seconds: a card precise to the second would be edited every two.
  const ends = forecast === null ? '' : (faultMark(forecast) ?? Math.round(forecast.lastStartsAt / 10_000));
  return {
    content: message,
    fingerprint: `${overview.request.revision}:${ends}`,
    finished: isOver,
    needsAnswer: states.held > 0,
    ...(states.held > 0 ? { outcome: 'held' } : {}),
  };
}

/**
 * The part of a request that concerns its reader: these tasks alone, in their current state and the reader's language.
 */
export function drawPart(
  { store, entraPortal }: DrawParts,
  words: Messages,
  request: Request,
  tasks: readonly Task[],
  viewpoint: Viewpoint,
): CardMessage {
  const [only] = tasks;
  if (only !== undefined && tasks.length === 1) {
    const part = { ...request, tasks: [only], leftOut: [] };
    const now = store.clock.now();
    return requestCard({ request: part, forecast: null, now, entraPortalUrl: entraPortal, canRetry: false, viewpoint });
  }
  return pageCard(words, { request, tasks, page: 0, pages: 1 });
}

/** The card of a request for one person. */
export function drawSingle(
  parts: DrawParts,
  request: Request,
  forecast: Forecast | null,
  conversation = request.conversation,
  { viewpoint, canRetry }: ShownTo = shownIn(parts, conversation),
  offer: AssignOffer | null = null,
): DrawnCard {
  const { store, entraPortal: entraPortalUrl, isOpenPlace } = parts;
  const now = store.clock.now();
  const readAlong = !isOpenPlace(conversation);
  const [task] = request.tasks;
  const message = requestCard({
    ...{ request, forecast, now, entraPortalUrl, canRetry, readAlong, viewpoint },
    assigns: offer?.roles[0] ?? null,
  });
  // A start time that moves by less than a second is not worth an edit.
  const position = forecast === null ? '' : positionMark(forecast);
  const finished = task?.state.kind === 'done' || task?.state.kind === 'cancelled';
  return { content: message, fingerprint: `${request.revision}:${position}`, finished };
}

/** Only operators make requests, so the personal chat of one has an operator's cards. */
function shownIn({ isPersonalChat }: DrawParts, conversation: string): ShownTo {
  const viewpoint: Viewpoint = isPersonalChat(conversation) ? asOperator : { as: 'anyone', helpdesk: [] };
  return { viewpoint, canRetry: mayRetry(viewpoint), canAssign: mayRetry(viewpoint) };
}

/** What this reader may have assigned by a click; null where that is nothing, or Graph does not tell in time. */
export async function offerOf(
  parts: AssignParts & Pick<DrawParts, 'graphAccess'>,
  requestId: string,
  { canAssign }: Pick<ShownTo, 'canAssign'>,
  stretch?: Stretch,
): Promise<AssignOffer | null> {
  if (!canAssign || parts.graphAccess === 'delegated') return null;
  const found = await withinMs(findAssignable(parts, requestId, stretch), offerMs, parts.store.clock);
  if (!found.ok || found.value.roles.size === 0) return null;
  const { people, roles } = found.value;
  return { people, roles: [...new Set(roles.values())] };
}

const offerMs = 1_000;

/** What a waiting task's card says about its queue position; a change is worth an edit. */
export function positionMark(forecast: Forecast): string {
  return faultMark(forecast) ?? `${forecast.position}@${Math.round(forecast.startsAt / 1000)}`;
}

/** While no call gets through, position and start time are not shown, as they would change every second. */
function faultMark({ fault }: { readonly fault?: WaitingFault }): string | null {
  return fault === undefined ? null : `${fault.cause}${fault.code}${fault.since}`;
}

function drawMany(
  overview: RequestOverview,
  whole: Request | null,
  forecast: Awaited<ReturnType<typeof forecastRequest>>,
  setting: Pick<GroupCardInput, 'now' | 'canRetry'> & {
    readonly assigns: AssignOffer | null;
    readonly entraPortalUrl: string;
    readonly viewpoint: Viewpoint;
  },
): CardMessage {
  const { now } = setting;
  const { request, states, outcomes, total } = overview;
  const fault = forecast?.fault;
  const finishesAt = fault === undefined ? (forecast?.lastStartsAt ?? null) : null;
  const faulty = fault === undefined ? {} : { fault };
  if (overview.group !== null)
    return groupCard({
      request,
      group: overview.group.subject,
      counts: whole === null ? countsOf(overview, overview.group.members) : countCalls(whole.tasks),
      calls: whole?.tasks ?? inOrder([...overview.failures, ...overview.running]),
      finishesAt,
      ...faulty,
      takesMs: finishesAt === null ? null : finishesAt - now,
      ...setting,
    });
  if (states.held > 0) {
    const takesMs = finishesAt === null ? null : finishesAt - now;
    return confirmCard({ request, count: states.held, accounts: overview.accounts, takesMs, ...setting });
  }
  const { held, waiting, running, cancelled } = states;
  return listCard({
    overview: {
      request,
      counts: {
        total,
        held,
        waiting,
        running,
        cancelled,
        perhaps: overview.perhaps,
        assigned: overview.assigned,
        byOutcome: outcomes,
      },
      failures: overview.failures.flatMap(({ subject, app, state }) => {
        const where = overview.accounts === null ? {} : { app: app.name };
        return state.kind === 'done' ? [{ ...subject, ...where, outcome: state.outcome }] : [];
      }),
      accounts: overview.accounts,
      running: overview.running.map(({ subject }) => subject),
      ended: overview.ended,
      finishesAt,
      ...faulty,
    },
    verifies: overview.failures.some(isVerifiable),
    ...setting,
  });
}

/** The calls of a large group, counted without loading them. */
function countsOf({ states, outcomes, total, perhaps }: RequestOverview, members: number): CallCounts {
  const byTone = { good: 0, warning: 0, bad: 0, unknown: 0, working: 0, waiting: 0, neutral: 0 };
  for (const [kind, count] of Object.entries(outcomes)) byTone[OUTCOME_TONES[kind as OutcomeKind]] += count;
  return { ...states, calls: total, members, perhaps, byTone };
}

function inOrder(tasks: readonly Task[]): readonly Task[] {
  return tasks.toSorted((one, other) => one.position - other.position);
}
