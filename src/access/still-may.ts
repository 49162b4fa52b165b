import { assertNever } from '../assert-never.ts';
import type { Access } from './access.ts';
import type { Caller } from './caller.ts';

/**
 * Whether a person who does not speak now may still do what was granted to them, or set going by them, before.
 * `unknown`: Graph does not tell now. `unread`: it does not let Usher read all that it takes, and what could be read
 * allows nothing.
 */
export type StillMay = 'may' | 'mayNot' | 'unread' | 'unknown';

/**
 * Judges the caller that a stored id stands for now, by roles that are a minute old at most. A disabled account, a
 * guest, and an account that is gone may nothing.
 */
export async function stillMay(
  access: Pick<Access, 'identify'>,
  personId: string,
  judge: (caller: Caller) => boolean,
): Promise<StillMay> {
  const who = await access.identify({ id: personId, tenantId: '' });
  switch (who.kind) {
    case 'trouble':
      return 'unknown';
    case 'denied':
      return who.denial.reason === 'accountUnread' ? 'unread' : 'mayNot';
    case 'caller':
      if (judge(who.caller)) return 'may';
      return who.caller.rolesUnread === true ? 'unread' : 'mayNot';
    default:
      return assertNever(who, 'identification');
  }
}

/** One who may is enough; where none may and of one it is not known, it is not known. */
export function anyMay(all: readonly StillMay[]): StillMay {
  return (['may', 'unknown', 'unread'] as const).find((one) => all.includes(one)) ?? 'mayNot';
}
