import type { Verb } from '../command.ts';
import type { Beyond } from '../grammar/asides.ts';
import type { MessageKey, Messages, MessageValues } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { type Explained, meaning, meaningFor, type Quarantine } from './explained.ts';
import { type GraphProblem, graphProblem, isGraphProblem } from './graph-problems.ts';
import { noticeCard } from './notice.ts';
import { type SayButton, short } from './parts.ts';
import { type ProblemKeys, problemKeys, valuesIn } from './problem-keys.ts';
import { quarantineProblem } from './quarantine.ts';
import { isSignInProblem, type SignInProblem, signInProblem } from './sign-in-problems.ts';
import { asOperator, type Viewpoint } from './viewpoint.ts';

/** What keeps Usher from running a command, before any call is made for it. */
export type Problem =
  /** Deleted in Entra: `people` as one text, `label` the principal name before the deletion. */
  | { readonly kind: 'severalDeleted'; readonly typed: string; readonly people: string }
  | { readonly kind: 'deletedPerson'; readonly person: string; readonly label: string }
  /** `unknownUserDeletedUnread`: Usher could not look among deleted people. */
  | {
      readonly kind:
        | 'unknownUserDeletedUnread'
        | 'unknownUser'
        | 'noName'
        | 'noOnePerson'
        | 'unknownApp'
        | 'unknownKit'
        | 'unknownGroup';
      readonly typed: string;
    }
  /**
   * The app identifies people by distinguished names, or by the ids of an HR system, and something else was typed; or a
   * distinguished name was typed for an app whose people come from Entra.
   */
  | {
      readonly kind: 'userNeedsDirectoryName' | 'userNeedsSourceId' | 'directoryNameUnexpected';
      readonly typed: string;
      readonly app: string;
    }
  | {
      readonly kind: 'appTakesNoUsers' | 'appTakesNoGroups' | 'accessNeedsEntraApp';
      readonly app: string;
    }
  /** `viewpoint`: who reads it; missing for an operator. */
  | {
      readonly kind: 'appNotConfigured' | 'appDisabled';
      readonly app: string;
      readonly viewpoint?: Viewpoint;
    }
  /** The connector does not provision on demand while its regular cycles run. `paused`: Usher can pause it meanwhile. */
  | { readonly kind: 'jobMustStop'; readonly app: string; readonly paused: 'yes' | 'first' | 'no' }
  | Quarantine
  /** `begun`: the failure came midway, and something may have been stored before. */
  | { readonly kind: 'databaseAway'; readonly begun: boolean }
  /** `example`: a whole line; without it, one that provisions. */
  | { readonly kind: 'incomplete'; readonly missing: 'subject' | 'app'; readonly example?: string }
  | { readonly kind: 'tooLong'; readonly length: number; readonly limit: number }
  | { readonly kind: 'tooManyWords'; readonly count: number; readonly limit: number }
  | { readonly kind: 'apology' | 'givenUp'; readonly reference: string }
  | { readonly kind: 'cardGivenUp'; readonly id: string; readonly reference: string }
  | { readonly kind: 'messageGivenUp'; readonly about: string; readonly reference: string }
  | { readonly kind: 'watchGivenUp'; readonly app: string; readonly reference: string }
  | { readonly kind: 'empty' | 'attachmentOnly' | 'staleButton' | 'unknownButton' }
  | { readonly kind: 'unclear' | 'unclearForeign'; readonly typed: string }
  /** Asked of Usher, and done elsewhere. */
  | { readonly kind: Beyond }
  | { readonly kind: 'unknownRequest' | 'unknownAccessRequest'; readonly id: string }
  /** `example`: a whole line. */
  | { readonly kind: 'missingId'; readonly example: string }
  /** None of the kit's apps is in the tenant. */
  | { readonly kind: 'emptyKit'; readonly kit: string }
  /** `tickets`: all of them, in one text. */
  | { readonly kind: 'severalTickets'; readonly tickets: string }
  /** The app needs a ticket number, and the line is too long for a card that asks for it. */
  | { readonly kind: 'ticketMissing'; readonly app: string; readonly example: string }
  | { readonly kind: 'noneNamed'; readonly verb: Verb; readonly typed: string }
  /** About the button that shows in the personal chat what is left out where others read along. */
  | { readonly kind: 'sentToPersonalChat' | 'noPersonalChat' | 'personalChatFailed' }
  | { readonly kind: 'grantRemoved' | 'grantUnknown'; readonly ref: string }
  | GraphProblem
  | SignInProblem;

type BeyondName = MessageKey extends infer Key ? (Key extends `beyond.${infer Name}.title` ? Name : never) : never;

function beyond(name: BeyondName): ProblemKeys {
  return ['unknown', `beyond.${name}.title`, 'beyond.happened', `beyond.${name}.next`];
}

const KEYS = problemKeys(
  {
    noName: 'warning',
    noOnePerson: 'warning',
    unknownUser: 'warning',
    unknownUserDeletedUnread: 'warning',
    severalDeleted: 'warning',
    deletedPerson: 'warning',
    unknownApp: 'warning',
    emptyKit: 'warning',
    unknownKit: 'warning',
    userNeedsDirectoryName: 'warning',
    directoryNameUnexpected: 'warning',
    userNeedsSourceId: 'warning',
    jobMustStop: 'warning',
    appNotConfigured: 'warning',
    appDisabled: 'warning',
    appTakesNoUsers: 'warning',
    appTakesNoGroups: 'warning',
    accessNeedsEntraApp: 'warning',
    unknownGroup: 'warning',
    unknownRequest: 'warning',
    unknownAccessRequest: 'warning',
    missingId: 'unknown',
    noneNamed: 'warning',
    severalTickets: 'unknown',
    ticketMissing: 'warning',
    sentToPersonalChat: 'good',
    noPersonalChat: 'warning',
    personalChatFailed: 'warning',
    grantRemoved: 'neutral',
    grantUnknown: 'warning',
    databaseAway: 'bad',
    incompleteSubject: 'unknown',
    incompleteApp: 'unknown',
    tooLong: 'warning',
    apology: 'bad',
    empty: 'neutral',
    attachmentOnly: 'warning',
    staleButton: 'warning',
    unknownButton: 'warning',
    unclear: 'unknown',
  },
  {
    unclearForeign: [
      'unknown',
      'problem.unclearForeign.title',
      'problem.unclear.happened',
      'problem.unclearForeign.next',
    ],
    beyondPassword: beyond('password'),
    beyondMultiFactor: beyond('multiFactor'),
    beyondUnlock: beyond('unlock'),
    beyondMailbox: beyond('mailbox'),
    beyondLicense: beyond('license'),
    beyondNewUser: beyond('newUser'),
    beyondGroup: beyond('group'),
    beyondMembers: beyond('members'),
    beyondRemoval: beyond('removal'),
    beyondUndo: beyond('undo'),
    databaseLost: ['bad', 'problem.databaseAway.title', 'problem.databaseLost.happened', 'problem.databaseLost.next'],
    tooManyWords: ['warning', 'problem.tooLong.title', 'problem.tooManyWords.happened', 'problem.tooManyWords.next'],
    givenUp: ['bad', 'problem.apology.title', 'problem.givenUp.happened', 'problem.givenUp.next'],
    cardGivenUp: ['bad', 'problem.apology.title', 'problem.cardGivenUp.happened', 'problem.itemGivenUp.next'],
    messageGivenUp: ['bad', 'problem.apology.title', 'problem.messageGivenUp.happened', 'problem.itemGivenUp.next'],
    watchGivenUp: ['bad', 'problem.apology.title', 'problem.watchGivenUp.happened', 'problem.itemGivenUp.next'],
  },
);

/** Draws a problem: what went wrong, what it means, what to do next. */
export type DrawProblem<P> = (
  words: Messages,
  what: P,
  /** Helpful lines, where the caller knows any; else those of the problem itself. */
  buttons?: readonly SayButton[],
  /** The page of the Entra admin center where it can be fixed. */
  link?: string | null,
) => CardMessage;

export const problem: DrawProblem<Problem> = (words, what, buttons = buttonsOf(what), link = null) =>
  noticeCard(words, { ...explain(words, what), buttons, link });

/** A button that runs a line. */
export const runs = (label: SayButton['label'], text: string): SayButton => ({ label, verb: 'run', text });

function buttonsOf(what: Problem): readonly SayButton[] {
  switch (what.kind) {
    case 'unknownAccessRequest':
      return [runs('pending', 'pending')];
    case 'empty':
    case 'unknownButton':
      return [runs('help', 'help')];
    case 'unknownApp':
      return [runs('apps', 'apps')];
    case 'emptyKit':
    case 'unknownKit':
      return [runs('line', 'kits')];
    case 'incomplete':
      return what.missing === 'app' ? [runs('apps', 'apps')] : [];
    case 'grantUnknown':
      return [runs('line', 'approval places'), runs('line', 'watches all')];
    case 'signInEnded':
    case 'signedOut':
    case 'notSignedIn':
      return [runs('signIn', 'sign in')];
    default:
      return [];
  }
}

/** A feature's own problems: their catalogue keys, with the values of each. */
export interface OwnProblems<P extends { readonly kind: string }> {
  readonly keys: Readonly<Record<P['kind'], ProblemKeys>>;
  valuesOf(what: P, words: Messages): MessageValues;
  /** The lines that lead on, each as a button. */
  buttonsOf?(what: P): readonly SayButton[];
}

/** `others` with a feature's own problems beside them. */
export function problemsWith<P extends { readonly kind: string }, Others extends { readonly kind: string }>(
  others: DrawProblem<Others>,
  { keys, valuesOf, buttonsOf: ownButtonsOf }: OwnProblems<P>,
): DrawProblem<P | Others> {
  const isOwn = (what: P | Others): what is P => Object.hasOwn(keys, what.kind);
  return (words, what, given, link = null) => {
    if (!isOwn(what)) return others(words, what, given, link);
    const kind: P['kind'] = what.kind;
    const buttons = given ?? ownButtonsOf?.(what) ?? [];
    return noticeCard(words, { ...say(words, keys[kind], valuesOf(what, words), null), buttons, link });
  };
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
  if (isSignInProblem(what)) {
    const { keys, values, code } = signInProblem(words, what);
    return from(keys, values, code);
  }
  switch (what.kind) {
    case 'appQuarantined':
      return quarantineProblem(words, what);
    case 'appNotConfigured':
    case 'appDisabled': {
      const [tone, title, happened, next] = KEYS[what.kind];
      const values = { app: short(what.app) };
      const steps = { happened, next, ask: `problem.${what.kind}.ask` } as const;
      return {
        tone,
        title: words.card(title, values),
        ...meaningFor(words, what.viewpoint ?? asOperator, steps, values),
      };
    }
    case 'databaseAway':
      return from(what.begun ? KEYS.databaseLost : KEYS.databaseAway);
    case 'incomplete':
      return from(what.missing === 'subject' ? KEYS.incompleteSubject : KEYS.incompleteApp, {
        example: what.example ?? 'provision user adele@contoso.com to Salesforce',
      });
    default:
      return from(KEYS[what.kind], valuesIn(what), 'reference' in what ? what.reference : null);
  }
}

function say(words: Messages, keys: ProblemKeys, given: MessageValues, code: string | null): Explained {
  const { example } = given;
  const values = typeof example === 'string' ? { ...given, example: words.line(example) } : given;
  const [tone, title, happened, next] = keys;
  const shortCode = short(code ?? '', 120);
  const codeLine = shortCode === '' ? null : words.card('label.code', { code: shortCode });
  return { tone, title: words.card(title, values), ...meaning(words, happened, next, values), code: codeLine };
}
