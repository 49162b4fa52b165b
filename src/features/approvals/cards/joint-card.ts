import type { DecisionButton, JointView, ListSection, SubmitButton } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText, plainText } from '../../../chat/cards/safe-text.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import {
  FALLBACK_NAME,
  lineButton,
  maybe,
  moreText,
  rowButton,
  short,
  submitButton,
} from '../../../chat/views/parts.ts';
import { ticketNumber } from '../../../chat/views/ticket-views.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import { type Cell, cellSection, toneOf } from '../../provisioning/cards/account-rows.ts';
import {
  calledName,
  inApp,
  leftOutSection,
  type RowLimits,
  row,
  STATE_WORDS,
} from '../../provisioning/cards/people-rows.ts';
import { requestFooter } from '../../provisioning/cards/progress-parts.ts';
import type { AccessRequest } from '../access-requests/access-request.ts';
import type { JointRequest } from '../access-requests/joint-request.ts';
import { endRow } from './access-card.ts';
import { contentOf, reasonQuote } from './access-content.ts';
import {
  decidedAs,
  decisionTexts,
  denialsOf,
  type JointLine,
  jointNames,
  PHASE_TONES,
  type Phase,
  phaseOf,
  titleOf,
} from './joint-words.ts';

export interface JointCardInput extends Pick<JointRequest, 'id' | 'leftOut'> {
  /** All of them, in the order in which people and apps were named. */
  readonly lines: readonly [JointLine, ...JointLine[]];
  readonly audience: 'requester' | 'approvers';
  /** Whether the card's approvers decide on this one. */
  readonly isTheirs: (line: AccessRequest) => boolean;
  /** The app roles that approvals assign, by app. */
  readonly assigned: readonly { readonly app: string; readonly role: string }[];
  /** Others than those concerned read along, so typed texts are left out. */
  readonly readAlong: boolean;
  readonly canRetry: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** From most to least; the last fits with the longest names. */
const LIMITS: readonly { readonly rows: RowLimits; readonly choice: number }[] = [
  { rows: { rows: 50, name: 80, line: 300 }, choice: 160 },
  { rows: { rows: 20, name: 60, line: 200 }, choice: 80 },
  { rows: { rows: 8, name: 40, line: 120 }, choice: 50 },
  { rows: { rows: 4, name: 20, line: 80 }, choice: 20 },
];

/** The access requests of one line, in their current states and in the reader's language. */
export function jointCard(words: Messages, input: JointCardInput): CardMessage {
  const { lines, audience, now, id } = input;
  const all = lines.map(({ accessRequest }) => accessRequest);
  const [first] = lines;
  const { reason, ticket = null, startsAt, reader } = first.accessRequest;
  const open = audience === 'approvers' ? all.filter((one) => one.state.kind === 'pending' && input.isTheirs(one)) : [];
  const phases = lines.map((line) => (open.length > 0 ? decidedAs(line.accessRequest) : phaseOf(line)));
  const title = titleOf(words, phases, open.length > 0);
  const names = { ...jointNames(words, all, FALLBACK_NAME), request: id };
  const namesIn = ({ name }: RowLimits) => ({ ...names, ...jointNames(words, all, name) });
  const quotes = input.readAlong ? [] : [...reasonQuote(words, { reason }), ...denialsOf(words, all)];
  const decided = decisionTexts(words, all);
  const asks = open.length > 0 ? words.plain('joint.decide', names) : words.plain('joint.summary', { ...names, title });
  const summary = words.sentences([asks, ...decided.map(({ plain }) => plain)]);
  const view = ({ rows, choice }: (typeof LIMITS)[number]): JointView => ({
    fallbackText: summary,
    look: lookOf(open.length > 0 ? 'waiting' : toneOf(phases.map((phase) => ({ tone: PHASE_TONES[phase] })))),
    title: markdownText(title),
    subject: words.card('joint.subject', namesIn(rows)),
    label: [],
    paragraphs: [
      { text: words.card('joint.asks', namesIn(rows)) },
      ...(first.accessRequest.joint?.whole === true ? [{ text: words.card('joint.whole') }] : []),
      ...decided.map(({ text }) => ({ text })),
      ...(open.length > 0
        ? input.assigned.map(({ app, role }) => ({
            text: words.card('joint.assigns', { app: short(app, rows.name), role: short(role, rows.name) }),
          }))
        : []),
    ],
    warnings: [],
    quotes: quotes.map(({ label, text }) => ({ label, text })),
    sections: [
      ...sectionsOf(words, input, rows, open.length > 0),
      // The requester can do something about it.
      ...(audience === 'requester' ? leftOutSection(words, input.leftOut, rows) : []),
    ],
    tables: tableOf([
      ...(ticket === null ? [] : [{ title: words.card('ticket.label'), value: ticketNumber(ticket) }]),
      ...(startsAt === null || startsAt <= now
        ? []
        : [
            {
              title: words.card('access.fact.start'),
              value: markdownText(words.day(startsAt, reader.timeZone)),
            },
          ]),
      ...endRow(words, first.accessRequest, null),
    ]),
    next: phases.includes('attention') ? [{ label: words.card('label.next'), text: words.card('joint.next') }] : [],
    footer: [
      ...(open.length > 0 ? [{ text: words.card('joint.hint', names) }] : []),
      ...requestFooter(words, { ...first.accessRequest, id, ticket: null }, now),
    ],
    approvals: open.length > 0 ? [decision(words, 'approve', id, open)] : [],
    denials:
      open.length > 0
        ? [{ opens: words.plain('button.deny'), ...reasonField(words), button: decision(words, 'deny', id, open) }]
        : [],
    picks: open.length > 1 ? [picksOf(words, id, open, choice)] : [],
    buttons: buttonsOf(words, input, phases),
  });
  return { card: renderLargestThatFits('joint', LIMITS, view), summary };
}

function decisionCell(words: Messages, { accessRequest }: JointLine): Cell {
  const { subject, app } = accessRequest;
  const decided = decidedAs(accessRequest);
  return { subject, appId: app.id, tone: PHASE_TONES[decided], word: words.plain(`joint.state.${decided}`) };
}

function cellOf(words: Messages, line: JointLine, input: Pick<JointCardInput, 'audience' | 'now'>): Cell {
  const { accessRequest, progress } = line;
  const { subject, app } = accessRequest;
  const content = contentOf(words, { ...line, ...input });
  const task = progress?.request.tasks[0]?.state;
  const isQueued = task?.kind === 'waiting' && task.waitReason === null;
  const isPending = accessRequest.state.kind === 'pending';
  const word = isQueued || task?.kind === 'running' ? STATE_WORDS[task.kind][1] : null;
  const plain = isPending ? words.plain('access.title.pending') : word === null ? content.verdict : words.plain(word);
  return { subject, appId: app.id, tone: content.tone, word: plain };
}

function sectionsOf(words: Messages, input: JointCardInput, limits: RowLimits, asks: boolean): ListSection[] {
  const { lines, audience } = input;
  const attention = asks ? [] : lines.filter((line) => phaseOf(line) === 'attention');
  const rows = attention.slice(0, limits.rows).map((line) => {
    const { accessRequest } = line;
    const { tone, verdict } = contentOf(words, { ...line, audience, now: input.now });
    const name = inApp(
      words,
      calledName(words, accessRequest.subject, limits.name),
      accessRequest.app.name,
      limits.name,
    );
    return { ...row(tone, name, verdict, limits), opens: rowButton(words, `show ${accessRequest.id}`) };
  });
  const apps = [...new Map(lines.map(({ accessRequest: { app } }) => [app.id, app])).values()];
  const section = (some: readonly JointLine[], heading: MessageKey | null): ListSection[] => {
    if (some.length === 0) return [];
    const cells = some.map((line) => (asks ? decisionCell(words, line) : cellOf(words, line, input)));
    return cellSection(words, apps, cells, limits).map((one) =>
      heading === null ? one : { ...one, headings: maybe(words.card(heading)) },
    );
  };
  const theirs = lines.filter(({ accessRequest }) => audience === 'requester' || input.isTheirs(accessRequest));
  const others = lines.filter((line) => !theirs.includes(line));
  return [
    ...(rows.length === 0
      ? []
      : [
          {
            headings: maybe(words.card('joint.attention')),
            rows,
            more: moreText(words, attention.length - rows.length),
          },
        ]),
    ...section(theirs, null),
    ...section(others, 'joint.others'),
  ];
}

/** A click decides on no other lines than the card shows. */
function decision(
  words: Messages,
  verb: 'approve' | 'deny',
  id: string,
  open: readonly AccessRequest[],
  ticked?: true,
): DecisionButton {
  const title = words.plain(ticked ? `joint.button.${verb}Ticked` : `joint.button.${verb}`, { count: open.length });
  const data = { verb, requestId: id, among: open.map((one) => one.id).join() };
  return { title, tooltip: title, data: ticked === undefined ? data : { ...data, ticked } };
}

const reasonField = (words: Messages) => ({
  label: words.plain('access.input.reason'),
  placeholder: words.plain('access.input.reasonHint'),
});

function picksOf(
  words: Messages,
  id: string,
  open: readonly AccessRequest[],
  length: number,
): JointView['picks'][0] & object {
  return {
    opens: words.plain('joint.button.pick'),
    label: words.plain('joint.pick'),
    choices: open.map((one) => ({
      title: plainText(
        words.plain('pending.row', { person: calledName(words, one.subject, length), app: one.app.name }),
        length,
      ),
      value: one.id,
    })),
    reason: reasonField(words),
    approve: decision(words, 'approve', id, open, true),
    deny: decision(words, 'deny', id, open, true),
  };
}

function buttonsOf(words: Messages, input: JointCardInput, phases: readonly Phase[]): SubmitButton[] {
  const { id, audience, readAlong, canRetry } = input;
  const isOpen = phases.some((phase) => phase === 'pending' || phase === 'approved' || phase === 'working');
  return [
    ...(isOpen && audience === 'requester' && !readAlong
      ? submitButton(words, 'button.cancel', { verb: 'cancel', requestId: id })
      : []),
    ...(canRetry && phases.includes('attention')
      ? submitButton(words, 'button.retry', { verb: 'retry', requestId: id })
      : []),
    ...(readAlong ? lineButton(words, 'button.inPersonal', `show ${plainText(id, 40)}`, 'personal') : []),
  ];
}

const tableOf = (facts: readonly { readonly title: string; readonly value: string }[]): JointView['tables'] =>
  facts.length === 0 ? [] : [{ facts }];
