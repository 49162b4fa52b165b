import type { CommandParts, LiveCards } from './registry/define-command.ts';

/** The live cards that this id is one of. */
export function liveCardsOf({ registry }: Pick<CommandParts, 'registry'>, liveId: string): LiveCards {
  const owner = registry.liveCards.find((cards) => cards.owns(liveId));
  if (owner === undefined) throw new Error('a live card that no feature draws');
  return owner;
}
