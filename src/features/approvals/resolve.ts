import { mayAskFor } from '../../access/asking.ts';
import { deny } from '../../access/policy.ts';
import { visibleTo } from '../../access/seeing.ts';
import type { CommandOf } from '../../chat/command.ts';
import {
  commands,
  firstOf,
  inTurn,
  missing,
  provisionFor,
  type Resolved,
  refused,
} from '../../chat/offers/resolved.ts';
import type { Lookup } from '../../chat/registry/define-command.ts';
import { missingFor, refuseUnattended } from '../../chat/registry/run.ts';
import { findAccessRequest } from './access-requests/store.ts';
import { obstacleTo } from './decide.ts';
import { refuseAsking } from './refuse-asking.ts';
import { findVisible, refuseUnseen } from './show.ts';

/** What a guess at an access request resolves to: its app and person; for an operator, a provisioning line. */
export async function resolveRequestAccess(
  look: Lookup,
  command: CommandOf<'requestAccess'>,
  others: readonly string[],
): Promise<Resolved> {
  const { parts, turn } = look;
  if (look.isOperator() && command.start === null) return look.as('provision', provisionFor(command), others);
  const mayAsk = deny(turn.caller, 'access.request') === null;
  if (!mayAsk || refuseUnattended(parts, turn, 'requestAccess') !== null)
    return look.denied(look.isOperator() ? 'access.request' : 'provision.run');
  const app = await look.findApp(command.app);
  if (app.kind !== 'app') return app;
  const person = await look.findPerson(command.subject, others);
  if (person.kind !== 'person') return person;
  const allowed = await inTurn([person, ...(person.others ?? [])], async (one): Promise<Resolved> => {
    const { id, displayName } = one;
    const may = id === null ? null : await mayAskFor(parts, turn.caller, id);
    if (may !== null && !may.ok) return look.troubled(may.trouble);
    if (id !== null && may !== null && may.value !== 'may')
      return refused(() => refuseAsking(parts, turn, { id, displayName }, may.value));
    return commands({ ...command, subject: one.name, app: app.name }, one.found);
  });
  return firstOf(allowed);
}

/** A request that the caller may see. */
export async function resolveShow({ parts, turn, denied, troubled }: Lookup, command: CommandOf<'show'>) {
  const lacking = await missingFor(parts, turn, command);
  if (lacking !== null) return denied(lacking);
  const { requestId } = command;
  const visible = await visibleTo(parts.access, turn.caller);
  if (!visible.ok) return troubled(visible.trouble);
  const found = await findVisible(parts, turn.caller, visible.value, requestId);
  if (found.kind === 'none') return refused(() => refuseUnseen(parts, turn, requestId, found.isThere));
  return found.kind === 'unknown' ? missing({ kind: 'unknownRequest', id: requestId }) : commands(command);
}

/** An access request on which the caller may decide. */
export async function resolveDecision({ parts, turn, denied }: Lookup, command: CommandOf<'approve' | 'deny'>) {
  const lacking = await missingFor(parts, turn, command);
  if (lacking !== null) return denied(lacking);
  const request = await findAccessRequest(parts.store.database, command.requestId);
  if (request === null) return missing({ kind: 'unknownAccessRequest', id: command.requestId });
  const verdict =
    command.verb === 'approve' ? ({ kind: 'approve' } as const) : ({ kind: 'deny', reason: command.reason } as const);
  const obstacle = await obstacleTo(parts, turn, request, verdict);
  return obstacle === null ? commands(command) : refused(() => Promise.resolve(obstacle));
}
