import { closeFindings, describeFindings, folderVariable } from './log-watch/findings.ts';
import type { Desk } from './postgres/desk.ts';

/**
 * Runs once, after the last suite.
 *
 * @throws when a line of any test's log held what no log may hold, and so fails the run.
 */
export default async function tearDown(): Promise<void> {
  const { usherPostgresDesk } = globalThis as { usherPostgresDesk?: Desk };
  await usherPostgresDesk?.close();
  const folder = process.env[folderVariable];
  const findings = folder === undefined ? [] : closeFindings(folder);
  if (findings.length > 0) throw new Error(describeFindings(findings));
}
