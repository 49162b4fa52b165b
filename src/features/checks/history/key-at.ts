import type { Database } from '../../../db/database.ts';
import { archivedKeys } from './archived-keys.ts';
import type { Cursor, HistoryFilter } from './history-entry.ts';
import { accessKeys, inOrder, type Keys, provisioningKeys, type Sought, soughtBy } from './keys.ts';

/**
 * The key that this many newer ones precede. Both engines walk one index ten times as fast as they merge two, so nearly
 * all of the distance is jumped: along the index with the most keys, counting the keys of the others in between. The
 * rest is walked. (Counting instead of jumping is no faster: PostgreSQL then reads the table.)
 */

/** Up to this many keys, merging is quick enough. */
const fewEnough = 10_000;
/** The sample from which the index with the most keys is determined. */
const sampled = 1_000;
/** A jump stops short of its target, as the density of an index may vary further on. */
const jumpShort = 0.9;
/**
 * Each jump that stops short leaves a small part of the distance; in an uneven history, the rest is walked after this
 * many.
 */
const mostJumps = 12;

type Way = (range: Pick<Sought, 'after' | 'upTo'>) => Keys;

/** Null when there are not more keys than `newer`. */
export async function findKeyAt({ query }: Database, filter: HistoryFilter, newer: number): Promise<Cursor | null> {
  const since = filter.since === null ? {} : { since: filter.since };
  const ways = soughtBy(filter).flatMap((one): Way[] => [
    (range) => accessKeys(query, { ...one, ...since, ...range }),
    (range) => provisioningKeys(query, { ...one, ...since, ...range }, filter.since ?? 0),
    (range) => archivedKeys(query, { ...one, ...since, ...range }, filter.since ?? 0),
  ]);

  const countAll = async (on: readonly Way[], after: Cursor | null, upTo: Cursor | null): Promise<number[]> => {
    const counts: number[] = [];
    for (const way of on) {
      const { keys } = await query
        .selectFrom(way({ ...afterOf(after), ...(upTo === null ? {} : { upTo }) }).as('found'))
        .select((select) => select.fn.countAll<number>().as('keys'))
        .executeTakeFirstOrThrow();
      counts.push(Number(keys));
    }
    return counts;
  };
  // Each index query is limited to what can matter: PostgreSQL would otherwise sort all of its rows.
  const walk = async (after: Cursor | null, over: number): Promise<Cursor | null> => {
    const [first, ...others] = ways.map((way) =>
      query.selectFrom(inOrder(way(afterOf(after)), over + 1).as('way')).select(['at', 'id']),
    );
    if (first === undefined) return null;
    const all = others.reduce((union, keys) => union.unionAll(keys), first);
    return (await all.orderBy('at', 'desc').orderBy('id', 'desc').limit(1).offset(over).executeTakeFirst()) ?? null;
  };

  let place: Cursor | null = null;
  let left = newer;
  let caution = jumpShort;
  for (let jumps = 0; left > fewEnough && jumps < mostJumps; jumps += 1) {
    const sample = await walk(place, sampled);
    if (sample === null) return null;
    const shares = await countAll(ways, place, sample);
    const most = Math.max(...shares);
    const longest = ways[shares.indexOf(most)];
    if (longest === undefined) break;
    const over = Math.floor(left * caution * (most / sum(shares)));
    const landed = await inOrder(longest(afterOf(place)), 1)
      .offset(over)
      .executeTakeFirst();
    const others = ways.filter((way) => way !== longest);
    const passed = over + 1 + sum(await countAll(others, place, landed ?? null));
    if (passed > left) caution /= 2;
    // The longest index ends before that, and all the others do not make up for it.
    else if (landed === undefined) return null;
    else {
      place = landed;
      left -= passed;
    }
  }
  return walk(place, left);
}

function afterOf(after: Cursor | null): { readonly after?: Cursor } {
  return after === null ? {} : { after };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
