import { StatementSync } from 'node:sqlite';
import { jest } from '@jest/globals';
import pg from 'pg';
import type { Clock } from '../../src/clock.ts';

/** Statements that the database took as one: a transaction with its begin and its end, or one statement by itself. */
export interface Unit {
  readonly statements: { readonly text: string; readonly at: number }[];
}

/** Notes what this process asks either engine, the listener's questions included, until Jest restores its mocks. */
export function noteStatements(clock: Clock): readonly Unit[] {
  const units: Unit[] = [];
  const open = new Map<unknown, Unit>();
  function note(connection: unknown, text: string): void {
    const unit = open.get(connection) ?? { statements: [] };
    unit.statements.push({ text, at: clock.monotonic() });
    if (!open.has(connection)) units.push(unit);
    if (/^(?:begin|start transaction)/.test(text)) open.set(connection, unit);
    if (/^(?:commit|rollback)/.test(text)) open.delete(connection);
  }
  // SQLite has one connection.
  for (const how of ['all', 'run'] as const) {
    const original = StatementSync.prototype[how];
    jest.spyOn(StatementSync.prototype, how).mockImplementation(function (this: StatementSync, ...values: unknown[]) {
      note('sqlite', this.sourceSQL);
      return Reflect.apply(original, this, values);
    } as never);
  }
  const { query } = pg.Client.prototype;
  jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...asked: unknown[]) {
    note(this, String(asked[0]));
    return Reflect.apply(query, this, asked);
  } as never);
  return units;
}
