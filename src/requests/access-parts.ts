import type { Config } from '../config.ts';
import type { StoreParts } from './store.ts';

export interface AccessParts extends StoreParts {
  readonly approvals: Config['approvals'];
  /** Identifies a conversation, which the stored text does not, as it also names the sender. */
  readonly conversationKey: (conversation: string) => string;
}
