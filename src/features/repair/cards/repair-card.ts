import { assertNever } from '../../../assert-never.ts';
import type { SubmitButton } from '../../../chat/cards/card-views.ts';
import { renderCard } from '../../../chat/cards/render.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { lengthOf } from '../../../chat/views/length-words.ts';
import { lineButton, short, submitButton } from '../../../chat/views/parts.ts';
import { shortQuarantineReason } from '../../../chat/views/quarantine.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import { emptyList } from '../../provisioning/cards/confirm-card.ts';
import { needsTest } from '../next-step.ts';
import { heldForSecondMs, heldRepairMs, type Repair, type RepairState } from '../repair.ts';

/** What is known of a job before it is repaired; null where it is not. */
export interface RepairFacts {
  /** How many entries it is about: failed ones, people in scope, deletions that are held back. */
  readonly count: number | null;
  readonly lastCycleMs: number | null;
  /** As the service spells it. */
  readonly quarantine: string | null;
  /** The names of the people whom a deletion is held back for. */
  readonly people: readonly string[];
}

export interface RepairCardInput {
  readonly repair: Repair;
  readonly facts: RepairFacts;
  readonly now: number;
  /** Only decides which buttons are shown. */
  readonly reads: 'requester' | 'secondPerson';
  /** In how many conversations approvers are asked, where a second person has to confirm. */
  readonly asked: number;
  /** What leads on, where the reader may send it. */
  readonly lines: Readonly<Record<'start' | 'status' | 'test' | 'repair', string>>;
}

type Form = 'card' | 'plain';

interface Told {
  readonly tone: Tone;
  readonly title: string;
  readonly texts: readonly string[];
  readonly buttons: readonly SubmitButton[];
}

const mostPeople = 8;

/** An act on a job: what it will do, how far it is, and what came of it. */
export function repairCard(words: Messages, input: RepairCardInput): CardMessage {
  const { repair } = input;
  const told = tell(words, input, 'card');
  const plain = tell(words, input, 'plain');
  const reason = repair.reason === null ? [] : [words.card('repair.becauseOf', { reason: short(repair.reason, 300) })];
  const summary = isHeld(input)
    ? words.plain('repair.summary', { title: titleOf(words, repair) })
    : words.sentences([words.sentence(plain.title), plain.texts[0] ?? null]);
  const card = renderCard('list', {
    ...emptyList,
    fallbackText: summary,
    look: lookOf(told.tone),
    title: told.title,
    paragraphs: [...told.texts, ...reason].map((text) => ({ text })),
    sections: [],
    buttons: told.buttons,
  });
  return { card, summary };
}

const isHeld = ({ repair: { state, createdAt, needsSecondPerson }, now }: RepairCardInput): boolean =>
  state.kind === 'held' && now - createdAt <= (needsSecondPerson ? heldForSecondMs : heldRepairMs);

/** Plain: a value for a message. */
const titleOf = (words: Messages, { kind, app }: Repair): string =>
  words.plain(`repair.${kind}.title`, { app: short(app.name) });

/** `form`: with the names escaped for a card, or plain. */
function tell(words: Messages, input: RepairCardInput, form: Form): Told {
  const say = words[form];
  const { repair, now, lines } = input;
  const { kind, state, tries, pauseUntil } = repair;
  const app = short(repair.app.name);
  const status = lineButton(words, 'button.status', lines.status);
  const working = (texts: readonly string[]): Told => ({
    tone: 'working',
    title: say(`repair.${kind}.working`, { app }),
    texts,
    buttons: [],
  });
  switch (state.kind) {
    case 'held':
      return isHeld(input)
        ? ask(words, input, form)
        : tellEnd(words, input, { kind: 'ended', since: now, as: 'notConfirmed', why: null }, form);
    case 'due':
      return working([say('repair.due', { test: needsTest(kind) ? 'yes' : 'no' })]);
    case 'sent':
      return working([say('repair.sent')]);
    case 'watching':
      return { ...working([say('repair.watching')]), buttons: status };
    case 'paused':
      if (kind === 'aroundProvisioning') return working([say('repair.around.text')]);
      return {
        tone: 'waiting',
        title: say('repair.paused.title', { app, until: words.moment(pauseUntil ?? now, now) }),
        texts: [say('repair.paused.text')],
        buttons: [...lineButton(words, 'button.startJob', lines.start), ...status],
      };
    case 'starting':
      return {
        tone: tries === 0 ? 'working' : 'bad',
        title: say('repair.starting.title', { app, tries }),
        texts: [say('repair.starting.text', { tries })],
        buttons: tries === 0 ? [] : status,
      };
    case 'ended':
      return tellEnd(words, input, state, form);
    default:
      return assertNever(state, 'state of a repair');
  }
}

function ask(words: Messages, { repair, facts, now, reads, asked }: RepairCardInput, form: Form): Told {
  const say = words[form];
  const { id: requestId, kind, needsSecondPerson, requestedBy, createdAt } = repair;
  const app = short(repair.app.name);
  const count = facts.count ?? 0;
  const because = shortQuarantineReason(words, facts.quarantine);
  const people = facts.people.slice(0, mostPeople).map((name) => short(name, 60));
  const isSecond = reads === 'secondPerson';
  return {
    tone: 'warning',
    title: say('repair.asks', { title: titleOf(words, repair) }),
    texts: [
      ...(isSecond ? [say('repair.secondAsks', { requestedBy: short(requestedBy.name) })] : []),
      ...(needsSecondPerson && !isSecond
        ? [say('repair.second', { asked, until: words.moment(createdAt + heldForSecondMs, now) })]
        : []),
      say(`repair.${kind}.what`, { app, count }),
      ...(people.length === 0
        ? []
        : [say('repair.heldPeople', { people: words.list(people), more: Math.max(0, count - people.length) })]),
      words.sentences([
        because === null ? null : say('repair.quarantineReason', { reason: because }),
        facts.lastCycleMs === null ? null : say('repair.lastCycle', { length: lengthOf(words, facts.lastCycleMs) }),
        say('repair.nothingDone'),
      ]),
    ],
    buttons: isSecond
      ? [
          ...submitButton(words, 'button.confirmRepair', { verb: 'repairNow', requestId }),
          ...submitButton(words, 'button.rejectRemoval', { verb: 'leaveJob', requestId }),
        ]
      : [
          ...(needsSecondPerson ? [] : submitButton(words, `button.${kind}`, { verb: 'repairNow', requestId })),
          ...submitButton(words, 'button.cancel', { verb: 'leaveJob', requestId }),
        ],
  };
}

const TONES: Readonly<Record<Extract<RepairState, { kind: 'ended' }>['as'], Tone>> = {
  done: 'good',
  started: 'good',
  startedAlready: 'neutral',
  quarantined: 'bad',
  stillRunning: 'neutral',
  jobGone: 'warning',
  rejected: 'neutral',
  notConfirmed: 'neutral',
  refused: 'warning',
  unknown: 'unknown',
};

function tellEnd(
  words: Messages,
  { repair, lines }: RepairCardInput,
  { as, why }: Extract<RepairState, { kind: 'ended' }>,
  form: Form,
): Told {
  const say = words[form];
  const { kind, secondPerson } = repair;
  const values = {
    app: short(repair.app.name),
    kind,
    title: titleOf(words, repair),
    by: secondPerson === null ? 'none' : short(secondPerson),
  };
  const message = short(why?.message ?? '', 300);
  const text = as === 'refused' ? say(refusedKey(why?.word), values) : say(`repair.${as}.text`, values);
  const isFailedTest = why?.word === 'credentials';
  return {
    tone: TONES[as],
    title: say(`repair.${as}.title`, values),
    texts: [
      text,
      ...(message === '' ? [] : [say('repair.said', { message })]),
      ...(why?.code == null ? [] : [say('label.code', { code: short(why.code, 120) })]),
    ],
    buttons: [
      ...(isFailedTest ? lineButton(words, 'button.testJob', lines.test) : []),
      ...(as === 'quarantined' ? lineButton(words, 'button.repairJob', lines.repair) : []),
      ...(as === 'rejected' || as === 'notConfirmed' ? [] : lineButton(words, 'button.status', lines.status)),
    ],
  };
}

const REFUSALS = {
  credentials: 'repair.refused.credentials',
  notConfigured: 'repair.refused.notConfigured',
  unknownState: 'repair.refused.unknownState',
  deletionsHeldBack: 'repair.refused.deletionsHeldBack',
  quarantined: 'repair.refused.quarantined',
  switchedOff: 'repair.refused.quarantined',
  needsLift: 'repair.refused.quarantined',
  needsStartOver: 'repair.refused.neverStarted',
  neverStarted: 'repair.refused.neverStarted',
  firstCycle: 'repair.refused.firstCycle',
  runs: 'repair.refused.runs',
  pausedAlready: 'repair.refused.pausedAlready',
  wouldEndPause: 'repair.refused.wouldEndPause',
  forgottenByService: 'repair.refused.forgottenByService',
  notQuarantined: 'repair.refused.notQuarantined',
  nothingHeldBack: 'repair.refused.nothingHeldBack',
  notOffered: 'repair.refused.notOffered',
  noAnswer: 'repair.refused.noAnswer',
  pauseOver: 'repair.refused.pauseOver',
  refused: 'repair.refused.refused',
} as const satisfies Readonly<Record<string, MessageKey>>;

/** The text for a stable word, of which a later version of Usher may have stored another. */
export function refusedKey(word: string | undefined): MessageKey {
  return word !== undefined && Object.hasOwn(REFUSALS, word)
    ? REFUSALS[word as keyof typeof REFUSALS]
    : 'repair.refused.other';
}
