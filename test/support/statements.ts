import { StatementSync } from 'node:sqlite';
import pg from 'pg';
import { type Clock, systemClock } from '../../src/clock.ts';

/** A statement as the driver got it: its text and the values of its parameters, or `begin` and the like. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** By the clock that counts. */
  readonly at: number;
}

export interface Counting {
  /** In the order in which they were sent. */
  readonly statements: readonly Statement[];
  stop(): void;
}

/** Notes each statement that this process sends to a database from now on, at the drivers of both engines. */
export function countStatements(clock: Pick<Clock, 'monotonic'> = systemClock): Counting {
  const statements: Statement[] = [];
  const note = (text: string, values: readonly unknown[]) =>
    void statements.push({ text, values, at: clock.monotonic() });
  const { all, run } = StatementSync.prototype;
  const { query } = pg.Client.prototype;
  for (const [name, own] of Object.entries({ all, run }))
    Object.assign(StatementSync.prototype, {
      [name](this: StatementSync, ...values: unknown[]): unknown {
        note(this.sourceSQL, values);
        return Reflect.apply(own, this, values);
      },
    });
  pg.Client.prototype.query = function (this: pg.Client, sent: string | { text: string }, values: unknown[] = []) {
    note(typeof sent === 'string' ? sent : sent.text, values);
    return Reflect.apply(query, this, [sent, values]);
  } as typeof query;
  return {
    statements,
    stop() {
      Object.assign(StatementSync.prototype, { all, run });
      pg.Client.prototype.query = query;
    },
  };
}

/** Those that were sent more than once with the same values. `begin` and `commit` have none and mean nothing alone. */
export function repeated(statements: readonly Statement[]): readonly string[] {
  const texts = statements
    .filter(({ text }) => !/^(?:begin|commit|start transaction)/i.test(text))
    .map(({ text, values }) => `${text} ${JSON.stringify(values)}`);
  return texts.filter((text, index) => texts.indexOf(text) < index);
}
