import type { Caller } from '../access/caller.ts';
import { deny, policy } from '../access/policy.ts';
import type { Parsed, Verb } from './command.ts';
import { type Aside, asideIn, type Beyond, beyondIn, endsInThanks, isForeignTo } from './grammar/asides.ts';
import { spellingOf } from './grammar/phrases.ts';
import type { CommandParts, Turn } from './registry/define-command.ts';
import type { VerbWithForm } from './registry/form-declaration.ts';
import { isPossible } from './registry/run.ts';
import { refuseUnless, say } from './registry/turn.ts';
import type { Reply } from './reply.ts';
import type { Chapter, CommandHelp } from './views/help-card.ts';
import { noticeCard } from './views/notice.ts';
import type { SayButton } from './views/parts.ts';
import { runs } from './views/problem.ts';

/**
 * Refuses a caller without a role before anything is looked up, in the same words whatever was typed, and records the
 * refusal. Null for help and whoami, for a whole command, which refuses by itself, and for callers with a role.
 */
export async function refuseRoleless(parts: CommandParts, turn: Turn, said: Parsed | null): Promise<Reply | null> {
  if (turn.caller.roles.length > 0 || said?.kind === 'command') return null;
  return refuseUnless(parts, turn, parts.registry.commands[nearestVerb(parts, said)].permission);
}

/** The command that a line probably is; listing apps, which every role may, where that is unclear. */
function nearestVerb({ registry, grammar }: CommandParts, said: Parsed | null): Verb {
  const isForAnyone = (verb: Verb) => policy[registry.commands[verb].permission] === 'anyone';
  if (said?.kind === 'incomplete') return isForAnyone(said.verb) ? 'apps' : said.verb;
  if (said?.kind === 'severalTickets') return said.command.verb;
  const meant = said?.kind === 'didYouMean' ? grammar.parse(said.suggestion) : null;
  return meant?.kind === 'command' && !isForAnyone(meant.command.verb) ? meant.command.verb : 'apps';
}

/**
 * Chapters in the order in which most callers want them: first what only few may do, since that is why they have their
 * role. Operators seldom request access.
 */
const order: readonly Chapter[] = ['provision', 'decide', 'ask', 'check', 'requests', 'leaving', 'watch', 'about'];
const orderOfOperators: readonly Chapter[] = [
  'provision',
  'leaving',
  'check',
  'requests',
  'decide',
  'ask',
  'watch',
  'about',
];

/** The commands that this caller may use, by chapter. */
export function commandsFor(parts: Pick<CommandParts, 'registry' | 'graphAccess'>, caller: Caller): CommandHelp[] {
  const allowed = Object.values(parts.registry.commands).filter(({ verb, permission, or = permission }) => {
    if (!isPossible(parts, verb)) return false;
    return deny(caller, permission) === null || deny(caller, or) === null;
  });
  const chapters = deny(caller, 'provision.run') === null ? orderOfOperators : order;
  const sorted = chapters.flatMap((wanted) => allowed.filter(({ chapter }) => chapter === wanted));
  const [first] = sorted;
  return sorted.map(({ verb, chapter, examples, tryIt, form }) => ({
    verb,
    chapter,
    examples: verb === 'help' ? [...examples, `help ${spellingOf(first?.verb ?? 'help')}`] : examples,
    tryIt,
    ...(form === undefined ? {} : { opens: `form.${verb as VerbWithForm}.title` as const }),
  }));
}

/** How many lines are offered beside the help. */
const mostOffered = 2;

/** The answer to a line that is no command: what this caller may want, and the help. */
export function notUnderstood(parts: CommandParts, turn: Turn, typed: string): Reply {
  const kind = isForeignTo(typed, turn.words.language) ? 'unclearForeign' : 'unclear';
  return say(turn.words, { kind, typed }, firstButtons(parts, turn));
}

function firstButtons(parts: CommandParts, { caller }: Turn): SayButton[] {
  const lines = commandsFor(parts, caller).flatMap(({ chapter, tryIt }) =>
    tryIt === null ? [] : [{ chapter, tryIt }],
  );
  const ofChapters = [...Map.groupBy(lines, ({ chapter }) => chapter).values()].flatMap(([first]) => first ?? []);
  const offered = ofChapters.slice(0, mostOffered).map(({ tryIt }): SayButton => runs('line', tryIt));
  return [...offered, runs('help', 'help')];
}

/** A line of courtesy, or a yes to nothing, gets a line or two; null for any other line. */
export function answerAside(turn: Turn, line: string): Reply | null {
  const aside = asideIn(line, turn.words.language);
  return aside === null ? null : sayAside(turn, aside);
}

/** "isaiah got the welcome mail, thanks a lot!!" */
export function answerThanks(turn: Turn, line: string): Reply | null {
  return endsInThanks(line, turn.words.language) ? sayAside(turn, 'thanks') : null;
}

function sayAside({ words, caller }: Turn, aside: Aside): Reply {
  const decides: SayButton[] = deny(caller, 'access.decide') === null ? [runs('pending', 'pending')] : [];
  const buttons = aside === 'answers' ? [...decides, runs('requests', 'requests')] : [];
  const paragraphs = aside === 'answers' ? [words.card('aside.answersNext')] : [];
  const summary = words.plain(`aside.${aside}`);
  const message = noticeCard(words, {
    tone: 'neutral',
    title: words.card(`aside.${aside}`),
    paragraphs,
    summary,
    buttons,
  });
  return { kind: 'card', message };
}

/** Says who does what Usher does not; what may mean an app waits until the second reading has found nothing. */
export function answerBeyond(parts: CommandParts, turn: Turn, line: string, found: 'atOnce' | 'nothing'): Reply | null {
  const what = beyondIn(line, turn.words.language);
  if (what === null || (found === 'atOnce' && mayMeanApp.has(what))) return null;
  // Its text leads to the list of one's requests.
  const own = [runs('requests', 'my open requests'), runs('help', 'help')];
  return say(turn.words, { kind: what }, what === 'beyondUndo' ? own : firstButtons(parts, turn));
}

/** "a Salesforce license" may mean the account; for a removal, the second reading offers nothing in any case. */
const mayMeanApp: ReadonlySet<Beyond> = new Set(['beyondLicense', 'beyondRemoval']);
