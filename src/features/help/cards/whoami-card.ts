import type { Caller, Permission } from '../../../access/caller.ts';
import { deny, type Ground } from '../../../access/policy.ts';
import { renderCard } from '../../../chat/cards/render.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { roleName } from '../../../chat/views/denied.ts';
import { maybe, short } from '../../../chat/views/parts.ts';
import { fact } from '../../provisioning/cards/result-details.ts';

interface Right {
  readonly permission: Permission;
  /** In words, from the widest ground to a part of it; the first that the caller has is shown. */
  readonly reach: readonly { readonly ground?: Ground; readonly word: MessageKey }[];
}

/**
 * Each is a permission of the policy, in the order of the card, so that every right shown is one that commands check.
 */
const RIGHTS: readonly Right[] = [
  { permission: 'apps.list', reach: [{ word: 'whoami.right.look' }] },
  {
    permission: 'provision.run',
    reach: [
      { ground: { cloudSync: false }, word: 'whoami.right.provision' },
      { ground: { cloudSync: true }, word: 'whoami.right.provisionCloudSync' },
    ],
  },
  { permission: 'access.request', reach: [{ word: 'whoami.right.request' }] },
  { permission: 'access.decide', reach: [{ word: 'whoami.right.decide' }] },
  { permission: 'history.export', reach: [{ word: 'whoami.right.export' }] },
];

/** The caller's identity, roles and rights. `groups`: the groups that gave the roles, where known. */
export function whoami(
  words: Messages,
  { caller, groups = [] }: { readonly caller: Caller; readonly groups?: readonly string[] },
): CardMessage {
  const name = short(caller.name);
  const roles =
    caller.roles.length === 0
      ? words.plain('role.none')
      : words.list(caller.roles.map((role) => roleName(role, words)));
  const rights = rightsOf(caller).map((word) => words.plain(word));
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
      rights.length === 0 ? words.card('whoami.noRights') : words.card('whoami.rights', { rights: words.list(rights) }),
    footer: maybe(null),
    buttons: [],
  });
  return { card, summary };
}

function rightsOf(caller: Caller): MessageKey[] {
  return RIGHTS.flatMap(({ permission, reach }) => {
    const widest = reach.find(({ ground }) => deny(caller, permission, ground) === null);
    return widest === undefined ? [] : [widest.word];
  });
}
