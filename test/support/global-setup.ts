import { folderVariable, openFindings } from './log-watch/findings.ts';
import { deskVariable, openDesk } from './postgres/desk.ts';

/** Runs once, before the first suite. Jest loads setup and teardown apart, so the desk is handed on globally. */
export default async function setUp(): Promise<void> {
  process.env[folderVariable] = openFindings();
  const desk = await openDesk();
  process.env[deskVariable] = desk.address;
  Object.assign(globalThis, { usherPostgresDesk: desk });
}
