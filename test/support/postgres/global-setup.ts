import { deskVariable, openDesk } from './desk.ts';

/** Runs once, before the first suite. Jest loads setup and teardown apart, so the desk is handed on globally. */
export default async function setUp(): Promise<void> {
  const desk = await openDesk();
  process.env[deskVariable] = desk.address;
  Object.assign(globalThis, { usherPostgresDesk: desk });
}
