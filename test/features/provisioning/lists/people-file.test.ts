import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readPeopleFile } from '../../../../src/features/provisioning/lists/people-file.ts';
import { propertyRuns } from '../../../support/property-runs.ts';

const two = ['adele@contoso.com', 'isaiah@contoso.com'];
const table = `userPrincipalName,displayName\r\n${two[0]},Adele Vance\r\n${two[1]},"Langer, Isaiah"\r\n`;

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
function utf16(text: string, { bigEndian = false, mark = true } = {}): Uint8Array {
  const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}
function people(entries: readonly string[], badRows: readonly object[] = []) {
  return { kind: 'people', entries, badRows };
}

describe('a file of people', () => {
  it.each<[string, Uint8Array]>([
    ['UTF-8', utf8(table)],
    ['UTF-8 with a byte order mark', utf8(`\ufeff${table}`)],
    ['UTF-16, little end first', utf16(table)],
    ['UTF-16, big end first', utf16(table, { bigEndian: true })],
    ['UTF-16 without a mark, little end first', utf16(table, { mark: false })],
    ['UTF-16 without a mark, big end first', utf16(table, { mark: false, bigEndian: true })],
    ["Excel's code page", Buffer.from(table.replace('Adele', 'Zo\u00eb'), 'latin1')],
    ['lines of Unix', utf8(table.replaceAll('\r\n', '\n'))],
    ['lines of old Macs', utf8(table.replaceAll('\r\n', '\r'))],
    ['no line break at the end', utf8(table.trimEnd())],
    ['semicolons', utf8('displayName;userPrincipalName\nVance, Adele;adele@contoso.com\nx;isaiah@contoso.com')],
    ['tabs', utf8('userPrincipalName\tname\nadele@contoso.com\tAdele, Vance\nisaiah@contoso.com\tx')],
    ['a column named before another', utf8('"a, b; c",UPN\nx,adele@contoso.com\nx,isaiah@contoso.com')],
    ["Excel's line for the delimiter", utf8('sep=;\nupn;a,b,c,d\nadele@contoso.com;x\nisaiah@contoso.com;x')],
    [
      "Entra's template",
      utf8(
        'version:v1.0\nName [displayName] Required,User name [userPrincipalName] Required\nA,adele@contoso.com\nI,isaiah@contoso.com',
      ),
    ],
    ['one column only', utf8(`userPrincipalName\n${two.join('\n')}`)],
    [
      'quotes, line breaks in a cell, and rows of unequal length',
      utf8(`"upn",note\n"${two[0]}"\n${two[1]},"a\nb ""c""",d`),
    ],
    ['white space around', utf8(` userPrincipalName ,x\n  ${two[0]} ,x\n\t\n${two[1]},x\n,\n\n`)],
  ])('is read from %s', (_what, bytes) => {
    expect(readPeopleFile(bytes)).toEqual(people(two));
  });

  it.each(['userPrincipalName', 'USERPRINCIPALNAME', 'User principal name', 'user_principal_name', 'UPN', 'upn'])(
    'has its people in the column %s',
    (name) => {
      expect(readPeopleFile(utf8(`id,${name}\n1,adele@contoso.com`))).toEqual(people(['adele@contoso.com']));
    },
  );

  it.each(['app', 'Application', 'Enterprise application', 'APPS'])(
    'gives the app of each row, and the number of the row, from the column %s',
    (name) => {
      const file = readPeopleFile(
        utf8(`upn,${name}\nadele@contoso.com, Salesforce \n=cmd(),x\nisaiah@contoso.com\nlee@contoso.com,""\n`),
      );

      expect(file).toMatchObject({
        entries: ['adele@contoso.com', 'isaiah@contoso.com', 'lee@contoso.com'],
        apps: [
          { row: 2, app: 'Salesforce' },
          { row: 4, app: null },
          { row: 5, app: null },
        ],
        badRows: [{ row: 3, reason: 'formula' }],
      });
    },
  );

  it('reports a row with cells beyond the header, which may name further apps', () => {
    const file = readPeopleFile(utf8('upn,app\nadele@contoso.com,Salesforce,GitHub\nlee@contoso.com,Salesforce, ,\n'));

    expect(file).toEqual({
      ...people(['lee@contoso.com'], [{ row: 2, reason: 'longRow' }]),
      apps: [{ row: 3, app: 'Salesforce' }],
    });
  });

  it('takes no notice of cells beyond the header where the file has no column of apps', () => {
    const file = readPeopleFile(utf8('upn\nadele@contoso.com,Sales\n'));

    expect(file).toEqual(people(['adele@contoso.com']));
  });

  it('reports a row whose app is longer than any name', () => {
    const file = readPeopleFile(utf8(`upn,app\nadele@contoso.com,${'x'.repeat(321)}\nlee@contoso.com,x`));

    expect(file).toMatchObject({ entries: ['lee@contoso.com'], badRows: [{ row: 2, reason: 'tooLong' }] });
  });

  it('prefers the whole name of the column to its abbreviation', () => {
    expect(readPeopleFile(utf8('upn,userPrincipalName\na@b,adele@contoso.com'))).toEqual(people(['adele@contoso.com']));
  });

  it('keeps repetitions, which are folded later', () => {
    expect(readPeopleFile(utf8('upn\na@b\nA@b\na@b'))).toEqual(people(['a@b', 'A@b', 'a@b']));
  });
});

describe('an unusable row', () => {
  it.each([
    ['an empty cell', ',Adele', 'empty'],
    ['blanks', '"  ",Adele', 'empty'],
    ['a formula', '=HYPERLINK("http://evil"),x', 'formula'],
    ['a quoted formula', '"=cmd|\' /C calc\'!A0",x', 'formula'],
    ['a plus', '+a@contoso.com,x', 'formula'],
    ['a minus', '-a@contoso.com,x', 'formula'],
    ['an at sign', '@SUM(1),x', 'formula'],
    ['a tab in front', '"\ta@contoso.com",x', 'formula'],
    ['a blank and a formula', ' =1+1,x', 'formula'],
    ['no address', 'Adele Vance,x', 'malformed'],
    ['two addresses', '"a@b;c@d",x', 'malformed'],
    ['too many letters', `${'a'.repeat(400)}@contoso.com,x`, 'tooLong'],
    ['quotes that go on behind', '"a"b@contoso.com,x', 'malformed'],
    ['a quote that never closes', '"a@contoso.com,x', 'malformed'],
    ['angle brackets', 'Adele <adele@contoso.com>,x', 'malformed'],
  ])('is reported with its number and reason: %s', (_what, row, reason) => {
    const bytes = utf8(`userPrincipalName,displayName\nadele@contoso.com,A\n\n${row}\nisaiah@contoso.com,I\n`);

    expect(readPeopleFile(bytes)).toEqual(people(two, [{ row: 4, reason }]));
  });

  it('may have formulas in columns that Usher does not read', () => {
    expect(readPeopleFile(utf8('upn,phone\nadele@contoso.com,+49 30 1234'))).toEqual(people(['adele@contoso.com']));
  });

  it('may have stray quotes in columns that Usher does not read', () => {
    const bytes = utf8('upn,disk\nadele@contoso.com,5" floppy\nisaiah@contoso.com,"3.5"" floppy"');

    expect(readPeopleFile(bytes)).toEqual(people(two));
  });

  it('may be every row', () => {
    expect(readPeopleFile(utf8('upn\n=1\n=2'))).toEqual(
      people(
        [],
        [
          { row: 2, reason: 'formula' },
          { row: 3, reason: 'formula' },
        ],
      ),
    );
  });

  it('counts from the line that names the delimiter, as the spreadsheet does', () => {
    expect(readPeopleFile(utf8('version:v1.0\nupn\n=1'))).toEqual(people([], [{ row: 3, reason: 'formula' }]));
  });
});

describe('a file that is rejected', () => {
  it('is larger than a megabyte', () => {
    expect(readPeopleFile(new Uint8Array(1_048_577))).toEqual({ kind: 'tooLarge' });
    expect(readPeopleFile(utf8(table), { maxBytes: 10, maxRows: 5 })).toEqual({ kind: 'tooLarge' });
  });

  it('has no such column, and the error names those that it has', () => {
    expect(readPeopleFile(utf8('name, mail ,,phone\nAdele,a@b,,1'))).toEqual({
      kind: 'noColumn',
      columns: ['name', 'mail', 'phone'],
    });
    expect(readPeopleFile(utf8(Array.from({ length: 999 }, () => 'x'.repeat(99)).join(',')))).toEqual({
      kind: 'noColumn',
      columns: Array.from({ length: 20 }, () => 'x'.repeat(60)),
    });
  });

  it('has more rows than a list may have people, bad ones and repetitions counted', () => {
    const rows = (count: number) => utf8(`upn\n${'adele@contoso.com\n'.repeat(count)}`);

    expect(readPeopleFile(rows(10_000))).toEqual({ kind: 'tooManyRows', rows: 10_000 });
    expect(readPeopleFile(rows(501))).toEqual({ kind: 'tooManyRows', rows: 501 });
    expect(readPeopleFile(rows(500))).toMatchObject({ kind: 'people', entries: { length: 500 } });
  });

  it.each<[string, Uint8Array]>([
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a workbook', Buffer.from('504b030414000600080000002100', 'hex')],
    ['half a character of UTF-16', utf16(table).subarray(0, 51)],
    ['a header with a quote that never closes', utf8('"upn\na@b')],
  ])('is no table: %s', (_what, bytes) => {
    expect(readPeopleFile(bytes)).toEqual({ kind: 'unreadable' });
  });

  it.each(['', ' \r\n\t\n', '\ufeff', 'userPrincipalName', 'userPrincipalName,x\r\n,\r\n\r\n', 'sep=;\n'])(
    'holds no people: %j',
    (text) => {
      expect(readPeopleFile(utf8(text))).toEqual({ kind: 'empty' });
    },
  );
});

describe('any bytes at all', () => {
  it('become exactly one of the answers', () => {
    const scrap = fc.constantFrom(
      'upn',
      ',',
      ';',
      '\t',
      '\n',
      '\r\n',
      '"',
      'a@b',
      '=',
      'é',
      '\ufeff',
      ' ',
      '\u0000',
      '李',
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(scrap, { maxLength: 60 }).map((scraps) => utf8(`upn,x\n${scraps.join('')}`)),
      fc.array(scrap, { maxLength: 60 }).map((scraps) => utf16(scraps.join(''))),
    );

    fc.assert(
      fc.property(bytes, (file) => {
        const read = readPeopleFile(file);

        expect(['people', 'noColumn', 'tooManyRows', 'unreadable', 'empty']).toContain(read.kind);
        if (read.kind === 'people') for (const entry of read.entries) expect(entry).toMatch(/^[^\s@]+@[^\s@]+$/);
      }),
      { seed: 20261122, numRuns: propertyRuns(1000) },
    );
  });

  it('take time linear in their number', () => {
    const started = performance.now();

    for (const unit of ['"', '"a\n', 'a,', '\n', 'a"b\n', ' ', '""\n', ',"']) {
      readPeopleFile(utf8(`upn\n${unit.repeat(300_000 / unit.length)}`));
    }

    // A quadratic reader takes minutes over so much; the bound leaves room for a busy machine.
    expect(performance.now() - started).toBeLessThan(8000);
  });
});
