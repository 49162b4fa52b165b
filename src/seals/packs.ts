import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Kysely, Selectable } from 'kysely';
import type { Schema } from '../db/schema.ts';
import type { PackRow } from '../db/seals-schema.ts';
import type { Head, NumberedEntry, SealedEntry } from './sealed-entry.ts';

/**
 * Sealed entries that are old stand together in packs, in the order of sealing, one compressed value each. A pack has
 * the hash before its first entry and that of its last one, between which all others follow from the entries. Of each it
 * has the beginning, which tells the first one that was changed (`verify.ts`).
 */
export type Pack = Selectable<PackRow>;

/** In case that the rest is written in another way some day. */
const packedAs = 1;
const markBytes = 6;
const headBytes = 5;
/** More would take a third longer for a hundredth less. */
const quality = 8;

/** `mark`: the beginning of its hash, see `hasMark`. */
export type PackedEntry = NumberedEntry & { readonly mark: string };

export const hasMark = ({ mark }: PackedEntry, hash: string): boolean => hash.startsWith(mark);

interface Packed {
  /** Each as the difference to the one before. */
  readonly ids: readonly number[];
  readonly times: readonly number[];
  readonly actors: readonly string[];
  readonly kinds: readonly string[];
  readonly requests: readonly (string | null)[];
  readonly details: readonly string[];
}

/** @param entries with consecutive numbers, at least one */
export function packOf(before: Head, entries: readonly SealedEntry[]): Pack {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a pack has an entry at least');
  const packed: Packed = {
    ids: differences(entries.map(({ id }) => id)),
    times: differences(entries.map(({ at }) => at)),
    actors: entries.map(({ actor_id }) => actor_id),
    kinds: entries.map(({ kind }) => kind),
    requests: entries.map(({ request_id }) => request_id),
    details: entries.map(({ details }) => details),
  };
  const text = brotliCompressSync(JSON.stringify(packed), { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });
  const head = Buffer.alloc(headBytes);
  head.writeUInt8(packedAs);
  head.writeUInt32BE(text.length, 1);
  const marks = entries.map(({ hash }) => Buffer.from(hash, 'base64url').subarray(0, markBytes));
  return {
    ...{ first_seq: first.seq, last_seq: last.seq, hash_before: before.hash, hash: last.hash },
    ...{ first_id: Math.min(...entries.map(({ id }) => id)), last_id: Math.max(...entries.map(({ id }) => id)) },
    ...{ first_at: Math.min(...entries.map(({ at }) => at)), last_at: Math.max(...entries.map(({ at }) => at)) },
    content: Buffer.concat([head, text, ...marks]),
  };
}

/** Its entries; null where it cannot be read, or does not hold as many as it says: the row was changed or damaged. */
export function entriesOf({ first_seq, last_seq, content }: Pack): readonly PackedEntry[] | null {
  try {
    const bytes = Buffer.from(content);
    if (bytes.readUInt8() !== packedAs) return null;
    const end = headBytes + bytes.readUInt32BE(1);
    const packed = JSON.parse(brotliDecompressSync(bytes.subarray(headBytes, end)).toString()) as Packed;
    const [ids, times] = [sums(packed.ids), sums(packed.times)];
    const count = last_seq - first_seq + 1;
    if (ids.length !== count || bytes.length !== end + count * markBytes) return null;
    return ids.map((id, index) => ({
      id,
      at: times[index] ?? 0,
      actor_id: packed.actors[index] ?? '',
      kind: packed.kinds[index] ?? '',
      request_id: packed.requests[index] ?? null,
      details: packed.details[index] ?? '',
      seq: first_seq + index,
      mark: bytes.toString('base64url', end + index * markBytes, end + (index + 1) * markBytes),
    }));
  } catch {
    return null;
  }
}

const differences = (numbers: readonly number[]) => numbers.map((number, index) => number - (numbers[index - 1] ?? 0));

function sums(numbers: readonly number[]): number[] {
  let sum = 0;
  return numbers.map((number) => {
    sum += number;
    return sum;
  });
}

/** The next pack with an entry after this number. */
export function nextPack(query: Kysely<Schema>, after: number): Promise<Pack | undefined> {
  return query
    .selectFrom('entry_packs')
    .selectAll()
    .where('last_seq', '>', after)
    .orderBy('last_seq')
    .limit(1)
    .executeTakeFirst();
}

/** The last seal that is in a pack. */
export async function lastPacked(query: Kysely<Schema>): Promise<Head | undefined> {
  const last = query.selectFrom('entry_packs').select(['last_seq as seq', 'hash']).orderBy('last_seq', 'desc');
  return last.limit(1).executeTakeFirst();
}

/** The packed entry with this id, with its seal. */
export async function amongPacked(query: Kysely<Schema>, id: number): Promise<PackedEntry | undefined> {
  const packs = query.selectFrom('entry_packs').selectAll().where('first_id', '<=', id).where('last_id', '>=', id);
  for (const pack of await packs.orderBy('last_seq').execute()) {
    const found = entriesOf(pack)?.find((entry) => entry.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Those whose entries are of this time on, at least in part, a pack at a time. */
export async function* packedSince(query: Kysely<Schema>, since: number): AsyncGenerator<readonly PackedEntry[]> {
  for (let after = 0; ; ) {
    const packs = query.selectFrom('entry_packs').selectAll().where('last_seq', '>', after);
    const pack = await packs.where('last_at', '>=', since).orderBy('last_seq').limit(1).executeTakeFirst();
    if (pack === undefined) return;
    yield (entriesOf(pack) ?? []).filter(({ at }) => at >= since);
    after = pack.last_seq;
  }
}
