import { assertNever } from './assert-never.ts';
import type { Database } from './db/database.ts';
import type { Head } from './seals/chain.ts';
import { type Fault, mostFaults, type Verified, verifyRecord } from './seals/verify.ts';

/** `npm run history -- --verify`: whether the audit log is whole, in words for people, and as an exit code for programs. */
export async function verifyHistory(
  database: Database,
  kept: Head | null,
): Promise<{ text: string; isWhole: boolean }> {
  const found = await verifyRecord(database, kept);
  return { text: textOf(found, kept), isWhole: found.faultCount === 0 };
}

/** `COUNT:HASH`, as it is printed and logged; null for anything else. */
export function readKept(text: string): Head | null {
  const [, seq, hash] = /^(\d{1,15}):([\w-]{43})$/.exec(text.trim()) ?? [];
  return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash };
}

function textOf(found: Verified, kept: Head | null): string {
  const { head, compared, unsealed, pruned, backdated, faults, faultCount } = found;
  const lines = [
    faultCount === 0
      ? `The audit log is whole: ${count(compared)} sealed ${compared === 1 ? 'entry is' : 'entries are'} there and unchanged.`
      : `The audit log is NOT whole: ${count(faultCount)} ${faultCount === 1 ? 'fault' : 'faults'}.`,
    ...faults.map((fault) => `  ${wordsOf(fault)}`),
    ...(faultCount > mostFaults ? [`  … and ${count(faultCount - mostFaults)} more`] : []),
  ];
  if (pruned !== null)
    lines.push(`Pruned for their age: the first ${count(pruned.entries)}, the last of them of ${dayOf(pruned.until)}.`);
  if (unsealed > 0) lines.push(`Not sealed yet: ${count(unsealed)}. Usher seals them while it runs.`);
  if (backdated !== null)
    lines.push(
      `Dated more than a day before the entry that was sealed before them: ${count(backdated.count)}, the first is entry ${backdated.first}. They were added later, or the clock was set back.`,
    );
  if (kept === null)
    lines.push(
      'Nothing shows whether the end was cut off: pass a count and hash that were kept elsewhere, with --kept.',
    );
  else if (kept.seq < (pruned?.entries ?? 0))
    lines.push('What was kept is about entries that were pruned since, and tells nothing now: keep the line below.');
  lines.push(`Keep this away from the database: ${head.seq}:${head.hash}`);
  return `${lines.join('\n')}\n`;
}

function wordsOf(fault: Fault): string {
  switch (fault.kind) {
    case 'changed':
      return `Entry ${fault.id} is not what was sealed as number ${fault.seq}: it or its seal was changed or swapped.`;
    case 'deleted':
      return `Entry ${fault.id}, number ${fault.seq}, was deleted.`;
    case 'unreadable':
      return `The entries sealed as numbers ${fault.from} to ${fault.to} cannot be read: what holds them was changed or damaged.`;
    case 'gap':
      return `The seals ${fault.from} to ${fault.to} were deleted.`;
    case 'inserted':
      return `Entry ${fault.id}${fault.seq === null ? '' : `, number ${fault.seq},`} was inserted later: others with higher ids were sealed more than a day after its date, before it.`;
    case 'cut':
      return `The end was cut off: ${count(fault.kept)} entries had been sealed, and now the last is number ${fault.seq}.`;
    case 'rewritten':
      return `Number ${fault.seq} does not have the hash that was kept: entries up to it were changed and sealed anew.`;
    default:
      return assertNever(fault, 'value');
  }
}

const count = (number: number) => number.toLocaleString('en-US');
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
