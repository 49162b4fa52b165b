import { mayAskFor } from '../../access/asking.ts';
import { deny } from '../../access/policy.ts';
import { assertNever } from '../../assert-never.ts';
import type { CommandOf, Term } from '../../chat/command.ts';
import { dayOf } from '../../chat/dates/start-date.ts';
import { findApplications } from '../../chat/names/named-apps.ts';
import { findPeople } from '../../chat/names/people.ts';
import { typistOf } from '../../chat/names/person.ts';
import { findPerson } from '../../chat/names/subject.ts';
import { tryAgain } from '../../chat/names/target.ts';
import { requestFor } from '../../chat/offers/resolved.ts';
import { lookAgainForGroup } from '../../chat/offers/second-look.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { mayOnlyAsk } from '../../chat/registry/run.ts';
import { type Answered, answered, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { appNames } from '../../chat/views/app-names.ts';
import { didYouMean } from '../../chat/views/did-you-mean.ts';
import type { SayButton } from '../../chat/views/parts.ts';
import type { Application } from '../../graph/applications.ts';
import { nobodyFoundCard } from './cards/confirm-card.ts';
import { termCard } from './cards/term-card.ts';
import { endReply, endTermsOf } from './line-ends.ts';
import { offerLongerApp, readTerms } from './line-terms.ts';
import { foldDuplicates } from './lists/people-list.ts';
import { say } from './problems.ts';

type TimedCommand = CommandOf<'provision' | 'provisionList' | 'provisionGroup'>;

/** Longer lists are looked up when they run. */
const mostLookedUp = 10;

/**
 * The answer to a provisioning line with a start, or with an end that cannot be kept: provisioning happens at once, so the
 * line is not carried out, and alternatives are offered. Null where the line says no more than "today" and a good end.
 */
export async function untimely(parts: CommandParts, turn: Turn, command: TimedCommand): Promise<Reply | null> {
  const { term, ...plain } = command;
  if (term === undefined) return null;
  const { words, incoming } = turn;
  const longer = await offerLongerApp(parts, turn, command, (app) => ({ ...plain, app }));
  if (longer !== null) return longer;
  const terms = readTerms(parts, turn, term, 'now');
  if (terms.kind === 'problem') return say(words, terms.problem);
  const found = await findApplications(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const [first] = found.apps;
  const whom = await whoIsMeant(parts, turn, command, first);
  if (whom.kind === 'reply') return whom.reply;

  const { end, startsAt, time, isOnly } = terms;
  const who = {
    who: whom.name,
    app: appNames(
      words,
      found.apps.map(({ displayName: name }) => ({ name })),
    ),
  };
  const now: SayButton = {
    label: end === null ? 'provisionNow' : 'withoutEnd',
    verb: 'choose',
    text: parts.grammar.format(plain),
  };
  const ask = found.apps.length > 1 ? null : await askInstead(parts, turn, command, whom.id, { ...terms, term });
  if (end !== null) {
    // Without its end, but not on another day.
    const buttons = startsAt === null ? [now] : [ask === null ? { ...now, label: 'provisionNow' as const } : ask];
    const lostReason = buttons[0] === ask ? null : terms.reason;
    const ends = endTermsOf(found.apps, found.kits);
    const bad = endReply(parts, turn, { end, startsAt, time, isOnly }, ends, { ...who, buttons, lostReason });
    if (bad !== null) return bad;
    // The members of a group may change, and its assignment is never touched.
    if (command.verb === 'provisionGroup') return say(words, { kind: 'endOfGroup' }, [now]);
  }
  if (startsAt === null && time === null) {
    if (term.reason === null) return null;
    const suggestion = parts.grammar.format(end === null ? plain : { ...plain, term: { ...term, reason: null } });
    return { kind: 'card', inPlace: true, message: didYouMean(words, { suggestion }) };
  }
  const day = startsAt === null ? null : words.day(startsAt, incoming.reader.timeZone);
  const what = { kind: 'start', ...who, typed: term.start ?? '', day, canAsk: ask !== null } as const;
  const keeping: SayButton =
    end === null
      ? now
      : {
          ...now,
          label: 'provisionNow',
          text: parts.grammar.format({ ...plain, term: { start: null, end, reason: null } }),
        };
  const buttons = ask === null ? [keeping] : [keeping, ask];
  const lostReason = ask === null ? terms.reason : null;
  return {
    kind: 'card',
    message: termCard(words, { what, buttons, lostReason, lostTime: day === null ? null : time }),
  };
}

type Meant =
  /** `id`: of one person in Entra. */
  { readonly kind: 'meant'; readonly name: string; readonly id: string | null } | Answered;

async function whoIsMeant(parts: CommandParts, turn: Turn, command: TimedCommand, app: Application): Promise<Meant> {
  switch (command.verb) {
    case 'provision': {
      if (!(await takesEntra(parts, app))) return { kind: 'meant', name: command.subject, id: null };
      const person = await findPerson(parts, turn, command, app);
      if (person.kind === 'reply') return person;
      return { kind: 'meant', name: person.user.displayName, id: person.user.id };
    }
    case 'provisionList': {
      const { entries } = foldDuplicates(command.subjects);
      const name = turn.words.plain('term.people', { count: entries.length });
      if (entries.length > mostLookedUp || !(await takesEntra(parts, app))) return { kind: 'meant', name, id: null };
      const people = await findPeople(parts.directory, entries, typistOf(turn.incoming));
      if (people.kind === 'trouble')
        return answered(troubleReply(turn.words, people.trouble, tryAgain(parts, command)));
      const { leftOut } = people;
      if (people.people.length === 0)
        return answered({ kind: 'card', message: nobodyFoundCard(turn.words, { app: app.displayName, leftOut }) });
      return { kind: 'meant', name, id: null };
    }
    case 'provisionGroup': {
      const groups = await parts.directory.findGroups(command.group);
      if (!groups.ok) return answered(troubleReply(turn.words, groups.trouble, tryAgain(parts, command)));
      if (groups.value.kind === 'none') return answered(await lookAgainForGroup(parts, turn, command));
      const name = groups.value.kind === 'one' ? groups.value.group.displayName : command.group;
      return { kind: 'meant', name, id: null };
    }
    default:
      return assertNever(command, 'command');
  }
}

/** Whether the app takes its people from Entra; assumed when unknown. */
async function takesEntra({ synchronization }: CommandParts, app: Application): Promise<boolean> {
  const job = await synchronization.findJob(app.id);
  if (!job.ok || job.value.kind === 'none') return true;
  const rule = await synchronization.findRule(app.id, job.value.job.id, 'User');
  return !rule.ok || rule.value === null || rule.value.source === 'entra';
}

/** The button that requests access from that day on, for a caller who may. */
async function askInstead(
  parts: CommandParts,
  { caller, incoming }: Turn,
  command: TimedCommand,
  personId: string | null,
  { startsAt, term }: { readonly startsAt: number | null; readonly term: Term },
): Promise<SayButton | null> {
  if (command.verb !== 'provision' || personId === null || startsAt === null) return null;
  if (personId === caller.id || deny(caller, 'access.request') !== null) return null;
  const may = await mayAskFor(parts, caller, personId);
  if (!may.ok || may.value !== 'may') return null;
  const start = dayOf(startsAt, incoming.reader);
  const text = parts.grammar.format(requestFor({ ...command, term: { ...term, start } }));
  return { label: 'askForDay', verb: 'choose', text };
}

/** Tells a requester to request access for one person at a time; null for every other caller. */
export function askOneByOne(turn: Turn): Reply | null {
  return mayOnlyAsk(turn) ? say(turn.words, { kind: 'askOneByOne' }) : null;
}

/** A start is never carried out, and neither is a bad end: the alternatives are offered at once. */
export async function nearlyProvision(parts: CommandParts, turn: Turn, command: TimedCommand): Promise<Reply | null> {
  return deny(turn.caller, 'provision.run') === null ? untimely(parts, turn, command) : null;
}
