import { assertNever } from '../../../assert-never.ts';
import type { CheckView, Fact, Maybe, SubmitButton, Text } from '../../../chat/cards/card-views.ts';
import { renderCard } from '../../../chat/cards/render.ts';
import { writeCheckName } from '../../../chat/grammar/check-names.ts';
import {
  dueValues,
  type JobReading,
  jobWord,
  lastRunText,
  otherJobLine,
  worstOther,
} from '../../../chat/jobs/job-words.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { provisioningPageUrl } from '../../../chat/views/entra-link.ts';
import { type Meaning, meaning, meaningFor } from '../../../chat/views/explained.ts';
import { detailText, entraLink, lineButton, lookAgain, maybe, short, toggleOf } from '../../../chat/views/parts.ts';
import { isTooManyDeletes, quarantineProblem, shortQuarantineReason } from '../../../chat/views/quarantine.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import { actsInEntra, type Viewpoint } from '../../../chat/views/viewpoint.ts';
import type { JobStatus, LastRun } from '../../../graph/job-status.ts';
import { fact } from '../../provisioning/cards/result-details.ts';
import { writeStatus } from '../status-line.ts';

export interface StatusCardInput {
  readonly app: { readonly id: string; readonly name: string };
  readonly status: JobReading;
  /** The app's other jobs. */
  readonly others: readonly JobStatus[];
  /** What the job holds back, of which there may be more; missing where that is not known. */
  readonly heldBack?: HeldBack;
  readonly now: number;
  /** The cloud's Entra admin center; without it there is no link. */
  readonly entraPortalUrl: string | null;
  readonly viewpoint: Viewpoint;
  /** Of Usher's own pauses of the job, in sentences; none where it has made none. */
  readonly pauses?: readonly string[];
  /** When the app was put into quarantine before, newest first, in the last 30 days. */
  readonly past?: readonly number[];
  /** Only decides whether buttons are shown: the lines are checked again. */
  readonly canRepair?: boolean;
}

/** Jobs named in addition to the one for people. */
const MOST_OTHERS = 5;
/** The people and groups whose disabling or deletion a job holds back. */
export interface HeldBack {
  readonly count: number;
  readonly isComplete: boolean;
}

/** Why the job fails, in the service's words, and when it is tried again; since when unfolds. */
const FURTHER_FIRST = 2;
/** Object types counted on one card. */
const MOST_TYPES = 5;

/** The state of one app's synchronization, with everything that the job reports. */
export function statusCard(
  words: Messages,
  {
    app,
    status,
    others,
    heldBack,
    now,
    entraPortalUrl,
    viewpoint,
    pauses = [],
    past = [],
    canRepair = false,
  }: StatusCardInput,
): CardMessage {
  const name = short(app.name);
  const state = jobWord(words, status);
  const isOwnPause = pauses.length > 0 && typeof status !== 'string' && status.health.kind === 'paused';
  const meaning = jobMeaning(words, { app: name, status, now, viewpoint, isOwnPause });
  const worse = worstOther(words, status, others);
  const inQuarantine = typeof status === 'string' ? null : quarantineReason(words, status);
  const reason = worse === null ? inQuarantine : words.plain('status.otherJob');
  const title = {
    app: name,
    state: reason === null ? state.word : words.plain('status.because', { state: state.word, reason }),
  };
  const alsoWrong = worse === null ? null : { job: otherJobLine(words, worse) };
  const alarm = alsoWrong === null ? null : words.plain('status.otherWorse', alsoWrong);
  const summary = words.sentences([words.sentence(words.plain('status.title', title)), alarm, meaning.summary]);
  // What is broken takes the first screen: the runs are then in the details, as are other jobs beside a next step.
  const isBroken = state.tone === 'bad';
  const aside = othersText(words, others);
  const runs = typeof status === 'string' ? [] : runFacts(words, status, now);
  const further = (meaning.further ?? []).map((text) => ({ text }));
  const details = detailsOf(
    [
      ...further.slice(FURTHER_FIRST),
      ...maybe(meaning.code),
      ...(typeof status === 'string' ? [] : jobFacts(words, status)).map(detailText),
      ...(meaning.next === null ? [] : aside),
    ],
    isBroken ? runs : [],
  );
  const view: CheckView = {
    fallbackText: summary,
    look: lookOf(alsoWrong === null ? state.tone : 'bad'),
    title: words.card('status.title', title),
    subject: [],
    label: [],
    paragraphs: [
      ...maybe(alsoWrong === null ? null : words.card('status.otherWorse', alsoWrong)),
      ...meaning.paragraphs.map((text) => ({ text })),
      ...maybe(heldBackText(words, status, heldBack)),
      ...maybe(escrowedText(words, status)),
      ...maybe(stoppedText(words, status)),
      ...pauses.map((text) => ({ text })),
      ...maybe(pastText(words, past, now)),
    ],
    next: meaning.next === null ? [] : [{ label: words.card('label.next'), text: meaning.next }],
    further: further.slice(0, FURTHER_FIRST),
    tables: isBroken ? [] : factTable(runs),
    footer: meaning.next === null ? aside : [],
    details,
    toggles: toggleOf(words, details),
    buttons: [
      ...(canRepair && isOwnPause ? lineButton(words, 'button.startJob', `start ${writeCheckName(app.name)}`) : []),
      ...(canRepair && !isOwnPause && wantsRepair(status) ? repairLines(words, app.name) : []),
      ...lookAgain(words, writeStatus({ verb: 'status', app: app.name })),
    ],
    links: entraLink(
      words,
      actsInEntra(viewpoint) && entraPortalUrl !== null ? provisioningPageUrl(entraPortalUrl, app.id) : null,
    ),
  };
  return { card: renderCard('check', view), summary };
}

/** That Microsoft has stopped the job itself, and why. */
function stoppedText(words: Messages, status: JobReading): string | null {
  const by = typeof status === 'string' ? undefined : status.stoppedByService;
  return by === undefined ? null : words.card('status.stoppedByService', { by });
}

function pastText(words: Messages, past: readonly number[], now: number): string | null {
  const [last] = past;
  return last === undefined
    ? null
    : words.card('status.pastQuarantines', { count: past.length, time: words.momentAgo(last, now) });
}

/** A job that does not work as scheduled, or not for all. */
function wantsRepair(status: JobReading): boolean {
  return (
    typeof status !== 'string' &&
    (status.stoppedByService !== undefined ||
      (status.lastRun?.counts.escrowed ?? 0) > 0 ||
      ['quarantined', 'paused', 'failing'].includes(status.health.kind))
  );
}

/** The test of the credentials comes first: it changes nothing, and tells whether a repair can help. */
export function repairLines(words: Messages, app: string): readonly SubmitButton[] {
  return [
    ...lineButton(words, 'button.testJob', writeTest(app)),
    ...lineButton(words, 'button.repairJob', `repair ${writeCheckName(app)}`),
  ];
}

/** The line that tests the connection to the app with its saved credentials. */
export const writeTest = (app: string): string => `test ${writeCheckName(app)}`;

/** How many deletions are held back, and above which number that happens; null where neither is known. */
function heldBackText(words: Messages, status: JobReading, heldBack: HeldBack | undefined): string | null {
  if (typeof status === 'string' || status.health.kind !== 'quarantined') return null;
  if (!isTooManyDeletes(status.health.quarantine.reason)) return null;
  const { deletionThreshold: limit } = status;
  const more = heldBack?.isComplete === false ? 'yes' : 'no';
  return words.sentences([
    heldBack === undefined ? null : words.card('status.heldBack', { count: heldBack.count, more }),
    limit === undefined ? null : words.card('status.deletionLimit', { limit }),
  ]);
}

/** How many objects failed in the last run and are tried again, which the service does by itself. */
function escrowedText(words: Messages, status: JobReading): string | null {
  const count = typeof status === 'string' ? 0 : (status.lastRun?.counts.escrowed ?? 0);
  return count === 0 ? null : words.card('status.escrowed', { count });
}

function othersText(words: Messages, others: readonly JobStatus[]): Maybe<Text> {
  if (others.length === 0) return [];
  const jobs = others.slice(0, MOST_OTHERS).map((job) => otherJobLine(words, job));
  return [{ text: words.card('status.others', { count: others.length, jobs: words.dotted(jobs) }) }];
}

function detailsOf(texts: readonly Text[], facts: readonly Fact[]): CheckView['details'] {
  return texts.length + facts.length === 0 ? [] : [{ texts, tables: factTable(facts), sections: [] }];
}

const factTable = (facts: readonly Fact[]): CheckView['tables'] => (facts.length === 0 ? [] : [{ facts }]);

interface JobMeaningInput {
  readonly app: string;
  readonly status: JobReading;
  readonly now: number;
  readonly viewpoint: Viewpoint;
  /** Usher has paused the job, and starts it again. */
  readonly isOwnPause?: boolean;
}

/** What has to happen, for readers who cannot do it. */
const ASKS = {
  unread: null,
  entryErrors: null,
  paused: 'status.paused.ask',
  pausedByUsher: null,
  disabled: 'status.disabled.ask',
  neverRun: 'status.neverRun.ask',
  other: 'status.other.ask',
  failing: 'status.failing.ask',
  appNotConfigured: 'problem.appNotConfigured.ask',
  appDisabled: 'problem.appDisabled.ask',
} as const satisfies Readonly<Record<string, MessageKey | null>>;

/** Why a job is in quarantine, in half a sentence; null where it is not, or the reason is not known. */
function quarantineReason(words: Messages, { health }: JobStatus): string | null {
  return health.kind === 'quarantined' ? shortQuarantineReason(words, health.quarantine.reason) : null;
}

/** What a job's state means for the people of the app; `app` is cut already. */
export function jobMeaning(
  words: Messages,
  { app, status, now, viewpoint, isOwnPause = false }: JobMeaningInput,
): Meaning {
  const own = (
    name: 'unread' | 'paused' | 'pausedByUsher' | 'disabled' | 'neverRun' | 'other' | 'failing' | 'entryErrors',
  ) =>
    meaningFor(
      words,
      viewpoint,
      { happened: `status.${name}.happened`, next: `status.${name}.next`, ask: ASKS[name] },
      { app },
    );
  const common = (name: 'appNotConfigured' | 'appDisabled') =>
    meaningFor(
      words,
      viewpoint,
      { happened: `problem.${name}.happened`, next: `problem.${name}.next`, ask: ASKS[name] },
      { app },
    );
  if (status === 'none') return common('appNotConfigured');
  if (status === 'appDisabled') return common(status);
  if (status === 'unread') return own(status);
  const { health, lastRun } = status;
  switch (health.kind) {
    case 'quarantined':
      return quarantineMeaning(words, { app, status, now, viewpoint });
    case 'failing':
      return { ...own(health.kind), ...runError(words, lastRun) };
    case 'notConfigured':
      return common('appNotConfigured');
    case 'paused':
      return own(isOwnPause ? 'pausedByUsher' : 'paused');
    case 'disabled':
    case 'neverRun':
    case 'other':
      return own(health.kind);
    case 'running':
      return meaning(words, 'status.running.happened', null, { app });
    case 'healthy':
      return lastRun?.result.kind === 'entryErrors'
        ? own('entryErrors')
        : meaning(words, 'status.healthy.happened', null, { app });
    default:
      return assertNever(health, 'job state');
  }
}

/** Uses the words of a provisioning refused in quarantine. */
function quarantineMeaning(
  words: Messages,
  { app, status, now, viewpoint }: JobMeaningInput & { readonly status: JobStatus },
): Meaning {
  if (status.health.kind !== 'quarantined') return meaning(words, 'status.other.happened', null, { app });
  const { reason, since, nextAttempt, endsAt, error } = status.health.quarantine;
  const {
    paragraphs,
    next,
    further = [],
    code,
    summary,
  } = quarantineProblem(words, {
    ...{ kind: 'appQuarantined', app, reason, since, nextAttempt, endsAt, now, viewpoint },
    errorCode: error?.code ?? null,
    message: error?.message ?? null,
    tenantActionable: error?.tenantActionable ?? null,
  });
  return { paragraphs, next, further, code, summary };
}

/** The last run's own error text, where the run failed as a whole. */
function runError(words: Messages, lastRun: LastRun | null): Partial<Meaning> {
  const message = short(lastRun?.error?.message ?? '', 200);
  const code = short(lastRun?.error?.code ?? '', 120);
  const actionable = lastRun?.error?.tenantActionable ?? null;
  return {
    further: [
      ...(message === '' ? [] : [words.card('problem.appQuarantined.said', { message })]),
      ...(actionable === null ? [] : [words.card('status.actionable', { actionable: actionable ? 'yes' : 'no' })]),
    ],
    code: code === '' ? null : words.card('label.code', { code }),
  };
}

/** The last run and the next, and how many it is about. */
function runFacts(words: Messages, status: JobStatus, now: number): Fact[] {
  const { lastSuccess, nextRun, counts } = status;
  const types = counts.slice(0, MOST_TYPES).map(({ type, count }) => {
    return words.plain('status.typeCount', { type: short(type, 40), count });
  });
  return [
    ...fact(words.card('status.fact.lastRun'), lastRunText(words, status, now), 200),
    ...fact(words.card('status.fact.lastSuccess'), lastSuccess === null ? null : words.momentAgo(lastSuccess, now)),
    ...fact(
      words.card('status.fact.nextRun'),
      nextRun === null ? null : words.plain('status.nextRun', dueValues(words, nextRun, now)),
    ),
    ...fact(words.card('status.fact.counts'), types.length === 0 ? null : words.dotted(types), 300),
    ...fact(words.card('status.fact.run'), runCounts(words, status.lastRun), 200),
  ];
}

/** What an engineer looks up. */
function jobFacts(words: Messages, { id, health, deletionThreshold }: JobStatus): Fact[] {
  const quarantine = health.kind === 'quarantined' ? health.quarantine : null;
  return [
    ...fact(words.card('status.fact.reason'), quarantine?.reason ?? null),
    ...fact(
      words.card('status.fact.series'),
      quarantine?.seriesCount == null ? null : words.plain('list.number', { count: quarantine.seriesCount }),
    ),
    ...fact(
      words.card('status.fact.deletionLimit'),
      deletionThreshold === undefined ? null : words.plain('list.number', { count: deletionThreshold }),
    ),
    ...fact(words.card('status.fact.job'), id, 120),
  ];
}

/** The counts of the last run, without those that the job does not report. */
function runCounts(words: Messages, lastRun: LastRun | null): string | null {
  if (lastRun === null) return null;
  const { inScope, exported } = lastRun.counts;
  const parts = [
    ...(inScope === null ? [] : [words.plain('status.run.inScope', { count: inScope })]),
    ...(exported === null ? [] : [words.plain('status.run.exported', { count: exported })]),
  ];
  return parts.length === 0 ? null : words.dotted(parts);
}
