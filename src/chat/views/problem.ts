import { assertNever } from '../../assert-never.ts';
import type { Messages } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { type AccessProblem, accessProblem, isAccessProblem } from '../../features/approvals/problems.ts';
import { type CheckProblem, checkProblem, isCheckProblem } from '../../features/checks/problems.ts';
import type { Explained, Quarantine } from './explained.ts';
import { type GraphProblem, graphProblem, isGraphProblem } from './graph-problems.ts';
import { isListProblem, type ListProblem, listProblem } from '../../features/provisioning/problems.ts';
import { noticeCard } from './notice.ts';
import { type SayButton, short } from './parts.ts';
import { type ProblemKeys, problemKeys } from './problem-keys.ts';
import { quarantineProblem } from './quarantine.ts';
import { isSignInProblem, type SignInProblem, signInProblem } from './sign-in-problems.ts';

/** What keeps Usher from running a command, before any call is made for it. */
export type Problem =
  | { readonly kind: 'unknownUser' | 'noName' | 'noOnePerson' | 'unknownApp'; readonly typed: string }
  /** The app identifies people by distinguished names, and something else was typed. */
  | { readonly kind: 'userNeedsDirectoryName'; readonly typed: string; readonly app: string }
  /** A distinguished name was typed for an app whose people come from Entra. */
  | { readonly kind: 'directoryNameUnexpected'; readonly typed: string; readonly app: string }
  /** The app identifies people by the ids of an HR system, and an address was typed. */
  | { readonly kind: 'userNeedsSourceId'; readonly typed: string; readonly app: string }
  | { readonly kind: 'appNotConfigured' | 'appDisabled' | 'appTakesNoUsers'; readonly app: string }
  /** The connector does not provision on demand while its regular cycles run. */
  | { readonly kind: 'jobMustStop'; readonly app: string }
  | Quarantine
  /** `begun`: the failure came midway, and something may have been stored before. */
  | { readonly kind: 'databaseAway'; readonly begun: boolean }
  | { readonly kind: 'incomplete'; readonly missing: 'subject' | 'app' }
  | { readonly kind: 'tooLong'; readonly length: number; readonly limit: number }
  | { readonly kind: 'tooManyWords'; readonly count: number; readonly limit: number }
  | { readonly kind: 'apology' | 'givenUp'; readonly reference: string }
  | { readonly kind: 'cardGivenUp'; readonly id: string; readonly reference: string }
  | { readonly kind: 'messageGivenUp'; readonly about: string; readonly reference: string }
  | { readonly kind: 'watchGivenUp'; readonly app: string; readonly reference: string }
  | {
      readonly kind: 'empty' | 'attachmentOnly' | 'staleButton' | 'unknownButton';
    }
  | GraphProblem
  | ListProblem
  | AccessProblem
  | CheckProblem
  | SignInProblem;

const KEYS = problemKeys(
  {
    noName: 'warning',
    noOnePerson: 'warning',
    unknownUser: 'warning',
    unknownApp: 'warning',
    userNeedsDirectoryName: 'warning',
    directoryNameUnexpected: 'warning',
    userNeedsSourceId: 'warning',
    jobMustStop: 'warning',
    appNotConfigured: 'warning',
    appDisabled: 'warning',
    appTakesNoUsers: 'warning',
    databaseAway: 'bad',
    incompleteSubject: 'unknown',
    incompleteApp: 'unknown',
    tooLong: 'warning',
    apology: 'bad',
    empty: 'neutral',
    attachmentOnly: 'warning',
    staleButton: 'warning',
    unknownButton: 'warning',
  },
  {
    databaseLost: ['bad', 'problem.databaseAway.title', 'problem.databaseLost.happened', 'problem.databaseLost.next'],
    tooManyWords: ['warning', 'problem.tooLong.title', 'problem.tooManyWords.happened', 'problem.tooManyWords.next'],
    givenUp: ['bad', 'problem.apology.title', 'problem.givenUp.happened', 'problem.givenUp.next'],
    cardGivenUp: ['bad', 'problem.apology.title', 'problem.cardGivenUp.happened', 'problem.itemGivenUp.next'],
    messageGivenUp: ['bad', 'problem.apology.title', 'problem.messageGivenUp.happened', 'problem.itemGivenUp.next'],
    watchGivenUp: ['bad', 'problem.apology.title', 'problem.watchGivenUp.happened', 'problem.itemGivenUp.next'],
  },
);

/**
 * What went wrong, what it means, what to do next; with buttons for helpful lines, where the caller knows any, and for
 * the page of the Entra admin center where it can be fixed.
 */
export function problem(
  words: Messages,
  what: Problem,
  buttons: readonly SayButton[] = [],
  link: string | null = null,
): CardMessage {
  return noticeCard(words, { ...explain(words, what), buttons, link });
}

function explain(words: Messages, what: Problem): Explained {
  const from = (
    keys: ProblemKeys,
    values: Readonly<Record<string, string | number>> = {},
    code: string | null = null,
  ) => say(words, keys, values, code);
  if (isGraphProblem(what)) {
    const { keys, values, code, codeLine } = graphProblem(words, what);
    const told = from(keys, values, code);
    return codeLine === undefined ? told : { ...told, code: codeLine };
  }
  if (isListProblem(what)) {
    const { keys, values } = listProblem(what);
    return from(keys, values);
  }
  if (isAccessProblem(what)) {
    const { keys, values } = accessProblem(words, what);
    return from(keys, values);
  }
  if (isCheckProblem(what)) {
    const { keys, values } = checkProblem(what);
    return from(keys, values);
  }
  if (isSignInProblem(what)) {
    const { keys, values, code } = signInProblem(words, what);
    return from(keys, values, code);
  }
  switch (what.kind) {
    case 'noName':
    case 'noOnePerson':
    case 'unknownUser':
      return from(KEYS[what.kind], { typed: short(what.typed) });
    case 'unknownApp':
      return from(KEYS.unknownApp, { typed: short(what.typed) });
    case 'userNeedsDirectoryName':
    case 'directoryNameUnexpected':
    case 'userNeedsSourceId':
      return from(KEYS[what.kind], { typed: short(what.typed), app: short(what.app) });
    case 'appNotConfigured':
    case 'appDisabled':
    case 'appTakesNoUsers':
    case 'jobMustStop':
      return from(KEYS[what.kind], { app: short(what.app) });
    case 'appQuarantined':
      return quarantineProblem(words, what);
    case 'databaseAway':
      return from(what.begun ? KEYS.databaseLost : KEYS.databaseAway);
    case 'incomplete':
      return from(what.missing === 'subject' ? KEYS.incompleteSubject : KEYS.incompleteApp);
    case 'tooLong':
      return from(KEYS.tooLong, { length: what.length, limit: what.limit });
    case 'tooManyWords':
      return from(KEYS.tooManyWords, { count: what.count, limit: what.limit });
    case 'apology':
    case 'givenUp':
      return from(KEYS[what.kind], {}, what.reference);
    case 'cardGivenUp':
      return from(KEYS.cardGivenUp, { id: what.id }, what.reference);
    case 'messageGivenUp':
      return from(KEYS.messageGivenUp, { about: short(what.about) }, what.reference);
    case 'watchGivenUp':
      return from(KEYS.watchGivenUp, { app: short(what.app) }, what.reference);
    case 'empty':
    case 'attachmentOnly':
    case 'staleButton':
    case 'unknownButton':
      return from(KEYS[what.kind]);
    default:
      return assertNever(what, 'problem');
  }
}

function say(
  words: Messages,
  keys: ProblemKeys,
  values: Readonly<Record<string, string | number>>,
  code: string | null,
): Explained {
  const [tone, title, happened, next] = keys;
  const shortCode = short(code ?? '', 120);
  return {
    tone,
    title: words.card(title, values),
    paragraphs: [words.card(happened, values)],
    next: words.card(next, values),
    code: shortCode === '' ? null : words.card('label.code', { code: shortCode }),
    summary: words.sentences([words.plain(happened, values), words.plain(next, values)]),
  };
}
