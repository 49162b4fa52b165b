import type { Messages } from '../../../chat/messages.ts';
import type { Content } from '../../../chat/reply.ts';
import { noticeCard } from '../../../chat/views/notice.ts';
import { personName, short } from '../../../chat/views/parts.ts';
import type { NoticeKind } from '../access-requests/notices.ts';
import { contentOf } from './access-content.ts';
import type { JointCardInput } from './joint-card.ts';
import { decisionTexts, denialsOf, jointNames, phaseOf, titleOf } from './joint-words.ts';

/** So many that did not go well are named in a text. */
const MOST_TOLD = 5;

/** A text about a joint request; a reminder is a card with a button that opens the request. */
export function jointNotice(
  words: Messages,
  { id, lines, kind }: Pick<JointCardInput, 'id' | 'lines'> & { readonly kind: NoticeKind },
): Content {
  const all = lines.map(({ accessRequest }) => accessRequest);
  const { expiresAt, reader } = lines[0].accessRequest;
  const phases = lines.map(phaseOf);
  const names = { ...jointNames(words, all), request: id, day: words.day(expiresAt, reader.timeZone) };
  const isPending = phases.includes('pending');
  if (kind === 'reminder' && isPending)
    return noticeCard(words, {
      tone: 'waiting',
      title: words.card('accessNotice.reminder.title'),
      paragraphs: [words.card('joint.reminder', names)],
      buttons: [{ label: 'open', verb: 'run', text: `show ${id}` }],
      summary: words.plain('joint.reminder', names),
    });
  if (kind === 'nobodyReached' && isPending) return { text: words.plain('joint.nobodyReached', names) };
  const attention = lines.flatMap((line) => {
    if (phaseOf(line) !== 'attention') return [];
    const { subject, app } = line.accessRequest;
    const { verdict } = contentOf(words, { ...line, audience: 'requester', now: 0 });
    return [words.plain('joint.one', { person: personName(subject), app: short(app.name), verdict })];
  });
  const text = words.sentences([
    words.plain('joint.summary', { ...names, title: titleOf(words, phases, false) }),
    ...attention.slice(0, MOST_TOLD),
    ...decisionTexts(words, all).map(({ plain }) => plain),
    ...denialsOf(words, all).map(({ plain }) => plain),
  ]);
  return { text };
}
