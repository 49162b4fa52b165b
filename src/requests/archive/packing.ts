import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Selectable } from 'kysely';
import type { Schema } from '../../db/schema.ts';
import { dictionary } from './dictionary.ts';

/** The tables of which an archived request has rows, each before those that refer to it. */
export const packedTables = ['requests', 'tasks', 'access_requests', 'messages', 'entitlements'] as const;
export type PackedTable = (typeof packedTables)[number];

/** A request with all that refers to it: the access requests of one line, and the requests that carry them out. */
export type PackedRows = { readonly [Table in PackedTable]: readonly Selectable<Schema[Table]>[] };

export const noRows: PackedRows = { requests: [], tasks: [], access_requests: [], messages: [], entitlements: [] };

/** The first byte, in case that the rest is written in another way some day. */
const packedAs = 1;
const level = 9;

/** A table's columns are named once. A migration that renames or drops columns has to do so here as well. */
type Packed = Partial<
  Record<PackedTable, { readonly columns: readonly string[]; readonly rows: readonly unknown[][] }>
>;

export function pack(rows: PackedRows): Uint8Array {
  const packed: Packed = {};
  for (const table of packedTables) {
    const [first] = rows[table];
    if (first !== undefined)
      packed[table] = { columns: Object.keys(first), rows: rows[table].map((row) => Object.values(row)) };
  }
  return Buffer.concat([Buffer.of(packedAs), deflateRawSync(JSON.stringify(packed), { level, dictionary })]);
}

export function unpack(content: Uint8Array): PackedRows {
  const packed = JSON.parse(textOf(content)) as Packed;
  const rowsOf = (table: PackedTable) => {
    const { columns = [], rows = [] } = packed[table] ?? {};
    return rows.map((values) => Object.fromEntries(columns.map((column, index) => [column, values[index]])));
  };
  return Object.fromEntries(packedTables.map((table) => [table, rowsOf(table)])) as unknown as PackedRows;
}

/** As JSON, which has all texts of the rows. */
export function textOf(content: Uint8Array): string {
  if (content[0] !== packedAs) throw new Error('an archived request was written in a way that Usher does not know');
  return inflateRawSync(content.subarray(1), { dictionary }).toString();
}

/** The rows of several. */
export function together(all: readonly PackedRows[]): PackedRows {
  const rows = packedTables.map((table) => [table, all.flatMap((one) => one[table] as readonly unknown[])]);
  return Object.fromEntries(rows) as unknown as PackedRows;
}
