import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { detailedSchema, matchingOf, peopleMapping } from '../../../src/graph/preview/read-mapping.ts';

const composed = JSON.parse(
  readFileSync(new URL('../../fixtures/graph/schema-scope-and-expressions.json', import.meta.url), 'utf8'),
);

function mappingOf(change: object = {}, rule: object = {}, schema: object = {}) {
  const [first] = composed.synchronizationRules;
  const objectMappings = [{ ...first.objectMappings[0], ...change }];
  const changed = { ...composed, synchronizationRules: [{ ...first, objectMappings, ...rule }], ...schema };
  return peopleMapping(detailedSchema.parse(changed));
}

const clause = { operatorName: 'EQUALS', sourceOperandName: 'department', targetOperand: { values: ['Sales'] } };

describe('reading how a job maps people', () => {
  it('keeps the filter’s groups with their clauses', () => {
    const read = mappingOf();

    expect(read?.scope.doubts).toEqual([]);
    expect(read?.scope.sets[0]?.map(({ name }) => name)).toEqual(['Marketing department filter', 'Contoso employees']);
    expect(read?.scope.sets[0]?.[0]?.clauses).toEqual([
      { operator: 'EQUALS', attribute: 'department', values: ['Marketing'] },
      { operator: 'IS NOT NULL', attribute: 'jobTitle', values: [] },
    ]);
  });

  it('keeps each attribute’s source, and those that match accounts by priority', () => {
    const read = mappingOf();

    expect(read === null ? [] : matchingOf(read).map(({ target }) => target)).toEqual(['user_name', 'email']);
    expect(read?.attributes.find(({ target }) => target === 'active')?.source).toEqual({
      kind: 'function',
      expression: 'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
    });
    expect(read?.attributes.find(({ target }) => target === 'last_name')).toMatchObject({
      source: { kind: 'attribute', name: 'surname' },
      defaultValue: '.',
    });
  });

  it.each([
    ['Add, Update, Delete', { adds: true, updates: true }],
    ['Add,Update', { adds: true, updates: true }],
    ['Update', { adds: false, updates: true }],
    ['add', { adds: true, updates: false }],
    [null, { adds: true, updates: true }],
  ])('reads the flow types “%s”', (flowTypes, flows) => {
    expect(mappingOf({ flowTypes })?.flows).toEqual(flows);
  });

  it('lets all people pass without a filter', () => {
    expect(mappingOf({ scope: null })?.scope).toEqual({ sets: [], doubts: [] });
  });

  it.each([
    ['groups of another form', { groups: [{ name: 'x', clauses: 'none' }] }],
    ['a clause without an operator', { groups: [{ name: 'x', clauses: [{ sourceOperandName: 'mail' }] }] }],
    ['a filter that is a text', 'department EQUALS Sales'],
  ])('does not take %s for no filter', (_what, scope) => {
    expect(mappingOf({ scope })?.scope.doubts).toEqual(['unreadable']);
  });

  it('keeps both kinds of groups apart, and says that there are filters which it cannot evaluate', () => {
    const groups = [{ name: 'x', clauses: [clause] }];
    const read = mappingOf({ scope: { groups, inputFilterGroups: groups, categoryFilterGroups: groups } });

    expect(read?.scope.sets).toHaveLength(2);
    expect(read?.scope.doubts).toEqual(['experimental']);
    expect(mappingOf({}, { groupFilter: { includedGroups: ['x'] } })?.scope.doubts).toEqual(['experimental']);
  });

  it('reads a mapping without a source as its default, which is a constant', () => {
    const attributeMappings = [
      { targetAttributeName: 'country', source: null, defaultValue: 'US' },
      { targetAttributeName: 'type', source: { type: 'Constant', name: 'True', expression: '"True"' } },
      { targetAttributeName: 'odd', source: { type: 'Other' } },
      { source: { type: 'Attribute', name: 'mail' } },
    ];

    expect(mappingOf({ attributeMappings })?.attributes.map(({ source }) => source)).toEqual([
      { kind: 'constant', text: 'US' },
      { kind: 'constant', text: 'True' },
      { kind: 'unreadable' },
    ]);
  });

  it('knows from the directories what the app requires, and that it can never take all people', () => {
    const target = {
      name: 'ServiceNow',
      objects: [
        {
          name: 'User',
          attributes: [
            { name: 'user_name', required: true },
            { name: 'email', required: false },
          ],
          metadata: [{ key: 'IsSynchronizeAllSupported', value: 'false' }],
        },
      ],
    };
    const read = mappingOf({}, {}, { directories: [target] });

    expect([...(read?.required ?? [])]).toEqual(['user_name']);
    expect(read?.maySyncAll).toBe(false);
    expect(mappingOf({}, {}, { directories: [] })?.maySyncAll).toBe(true);
  });

  it('is null where the job takes its people from elsewhere, or takes none', () => {
    expect(mappingOf({}, { sourceDirectoryName: 'Active Directory' })).toBeNull();
    expect(mappingOf({ enabled: false })).toBeNull();
    expect(mappingOf({ sourceObjectName: 'Group' })).toBeNull();
  });
});
