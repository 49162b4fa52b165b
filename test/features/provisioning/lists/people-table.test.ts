import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readPeopleTable } from '../../../../src/features/provisioning/lists/people-table.ts';
import { propertyRuns } from '../../../support/property-runs.ts';

const read = (...lines: readonly string[]) => readPeopleTable(lines.join('\n'), 500);
const row = (number: number, person: string, ...apps: readonly string[]) => ({ row: number, person, apps });

describe('a table of people and apps', () => {
  it('puts a person into the apps over the marks of the row', () => {
    const marks = ['x', 'X', ' yes ', 'Y', 'TRUE', '1', '✓', '✔️', '☑', '✅'];
    const blanks = ['', 'no', 'False', '0', '-', '✗', 'n/a'];

    const table = read(',A,B', ...[...marks, ...blanks].map((mark, n) => `p${n},${mark},x`));

    expect(table).toEqual({
      kind: 'marked',
      rows: [
        ...marks.map((_, n) => row(n + 2, `p${n}`, 'A', 'B')),
        ...blanks.map((_, n) => row(n + 12, `p${n + 10}`, 'B')),
      ],
      oddities: [],
    });
  });

  it('takes the apps of each row from a column of that name, whatever else is in the row', () => {
    expect(read('Name;Enterprise Application;City', 'Adele;"Box, Slack";x', 'Lee;;Oslo')).toEqual({
      kind: 'named',
      rows: [row(2, 'Adele', 'Box, Slack'), row(3, 'Lee')],
      oddities: [],
    });
  });

  it.each([
    ['a column with addresses', 'user,name,A', 'Adele,adele@contoso.com,x', 'adele@contoso.com'],
    ['an address column without any', 'mail,A', 'Adele,x', 'Adele'],
    ['the first column, which is called so', 'name,email,A', 'Adele,,x', 'Adele'],
    ['the first column, which has no name', ',name,A', 'Adele,A. V.,x', 'Adele'],
    ['another column, which is called so', 'id,Full name,A', '7,Adele,x', 'Adele'],
  ])('finds the people in %s', (_where, header, cells, person) => {
    expect(read(header, cells)?.rows).toEqual([row(2, person, 'A')]);
  });

  it('tells what says something else: columns, cells, rows without a person, with a formula, too long, too many cells', () => {
    const table = read(
      'name,A,Team,',
      'Adele,maybe,Sales,x',
      ',x,,',
      '=1+1,x,,',
      `${'x'.repeat(400)},x,,`,
      'Lee,x,,,,x',
      'Megan,x,,,,',
    );

    expect(table).toEqual({
      kind: 'marked',
      rows: [row(2, 'Adele'), row(7, 'Megan', 'A')],
      oddities: [
        { kind: 'column', column: 'Team' },
        { kind: 'column', column: '4' },
        { kind: 'cell', row: 2, column: 'A', text: 'maybe' },
        { kind: 'row', row: 3 },
        { kind: 'row', row: 4 },
        { kind: 'row', row: 5 },
        { kind: 'longRow', row: 6 },
      ],
    });
  });

  it('counts blank lines, and leaves out the line under the header of a Markdown table', () => {
    expect(read('user|A', '---|:-:', '', 'adele|x')).toEqual({
      kind: 'marked',
      rows: [row(4, 'adele', 'A')],
      oddities: [],
    });
  });

  it.each([
    ['nothing', ['']],
    ['one column', ['user', 'adele']],
    ['no column of people', ['Role,A', 'adele,x']],
    ['no mark', ['user,manager', 'adele,megan']],
    ['marks under no name', ['user,', 'adele,x']],
    ['a header alone', ['user,A']],
  ])('is none with %s', (_what, lines) => {
    expect(read(...lines)).toBeNull();
  });

  it('loses no row, whatever the cells hold', () => {
    const cell = fc.constantFrom('', 'x', 'adele', 'lee@contoso.com', '"a,b"', 'maybe', '=1+1');
    const lines = fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 8 });

    fc.assert(
      fc.property(fc.constantFrom(',', '\t', ';', '|'), lines, (delimiter, cells) => {
        const table = read(...[['user', 'A', 'B'], ['lee', 'x'], ...cells].map((one) => one.join(delimiter)));

        const told = table?.oddities.filter(({ kind }) => kind === 'row' || kind === 'longRow') ?? [];
        const said = cells.filter((one) => one.some((text) => text !== '')).length;
        expect((table?.rows.length ?? 0) + told.length).toBe(said + 1);
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});
