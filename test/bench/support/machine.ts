import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = new URL('../../../', import.meta.url);
const compared = ['p-queue', 'p-throttle', 'bottleneck', 'bullmq', '@microsoft/microsoft-graph-client', 'botbuilder'];

/** Where, when and of what the numbers are. */
export async function describeRun(): Promise<string> {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GB`;
  const versions = await Promise.all(compared.map(async (name) => `${name} ${await versionOf(name)}`));
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)} at ${await commit()}, all in one run, on`,
    `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${memory}, ${type()} ${release()},`,
    `Node ${process.versions.node}, with ${versions.join(', ')}.`,
  ].join('\n');
}

async function commit(): Promise<string> {
  const git = async (...words: string[]) => (await run('git', words, { cwd: root })).stdout.trim();
  try {
    const changed = (await git('status', '--porcelain', '--', 'src', 'test/bench')) !== '';
    return `commit \`${await git('rev-parse', '--short', 'HEAD')}\`${changed ? ' with changes not committed' : ''}`;
  } catch {
    return 'an unknown commit';
  }
}

async function versionOf(name: string): Promise<string> {
  const text = await readFile(new URL(`node_modules/${name}/package.json`, root), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** Says how busy all processors together were since it was made: 0 to 1. */
export function watchProcessors(): () => number {
  const totals = () => {
    const times = cpus().map((processor) => processor.times);
    const sum = (pick: (time: (typeof times)[number]) => number) => times.reduce((all, time) => all + pick(time), 0);
    return {
      idle: sum(({ idle }) => idle),
      all: sum((time) => time.user + time.nice + time.sys + time.idle + time.irq),
    };
  };
  const before = totals();
  return () => {
    const after = totals();
    return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
  };
}
