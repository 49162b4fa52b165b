import { randomInt } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';

/** Letters and digits that cannot be mistaken for one another when read aloud or typed. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

const mostIds = 20;

/** What may be the id of a request in a text, or in a button as JSON. */
export function idsIn(text: string): readonly string[] {
  return [...new Set((text.match(/(?<![\da-z])[\da-z]{6,12}(?![\da-z])/gi) ?? []).map((word) => word.toUpperCase()))]
    .filter((word) => [...word].every((letter) => alphabet.includes(letter)))
    .slice(0, mostIds);
}

/** @param length more than 6 for what is not a request, so that it never has the id of one */
export function newRequestId(length = 6): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/**
 * An id that neither a provisioning request nor an access request has, or had as far as the audit log reaches: people
 * type both in the same commands. An id
 * this short will be drawn twice some day. Call it with the gate locked, so that no other caller takes it meanwhile.
 */
export async function unusedId(
  transaction: Transaction<Schema>,
  draw: () => string = () => newRequestId(),
): Promise<string> {
  for (;;) {
    const id = draw();
    const request = await transaction.selectFrom('requests').select('id').where('id', '=', id).executeTakeFirst();
    if (request !== undefined) continue;
    if (await isSpent(transaction, id)) continue;
    const recorded = transaction.selectFrom('audit_log').select('id').where('request_id', '=', id).limit(1);
    if ((await recorded.executeTakeFirst()) !== undefined) continue;
    const access = await transaction
      .selectFrom('access_requests')
      .select('id')
      .where((row) => row.or([row('id', '=', id), row('joint_id', '=', id)]))
      .executeTakeFirst();
    if (access === undefined) return id;
  }
}

/** Whether an archived request has it, or had one that was deleted. */
async function isSpent(transaction: Transaction<Schema>, id: string): Promise<boolean> {
  for (const table of ['archived_lines', 'spent_ids'] as const) {
    const found = transaction.selectFrom(table).select('id').where('id', '=', id).limit(1);
    if ((await found.executeTakeFirst()) !== undefined) return true;
  }
  return false;
}
