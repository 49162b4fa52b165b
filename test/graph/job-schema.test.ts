import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobAddress } from '../../src/graph/job-address.ts';
import { type JobSchema, type ObjectMapping, readSchema } from '../../src/graph/job-schema.ts';
import { createJobServices } from '../../src/graph/job-services.ts';
import { createSynchronization } from '../../src/graph/synchronization.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { type Bench, startBench } from './support.ts';

const { salesforce, figma, serviceNow } = apps;

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const at = ({ id, job }: typeof salesforce | typeof figma): JobAddress => ({
  servicePrincipalId: id,
  jobId: job?.id ?? '',
});

/** The schema, where Graph answers with this one. */
async function schemaOf(body: unknown): Promise<JobSchema | null> {
  bench.sandbox.failNext(/\/schema$/, { kind: 'status', status: 200, body });
  const read = await readSchema(bench.graph, at(salesforce));
  return read.ok ? read.value : null;
}

async function mappingOf(mapping: unknown): Promise<ObjectMapping | undefined> {
  const schema = await schemaOf({ synchronizationRules: [{ id: 'a rule', objectMappings: [mapping] }] });
  return schema?.rules[0]?.objects[0];
}

const example = JSON.parse(readFileSync(new URL('../fixtures/graph/schema-with-scope.json', import.meta.url), 'utf8'));

describe('the schema of a job', () => {
  it('is read from the example with two mappings and a scope', async () => {
    const schema = await schemaOf(example);
    const [users] = schema?.rules[0]?.objects ?? [];

    expect(schema?.version).toBe('v1.2');
    expect(users).toMatchObject({
      source: 'User',
      isEnabled: true,
      flows: new Set(['add', 'update', 'delete']),
      isComplete: true,
      scope: {
        kind: 'filters',
        inputGroups: [],
        groups: [
          {
            name: 'Marketing department filter',
            clauses: [
              { attribute: 'department', operator: 'EQUALS', values: ['Marketing'] },
              { attribute: 'jobTitle', operator: 'IS NOT NULL', values: [] },
            ],
          },
          { name: 'Contoso employees', clauses: [{}, {}, {}] },
        ],
      },
    });
    const matching = users?.attributes.filter(({ matchingPriority }) => matchingPriority > 0);
    expect(matching?.map(({ target }) => target)).toEqual(['user_name', 'email']);
    expect(users?.attributes.find(({ target }) => target === 'time_zone')).toEqual({
      ...{ target: 'time_zone', source: null, defaultValue: 'America/Los_Angeles' },
      ...{ matchingPriority: 0, flowType: 'Always' },
    });
    expect(schema?.directories[1]?.objects[0]?.isSoftDeletionSupported).toBe(true);
  });

  it('is read from the sandbox, with what the app requires', async () => {
    const read = await readSchema(bench.graph, at(figma));
    const schema = read.ok ? read.value : null;
    const [users] = schema?.rules[0]?.objects ?? [];
    const required = schema?.directories[1]?.objects[0]?.attributes.filter(({ isRequired }) => isRequired);

    expect(users?.scope).toEqual({ kind: 'everyone' });
    expect(users?.attributes.find(({ target }) => target === 'password')).toMatchObject({
      source: { type: 'function', name: 'Redact' },
      flowType: 'ObjectAddOnly',
    });
    expect(required?.map(({ name }) => name)).toEqual(['name.familyName']);
  });

  const clause = { sourceOperandName: 'department', operatorName: 'EQUALS', targetOperand: { values: ['Sales'] } };

  it.each<[string, unknown, string]>([
    ['no scope', null, 'everyone'],
    ['empty sets', { groups: [], inputFilterGroups: [], categoryFilterGroups: [] }, 'everyone'],
    ['sets that are missing', { groups: null }, 'everyone'],
    ['an input filter alone', { inputFilterGroups: [{ name: null, clauses: [clause] }] }, 'filters'],
    ['a filter by category', { groups: [], categoryFilterGroups: [{ name: 'new', clauses: [] }] }, 'unreadable'],
    ['a clause without an operator', { groups: [{ name: 'x', clauses: [{ sourceOperandName: 'a' }] }] }, 'unreadable'],
    ['a group of another shape', { groups: ['Sales'] }, 'unreadable'],
    ['something else', 'everyone', 'unreadable'],
  ])('never looks wider than it is, with %s', async (_what, scope, kind) => {
    expect((await mappingOf({ scope }))?.scope.kind).toBe(kind);
  });

  it.each([
    ['Add, Update', ['add', 'update']],
    ['update,DELETE', ['update', 'delete']],
    ['', []],
  ])('tells what flows: %s', async (flowTypes, flows) => {
    expect((await mappingOf({ flowTypes }))?.flows).toEqual(new Set(flows));
  });

  it('leaves out an attribute that cannot be read, and says so', async () => {
    const attribute = { targetAttributeName: 'mail', source: { type: 'Hybrid', name: 'x', expression: null } };

    const mapping = await mappingOf({ attributeMappings: [attribute, { source: null }] });

    expect(mapping).toMatchObject({ isComplete: false, flows: null, isEnabled: true });
    expect(mapping?.attributes).toMatchObject([{ target: 'mail', source: { type: 'other' } }]);
  });

  it('is trouble where it may not be read', async () => {
    bench.sandbox.failNext(/\/schema$/, { kind: 'status', status: 403 });

    expect(await readSchema(bench.graph, at(salesforce))).toMatchObject({ ok: false, trouble: { status: 403 } });
  });

  it('is read once in five minutes by those who share the services', async () => {
    const synchronization = createSynchronization({ graph: bench.graph, clock: bench.clock });
    const jobs = createJobServices({ graph: bench.graph, synchronization, clock: bench.clock });
    await Promise.all([jobs.readSchema(at(serviceNow)), jobs.readSchema(at(serviceNow))]);
    const within = bench.sandbox.requests.length;
    await bench.clock.advance(5 * 60_000);
    await jobs.readSchema(at(serviceNow));

    expect([within, bench.sandbox.requests.length]).toEqual([1, 2]);
  });
});
