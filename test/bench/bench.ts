import { parseArgs } from 'node:util';
import { measureAnswers } from './answers/answers.ts';
import { measureClaims } from './claim/claim.ts';
import { measureGrowth } from './growth/growth.ts';
import { measureLimit } from './limit/limit.ts';
import { measureResources } from './resources/resources.ts';
import { measureRetention } from './retention/retention.ts';
import { measureSingle } from './single/single.ts';
import { describeRun } from './support/machine.ts';
import { type Report, writeReport } from './support/report.ts';
import { duration } from './support/statistics.ts';
import { measureVerifying } from './verify/verify.ts';

/** Measures Usher beside what a user would pick instead, and writes the tables of docs/performance.md. */
const usage = `npm run bench                 all tables, into docs/performance.md; the machine should have nothing else to do
npm run bench -- limit        one table, printed; --write puts it into docs/performance.md as well
npm run bench -- --quick      a shortened run that shows whether everything works; its numbers mean little

Tables: limit, single, answers, resources, claim, growth, verify, retention
`;

export interface BenchOptions {
  readonly quick: boolean;
}

const measurements: Readonly<Record<string, (options: BenchOptions) => Promise<Report>>> = {
  limit: measureLimit,
  single: measureSingle,
  answers: measureAnswers,
  resources: measureResources,
  claim: measureClaims,
  growth: measureGrowth,
  retention: measureRetention,
  verify: measureVerifying,
};

async function bench(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, write: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(measurements, name));
  if (values.help === true || unknown.length > 0) {
    process.stdout.write(usage);
    process.exitCode = unknown.length > 0 ? 1 : 0;
    return;
  }
  const quick = values.quick === true;
  // A shortened run is for developers of the bench; the page does not show it.
  const isWritten = !quick && (positionals.length === 0 || values.write === true);
  const names = positionals.length === 0 ? Object.keys(measurements) : positionals;
  const run = await describeRun();
  for (const name of names) {
    const measure = measurements[name];
    if (measure === undefined) continue;
    const startedAt = performance.now();
    process.stdout.write(`${name} …\n`);
    const { parts } = await measure({ quick });
    const took = duration(performance.now() - startedAt);
    const text = [`\`npm run bench -- ${name}\` (took ${took}). ${run}`, ...parts].join('\n\n');
    process.stdout.write(`\n${text}\n\n`);
    if (isWritten) await writeReport(name, text);
  }
}

bench().then(
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    process.stderr.write(`The bench broke off: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
