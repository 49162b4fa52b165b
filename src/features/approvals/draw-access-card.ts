import type { StillMay } from '../../access/still-may.ts';
import { personOf } from '../../chat/known-people.ts';
import { createMessages, type Messages } from '../../chat/messages.ts';
import type { CardMessage, Drawn } from '../../chat/reply.ts';
import { type Viewpoint, viewpointOf, withHelpdesk } from '../../chat/views/viewpoint.ts';
import { lastTold } from '../../graph/outcome/over-all.ts';
import type { Message } from '../../outbox/message.ts';
import { forecastQueue } from '../../requests/queue.ts';
import type { Request } from '../../requests/request.ts';
import { findRequest } from '../../requests/store.ts';
import { OUTCOME_TONES } from '../provisioning/cards/outcome-words.ts';
import { positionMark } from '../provisioning/draw.ts';
import { keyOfRoute } from './access-requests/access-cards.ts';
import type { AccessRequest } from './access-requests/access-request.ts';
import { mayBeDone } from './access-requests/awaiting.ts';
import { mayBeShown } from './access-requests/readers.ts';
import { findAccessRequest } from './access-requests/store.ts';
import { type AccessCardInput, accessCard } from './cards/access-card.ts';
import { needsHelpdesk } from './cards/access-content.ts';
import { withMentions } from './mention-approvers.ts';
import { problem } from './problems.ts';
import { type FactParts, type FactsReader, readFacts } from './read-decision-facts.ts';

export interface DrawAccessCardParts extends FactParts {
  /** The cloud's Entra admin center. */
  readonly entraPortal: string;
  /** Whether one person alone reads the conversation. */
  readonly isPersonalChat: (conversation: string) => boolean;
}

/**
 * One access card as it would look now, for the readers for whom it was posted; null when there is none. A card that
 * Usher posted to approvers unprompted is blanked once the request may no longer be shown there. Null also while Graph
 * does not tell whether it may.
 */
export async function drawAccessCard(parts: DrawAccessCardParts, card: Message): Promise<Drawn | null> {
  const accessRequest = await findAccessRequest(parts.store.database, card.reference);
  if (accessRequest === null) return null;
  const words = createMessages(card.reader.locale, card.reader.timeZone);
  const { kind } = accessRequest.state;
  const isOver = kind !== 'pending' && kind !== 'approved' && kind !== 'started';
  const audience = card.audience ?? 'requester';
  const needsAnswer = kind === 'pending' && audience === 'approvers';
  const shown = await standingOf(parts, card, accessRequest);
  if (shown === 'unknown') return null;
  if (shown !== 'may') {
    const content = problem(words, { kind: 'approvalWithdrawn' });
    return { content, fingerprint: `${card.revision}:withdrawn`, finished: isOver };
  }
  const reader: FactsReader =
    audience === 'requester'
      ? { kind: 'requester', personId: parts.isPersonalChat(card.conversation) ? accessRequest.requestedBy.id : null }
      : { kind: 'place', key: keyOfRoute(card) };
  const { message: content, progress } = await drawAccess(parts, words, accessRequest, reader);
  const position = progress?.forecast == null ? '' : positionMark(progress.forecast);
  const fingerprint = `${card.revision}:${position}`;
  if (progress === null) {
    const first = needsAnswer ? await withMentions(parts, words, card, accessRequest, content) : null;
    const mentioning = first === null ? {} : { mentioning: first };
    return { content, fingerprint, finished: isOver, needsAnswer, outcome: kind, ...mentioning };
  }
  // The provisioning request tells its outcome a moment before the access request is over, and afterwards.
  const finished = isOver || isLast(progress.request);
  return { content, fingerprint, finished, outcome: `${progress.request.id}:${progress.request.revision}` };
}

/** Whether a provisioning request is done; one without the assignment may wait for it, and go on. */
function isLast({ tasks }: Request): boolean {
  return tasks.every(({ state }) => state.kind === 'done' && lastTold(state.outcome).kind !== 'notInScope');
}

async function standingOf(parts: DrawAccessCardParts, card: Message, request: AccessRequest): Promise<StillMay> {
  if (card.gone === 'withdrawn') return 'mayNot';
  const key = card.audience === 'approvers' ? keyOfRoute(card) : null;
  return key === null ? 'may' : mayBeShown({ ...parts, database: parts.store.database }, request, key);
}

/** The current state of an access request, not bound to one of its access cards. */
export async function drawAccess(
  parts: DrawAccessCardParts,
  words: Messages,
  accessRequest: AccessRequest,
  reader: FactsReader,
  readAlong = false,
): Promise<{ readonly message: CardMessage; readonly progress: AccessCardInput['progress'] }> {
  const progress = await progressOf(parts, accessRequest);
  const audience = reader.kind === 'requester' ? 'requester' : 'approvers';
  const facts = accessRequest.state.kind === 'pending' ? await readFacts(parts, accessRequest, reader) : null;
  const message = accessCard(words, {
    accessRequest,
    audience,
    viewpoint: await viewpointFor(parts, reader, accessRequest, progress),
    facts: facts?.account ?? null,
    about: facts?.about ?? null,
    progress,
    mayBeDone: await mayBeDone(parts.store.database, accessRequest),
    now: parts.store.clock.now(),
    entraPortalUrl: parts.entraPortal,
    canCancel: audience === 'requester',
    readAlong,
  });
  return { message, progress };
}

/** Who reads it, as far as that matters: only what is held up, or went wrong, has a next step in Entra. */
async function viewpointFor(
  parts: FactParts,
  reader: FactsReader,
  accessRequest: AccessRequest,
  progress: AccessCardInput['progress'],
): Promise<Viewpoint | undefined> {
  const state = progress?.request.tasks[0]?.state;
  const isBad = state?.kind === 'done' && OUTCOME_TONES[state.outcome.kind] !== 'good';
  const mustAsk = reader.kind === 'requester' && needsHelpdesk(accessRequest);
  if (!isBad && !mustAsk) return undefined;
  const personId = reader.kind === 'place' ? personIn(reader) : reader.personId;
  const who = personId === null ? null : await parts.access.identify({ id: personId, tenantId: '' });
  if (who?.kind === 'caller') return viewpointOf(parts, who.caller, true);
  return withHelpdesk(parts, personId === null ? 'anyone' : 'requester');
}

const personIn = ({ key }: Extract<FactsReader, { kind: 'place' }>): string | null =>
  key === null ? null : personOf(key);

/** The provisioning request that carries it out, once it has started; its forecast while its call waits. */
export async function progressOf(
  { store }: Pick<DrawAccessCardParts, 'store'>,
  { state }: AccessRequest,
): Promise<AccessCardInput['progress']> {
  if (state.kind !== 'started' && state.kind !== 'finished') return null;
  const request = await findRequest(store.database, state.requestId);
  const [task] = request?.tasks ?? [];
  if (request === null || task === undefined) return null;
  const forecast = task.state.kind === 'waiting' ? ((await forecastQueue(store)).get(task.id) ?? null) : null;
  return { request, forecast };
}
