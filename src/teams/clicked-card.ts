import { assertNever } from '../assert-never.ts';
import type { Incoming } from '../chat/incoming.ts';

/**
 * A chosen line replaces the card that offered it, a page replaces the page before, and a form becomes what was asked
 * for with it. A decision is shown on the card that asked for it, even if Teams lost the id of that card. All
 * other answers are new cards.
 */
export function clickedCard({ what }: Incoming): string | null {
  if (what.kind !== 'action' || what.cardId === '') return null;
  const { action } = what;
  switch (action.verb) {
    case 'choose':
    case 'ticket':
    case 'approve':
    case 'deny':
      return what.cardId;
    case 'submit':
      return action.on === 'form' ? what.cardId : null;
    case 'page':
      return action.on === 'page' ? what.cardId : null;
    case 'assign':
      return action.page === undefined ? null : what.cardId;
    case 'run':
    case 'personal':
    case 'retry':
    case 'cancel':
    case 'confirm':
    case 'removeNow':
    case 'keepAccess':
    case 'repairNow':
    case 'leaveJob':
    case 'tellManager':
      return null;
    default:
      return assertNever(action, 'action');
  }
}
