import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readAll, readIfThere, readOne, readWhole } from '../../src/graph/read.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from './support.ts';

const named = z.object({ id: z.string(), displayName: z.string() });
const alex = `/users/${people.alex.id}`;

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.close());

describe('reading one object', () => {
  it('returns it in the requested shape', async () => {
    const read = await readOne(bench.graph, { path: alex }, named);

    expect(read).toEqual({ ok: true, value: { id: people.alex.id, displayName: 'Alex Wilber' } });
  });

  it('reads another shape as unreadable', async () => {
    const read = await readOne(bench.graph, { path: alex }, z.object({ nothingOfThisName: z.string() }));

    expect(read).toMatchObject({ ok: false, trouble: { kind: 'unreadable', status: 200 } });
  });

  it('reads a 404 as an error', async () => {
    const read = await readOne(bench.graph, { path: '/users/nobody%40contoso.com' }, named);

    expect(read).toMatchObject({ ok: false, trouble: { kind: 'refused', status: 404 } });
  });
});

describe('reading an object that may not exist', () => {
  it('reads a 404 as an answer', async () => {
    const read = await readIfThere(bench.graph, { path: '/users/nobody%40contoso.com' }, named);

    expect(read).toEqual({ ok: true, value: null });
  });

  it('reads a name that can be no key at all as an unknown object', async () => {
    const error = { code: 'Request_BadRequest', message: 'Invalid object identifier.' };
    bench.sandbox.failNext('/users', { kind: 'status', status: 400, body: { error } });

    const read = await readIfThere(bench.graph, { path: '/users/%24x%40contoso.com' }, named);

    expect(read).toEqual({ ok: true, value: null });
  });

  it.each([401, 403, 400])('reads a %i as an error', async (status) => {
    bench.sandbox.failNext('/users', { kind: 'status', status });

    const read = await readIfThere(bench.graph, { path: alex }, named);

    expect(read).toMatchObject({ ok: false, trouble: { status } });
  });
});

describe('reading a collection', () => {
  const call = { path: '/users', query: { $top: '30', $select: 'id,displayName' } };

  it('follows the pages to the end', async () => {
    const everyone = bench.sandbox.tenant.people();

    const read = await readAll(bench.graph, call, named, 100);

    expect(read).toMatchObject({ ok: true, value: { complete: true } });
    expect(read.ok && read.value.items.map(({ id }) => id)).toEqual(everyone.map(({ id }) => id));
    expect(bench.sandbox.requests).toHaveLength(Math.ceil(everyone.length / 30));
  });

  it('is an error where the caller needs all of it and there are more pages than may be read', async () => {
    const whole = await readWhole(bench.graph, call, named, 100);
    const part = await readWhole(bench.graph, call, named, 2);

    expect(whole).toMatchObject({ ok: true });
    expect(part).toMatchObject({ ok: false, trouble: { kind: 'unreadable' } });
  });

  it('stops after the pages it may read, and says that there are more', async () => {
    const read = await readAll(bench.graph, call, named, 2);

    expect(read.ok && read.value.items).toHaveLength(60);
    expect(read).toMatchObject({ ok: true, value: { complete: false } });
    expect(bench.sandbox.requests).toHaveLength(2);
  });

  it('requests the next page with the same headers as the first', async () => {
    const search = { path: '/users', query: { $search: '"displayName:lee"', $top: '1' }, eventual: true };

    const read = await readAll(bench.graph, search, named, 5);

    expect(read.ok && read.value.items.map(({ displayName }) => displayName)).toEqual(['Lee Gu', 'Lee Parker']);
  });

  it('stops between two pages when its caller gives up', async () => {
    const stop = new AbortController();
    const graph: typeof bench.graph = {
      ...bench.graph,
      async read(one) {
        const answer = await bench.graph.read(one);
        stop.abort();
        return answer;
      },
    };

    const read = await readAll(graph, { ...call, signal: stop.signal }, named, 5);

    expect(read).toMatchObject({ ok: false, trouble: { kind: 'noAnswer', why: 'stopped' } });
    expect(bench.sandbox.requests).toHaveLength(1);
  });

  it('leaves out an element of another shape, and keeps the rest', async () => {
    const value = [{ id: 1 }, { id: 'a', displayName: 'A' }, null];
    bench.sandbox.failNext('/users', { kind: 'status', status: 200, body: { value } });

    const read = await readAll(bench.graph, call, named);

    expect(read).toEqual({ ok: true, value: { items: [{ id: 'a', displayName: 'A' }], complete: true } });
  });

  it('is unreadable when it is no collection', async () => {
    bench.sandbox.failNext('/users', { kind: 'status', status: 200, body: { value: 'none' } });

    const read = await readAll(bench.graph, call, named);

    expect(read).toMatchObject({ ok: false, trouble: { kind: 'unreadable' } });
  });

  it('is an error as a whole when a later page fails: half a list passes for a whole one', async () => {
    bench.sandbox.failNext('/users', { kind: 'slow', ms: 0 });
    bench.sandbox.failNext('/users', { kind: 'status', status: 403 });

    const read = await readAll(bench.graph, call, named, 100);

    expect(read).toMatchObject({ ok: false, trouble: { kind: 'refused', status: 403 } });
  });

  it('does not follow a next link that leads away from Graph', async () => {
    const body = { value: [], '@odata.nextLink': 'https://graph.evil.example/v1.0/users' };
    bench.sandbox.failNext('/users', { kind: 'status', status: 200, body });

    const read = await readAll(bench.graph, call, named, 100);

    expect(read).toMatchObject({ ok: false, trouble: { kind: 'unreadable', status: 0 } });
    expect(bench.sandbox.requests).toHaveLength(1);
  });
});
