import type { Caller, Role } from '../../access/caller.ts';
import { renderCard } from '../cards/render.ts';
import type { CardMessage } from '../reply.ts';
import type { WordKey, Words } from '../words.ts';
import { roleName } from './denied.ts';
import { maybe, short } from './parts.ts';
import { fact } from './result-details.ts';

/** What a role lets one do, in the order of the card. */
const RIGHTS: readonly (readonly [WordKey, readonly Role[]])[] = [
  ['whoami.right.look', ['viewer', 'requester', 'operator', 'cloudSyncOperator', 'approver']],
  ['whoami.right.ask', ['requester']],
  ['whoami.right.provision', ['operator']],
  ['whoami.right.provisionCloudSync', ['cloudSyncOperator']],
  ['whoami.right.approve', ['approver']],
];

/** Who the caller is to Usher, and what that allows. `groups`: the groups that gave the roles, where known. */
export function whoami(
  words: Words,
  { caller, groups = [] }: { readonly caller: Caller; readonly groups?: readonly string[] },
): CardMessage {
  const name = short(caller.name);
  const roles =
    caller.roles.length === 0
      ? words.plain('role.none')
      : words.list(caller.roles.map((role) => roleName(role, words)));
  const rights = RIGHTS.filter(([, needed]) => needed.some((role) => caller.roles.includes(role)));
  const through = words.list(groups.slice(0, 5).map((group) => short(group, 40)));
  const summary = words.plain('whoami.summary', { name, roles });
  const card = renderCard('whoami', {
    fallbackText: summary,
    title: words.card('whoami.title', { name }),
    facts: [
      ...fact(words.card('whoami.userName'), caller.principalName, 120),
      ...fact(words.card('whoami.roles'), roles, 200),
      ...fact(words.card('whoami.groups'), through, 200),
      ...fact(words.card('whoami.id'), caller.id),
      ...fact(words.card('whoami.tenant'), caller.tenantId),
    ],
    rights:
      rights.length === 0
        ? words.card('whoami.noRights')
        : words.card('whoami.rights', { rights: words.list(rights.map(([key]) => words.plain(key))) }),
    footer: maybe(null),
    buttons: [],
  });
  return { card, summary };
}
