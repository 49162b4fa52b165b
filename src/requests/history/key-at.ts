import type { Database } from '../../db/database.ts';
import type { Cursor, HistoryFilter } from './deed.ts';
import { accessKeys, inOrder, type Keys, provisioningKeys, type Sought, soughtBy } from './keys.ts';

/**
 * The key that so many newer ones go before. Both engines go along one index ten times as quickly as they merge two,
 * so nearly all of the way is jumped: along the way that most keys stand on, with those of the others counted that
 * stand between. What is left is walked. (To count instead of to jump is no quicker: PostgreSQL then reads the table.)
 */

/** So many keys are merged in no time. */
const fewEnough = 10_000;
/** By so many it is judged on which way most stand. */
const sampled = 1_000;
/** A jump lands short of what is sought, as the ways may lie closer or wider further on. */
const jumpShort = 0.9;
/** Each jump that lands short leaves a small part of the way; where the history is uneven, it is walked after so many. */
const mostJumps = 12;

type Way = (range: Pick<Sought, 'after' | 'upTo'>) => Keys;

/** Null when there are no more than so many. */
export async function findKeyAt({ query }: Database, filter: HistoryFilter, newer: number): Promise<Cursor | null> {
  const since = filter.since === null ? {} : { since: filter.since };
  const ways = soughtBy(filter).flatMap((one): Way[] => [
    (range) => accessKeys(query, { ...one, ...since, ...range }),
    (range) => provisioningKeys(query, { ...one, ...since, ...range }, filter.since ?? 0),
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
  // Each way is cut where it cannot matter any more: PostgreSQL would else sort the whole of them.
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
    // The longest way ends before that, and all the others do not make up for it.
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
