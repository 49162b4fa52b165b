import { assertNever } from '../assert-never.ts';
import type { Access } from './access.ts';
import type { Caller } from './caller.ts';

/**
 * Whether a person who is not the present caller may still do what they were granted, or started, earlier.
 * `unknown`: Graph does not answer now. `unread`: Graph does not let Usher read all it needs, and what it could read
 * allows nothing.
 */
export type StillMay = 'may' | 'mayNot' | 'unread' | 'unknown';

/**
 * Judges the person behind a stored id by roles that are a minute old at most. A disabled account, a guest, and a
 * deleted account may do nothing.
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

/** One person who may is enough; if none may and for one it is unknown, the result is unknown. */
export function anyMay(all: readonly StillMay[]): StillMay {
  return (['may', 'unknown', 'unread'] as const).find((one) => all.includes(one)) ?? 'mayNot';
}
