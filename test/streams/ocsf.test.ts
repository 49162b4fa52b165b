import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type OcsfEvent, schemaOf, toOcsf } from '../../src/streams/ocsf.ts';
import { mappings } from '../../src/streams/ocsf-table.ts';
import { emitter, entry } from './support.ts';

/** What OCSF's own files say of the classes and objects that the events use. */
interface Shape {
  readonly required: readonly string[];
  readonly allowed: readonly string[];
  /** At least one of them is there. */
  readonly oneOf?: readonly string[];
  readonly enums: Readonly<Record<string, readonly number[]>>;
}

const schema = JSON.parse(readFileSync(new URL('../fixtures/ocsf-1.8.0.json', import.meta.url), 'utf8')) as {
  readonly version: string;
  readonly classes: Readonly<Record<string, Shape & { readonly page: string }>>;
  readonly objects: Readonly<Record<string, Shape>>;
  /** The object that an attribute holds. */
  readonly of: Readonly<Record<string, string>>;
};

/** One line for each rule that a value breaks. */
function broken(value: OcsfEvent, shape: Shape, at: string): readonly string[] {
  const names = Object.keys(value);
  return [
    ...shape.required.filter((name) => value[name] === undefined).map((name) => `${at}: no ${name}`),
    ...names.filter((name) => !shape.allowed.includes(name)).map((name) => `${at}: unknown ${name}`),
    ...(shape.oneOf?.every((name) => value[name] === undefined) === true ? [`${at}: none of ${shape.oneOf}`] : []),
    ...names
      .filter((name) => shape.enums[name]?.includes(Number(value[name])) === false)
      .map((name) => `${at}: ${name} ${value[name]}`),
    ...names.flatMap((name) => {
      const inner = schema.objects[schema.of[name] ?? ''];
      const values = [value[name]].flat() as readonly OcsfEvent[];
      return inner === undefined ? [] : values.flatMap((one) => broken(one, inner, `${at}.${name}`));
    }),
  ];
}

function complaintsOf(event: OcsfEvent): readonly string[] {
  const shape = schema.classes[String(event.class_uid)];
  if (shape === undefined) return [`no class ${event.class_uid}`];
  const isTyped = event.type_uid === Number(event.class_uid) * 100 + Number(event.activity_id);
  return [...broken(event, shape, shape.page), ...(isTyped ? [] : ['type_uid'])];
}

const outcomes = ['created', 'updated', 'disabled', 'deleted', 'inSync', 'removed', 'failed', 'unknown'];
const details = [
  {},
  { app: 'salesforce' },
  { subject: 'isaiah', app: 'salesforce', attempt: 1, members: ['adele', 'lee'] },
  ...outcomes.map((outcome) => ({ subject: 'isaiah', app: 'salesforce', outcome, code: 'Some', how: 'disabled' })),
  ...['made', 'refused', 'begun', 'byHand'].map((step) => ({
    step,
    subject: 'isaiah',
    app: 'salesforce',
    appRole: 'r',
  })),
  ...['pause', 'start', 'lift', 'test'].map((repair) => ({ repair, step: 'done', app: 'salesforce' })),
];

describe('an entry as an event of OCSF', () => {
  it.each([...Object.keys(mappings), 'aKindOfTheNextVersion'])('of the kind %s is what OCSF 1.8.0 asks for', (kind) => {
    const complaints = details.flatMap((some) =>
      ['alex', ''].flatMap((actorId) =>
        ['R1', null].flatMap((requestId) =>
          complaintsOf(toOcsf(entry({ kind, actorId, requestId, details: some }), emitter)),
        ),
      ),
    );

    expect(complaints).toEqual([]);
  });

  it('keeps all of the entry', () => {
    const some = entry({ id: 12, seq: 9, kind: 'finished', details: { subject: 'isaiah', outcome: 'created' } });

    expect(toOcsf(some, emitter)).toMatchObject({
      time: some.at,
      metadata: { version: schema.version, uid: '12', sequence: 9, event_code: 'finished', correlation_uid: 'R1' },
      actor: { user: { uid: 'alex' } },
      unmapped: { details: some.details },
    });
  });

  it.each([
    ['asked', {}, 300401, 1],
    ['accessAsked', {}, 300401, 1],
    ['accessApproved', {}, 300403, 1],
    ['accessDenied', {}, 300403, 1],
    ['accessExpired', {}, 300404, 1],
    ['denied', { reason: 'needsRole' }, 300499, 2],
    ['finished', { subject: 'isaiah', outcome: 'created' }, 300101, 1],
    ['finished', { subject: 'isaiah', outcome: 'updated' }, 300199, 1],
    ['finished', { subject: 'isaiah', outcome: 'disabled' }, 300105, 1],
    ['finished', { subject: 'isaiah', outcome: 'deleted' }, 300106, 1],
    ['finished', { subject: 'isaiah', outcome: 'removed', how: 'disabled' }, 300105, 1],
    ['finished', { subject: 'isaiah', outcome: 'removed', how: 'nothingThere' }, 300199, 1],
    ['finished', { subject: 'isaiah', outcome: 'failed' }, 300199, 2],
    ['finished', { subject: 'isaiah', outcome: 'unknown' }, 300199, 0],
    ['assigned', { subject: 'isaiah', step: 'made' }, 300501, 1],
    ['assigned', { subject: 'isaiah', step: 'refused' }, 300501, 2],
    ['unassigned', { subject: 'isaiah', step: 'begun' }, 300502, 0],
    ['repair', { app: 'salesforce', repair: 'pause', step: 'paused' }, 300412, 1],
    ['repair', { app: 'salesforce', repair: 'start', step: 'started' }, 300413, 1],
    ['repair', { app: 'salesforce', repair: 'lift', step: 'refused' }, 300403, 2],
    ['repair', { app: 'salesforce', repair: 'test', step: 'passed' }, 300402, 1],
    ['exported', {}, 300402, 1],
  ])('%s %j is the type %d with the status %d', (kind, some, type, status) => {
    const event = toOcsf(entry({ kind, details: some }), emitter);

    expect([event.type_uid, event.status_id]).toEqual([type, status]);
  });

  it('names the page of its class', () => {
    const pages = Object.entries(schema.classes).map(([uid, { page }]) => [Number(uid), page]);

    expect(pages.map(([uid]) => schemaOf({ class_uid: uid }))).toEqual(
      pages.map(([, page]) => `https://schema.ocsf.io/1.8.0/classes/${page}`),
    );
  });
});
