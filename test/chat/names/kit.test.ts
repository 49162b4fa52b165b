import { describe, expect, it } from '@jest/globals';
import { findKit } from '../../../src/chat/names/kit.ts';
import { kitText } from '../../../src/chat/names/seek-apps.ts';
import { fetched, troubled } from '../../../src/graph/answer.ts';
import type { Kit, Kits } from '../../../src/graph/kit-apps.ts';

const kit = (name: string, ...aliases: readonly string[]): Kit => ({
  name,
  aliases,
  apps: [],
  ask: null,
  approvers: [],
  assign: null,
});
const sales = kit('Sales', 'sales starter');
const all = [sales, kit('Customer Care, Tier 1 and 2', 'care'), kit('The Office'), kit('Kit')];
const kitsOf = (listed: Awaited<ReturnType<Kits['list']>>): Kits => ({
  list: async () => listed,
  mayBeIn: () => true,
  broken: () => [],
});
const find = (text: string) => findKit({ kits: kitsOf(fetched(all)) }, text);

it.each(['Sales', 'Sales Kit', 'the Sales kit', 'Kit', 'The Office'])('is written as it is found: %s', async (name) => {
  const kits = kitsOf(fetched([kit(name)]));

  expect(await findKit({ kits }, kitText(name))).toMatchObject({ value: { kind: 'one', kit: { name } } });
});

describe('finding a kit', () => {
  it.each([
    ['sales', 'Sales'],
    ['SALES', 'Sales'],
    ['the Sales kit', 'Sales'],
    ['sales kit', 'Sales'],
    ['  Sales   Starter ', 'Sales'],
    ['the sales starter kit', 'Sales'],
    ['customer care, tier 1 and 2', 'Customer Care, Tier 1 and 2'],
    ['Care kit', 'Customer Care, Tier 1 and 2'],
    ['the office', 'The Office'],
    ['office', 'The Office'],
    ['kit', 'Kit'],
  ])('finds by %j the kit %s', async (text, name) => {
    expect(await find(text)).toMatchObject({ value: { kind: 'one', kit: { name } } });
  });

  it.each(['salse', 'sals kit', 'sal', 'sales-starter kit'])('only offers a similar name, as for %j', async (text) => {
    expect(await find(text)).toEqual(fetched({ kind: 'near', kit: sales }));
  });

  it.each(['finance', 'sa', '', 'x'.repeat(5_000)])('finds none for %j', async (text) => {
    expect(await find(text)).toEqual(fetched({ kind: 'none' }));
  });

  it('finds none where there are no kits', async () => {
    expect(await findKit({ kits: kitsOf(fetched([])) }, 'sales')).toEqual(fetched({ kind: 'none' }));
  });

  it('says why the kits could not be read', async () => {
    const trace = { clientRequestId: '1', requestId: null, date: null };
    const trouble = troubled({ kind: 'noAnswer', why: 'timeout', code: 'x', trace });

    expect(await findKit({ kits: kitsOf(trouble) }, 'sales')).toEqual(trouble);
  });
});
