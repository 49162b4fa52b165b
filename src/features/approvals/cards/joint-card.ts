import { assertNever } from '../../../assert-never.ts';
import type { DecisionButton, JointView, ListSection, SubmitButton } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText, plainText } from '../../../chat/cards/safe-text.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage, Content } from '../../../chat/reply.ts';
import { appNames, peopleNames } from '../../../chat/views/app-names.ts';
import { noticeCard } from '../../../chat/views/notice.ts';
import {
  FALLBACK_NAME,
  lineButton,
  maybe,
  moreText,
  personName,
  rowButton,
  short,
  submitButton,
} from '../../../chat/views/parts.ts';
import { ticketNumber } from '../../../chat/views/ticket-views.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import { type Cell, cellSection, peopleIn, toneOf } from '../../provisioning/cards/account-rows.ts';
import { OUTCOME_TONES } from '../../provisioning/cards/outcome-words.ts';
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
import type { NoticeKind } from '../access-requests/notices.ts';
import { contentOf, quote, reasonQuote } from './access-content.ts';
import { decisionOf } from './access-names.ts';
import type { RequestProgress } from './card-content.ts';

/** One access request of a joint request, with the progress of the provisioning request that carries it out. */
export interface JointLine {
  readonly accessRequest: AccessRequest;
  readonly progress: RequestProgress | null;
  readonly mayBeDone: boolean;
}

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

/** What a reader counts. */
type Phase = 'pending' | 'approved' | 'working' | 'done' | 'attention' | 'denied' | 'expired' | 'cancelled';

const PHASES: readonly Phase[] = [
  'done',
  'attention',
  'working',
  'approved',
  'pending',
  'denied',
  'expired',
  'cancelled',
];

/** From most to least; the last fits with the longest names. */
const LIMITS: readonly { readonly rows: RowLimits; readonly choice: number }[] = [
  { rows: { rows: 50, name: 80, line: 300 }, choice: 160 },
  { rows: { rows: 20, name: 60, line: 200 }, choice: 80 },
  { rows: { rows: 8, name: 40, line: 120 }, choice: 50 },
  { rows: { rows: 4, name: 20, line: 80 }, choice: 20 },
];

/**
 * What an access request is while others of its joint request wait for a decision: how it was decided. A card that asks is
 * not drawn again for what becomes of an approved one, as an edit would fold up the choice and the reason under the hand
 * of the approver.
 */
export function decidedAs({
  state,
}: Pick<AccessRequest, 'state'>): 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled' {
  switch (state.kind) {
    case 'pending':
    case 'denied':
    case 'expired':
    case 'cancelled':
      return state.kind;
    case 'approved':
    case 'lapsed':
    case 'started':
    case 'finished':
      return 'approved';
    default:
      return assertNever(state, 'state of an access request');
  }
}

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

/** People and apps for sentences; of many, the first and a count. */
export function jointNames(words: Messages, lines: readonly AccessRequest[], limit?: number) {
  const people = peopleIn(lines).map((subject) => ({
    name: personName({ name: subject.name || (subject.label ?? '') }),
  }));
  const apps = [...new Map(lines.map(({ app }) => [app.id, app])).values()];
  const [first] = lines;
  return {
    people: peopleNames(words, people, limit),
    apps: appNames(words, apps, limit),
    requestedBy: first === undefined ? '—' : personName(first.requestedBy),
    count: lines.length,
  };
}

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

const PHASE_TONES: Readonly<Record<Phase, Tone>> = {
  pending: 'waiting',
  approved: 'waiting',
  working: 'working',
  done: 'good',
  attention: 'warning',
  denied: 'bad',
  expired: 'warning',
  cancelled: 'neutral',
};

function phaseOf({ accessRequest: { state, startsAt, heldUp }, progress }: JointLine): Phase {
  switch (state.kind) {
    case 'pending':
    case 'denied':
    case 'expired':
    case 'cancelled':
      return state.kind;
    case 'lapsed':
      return 'attention';
    case 'approved':
      if (heldUp !== null) return heldUp === 'replication' ? 'working' : 'attention';
      return startsAt === null ? 'working' : 'approved';
    case 'started': {
      const task = progress?.request.tasks[0]?.state;
      return task?.kind === 'done' && OUTCOME_TONES[task.outcome.kind] === 'good' ? 'done' : 'working';
    }
    case 'finished':
      if (state.outcome === 'cancelled') return 'cancelled';
      return OUTCOME_TONES[state.outcome] === 'good' ? 'done' : 'attention';
    default:
      return assertNever(state, 'state of an access request');
  }
}

/** What there is to decide, or how many are in which phase, in plain text. */
function titleOf(words: Messages, phases: readonly Phase[], decides: boolean): string {
  if (decides) return words.plain('access.title.pendingApprovers');
  const [first, ...others] = new Set(phases);
  if (isAlone(first) && others.length === 0) return words.plain(`access.title.${first}`);
  return words.list(
    PHASES.flatMap((phase) => {
      const count = phases.filter((one) => one === phase).length;
      return count === 0 ? [] : [words.plain(`joint.count.${phase}`, { count, total: phases.length })];
    }),
  );
}

/** Where all are in the same phase, the title of a single access request says it. */
const ALONE = ['pending', 'denied', 'expired', 'cancelled'] as const;
const isAlone = (phase: Phase | undefined): phase is (typeof ALONE)[number] => ALONE.some((one) => one === phase);

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

/** Who decided how many, each decision once. */
function decisionTexts(words: Messages, lines: readonly AccessRequest[]) {
  const decided = lines.flatMap(({ state }) => {
    const decision = decisionOf(state);
    return decision === null ? [] : [{ decision, kind: state.kind === 'denied' ? 'denied' : 'approved' }];
  });
  return [...Map.groupBy(decided, ({ decision, kind }) => `${kind} ${decision.by.id}`).values()].flatMap((same) => {
    const [one] = same;
    if (one === undefined) return [];
    const values = {
      decider: personName(one.decision.by),
      count: same.length,
      total: lines.length,
      decision: one.kind,
    };
    return [{ text: words.card('joint.decided', values), plain: words.plain('joint.decided', values) }];
  });
}

function denialsOf(words: Messages, lines: readonly AccessRequest[]) {
  const reasons = lines.flatMap(({ state }) => (state.kind === 'denied' ? [state.decision.reason] : []));
  return [...new Set(reasons)].flatMap((text) => quote(words, 'access.label.denialReason', text));
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
