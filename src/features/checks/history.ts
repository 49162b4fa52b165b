import { deny } from '../../access/policy.ts';
import { type Visible, visibleTo } from '../../access/seeing.ts';
import { assertNever } from '../../assert-never.ts';
import type { CommandOf } from '../../chat/command.ts';
import { readSince } from '../../chat/dates/since-date.ts';
import { appCandidates } from '../../chat/names/app-candidates.ts';
import { nearest, resolvePerson, typistOf } from '../../chat/names/person.ts';
import { askWhich } from '../../chat/names/subject.ts';
import { tryAgain } from '../../chat/names/target.ts';
import { commands, type Resolved } from '../../chat/offers/resolved.ts';
import { lookAgainForEither } from '../../chat/offers/second-look.ts';
import { type CommandParts, defineCommand, type Lookup, type Turn } from '../../chat/registry/define-command.ts';
import { missingFor, runCommand } from '../../chat/registry/run.ts';
import { type Answered, answered, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { appPicker } from '../../chat/views/person-picker.ts';
import { byReader } from '../../db/database.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import { isGuest } from '../../graph/user.ts';
import { findKnown } from '../../requests/known-names.ts';
import { findRequest } from '../../requests/store.ts';
import { ENTRIES_PER_PAGE, historyCard } from './cards/history-card.ts';
import type { About, OwnPart } from './history/history-entry.ts';
import { findEntriesPage } from './history/pages.ts';
import { readFailed, readHistory, readHistoryQuestion, readSinceAlone, writeHistory } from './history-line.ts';
import { say } from './problems.ts';

type HistoryCommand = CommandOf<'history' | 'exportHistory'>;

/** `history [failed] [about] [since] [page]`: the requests and their outcomes, newest first. */
async function history(parts: CommandParts, turn: Turn, command: CommandOf<'history'>): Promise<Reply> {
  const visible = await visibleTo(parts.access, turn.caller);
  if (!visible.ok) return troubleReply(turn.words, visible.trouble);
  const named = await namedRequest(parts, command.about);
  if (named !== null && (await parts.registry.accessRequests.isVisible(parts, turn, visible.value, named)))
    return runCommand(parts, turn, { verb: 'show', requestId: named });
  const filter = await readFilter(parts, turn, command);
  if (filter.kind === 'reply') return filter.reply;
  const { about, name, since } = filter;
  const { page } = command;
  const readAlong = !parts.isOpenPlace(turn.incoming.conversation);
  const only = readAlong ? null : partOf(visible.value);
  const { among = null } = command;
  const sought = { about, requestedById: readAlong ? turn.caller.id : null, since, only, among };
  const found = await findEntriesPage(byReader(parts.store.database), sought, page - 1, ENTRIES_PER_PAGE);
  const lineOf = (number: number) => parts.grammar.format({ ...command, page: number });
  const message = historyCard(turn.words, {
    entries: found.entries,
    about: name,
    since,
    page,
    among,
    mayRetry: deny(turn.caller, 'request.retry') === null,
    scope: readAlong ? 'ownHere' : only === null ? 'all' : 'seen',
    elsewhere: readAlong ? lineOf(page) : null,
    older: found.more ? lineOf(page + 1) : null,
    newer: page > 1 ? lineOf(page - 1) : null,
    now: parts.store.clock.now(),
  });
  return { kind: 'card', inPlace: true, message };
}

/** The part of the history that the caller may see; null for all of it. */
function partOf(visible: Visible): OwnPart | null {
  return visible.kind === 'all' ? null : { requestedById: visible.personId, subjectIds: visible.reportIds };
}

/** The request id, where the history is asked about one; null for a person or an app. */
async function namedRequest(parts: CommandParts, about: string | null): Promise<string | null> {
  const id = /^(?:request\s+)?#?([0-9a-z]{6})$/i.exec(about ?? '')?.[1]?.toUpperCase();
  if (id === undefined) return null;
  const isThere =
    (await parts.registry.accessRequests.find(parts, id)) !== null ||
    (await findRequest(parts.store.database, id)) !== null;
  return isThere ? id : null;
}

export type FilterFound =
  | {
      readonly kind: 'filter';
      readonly about: About | null;
      /** The person or app in question, by its display name; or the ticket. */
      readonly name: string | null;
      readonly since: number | null;
    }
  | Answered;

/**
 * Resolves what was typed: a day, and a person or an app. An app of exactly that name takes precedence over a person.
 */
export async function readFilter(parts: CommandParts, turn: Turn, command: HistoryCommand): Promise<FilterFound> {
  const { words, incoming } = turn;
  const since = command.since === null ? null : readSince(command.since, incoming.reader, parts.store.clock.now());
  if (since !== null && since.kind !== 'since')
    return answered(
      say(words, { kind: since.kind === 'future' ? 'sinceFuture' : 'unclearSince', typed: command.since ?? '' }),
    );
  const from = since?.at ?? null;
  if (command.about === null) return { kind: 'filter', about: null, name: null, since: from };
  const ticket = parts.tickets.read(command.about.replace(/^(?:ticket|incident)\s+#?/i, ''));
  if (ticket !== null) return { kind: 'filter', about: { ticket }, name: ticket, since: from };

  const app = await parts.applications.find(command.about);
  if (!app.ok) return answered(troubleReply(words, app.trouble, tryAgain(parts, command)));
  if (app.value.kind === 'one') {
    const { id, displayName } = app.value.app;
    return { kind: 'filter', about: { appId: id }, name: displayName, since: from };
  }
  if (app.value.kind === 'several') {
    const { apps, more } = app.value;
    const message = appPicker(words, {
      typed: command.about,
      candidates: await appCandidates(parts, apps),
      more,
      choose: (id) => parts.grammar.format({ ...command, about: id }),
    });
    return answered({ kind: 'card', inPlace: true, message });
  }
  const typed = command.about;
  const lineFor = (about: string) => parts.grammar.format({ ...command, about });
  const ask = (users: readonly DirectoryUser[], more: boolean) =>
    answered(askWhich(turn, { typed, app: null, users, more, lineFor, lineOfOne: lineFor }));
  const found = await resolvePerson(parts.directory, typed, typistOf(incoming));
  if (!found.ok) return answered(troubleReply(words, found.trouble, tryAgain(parts, command)));
  switch (found.value.kind) {
    case 'one': {
      const { id, displayName } = found.value.user;
      return { kind: 'filter', about: { personId: id }, name: displayName, since: from };
    }
    case 'several':
      return ask(found.value.users, found.value.more);
    case 'noName':
      return answered(say(words, { kind: 'noName', typed }));
    case 'none': {
      // A person who has left the organization is still in the history.
      const known = await findKnown(byReader(parts.store.database), command.about);
      const [only] = known;
      if (only !== undefined && known.length === 1) {
        const about = only.kind === 'app' ? { appId: only.id } : { personId: only.id };
        return { kind: 'filter', about, name: only.name, since: from };
      }
      const people = await nearest(parts.directory, typed);
      if (people.length > 1 || people.some(isGuest)) return ask(people, false);
      return answered(await lookAgainForEither(parts, turn, { ...command, about: typed }));
    }
    default:
      return assertNever(found.value, 'match');
  }
}

/** A person or an app that the history may be about. */
export async function resolveHistory(
  look: Lookup,
  command: CommandOf<'history' | 'exportHistory'>,
  others: readonly string[],
): Promise<Resolved> {
  const lacking = await missingFor(look.parts, look.turn, command);
  if (lacking !== null) return look.denied(lacking);
  if (command.about === null || look.parts.tickets.read(command.about) !== null) return commands(command);
  const about = await look.findEither(command.about, others);
  if (about.kind !== 'person' && about.kind !== 'app') return about;
  return commands({ ...command, about: about.name }, about.kind === 'person' ? about.found : []);
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `about`: a person or an app, as typed; `since` as typed, without its lead-in. Pages count from 1. */
    history: {
      readonly about: string | null;
      readonly since: string | null;
      readonly page: number;
      /** Only what did not end well. */
      readonly among?: 'failed';
    };
  }
}

export const historyCommand = defineCommand({
  verb: 'history',
  read: readHistory,
  readLoose: readHistoryQuestion,
  questions: { failed: readFailed, since: readSinceAlone },
  write: writeHistory,
  permission: 'history.show',
  inPersonalChat: true,
  chapter: 'requests',
  examples: [
    'history Salesforce since monday',
    'history failed since yesterday',
    'history adele',
    'history INC0012345',
  ],
  offeredByTeams: { personal: 7, team: 10, groupChat: 8 },
  tryIt: 'history',
  resolve: resolveHistory,
  run: history,
});
