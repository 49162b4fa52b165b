import { anyMay, type StillMay } from '../../access/still-may.ts';
import { roleAssignedBy } from '../../apps-file.ts';
import { createMessages, type Messages } from '../../chat/messages.ts';
import type { CardMessage, Drawn } from '../../chat/reply.ts';
import { mayRetry, type Viewpoint } from '../../chat/views/viewpoint.ts';
import type { Message } from '../../outbox/message.ts';
import { keyOfRoute } from './access-requests/access-cards.ts';
import { type AccessRequest, openStates } from './access-requests/access-request.ts';
import { asAskedFor } from './access-requests/asked-app.ts';
import { mayBeDone } from './access-requests/awaiting.ts';
import { findJoint, type JointRequest, linesOf } from './access-requests/joint-request.ts';
import { mayBeShown } from './access-requests/readers.ts';
import { viewpointIn } from './cards/access-content.ts';
import { type JointCardInput, jointCard } from './cards/joint-card.ts';
import { decidedAs, type JointLine } from './cards/joint-words.ts';
import { type DrawAccessCardParts, progressOf } from './draw-access-card.ts';
import { withMentions } from './mention-approvers.ts';
import { problem } from './problems.ts';

/** A card of a joint request as it would look now; null when there is none, or while Graph does not tell who may see it. */
export async function drawJointCard(parts: DrawAccessCardParts, card: Message): Promise<Drawn | null> {
  const joint = await findJoint(parts.store.database, card.reference);
  if (joint === null) return null;
  const words = createMessages(card.reader.locale, card.reader.timeZone);
  const audience = card.audience ?? 'requester';
  const theirs = linesOf(joint, card.reference);
  const isOver = joint.lines.every(({ state }) => !openStates.includes(state.kind));
  const shown = await standingOf(parts, card, theirs);
  if (shown === 'unknown') return null;
  if (shown !== 'may') {
    const content = problem(words, { kind: 'approvalWithdrawn' });
    return { content, fingerprint: `${card.revision}:withdrawn`, finished: isOver };
  }
  const isTheirs = ({ id }: AccessRequest) => theirs.some((one) => one.id === id);
  const content = await drawJoint(parts, words, joint, { audience, isTheirs });
  const needsAnswer = audience === 'approvers' && theirs.some(({ state }) => state.kind === 'pending');
  const [first] = theirs;
  const mentioning = needsAnswer && first !== undefined ? await withMentions(parts, words, card, first, content) : null;
  const decided = joint.lines.map(decidedAs).join();
  return {
    content,
    fingerprint: needsAnswer ? decided : `${card.revision}`,
    finished: isOver,
    needsAnswer,
    outcome: needsAnswer ? decided : joint.lines.map(({ state }) => state.kind).join(),
    ...(mentioning === null ? {} : { mentioning }),
  };
}

async function standingOf(
  parts: DrawAccessCardParts,
  card: Message,
  theirs: readonly AccessRequest[],
): Promise<StillMay> {
  if (card.gone === 'withdrawn') return 'mayNot';
  const key = card.audience === 'approvers' ? keyOfRoute(card) : null;
  const [first] = theirs;
  // The same approvers decide on all apps of a group.
  return key === null || first === undefined
    ? 'may'
    : anyMay([await mayBeShown({ ...parts, database: parts.store.database }, first, key)]);
}

/** A joint request as it is now, not bound to one of its cards. */
export async function drawJoint(
  parts: DrawAccessCardParts,
  words: Messages,
  joint: JointRequest,
  reader: Pick<JointCardInput, 'audience' | 'isTheirs'> & {
    readonly readAlong?: boolean;
    readonly viewpoint?: Viewpoint;
  },
): Promise<CardMessage> {
  const { audience, isTheirs, readAlong = false } = reader;
  return jointCard(words, {
    ...{ id: joint.id, leftOut: joint.leftOut, audience, isTheirs, readAlong },
    lines: await readLines(parts, joint),
    assigned: audience === 'approvers' ? await rolesOf(parts, joint) : [],
    canRetry: audience === 'approvers' && mayRetry(viewpointIn({ audience, viewpoint: reader.viewpoint })),
    now: parts.store.clock.now(),
  });
}

/** The lines with their progress. */
export async function readLines(
  parts: Pick<DrawAccessCardParts, 'store'>,
  { lines: [first, ...others] }: JointRequest,
): Promise<readonly [JointLine, ...JointLine[]]> {
  const read = async (accessRequest: AccessRequest): Promise<JointLine> => ({
    accessRequest,
    progress: await progressOf(parts, accessRequest),
    mayBeDone: await mayBeDone(parts.store.database, accessRequest),
  });
  const lines: [JointLine, ...JointLine[]] = [await read(first)];
  for (const one of others) lines.push(await read(one));
  return lines;
}

/** The roles that the approvals assign, by app. */
async function rolesOf({ applications }: DrawAccessCardParts, { lines }: JointRequest) {
  const apps = new Map(lines.map((line) => [line.app.id, line]));
  const roles: { readonly app: string; readonly role: string }[] = [];
  for (const line of apps.values()) {
    const found = await applications.find(line.app.id);
    if (!found.ok || found.value.kind !== 'one') continue;
    const role = roleAssignedBy('approval', asAskedFor(found.value.app, line));
    if (role !== null) roles.push({ app: line.app.name, role });
  }
  return roles;
}
