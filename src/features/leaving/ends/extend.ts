import { deny } from '../../../access/policy.ts';
import type { Command, CommandOf } from '../../../chat/command.ts';
import { readStrictRequestId, writeRequestId } from '../../../chat/grammar/id-lines.ts';
import { listOfNames } from '../../../chat/grammar/name-list.ts';
import { incomplete, type Reading } from '../../../chat/grammar/rule.ts';
import { cutEnd, writeTerms } from '../../../chat/grammar/terms.ts';
import type { Word } from '../../../chat/grammar/tokens.ts';
import { type CommandParts, defineCommand, type Turn } from '../../../chat/registry/define-command.ts';
import { runCommand } from '../../../chat/registry/run.ts';
import type { Reply } from '../../../chat/reply.ts';
import { say } from '../problems.ts';
import { entitlementsOf, isConcerned } from './end-access.ts';

/**
 * `extend ID until DATE` gives the same access again, with a later end: an operator provisions, anyone else asks the
 * approvers. The later entitlement takes over what Usher has assigned for the earlier one.
 */
async function extend(parts: CommandParts, turn: Turn, { requestId, end }: CommandOf<'extend'>): Promise<Reply> {
  const found = (await entitlementsOf(parts, requestId)).filter(({ state }) => state.kind !== 'ended');
  if (found.length === 0) return say(turn.words, { kind: 'noEnd', id: requestId });
  if (!(await isConcerned(parts, turn, found, 'provision.run'))) return say(turn.words, { kind: 'endNotYours' });
  const people = [...new Set(found.map(({ subject }) => subject.label ?? subject.name))];
  const app = [...new Set(found.map((one) => one.app.name))].join(', ');
  const [subject = '', second] = people;
  const term = { start: null, end, reason: null };
  const given: Command =
    deny(turn.caller, 'provision.run') === null
      ? second === undefined
        ? { verb: 'provision', subject, app, term }
        : { verb: 'provisionList', subjects: people, app, term }
      : { verb: 'requestAccess', subject: listOfNames(people), app, start: null, end, reason: null };
  return runCommand(parts, turn, given);
}

function readExtend(words: readonly Word[]): Reading<CommandOf<'extend'>> | null {
  const cut = cutEnd(words);
  const reading = readStrictRequestId('extend', cut?.words ?? words);
  if (reading?.kind !== 'command' || !('requestId' in reading.command)) return incomplete('extend', 'id');
  if (cut === null) return null;
  return { kind: 'command', command: { verb: 'extend', requestId: reading.command.requestId, end: cut.end } };
}

declare module '../../../chat/command.ts' {
  interface Commands {
    /** `end` as typed. */
    extend: { readonly requestId: string; readonly end: string };
  }
}

export const extendCommand = defineCommand({
  verb: 'extend',
  read: readExtend,
  write: ({ requestId, end }) =>
    [writeRequestId({ verb: 'extend', requestId }), ...writeTerms({ start: null, end })].join(' '),
  permission: 'history.show',
  freshRoles: 'always',
  appOnly: true,
  chapter: 'leaving',
  examples: ['extend R7K3MQ until 31 March'],
  tryIt: null,
  run: extend,
});
