import { describe, expect, it } from '@jest/globals';
import { fetched, type GraphAnswer } from '../../../src/graph/answer.ts';
import type { GraphCall, GraphClient } from '../../../src/graph/client.ts';
import type { JobAddress } from '../../../src/graph/job-address.ts';
import { createPreviewing, type MappedPerson, mostExpressions } from '../../../src/graph/preview/previewing.ts';
import type { AttributeMapping, MappingSource, PeopleMapping } from '../../../src/graph/preview/read-mapping.ts';
import type { SourceValue } from '../../../src/graph/preview/source-values.ts';
import { createTestClock } from '../../support/clock.ts';

const trace = { clientRequestId: '', requestId: null, date: null };
const ok = (body: unknown): GraphAnswer => ({ kind: 'ok', status: 200, body, trace });
const evaluated = (...evaluationResult: string[]) =>
  ok({ parsingSucceeded: true, evaluationSucceeded: true, evaluationResult, error: null });

interface Body {
  readonly expression: string;
  readonly testInputObject: { readonly properties: readonly unknown[] };
}

const silent = {
  managerOf: async () => fetched(null),
  list: async () => fetched([]),
};

/** Previewing over a Graph that answers as the test says. */
function previewing(answer: (body: Body) => GraphAnswer | Promise<GraphAnswer> = () => evaluated('evaluated')) {
  const calls: GraphCall[] = [];
  let running = 0;
  const most = { atOnce: 0 };
  const exchange: GraphClient['read'] = async (call) => {
    calls.push(call);
    running += 1;
    most.atOnce = Math.max(most.atOnce, running);
    await null;
    running -= 1;
    return answer(call.body as Body);
  };
  const graph: GraphClient = { read: exchange, send: exchange, close: async () => undefined };
  const clock = createTestClock();
  return { service: createPreviewing({ graph, clock, directory: silent, assignments: silent }), calls, most, clock };
}

function mapping(target: string, source: MappingSource, defaultValue: string | null = null): AttributeMapping {
  return { target, source, defaultValue, matchingPriority: 0 };
}
const expression = (target: string, text: string, defaultValue?: string) =>
  mapping(target, { kind: 'function', expression: text }, defaultValue);

const held: Readonly<Record<string, SourceValue>> = {
  mail: { kind: 'text', text: 'adele@contoso.com' },
  accountEnabled: { kind: 'flag', flag: true },
  roles: { kind: 'list', items: ['User', 'Admin'] },
  netId: { kind: 'unread', why: 'attribute' },
};
function jobWith(...attributes: readonly AttributeMapping[]): JobAddress & MappedPerson {
  const people: PeopleMapping = {
    version: 'v1',
    scope: { sets: [], doubts: [] },
    flows: { adds: true, updates: true },
    attributes,
    required: new Set(),
    maySyncAll: true,
  };
  return {
    servicePrincipalId: 'the app',
    jobId: 'the job',
    mapping: people,
    read: (name) => held[name] ?? { kind: 'none' },
  };
}

const all = () => true;
const limitMs = 2_000;
const text = (value: string, byDefault = false) => ({ kind: 'text', text: value, byDefault });

describe('the values that an account would get', () => {
  it('need no call for attributes and constants', async () => {
    const { service, calls } = previewing();
    const job = jobWith(
      mapping('email', { kind: 'attribute', name: 'mail' }),
      mapping('active', { kind: 'attribute', name: 'accountEnabled' }),
      mapping('nick', { kind: 'attribute', name: 'mailNickname' }),
      mapping('last', { kind: 'attribute', name: 'surname' }, '.'),
      mapping('zone', { kind: 'constant', text: 'UTC' }),
      mapping('odd', { kind: 'attribute', name: 'netId' }),
      mapping('other', { kind: 'unreadable' }),
    );

    const values = await service.evaluate(job, all, limitMs);

    expect(values.map(({ found }) => found)).toEqual([
      text('adele@contoso.com'),
      text('True'),
      { kind: 'empty' },
      text('.', true),
      text('UTC'),
      { kind: 'unknown', why: 'source' },
      { kind: 'unknown', why: 'unreadable' },
    ]);
    expect(calls).toEqual([]);
  });

  it('come from the engine for an expression, which gets no more of the person than it reads', async () => {
    const { service, calls } = previewing(() => evaluated('ADELE', 'VANCE'));
    const job = jobWith(expression('name', 'Join([mail], [accountEnabled], [roles], [surname])'));

    const [value] = await service.evaluate(job, all, limitMs);

    expect(value).toEqual({ target: 'name', found: text('ADELE, VANCE') });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      method: 'POST',
      path: '/servicePrincipals/the%20app/synchronization/jobs/the%20job/schema/parseExpression',
      body: {
        expression: 'Join([mail], [accountEnabled], [roles], [surname])',
        testInputObject: {
          definition: null,
          properties: [
            { key: 'mail', value: 'adele@contoso.com' },
            { key: 'accountEnabled', value: 'True' },
            { key: 'roles', 'value@odata.type': '#Collection(String)', value: ['User', 'Admin'] },
          ],
        },
      },
    });
  });

  it('are never asked for where they are secret, differ each time, or are not wanted', async () => {
    const { service, calls } = previewing();
    const job = jobWith(
      expression('password', 'Append("x", [mail])'),
      expression('title', 'Redact([mail])'),
      expression('id', 'Guid()'),
      expression('iban', 'ToLower([mail], )'),
      expression('odd', 'ToLower([netId], )'),
    );

    const values = await service.evaluate(job, (target) => target !== 'iban', limitMs);

    expect(values.map(({ found }) => found)).toEqual([
      { kind: 'neverShown', why: 'secret' },
      { kind: 'neverShown', why: 'secret' },
      { kind: 'neverShown', why: 'changes' },
      { kind: 'notAsked' },
      { kind: 'unknown', why: 'source' },
    ]);
    expect(calls).toEqual([]);
  });

  it.each([
    ['an unknown function', { parsingSucceeded: false, evaluationSucceeded: false, error: { code: 'Bad' } }, 'syntax'],
    ['a bad date', { parsingSucceeded: true, evaluationSucceeded: false, error: { code: 'Bad' } }, 'evaluation'],
  ])('are not evaluated where Graph says so of %s', async (_what, body, why) => {
    const { service } = previewing(() => ok(body));

    const [value] = await service.evaluate(jobWith(expression('x', 'Foo([mail])')), all, limitMs);

    expect(value?.found).toEqual({ kind: 'notEvaluated', why, code: 'Bad' });
  });

  it('are empty, or the default, where the engine gives null', async () => {
    const { service } = previewing(() => evaluated(''));
    const job = jobWith(expression('x', 'ToLower([mail])'), expression('y', 'ToLower([mail])', 'en_US'));

    const values = await service.evaluate(job, all, limitMs);

    expect(values.map(({ found }) => found)).toEqual([{ kind: 'empty' }, text('en_US', true)]);
  });

  it.each([404, 405, 403])('are unknown where Graph answers %d to the call', async (status) => {
    const { service } = previewing(() => ({
      ...{ kind: 'refused', status, code: '', message: '', retryAfterMs: null, trace },
    }));

    const [value] = await service.evaluate(jobWith(expression('x', 'ToLower([mail])')), all, limitMs);

    expect(value?.found).toEqual({ kind: 'unknown', why: 'refused' });
  });

  it('are not asked for again and again where Graph refuses the call', async () => {
    const { service, calls } = previewing(() => ({
      ...{ kind: 'refused', status: 405, code: '', message: '', retryAfterMs: null, trace },
    }));
    const many = Array.from({ length: 40 }, (_, index) => expression(`a${index}`, `F${index}([mail])`));

    const values = await service.evaluate(jobWith(...many), all, limitMs);

    expect(values.every(({ found }) => found.kind === 'unknown' && found.why === 'refused')).toBe(true);
    expect(calls.length).toBeLessThanOrEqual(6);
  });

  it('are unknown beyond sixty expressions, of which few run at once', async () => {
    const { service, calls, most } = previewing();
    const many = Array.from({ length: mostExpressions + 5 }, (_, index) =>
      expression(`a${index}`, `F${index}([mail])`),
    );

    const values = await service.evaluate(jobWith(...many), all, limitMs);

    expect(calls).toHaveLength(mostExpressions);
    expect(values.filter(({ found }) => found.kind === 'unknown' && found.why === 'tooMany')).toHaveLength(5);
    expect(most.atOnce).toBeLessThanOrEqual(6);
  });

  it('are cached by the version of the schema', async () => {
    const { service, calls } = previewing();
    const job = jobWith(expression('x', 'ToLower([mail])'));

    await service.evaluate(job, all, limitMs);
    await service.evaluate(job, all, limitMs);
    await service.evaluate({ ...job, mapping: { ...job.mapping, version: 'v2' } }, all, limitMs);

    expect(calls).toHaveLength(2);
  });

  it('are late where no answer comes in time', async () => {
    const { service, clock, calls } = previewing(() => new Promise(() => undefined));
    const many = Array.from({ length: 9 }, (_, index) => expression(`a${index}`, `F${index}([mail])`));

    const reading = service.evaluate(jobWith(...many), all, limitMs);
    await clock.advance(limitMs);
    const values = await reading;

    expect(new Set(values.map(({ found }) => JSON.stringify(found)))).toEqual(
      new Set([JSON.stringify({ kind: 'unknown', why: 'late' })]),
    );
    expect(calls).toHaveLength(6);
  });
});
