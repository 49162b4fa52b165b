import type { Caller, Permission } from '../../access/caller.ts';
import { deny } from '../../access/policy.ts';
import type { Verb } from '../command.ts';
import { verbNamed, verbs } from '../grammar/verbs.ts';
import type { Reply } from '../reply.ts';
import { type CommandHelp, help as helpCard, notUnderstoodCard } from '../views/help.ts';
import type { Turn } from './turn.ts';

/** What each command needs, and how one would type it. */
const guide: Readonly<Record<Verb, { readonly permission: Permission } & Omit<CommandHelp, 'verb'>>> = {
  provision: {
    permission: 'provision.run',
    examples: ['provision adele@contoso.com to Salesforce', 'provision "Adele Vance" to "GitHub Enterprise"'],
    tryIt: null,
  },
  provisionList: {
    permission: 'provision.run',
    examples: ['provision users adele@contoso.com, isaiah@contoso.com to Salesforce'],
    tryIt: null,
  },
  provisionGroup: {
    permission: 'provision.run',
    examples: [
      'provision group "Sales Team" to "GitHub Enterprise"',
      'provision group "Sales Team" to "GitHub Enterprise" with members priya, tomasz',
    ],
    tryIt: null,
  },
  retry: { permission: 'request.retry', examples: ['retry R7K3MQ'], tryIt: null },
  cancel: { permission: 'request.cancel', examples: ['cancel R7K3MQ'], tryIt: null },
  apps: { permission: 'apps.list', examples: ['apps', 'apps sales'], tryIt: 'apps' },
  whoami: { permission: 'self.show', examples: ['whoami'], tryIt: 'whoami' },
  help: { permission: 'help.show', examples: ['help'], tryIt: null },
};

/** The commands that this caller may use. */
export function commandsFor(caller: Caller): CommandHelp[] {
  const allowed = verbs.filter((verb) => deny(caller, guide[verb].permission) === null);
  return allowed.map((verb) => {
    const { examples, tryIt } = guide[verb];
    return { verb, examples: verb === 'help' ? [...examples, `help ${allowed[0]}`] : examples, tryIt };
  });
}

/** `help [command]`: what this caller may do, and nothing else. */
export function help(turn: Turn, topic: string | null): Reply {
  const named = topic === null ? null : (verbNamed(topic) ?? topic);
  const commands = commandsFor(turn.caller);
  return { kind: 'card', message: helpCard(turn.words, { commands, topic: named }) };
}

/** The answer to a line that is no command: not an error, but what this caller could say instead. */
export function notUnderstood(turn: Turn, typed: string): Reply {
  return { kind: 'card', message: notUnderstoodCard(turn.words, { commands: commandsFor(turn.caller), typed }) };
}
