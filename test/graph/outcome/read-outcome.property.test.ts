import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { readOutcome } from '../../../src/graph/outcome/read-outcome.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { answer, typeName } from './answers.ts';

const goodNews: ReadonlySet<string> = new Set(['created', 'updated', 'disabled', 'deleted', 'otherChange', 'inSync']);

const isGoodNews = (body: unknown): boolean => goodNews.has(readOutcome(body).kind);

const word = fc.constantFrom(
  ...[
    'Success',
    'sUCCESS',
    'Failure',
    'Skipped',
    'Warning',
    'Postponed',
    'RedundantExport',
    'EntryConflict',
    '',
    'True',
  ],
  ...['False', 'Create', 'Export', 'Scoping', 'EntryExportAdd', 'EntrySynchronizationSkip', 'NotEffectivelyEntitled'],
);

const odd = fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });

const optional = { requiredKeys: [] };

const step = fc.record(
  {
    name: odd,
    type: odd,
    status: odd,
    description: odd,
    details: fc.dictionary(fc.constantFrom('SkipReason', 'IsActive', 'Assigned', 'errorCode', '__proto__'), odd),
  },
  optional,
);

const entry = fc.record(
  {
    action: odd,
    statusInfo: fc.record({ status: odd, errorCode: odd, reason: odd }, optional),
    provisioningSteps: fc.oneof(fc.array(step, { maxLength: 4 }), odd),
    modifiedProperties: fc.array(fc.record({ displayName: odd, newValue: odd }, optional), { maxLength: 2 }),
  },
  optional,
);

const key = fc.record({ result: odd, details: fc.record({ errorCode: odd, errorMessage: odd }, optional) }, optional);

/** Bodies that look like the service's, with everything in them in doubt. */
const lookalike = fc.record(
  {
    key: fc.oneof(
      key.map((value) => JSON.stringify(value)),
      fc.constant(typeName),
      fc.string(),
    ),
    value: fc.oneof(
      entry.map((value) => JSON.stringify(value)),
      fc.array(entry, { maxLength: 3 }).map((value) => JSON.stringify(value)),
      fc.string(),
    ),
  },
  optional,
);

const failing = [
  'synthetic-a-failed-EntryConflict',
  'synthetic-b-failed-ContosoEntryConflict',
  'synthetic-a-not-in-scope-causes',
  'synthetic-a-warning-not-exported',
  'synthetic-b-not-in-scope-old-spelling',
  'synthetic-b-not-in-scope-new-spelling',
  'synthetic-b-not-in-scope-portal-spelling',
  'synthetic-b-skipped-AttributeValidationFailed',
  'synthetic-b-group-mixed',
];

/** Drops fields and changes the case of texts, as the bits say, all the way down. */
function damage(value: unknown, next: () => number): unknown {
  if (typeof value === 'string') return [value, value.toUpperCase(), value.toLowerCase()][next() % 3];
  if (Array.isArray(value)) return value.map((member) => damage(member, next));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(() => next() % 4 !== 0);
  return Object.fromEntries(kept.map(([name, field]) => [name, damage(field, next)]));
}

function damagedBody(name: string, next: () => number): Record<string, unknown> {
  const body = answer(name);
  const inner = (text: unknown) => JSON.stringify(damage(JSON.parse(String(text)), next));
  const damaged: Record<string, unknown> = {};
  if (next() % 8 !== 0) damaged.key = body.key === typeName ? typeName : inner(body.key);
  if (next() % 8 !== 0) damaged.value = inner(body.value);
  return damaged;
}

describe('readOutcome on any input', () => {
  it('never throws, whatever JSON or text it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.string(), fc.anything()), (body) => {
        expect(typeof readOutcome(body).kind).toBe('string');
      }),
    );
  });

  it('never finds a change in JSON or text, bare or inside the pair, that does not say Success', () => {
    const texts = fc.oneof(fc.json(), fc.string());
    const bodies = fc.oneof(fc.jsonValue(), fc.record({ key: texts, value: texts }), lookalike);

    fc.assert(
      fc.property(bodies, (body) => {
        const { kind } = readOutcome(body);

        if (kind !== 'inSync' && goodNews.has(kind)) expect(JSON.stringify(body)).toMatch(/success/i);
        if (kind === 'inSync') expect(JSON.stringify(body)).toMatch(/redundantexport/i);
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  it('never finds good news where a status, a result or a step says Failure', () => {
    const failedStatus = fc.record({ ...{ statusInfo: fc.constant({ status: 'FAILURE' }) }, action: odd });
    const failedStep = entry.map((each) => ({
      ...each,
      provisioningSteps: [
        { name: 'EntryExportAdd', type: 'Export', status: 'Success' },
        { name: 'EntryExportUpdate', type: 'Export', status: 'failure' },
      ],
    }));
    const value = fc.oneof(failedStatus, failedStep, fc.tuple(entry, failedStep), fc.tuple(failedStatus, entry));

    fc.assert(
      fc.property(
        fc.oneof(
          key.map((each) => JSON.stringify(each)),
          fc.constant(typeName),
        ),
        value,
        (anyKey, bad) => {
          expect(isGoodNews({ key: anyKey, value: JSON.stringify(bad) })).toBe(false);
        },
      ),
    );
    fc.assert(
      fc.property(key, entry, (anyKey, any) => {
        const body = { key: JSON.stringify({ ...anyKey, result: 'Failure' }), value: JSON.stringify(any) };

        expect(isGoodNews(body)).toBe(false);
      }),
    );
  });

  it.each(failing)('never reads %s as good news, whatever fields are lost and however it is spelled', (name) => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat({ max: 240 })), (stream) => {
        const body = damagedBody(name, () => stream.next().value);

        expect(isGoodNews(body)).toBe(false);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('survives details nested too deep to be serialized again', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const value = `{"statusInfo":{"status":"Failure"},"provisioningSteps":[{"name":"EntryImport","details":{"deep":${deep}}}]}`;

    const outcome = readOutcome({ key: typeName, value });

    expect(outcome.kind).toBe('failed');
  });
});
