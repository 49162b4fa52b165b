import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { AuditLine } from '../../../../src/features/checks/history/audit-lines.ts';
import { csvOf, jsonOf } from '../../../../src/features/checks/history/texts.ts';

const line: AuditLine = {
  id: 17,
  at: '2026-11-01T08:00:00.000Z',
  kind: 'asked',
  actorId: 'alex',
  actorName: 'Álex "Al" Wilber, helpdesk',
  requestId: 'R7K3MQ',
  appId: 'salesforce',
  appName: 'Salesforce',
  ticket: 'INC0012345',
  reason: 'she joins us',
  subjectIds: ['isaiah', 'adele'],
  details: { tasks: 2 },
};

async function* each(...lines: readonly AuditLine[]): AsyncGenerator<AuditLine> {
  yield* lines;
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** The actor's name as a program reads it back. */
async function nameIn(actorName: string): Promise<string | undefined> {
  const rows: Record<string, string>[] = parse(await textOf(csvOf(each({ ...line, actorName }))), {
    bom: true,
    columns: true,
  });
  return rows[0]?.actorName;
}

describe('the audit log as CSV', () => {
  it('has a header and a row for each entry', async () => {
    const nobody = { ...line, actorName: null, requestId: null, subjectIds: [], details: {} };

    const rows: unknown = parse(await textOf(csvOf(each(line, nobody))), { bom: true, columns: true });

    expect(rows).toEqual([
      { ...line, id: '17', subjectIds: 'isaiah adele', details: '{"tasks":2}' },
      { ...line, id: '17', actorName: '', requestId: '', subjectIds: '', details: '{}' },
    ]);
  });

  it('has its header even when there is nothing to tell', async () => {
    expect(await textOf(csvOf(each()))).toBe(
      '\uFEFFat,kind,actorId,actorName,requestId,appId,appName,subjectIds,details,ticket,reason,id\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '  =1', '\uFF1D1', '=cmd|" /C calc"!A0', '="a;b"'])(
    'has no cell that a spreadsheet would run: %j',
    async (name) => {
      const cell = await nameIn(name);

      expect(cell).toMatch(/^\s*'/);
      expect(cell?.replaceAll("'", '')).toBe(name);
    },
  );

  it.each(['a;=1+1', 'a;"=1', 'a;""@x', 'a\t=1', 'a\n-1'])(
    'has none where a spreadsheet separates cells elsewhere: %j',
    async (name) => {
      const cell = await nameIn(name);

      expect(cell).not.toMatch(/[;\t\n]["\s]*[=+\-@]/);
      expect(cell?.replaceAll("'", '')).toBe(name);
    },
  );

  it.each(['Jean-Luc Picard', "O'Brien", 'a = b', 'adele@contoso.com', 'R&D; Sales'])(
    'leaves %j as it is',
    async (name) => {
      expect(await nameIn(name)).toBe(name);
    },
  );
});

describe('the audit log as JSON', () => {
  it('is one array, an entry to a line', async () => {
    const text = await textOf(jsonOf(each(line, line)));

    expect(JSON.parse(text)).toEqual([line, line]);
    expect(text.trimEnd().split('\n')).toHaveLength(4);
  });

  it('is an empty array when there is nothing to tell', async () => {
    expect(JSON.parse(await textOf(jsonOf(each())))).toEqual([]);
  });
});
