import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaksIn } from './leaks.ts';

/**
 * Leaks in the log, gathered over a whole run. Suites run in processes of their own, so each appends what it finds to
 * a file in one folder, which stands in the environment that they inherit; the run reads them all when it ends.
 */
export interface Finding {
  readonly kind: string;
  readonly found: string;
  /** The first place in the sources that wrote the line. */
  readonly at: string;
  readonly test: string;
  readonly line: string;
}

export const folderVariable = 'USHER_TEST_LOG_FINDINGS';

export function openFindings(): string {
  return mkdtempSync(join(tmpdir(), 'usher-log-'));
}

/** Checks a line that is being logged. A finding is noted and changes nothing for the test. */
export function lookThrough(line: string): void {
  const folder = process.env[folderVariable];
  if (folder === undefined) return;
  for (const leak of leaksIn(line)) {
    const finding: Finding = { ...leak, at: placeOf(currentStack()), test: currentTest(), line };
    appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(finding)}\n`);
  }
}

/** The findings; the folder is deleted. */
export function closeFindings(folder: string): readonly Finding[] {
  const findings = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as Finding),
  );
  rmSync(folder, { recursive: true, force: true });
  return findings;
}

/** One block for each place and kind, with the first line that gave it away. */
export function describeFindings(findings: readonly Finding[]): string {
  const first = new Map(findings.toReversed().map((finding) => [`${finding.at} ${finding.kind}`, finding]));
  const blocks = [...first.values()].map(
    ({ kind, found, at, test, line }) => `  ${at}\n    wrote ${kind}, “${found}”, in ${test}:\n    ${line.trimEnd()}`,
  );
  return `The log holds what no log may hold, ${findings.length} times:\n\n${blocks.join('\n')}\n`;
}

/** Deep enough to see past pino. */
function currentStack(): string {
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const { stack = '' } = new Error('here');
  Error.stackTraceLimit = usual;
  return stack;
}

function placeOf(stack: string): string {
  const frames = stack
    .split('\n')
    .filter((frame) => /[\\/](?:src|test)[\\/]/.test(frame) && !/support\/log-watch|node_modules/.test(frame));
  return /(?:src|test)[\\/][^)\s]+/.exec(frames[0] ?? '')?.[0] ?? 'a place that cannot be told';
}

/** Jest's own; absent outside of a test. */
function currentTest(): string {
  const { expect } = globalThis as { expect?: { getState(): { testPath?: string; currentTestName?: string } } };
  const { testPath = 'a place that cannot be told', currentTestName = 'no test' } = expect?.getState() ?? {};
  return `${/test[\\/].*/.exec(testPath)?.[0] ?? testPath} › ${currentTestName}`;
}
