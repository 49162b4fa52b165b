import type { Desk } from './desk.ts';

/** Runs once, after the last suite. */
export default async function tearDown(): Promise<void> {
  const { usherPostgresDesk } = globalThis as { usherPostgresDesk?: Desk };
  await usherPostgresDesk?.close();
}
