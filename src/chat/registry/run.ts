import { basisOf, ownBasis } from '../../access/basis.ts';
import type { Permission } from '../../access/caller.ts';
import { deny } from '../../access/policy.ts';
import type { Command, CommandOf, Verb } from '../command.ts';
import type { CardAction, Reply } from '../reply.ts';
import type { ActionNamed, CommandParts, Needed, Registry, Turn } from './define-command.ts';
import { onBasis, refuseStranger, refuseUnless, say, troubleReply } from './turn.ts';

/**
 * Runs the declaration of a command or a button, after the policy has allowed it. Each refusal is recorded.
 *
 *     delegated mode? ─ roles anew? ─ policy ─→ run
 *            └──────────────┴────────────┴───→ refusal, recorded
 */
export function runCommand(parts: CommandParts, turn: Turn, command: Command): Promise<Reply> {
  return runAs(parts, turn, command.verb, command);
}

async function runAs<V extends Verb>(parts: CommandParts, turn: Turn, verb: V, command: CommandOf<V>): Promise<Reply> {
  const unavailable = await refuseImpossible(parts, turn, verb);
  if (unavailable !== null) return unavailable;
  const declaration = parts.registry.commands[verb];
  const current = declaration.freshRoles === 'always' ? await identifyFresh(parts, turn) : turn;
  if ('kind' in current) return current;
  const needed = await neededFor(parts, current, verb, command);
  const refusal = await refuseWithout(parts, current, needed, verb);
  if (refusal !== null) return refusal;
  const { caller } = current;
  const basis = needed.isOwn === true ? ownBasis(caller) : basisOf(caller, needed.permission);
  return declaration.run(onBasis(parts, basis), current, command);
}

/** The parts for people who come in a file or a table: what the caller does with them is provisioning, or asking for it. */
export function onListBasis(parts: CommandParts, turn: Turn): CommandParts {
  return onBasis(parts, basisOf(turn.caller, mayOnlyAsk(turn) ? 'access.request' : 'provision.run'));
}

/** What the policy asks for this command of this caller. */
async function neededFor<V extends Verb>(
  parts: CommandParts,
  turn: Turn,
  verb: V,
  command: CommandOf<V>,
): Promise<Needed> {
  const { permission, forRequesters, needs } = parts.registry.commands[verb];
  const needed = await needs?.(parts, turn, command);
  if (needed !== undefined) return needed;
  return forRequesters !== undefined && mayOnlyAsk(turn) ? { permission: 'access.request' } : { permission };
}

/** The permission that the caller lacks for this command; null for a caller who may run it. It records nothing. */
export async function missingFor(parts: CommandParts, turn: Turn, command: Command): Promise<Permission | null> {
  const { permission, isOwn } = await neededFor(parts, turn, command.verb, command);
  return isOwn === true || deny(turn.caller, permission) === null ? null : permission;
}

async function refuseWithout(parts: CommandParts, turn: Turn, needed: Needed, verb: Verb): Promise<Reply | null> {
  if (needed.isOwn === true) return null;
  const refusal = await refuseUnless(parts, turn, needed.permission, verb);
  if (refusal !== null) await needed.noteRefusal?.();
  return refusal;
}

/** The same turn with the caller's current roles, or the reply for a caller who may not use Usher. */
async function identifyFresh(parts: CommandParts, turn: Turn): Promise<Turn | Reply> {
  const who = await parts.access.identify(turn.incoming.speaker, { fresh: true });
  if (who.kind === 'trouble') return troubleReply(turn.words, who.trouble);
  if (who.kind === 'denied') return refuseStranger(parts, turn.words, turn.incoming.speaker.id, who.denial);
  return { ...turn, caller: who.caller };
}

/** Runs a button without a command of its own. */
export async function pressButton<V extends keyof Registry['buttons']>(
  parts: CommandParts,
  turn: Turn,
  verb: V,
  action: ActionNamed<V>,
): Promise<Reply> {
  const { permission, appOnly, run } = parts.registry.buttons[verb];
  const refusal = await refuseUnless(parts, turn, permission, verb);
  if (refusal !== null) return refusal;
  const unavailable = appOnly === true ? refuseDelegated(parts, turn) : null;
  return unavailable ?? run(onBasis(parts, basisOf(turn.caller, permission)), turn, action);
}

/** Whether Usher reads the caller's roles anew for a click on this. */
export function readsFreshRoles({ registry }: CommandParts, verb: Verb | CardAction['verb']): boolean {
  const declared = verb in registry.commands ? registry.commands[verb as Verb] : null;
  const button = verb in registry.buttons ? registry.buttons[verb as keyof Registry['buttons']] : null;
  return (declared ?? button)?.freshRoles === 'clicked';
}

/** Whether a command is available with this type of Graph permission. */
export function isPossible(
  { registry, graphAccess }: Pick<CommandParts, 'registry' | 'graphAccess'>,
  verb: Verb,
): boolean {
  return graphAccess === 'appOnly' || registry.commands[verb].appOnly !== true;
}

/** Refuses a command that needs application permission where Usher has delegated permissions alone. */
export function refuseUnattended(parts: CommandParts, turn: Turn, verb: Verb): Reply | null {
  return isPossible(parts, verb) ? null : refuseDelegated(parts, turn);
}

function refuseDelegated({ graphAccess }: CommandParts, { words }: Turn): Reply | null {
  return graphAccess === 'appOnly' ? null : say(words, { kind: 'needsApplicationPermission' });
}

/** The same; a caller without the command's own permission is refused for that instead. */
export async function refuseImpossible(parts: CommandParts, turn: Turn, verb: Verb): Promise<Reply | null> {
  const refusal = refuseUnattended(parts, turn, verb);
  return refusal === null ? null : ((await refuseVerb(parts, turn, verb)) ?? refusal);
}

/** Refuses half a command before helping with the other half; null for a caller who may run the whole command. */
export async function refuseVerb(parts: CommandParts, turn: Turn, verb: Verb): Promise<Reply | null> {
  const { permission, or = permission, forRequesters } = parts.registry.commands[verb];
  const instead = forRequesters === 'anyLine' ? 'access.request' : or;
  return deny(turn.caller, instead) === null ? null : refuseUnless(parts, turn, permission, verb);
}

/** Whether only the complete line tells who may run it, so that a typing error is corrected before any refusal. */
export function decidesByItself({ registry }: CommandParts, verb: Verb): boolean {
  const { mayBeOwn, forRequesters } = registry.commands[verb];
  return mayBeOwn === true || forRequesters === 'wholeLine';
}

/** Whether the caller may request access, and may not provision. */
export function mayOnlyAsk({ caller }: Turn): boolean {
  return deny(caller, 'provision.run') !== null && deny(caller, 'access.request') === null;
}
