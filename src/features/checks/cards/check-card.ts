import type { CheckView, Fact, SubmitButton } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { jobWord, lastRanLine } from '../../../chat/jobs/job-words.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { provisioningPageUrl, usersPageUrl } from '../../../chat/views/entra-link.ts';
import { assignedText, lineButton, lookAgain, maybe, personalButton, personName } from '../../../chat/views/parts.ts';
import { fact } from '../../provisioning/cards/result-details.ts';
import { writeProvision } from '../../provisioning/provision-line.ts';
import { writeCheck } from '../check-line.ts';
import { type CheckFacts, findings, isWorthProvisioning, mayBeConnection } from '../diagnosis.ts';
import { alsoText, type Provisioner, refusedCode, verdictWords } from './check-words.ts';
import { dayToCome, entryId, entryResult } from './entry-text.ts';
import { type LogLimits, logSection, silenceOfLog } from './log-words.ts';
import { namesOf, type PersonAppNames, type PersonInApp, personInAppView } from './person-in-app.ts';
import { writeTest } from './status-card.ts';

export interface CheckCardInput extends PersonInApp {
  readonly facts: CheckFacts;
  /** Only decides whether the button is shown: a click is checked again. */
  readonly canProvision: boolean;
  /** The same for the test of the app's connection. */
  readonly canRepair?: boolean;
  /**
   * Where others read along: the line that shows everything in the reader's personal chat. The card then leaves out the
   * log and Usher's last action.
   */
  readonly elsewhere?: string | null;
  readonly now: number;
}

const LEVELS: readonly LogLimits[] = [
  { rows: 5, line: 300 },
  { rows: 4, line: 160 },
];

/** How many paragraphs about the verdict fit on the first screen; more, about a failing job, are in the details. */
const FIRST_PARAGRAPHS = 1;

const ACCOUNTS: Readonly<Record<CheckFacts['account'], MessageKey>> = {
  enabled: 'access.account.enabled',
  disabled: 'access.account.disabled',
  unread: 'check.unread',
};

/** "Is it the sync or is it the user?": the answer first, then what to try, then everything that was read. */
export function checkCard(words: Messages, input: CheckCardInput): CardMessage {
  const { person, app, facts, now, viewpoint } = input;
  const names = namesOf(input);
  const isOpen = input.elsewhere == null;
  const [verdict, ...others] = findings(facts);
  const said = verdictWords(words, verdict, { names, facts, now, viewpoint, who: whoProvisions(input) });
  const also = others.flatMap((other) => alsoText(words, other, names) ?? []);
  const gaps = gapsText(words, facts);
  const verdictLine = words.plain('check.summary', { ...names, verdict: said.title });
  const worthIt = [verdict, ...others].every(isWorthProvisioning);
  const tests = input.canRepair === true && [verdict, ...others].some((one) => mayBeConnection(one, facts.jobState));
  const start = worthIt ? startOf(words, facts, names, now) : null;
  const summary = words.sentences([verdictLine, said.summary, start?.plain ?? null]);
  const next = words.sentences([start?.card ?? null, said.next]);
  const page = verdict.kind === 'notAssigned' ? usersPageUrl : provisioningPageUrl;
  const paragraphs = said.paragraphs.map((text) => ({ text }));
  const more = [...paragraphs.slice(FIRST_PARAGRAPHS), ...(said.further ?? []).map((text) => ({ text }))];
  const code = maybe(said.code ?? refusedCode(words, facts));
  const card = renderLargestThatFits('check', LEVELS, (limits): CheckView => {
    const sections = isOpen ? logSection(words, facts.log, now, limits) : [];
    const tables: CheckView['tables'] = [{ facts: factRows(words, input, names) }];
    const details: CheckView['details'] = [{ texts: [...code, ...more], tables, sections }];
    return {
      ...personInAppView(words, input, said, { summary, details, page }),
      paragraphs: paragraphs.slice(0, FIRST_PARAGRAPHS),
      next: next === '' ? [] : [{ label: words.card('label.next'), text: next }],
      further: maybe(words.sentences([...also, ...gaps])),
      // Without a synchronization there is no log that could lag.
      footer: [{ text: words.card('check.footer', { log: verdict.kind === 'notSetUp' ? 'none' : 'other' }) }],
      buttons: [
        ...(verdict.kind === 'ownTryFailed' ? lineButton(words, 'button.open', `show ${verdict.requestId}`) : []),
        ...(tests ? lineButton(words, 'button.testJob', writeTest(app.name)) : []),
        ...(input.canProvision && worthIt ? provisionButton(words, input) : []),
        ...lookAgain(words, writeCheck({ verb: 'check', subject: person.principalName, app: app.name })),
        ...(input.elsewhere == null ? [] : personalButton(words, input.elsewhere)),
      ],
    };
  });
  return { card, summary };
}

function whoProvisions({ canProvision, facts }: CheckCardInput): Provisioner {
  // No caller can provision a person from another source by their Entra name.
  return canProvision && facts.assignment.kind !== 'notNeeded' ? 'reader' : 'nobody';
}

/** Usher's own next action, after an approval for a later day. */
function startOf(words: Messages, { lastEntry }: CheckFacts, names: PersonAppNames, now: number) {
  const day = lastEntry === null ? null : dayToCome(words, lastEntry, now);
  if (lastEntry === null || day === null) return null;
  const values = { ...names, day, request: entryId(lastEntry) };
  return { card: words.card('check.next.startsLater', values), plain: words.plain('check.next.startsLater', values) };
}

/** Names what could not be read, in one sentence, so that silence does not pass for good news. */
function gapsText(words: Messages, { account, assignment, log, jobState }: CheckFacts): string[] {
  const gaps = [
    ...(jobState === 'unread' ? [words.plain('check.gap.sync')] : []),
    ...(account === 'unread' ? [words.plain('check.gap.account')] : []),
    ...(assignment.kind === 'unread' ? [words.plain('check.gap.assignment')] : []),
    ...(log.kind === 'read' ? [] : [words.plain('check.gap.log')]),
  ];
  return gaps.length === 0 ? [] : [words.card('check.gaps', { gaps: words.list(gaps) })];
}

function factRows(words: Messages, { facts, now, elsewhere }: CheckCardInput, names: PersonAppNames): Fact[] {
  const { log, jobState, scope, filter } = facts;
  const isFiltered = filter != null && (filter.groups.length > 0 || filter.passes !== 'yes');
  const evaluated = !isFiltered ? (`check.scope.${scope}` as const) : (`check.filter.${filter.passes}` as const);
  const ran = lastRanLine(words, jobState, now);
  const state = jobWord(words, jobState).word;
  const sync = ran === null || jobState === 'unread' ? state : words.plain('check.sync', { state, ran });
  return [
    ...fact(words.card('check.fact.sync'), sync, 300),
    ...fact(words.card('access.fact.account'), words.plain(ACCOUNTS[facts.account])),
    ...fact(words.card('access.fact.assignment'), assignmentText(words, facts, names), 200),
    // Without a log there is no evaluation to report, and the log's row says why.
    ...fact(words.card('check.fact.scope'), log.kind === 'read' || isFiltered ? words.plain(evaluated) : null),
    ...fact(words.card('check.fact.log'), silenceOfLog(words, log), 200),
    ...(elsewhere == null || facts.lastEntry !== null
      ? fact(words.card('check.fact.usher'), usherText(words, facts, now), 300)
      : []),
  ];
}

function assignmentText(words: Messages, { assignment }: CheckFacts, { app }: PersonAppNames): string {
  if (assignment.kind === 'notNeeded') return words.plain('check.assignment.notNeeded', { app });
  return assignment.kind === 'unread' ? words.plain('check.unread') : assignedText(words, assignment, app);
}

/** Usher's own last action for this person in this app. */
function usherText(words: Messages, { lastEntry }: CheckFacts, now: number): string {
  if (lastEntry === null) return words.plain('check.usher.nothing');
  const { text } = entryResult(words, lastEntry, now);
  const values = {
    result: text,
    requestedBy: personName(lastEntry.requestedBy),
    time: words.moment(lastEntry.at, now),
  };
  return words.plain('check.usher.last', values);
}

function provisionButton(words: Messages, { person, app }: CheckCardInput): readonly SubmitButton[] {
  const line = writeProvision({ verb: 'provision', subject: person.principalName, app: app.name });
  return lineButton(words, 'button.provisionNow', line);
}
