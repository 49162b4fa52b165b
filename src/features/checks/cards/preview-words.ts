import { assertNever } from '../../../assert-never.ts';
import type { MessageKey, Messages, MessageValues } from '../../../chat/messages.ts';
import { type Explained, meaningFor } from '../../../chat/views/explained.ts';
import { short } from '../../../chat/views/parts.ts';
import type { Tone } from '../../../chat/views/tone.ts';
import type { Assigned } from '../../../graph/assignments.ts';
import type { MappedPerson, PreviewValue } from '../../../graph/preview/previewing.ts';
import { matchingOf } from '../../../graph/preview/read-mapping.ts';
import { type Effect, matchedBy, type Previewed, type PreviewVerdict } from '../../../graph/preview/verdict.ts';
import type { LogRead } from '../../../graph/provisioning-log.ts';
import type { IsShown } from '../../../masking/attributes.ts';
import { cutValue } from '../../../masking/cut-outcome.ts';
import { attributeName, doubtText, failedText } from './clause-words.ts';
import { namesOf, type PersonInApp } from './person-in-app.ts';

export interface PreviewCardInput extends PersonInApp, Previewed, MappedPerson {
  readonly log: LogRead;
  readonly assignment: Assigned | { readonly kind: 'unread' };
  /** Whether it is enabled in Entra; null where Graph does not tell. */
  readonly account: boolean | null;
  /** None for a reader who may not see them. */
  readonly values: readonly PreviewValue[];
  /** How many more attributes the app gets, whose values Usher shows to no reader. */
  readonly unshown: number;
  /** Whether the reader may see the values of an attribute. */
  readonly isShown: IsShown;
  /** Only decides whether the button is shown: a click is checked again. */
  readonly canProvision: boolean;
  /** Where others read along: the line that shows everything in the reader's personal chat. */
  readonly elsewhere: string | null;
}

/** The sentences of a verdict: `next` for operators, `ask` for all others; null where it is the same for both. */
interface Said {
  readonly name: Effect['kind'] | Exclude<PreviewVerdict['kind'], 'inScope'> | 'unassigned';
  readonly tone: Tone;
  readonly next: MessageKey;
  readonly ask: MessageKey | null;
  readonly values?: MessageValues;
}

const LONGEST_VALUE = 80;
/** How many doubts a sentence names. */
const MOST_DOUBTS = 3;

export function previewWords(words: Messages, input: PreviewCardInput): Explained {
  const names = namesOf(input);
  const { name, tone, next, ask, values = {} } = saidOf(words, input, names.app);
  const all = { ...names, ...values };
  const title = words.plain(`preview.title.${name}`, all);
  return {
    tone,
    title,
    ...meaningFor(words, input.viewpoint, { happened: `preview.happened.${name}`, next, ask }, all),
  };
}

function saidOf(words: Messages, input: PreviewCardInput, app: string): Said {
  const { verdict, isShown } = input;
  const who = { who: input.canProvision ? 'reader' : 'nobody' };
  switch (verdict.kind) {
    case 'inScope':
      return effectSaid(words, input, verdict.effect);
    case 'accountDisabled':
      return { ...bad(verdict.kind, 'check.next.accountDisabled', 'check.ask.accountDisabled'), values: who };
    case 'notAssigned':
      return { ...bad(verdict.kind, 'check.next.notAssigned', 'notInScope.assigned.ask'), values: who };
    case 'notInScope':
      return {
        ...bad(verdict.kind, 'notInScope.scopingFilter.next', 'notInScope.scopingFilter.ask'),
        values: {
          retry: 'no',
          count: verdict.groups.length,
          shown: verdict.groups.some(({ clauses }) => clauses.some(({ clause }) => isShown(clause.attribute)))
            ? 'yes'
            : 'no',
          clauses: failedText(words, verdict.groups, isShown),
        },
      };
    case 'unknown': {
      if (verdict.doubts.some(({ why }) => why === 'syncsAll'))
        return {
          ...bad('unassigned', 'check.next.notAssigned', 'notInScope.assigned.ask'),
          tone: 'unknown',
          values: who,
        };
      const doubts = [...new Set(verdict.doubts.map((doubt) => doubtText(words, doubt, app)))];
      const values = { doubts: words.list(doubts.slice(0, MOST_DOUBTS)) };
      return { name: 'unknown', tone: 'unknown', next: 'preview.next.unknown', ask: 'preview.ask.unknown', values };
    }
    default:
      return assertNever(verdict, 'verdict');
  }
}

const bad = (name: Said['name'], next: MessageKey, ask: MessageKey): Said => ({ name, tone: 'warning', next, ask });

function effectSaid(words: Messages, { mapping, read, isShown }: PreviewCardInput, effect: Effect): Said {
  const good = { name: effect.kind, tone: 'good', next: 'preview.next.inScope', ask: 'preview.ask.inScope' } as const;
  switch (effect.kind) {
    case 'creates':
    case 'onlyUpdates':
    case 'onlyCreates': {
      const [first] = matchedBy(mapping, read).filter(({ target }) => isShown(target));
      const value = first === undefined ? null : cutValue(first.target, first.text, isShown);
      return {
        ...good,
        ...(effect.kind === 'creates' ? {} : { tone: 'warning' as const }),
        values: {
          known: value === null ? 'no' : 'yes',
          attribute: first === undefined ? '' : short(first.target),
          value: short(value ?? '', LONGEST_VALUE),
        },
      };
    }
    case 'updates':
      return good;
    case 'lacks':
      return {
        ...bad(effect.kind, 'preview.next.lacks', 'preview.ask.lacks'),
        values: { attribute: attributeName(words, effect.target), target: short(effect.target) },
      };
    case 'matchesNothing': {
      const targets = matchingOf(mapping).map(({ target }) => attributeName(words, target));
      return {
        ...bad(effect.kind, 'preview.next.lacks', 'preview.ask.lacks'),
        values: { attributes: words.either(targets), attribute: words.either(targets) },
      };
    }
    default:
      return assertNever(effect, 'effect');
  }
}
