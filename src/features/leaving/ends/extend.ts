import { deny } from '../../../access/policy.ts';
import type { Command, CommandOf } from '../../../chat/command.ts';
import { readStrictRequestId, writeRequestId } from '../../../chat/grammar/id-lines.ts';
import { listOfNames } from '../../../chat/grammar/name-list.ts';
import { readReason, reasonPlace, withoutMarksAtTheEnd, writeBecause } from '../../../chat/grammar/reasons.ts';
import { incomplete, type Reading } from '../../../chat/grammar/rule.ts';
import { cutEnd, writeTerms } from '../../../chat/grammar/terms.ts';
import type { Word } from '../../../chat/grammar/tokens.ts';
import { LIST_SEPARATOR } from '../../../chat/names/app-list.ts';
import { type CommandParts, defineCommand, type Turn } from '../../../chat/registry/define-command.ts';
import { runCommand } from '../../../chat/registry/run.ts';
import type { Reply } from '../../../chat/reply.ts';
import { say } from '../problems.ts';
import { entitlementsOf, isConcerned } from './end-access.ts';

/**
 * `extend ID until DATE` gives the same access again, with a later end: an operator provisions, anyone else asks the
 * approvers. The later entitlement takes over what Usher has assigned for the earlier one.
 */
async function extend(
  parts: CommandParts,
  turn: Turn,
  { requestId, end, reason }: CommandOf<'extend'>,
): Promise<Reply> {
  const found = (await entitlementsOf(parts, requestId)).filter(({ state }) => state.kind !== 'ended');
  if (found.length === 0) return say(turn.words, { kind: 'noEnd', id: requestId });
  if (!(await isConcerned(parts, turn, found, 'provision.run'))) return say(turn.words, { kind: 'endNotYours' });
  const people = [...new Set(found.map(({ subject }) => subject.label ?? subject.name))];
  const app = [...new Set(found.map((one) => one.app.name))].join(LIST_SEPARATOR);
  const [subject = '', second] = people;
  const term = { start: null, end, reason };
  const given: Command =
    deny(turn.caller, 'provision.run') === null
      ? second === undefined
        ? { verb: 'provision', subject, app, term }
        : { verb: 'provisionList', subjects: people, app, term }
      : { verb: 'requestAccess', subject: listOfNames(people), app, start: null, end, reason };
  return runCommand(parts, turn, given);
}

function readExtend(all: readonly Word[]): Reading<CommandOf<'extend'>> | null {
  const place = reasonPlace(all, false);
  const words = place === null ? all : withoutMarksAtTheEnd(all.slice(0, place.at));
  const reason = place === null ? null : readReason(all.slice(place.at + place.length));
  const cut = cutEnd(words);
  const reading = readStrictRequestId('extend', cut?.words ?? words);
  if (reading?.kind !== 'command' || !('requestId' in reading.command)) return incomplete('extend', 'id');
  if (cut === null) return null;
  return { kind: 'command', command: { verb: 'extend', requestId: reading.command.requestId, end: cut.end, reason } };
}

declare module '../../../chat/command.ts' {
  interface Commands {
    /** `end` as typed. */
    extend: { readonly requestId: string; readonly end: string; readonly reason: string | null };
  }
}

export const extendCommand = defineCommand({
  verb: 'extend',
  read: readExtend,
  write: ({ requestId, end, reason }) =>
    [
      writeRequestId({ verb: 'extend', requestId }),
      ...writeTerms({ start: null, end }),
      ...(reason === null ? [] : [writeBecause(reason)]),
    ].join(' '),
  permission: 'history.show',
  freshRoles: 'always',
  appOnly: true,
  chapter: 'leaving',
  examples: ['extend R7K3MQ until 31 March', 'extend R7K3MQ for 8 hours because of the audit'],
  tryIt: null,
  run: extend,
});
