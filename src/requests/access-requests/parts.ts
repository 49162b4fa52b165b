import type { Config } from '../../config.ts';
import type { StoreParts } from '../store.ts';

export interface AccessParts extends StoreParts {
  readonly approvals: Config['approvals'];
  /** What tells one conversation from another, as the stored text does not: it names who wrote there, too. */
  readonly conversationKey: (conversation: string) => string;
}
