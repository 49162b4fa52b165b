import type { EndTerms } from '../../access-ends.ts';
import type { CommandOf } from '../../chat/command.ts';
import { readStartDate } from '../../chat/dates/start-date.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { didYouMean } from '../../chat/views/did-you-mean.ts';
import { termCard } from '../provisioning/cards/term-card.ts';
import { endReply } from '../provisioning/line-ends.ts';
import type { Terms } from '../provisioning/line-terms.ts';

/** What an access request's line says besides its people and apps: its dates and its reason. */
type RequestAccessCommand = CommandOf<'requestAccess'>;

/** Words of the longest date that may follow an app without a comma: "starting on Monday 1 December 2026". */
const longestDate = 7;

/**
 * "to Salesforce yesterday", "to Salesforce demain": words after the app's name that form a date may be the date, if no
 * app has the whole name and one has the name before them. The grammar does not know the apps and leaves that open.
 * Since it is a guess, it is only offered.
 */
export async function withTermsOfItsOwn(
  parts: CommandParts,
  { incoming }: Turn,
  command: RequestAccessCommand,
): Promise<RequestAccessCommand> {
  const words = command.app.split(' ');
  if (command.start !== null || command.end !== null || words.length === 1) return command;
  const whole = await parts.applications.find(command.app);
  if (!whole.ok || whole.value.kind !== 'none') return command;
  for (let length = Math.min(longestDate, words.length - 1); length > 0; length -= 1) {
    const start = words.slice(-length).join(' ');
    const read = readStartDate(start, incoming.reader, parts.store.clock.now());
    if (read.kind === 'unclear' || (read.kind === 'several' && read.stay === null)) continue;
    if ('rest' in read && read.rest !== '') continue;
    const app = words.slice(0, -length).join(' ');
    const known = await parts.applications.find(app);
    if (known.ok && known.value.kind === 'one') return { ...command, app, start };
  }
  return command;
}

/**
 * The offer in place of a request that cannot be made as typed: without its end, without its time of day, on the day in
 * its reason or at once, or with the guessed date. Null where the request can be made.
 */
export function offerInstead(
  parts: CommandParts,
  turn: Turn,
  { typed, command }: { readonly typed: RequestAccessCommand; readonly command: RequestAccessCommand },
  who: { readonly who: string; readonly app: string; readonly ends: readonly EndTerms[] },
  { start, startsAt, end, time, isOnly, maybe, reason }: Extract<Terms, { kind: 'terms' }>,
): Reply | null {
  const { words, incoming } = turn;
  const dayIn = (at: number) => words.day(at, incoming.reader.timeZone);
  if (maybe !== null) {
    const toLine = (begin: string) => parts.grammar.format({ ...command, start: begin, reason });
    const buttons = [
      { label: 'fromThatDay', verb: 'choose', text: toLine(maybe.start) },
      { label: 'onceApproved', verb: 'choose', text: toLine('now') },
    ] as const;
    const what = { kind: 'reasonDay', reason: reason ?? '', day: dayIn(maybe.startsAt) } as const;
    return { kind: 'card', message: termCard(words, { what, buttons }) };
  }
  const line = parts.grammar.format({ ...command, start, end: null, reason });
  const keeping = parts.grammar.format({ ...command, start, reason });
  const bad =
    end === null
      ? null
      : endReply(parts, turn, { end, startsAt, time, isOnly }, who.ends, {
          ...who,
          buttons: [{ label: 'withoutEnd', verb: 'choose', text: line }],
        });
  if (bad !== null) return bad;
  if (time !== null) {
    const day = startsAt === null ? null : dayIn(startsAt);
    const buttons = [{ label: 'withoutTime', verb: 'choose', text: keeping }] as const;
    return { kind: 'card', message: termCard(words, { what: { kind: 'time', typed: time, day }, buttons }) };
  }
  if (command.app === typed.app) return null;
  return { kind: 'card', inPlace: true, message: didYouMean(words, { suggestion: keeping }) };
}
