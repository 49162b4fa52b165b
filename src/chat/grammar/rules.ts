import type { Verb } from '../command.ts';
import { accessRules } from './access-rules.ts';
import { checkRules } from './check-rules.ts';
import { LEADING_WORDS, readName, writeName } from './names.ts';
import { readProvision, writeProvision } from './provision.ts';
import { readProvisionGroup, writeProvisionGroup } from './provision-group.ts';
import { readProvisionList, writeProvisionList } from './provision-list.ts';
import { readRequestId, writeRequestId } from './request-id.ts';
import type { CommandOf, Reading, Rule } from './rule.ts';
import { fold, type Word } from './words.ts';

/** Every command of the chat. A new one is a member of `Command` and one rule here. */
export const rules: { readonly [V in Verb]: Rule<CommandOf[V]> } = {
  provision: {
    spellings: ['provision', 'provision user'],
    looseSpellings: ['add', 'add user', 'create', 'create user', 'onboard', 'sync'],
    notSpellings: ['deprovision', 'unprovision'],
    read: readProvision,
    write: writeProvision,
  },
  provisionList: {
    spellings: [
      ...(['provision users', 'provision people', 'provision the users', 'provision these users'] as const),
      ...(['provision these people', 'provision the following', 'provision the following users'] as const),
      ...(['provision the following people'] as const),
    ],
    notSpellings: ['deprovisionusers', 'unprovisionusers', 'provisionuser'],
    read: readProvisionList,
    write: writeProvisionList,
  },
  provisionGroup: {
    spellings: ['provision group', 'provision the group', 'provision a group'],
    notSpellings: ['deprovisiongroup', 'unprovisiongroup'],
    read: readProvisionGroup,
    write: writeProvisionGroup,
  },
  retry: {
    spellings: ['retry'],
    notSpellings: ['entry', 'reply', 'ready', 'really', 'relay', 'retro', 'return', 'retire', 'try', 'rely'],
    read: (words) => readRequestId('retry', words),
    write: writeRequestId,
  },
  cancel: {
    spellings: ['cancel'],
    notSpellings: ['channel', 'cancer', 'candle', 'camel', 'panel', 'handle', 'canceled', 'cancelled', 'chance'],
    read: (words) => readRequestId('cancel', words),
    write: writeRequestId,
  },
  cancelAllBy: {
    spellings: [
      ...([
        'cancel all by',
        'cancel all of',
        'cancel all from',
        'cancel everything by',
        'cancel everything of',
      ] as const),
      ...(['cancel everything from', 'cancel all requests by', 'cancel all requests of'] as const),
    ],
    questions: [{ spellings: ['confirm cancel all by'], read: (words) => readCancelAll(words, true) }],
    read: (words) => readCancelAll(words, false),
    write: ({ person, sure }) => `${sure ? 'confirm ' : ''}cancel all by ${writeName(person)}`,
  },
  ...accessRules,
  ...checkRules,
  apps: {
    spellings: [
      ...(['apps', 'applications', 'list apps', 'list the apps', 'list all apps', 'list applications'] as const),
      ...(['show apps', 'show me apps', 'show me the apps', 'show applications', 'which apps', 'what apps'] as const),
    ],
    read: (words) => ({ kind: 'command', command: { verb: 'apps', search: readName(words) } }),
    write: ({ search }) => (search === null ? 'apps' : `apps ${writeName(search)}`),
  },
  whoami: {
    spellings: ['whoami', 'who am i', 'who i am'],
    read: (words) => ({ kind: words.length === 0 ? 'command' : 'nearly', command: { verb: 'whoami' } }),
    write: () => 'whoami',
  },
  help: {
    spellings: [
      ...(['help', '?', 'hi', 'hello', 'hey', 'commands', 'menu', 'usage', 'start', 'good morning'] as const),
      ...(['how do i', 'how can i', 'how to', 'what can you do', 'what can i do', 'what do you do'] as const),
    ],
    read: (words) => {
      const start = words.findIndex((word) => !LEADING_WORDS.has(fold(word)));
      return { kind: 'command', command: { verb: 'help', topic: start < 0 ? null : readName(words.slice(start)) } };
    },
    write: ({ topic }) => (topic === null ? 'help' : `help ${writeName(topic)}`),
  },
};

function readCancelAll(words: readonly Word[], sure: boolean): Reading | null {
  const person = readName(words);
  return person === null ? null : { kind: 'command', command: { verb: 'cancelAllBy', person, sure } };
}
