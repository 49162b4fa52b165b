import { setTimeout } from 'node:timers/promises';
import { startConnector } from '../../../src/sandbox/teams/connector.ts';
import { generatedPeople } from '../../../src/sandbox/tenant/people.ts';
import { startSandboxThread } from '../../support/sandbox-thread.ts';
import type { BenchOptions } from '../bench.ts';
import { createStore, startEchoBot, startUsherProgram, wideGate } from '../support/bots.ts';
import { askMany, createConversing } from '../support/conversing.ts';
import type { Program } from '../support/program.ts';
import { type Report, table, type Verdict, verdicts } from '../support/report.ts';
import { duration, median, percentile, ratio } from '../support/statistics.ts';

/**
 * Table 3: from a message to the first answer, and how many messages Usher answers in a second, beside the echo bot.
 * The gate is wide open: no helpdesk has a queue of hundreds of single requests, and its wait would be part of the
 * measurement.
 *
 * The bots take turns, in blocks of messages that are each sent as soon as the one before is answered. After its answer a
 * bot still works: it notes the post, calls Graph, edits cards; that weighs on its next answers, and on those of the bot
 * whose block comes next. So a message at rest is measured as well, as people write: one to each bot in turn, with a
 * pause before it in which that work ends. The targets are about the blocks.
 */
interface Asked {
  readonly name: string;
  /** The most that its first answer may take, in times the echo bot's. */
  readonly target: number;
  readonly program: Program;
  /** The message that the bench sends the nth time. */
  readonly text: (index: number) => string;
  /** Milliseconds to the first answer, in blocks. */
  readonly waits: number[];
  readonly atRest: number[];
  readonly perSecond: number[];
}

const restMs = 60;
const blockLength = 25;
const atOnce = 16;

const provisionLine = (index: number) =>
  `provision ${generatedPeople[index % generatedPeople.length]?.userPrincipalName ?? 'isaiah'} to Salesforce`;

export async function measureAnswers({ quick }: BenchOptions): Promise<Report> {
  const [warmUps, blocks, turns, burst, rounds] = quick ? [50, 2, 20, 100, 1] : [200, 16, 300, 200, 5];
  const sandbox = await startSandboxThread({ limit: 1_000_000, windowMs: 1 });
  const connector = await startConnector();
  const stores = [await createStore('sqlite'), await createStore('postgres')] as const;
  const programs: Program[] = [];
  try {
    const echo = await startEchoBot();
    programs.push(echo);
    const onSqlite = await startUsherProgram(stores[0], sandbox.url, wideGate);
    programs.push(onSqlite);
    const onPostgres = await startUsherProgram(stores[1], sandbox.url, wideGate);
    programs.push(onPostgres);
    const asked = (target: number, name: string, program: Program, text: Asked['text']): Asked => ({
      name,
      target,
      program,
      text,
      waits: [],
      atRest: [],
      perSecond: [],
    });
    const reference = asked(1, 'echo bot: any message', echo, () => 'hello');
    const others = [
      asked(2, 'Usher: `help`', onSqlite, () => 'help'),
      asked(2, 'Usher: `whoami`, roles read', onSqlite, () => 'whoami'),
      asked(3, 'Usher: `provision …`, looked up and stored', onSqlite, provisionLine),
      asked(7, 'the same on PostgreSQL', onPostgres, provisionLine),
    ];
    const all = [reference, ...others];

    const { ask, close } = createConversing(connector);
    const say = ({ program, text }: Asked, index: number) => ask(program.endpoint, text(index));
    for (const one of all) await askMany(warmUps, 4, (index) => say(one, index));
    for (let block = 0; block < blocks; block += 1) {
      for (const one of all) {
        for (let index = 0; index < blockLength; index += 1)
          one.waits.push(await say(one, block * blockLength + index));
      }
    }
    for (let turn = 0; turn < turns; turn += 1) {
      for (const one of all) {
        await setTimeout(restMs);
        one.atRest.push(await say(one, turn));
      }
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const one of all) {
        const startedAt = performance.now();
        await askMany(burst, atOnce, (index) => say(one, index));
        one.perSecond.push((burst * 1_000) / (performance.now() - startedAt));
      }
    }
    close();
    const counts = `${blocks * blockLength} messages each, one at a time in blocks of ${blockLength} in turn, after ${warmUps} to warm up; then ${turns} in turn with ${restMs} ms of rest before each; then ${rounds} × ${burst} messages, ${atOnce} at a time. Graph is the sandbox, which answers without delay.`;
    return { parts: [counts, answerTable(all, reference), verdicts([verdictOf(others, reference)])] };
  } finally {
    for (const program of programs) await program.stop();
    for (const store of stores) await store.remove();
    await sandbox.close();
    await connector.close();
  }
}

function answerTable(all: readonly Asked[], reference: Asked): string {
  const rows = all.map(({ name, waits, atRest, perSecond }) => [
    name,
    duration(median(waits)),
    ratio(median(waits), median(reference.waits)),
    duration(percentile(waits, 0.99)),
    ratio(percentile(waits, 0.99), percentile(reference.waits, 0.99)),
    duration(median(atRest)),
    ratio(median(atRest), median(reference.atRest)),
    `${Math.round(median(perSecond))} (${Math.round(Math.min(...perSecond))} to ${Math.round(Math.max(...perSecond))})`,
    ratio(median(perSecond), median(reference.perSecond)),
  ]);
  const first = ['first answer, median', 'of echo', '99th percentile', 'of echo'];
  const head = ['', ...first, 'at rest, median', 'of echo', 'messages per second', 'of echo'];
  return table(head, rows);
}

function verdictOf(others: readonly Asked[], reference: Asked): Verdict {
  const misses = others.flatMap(({ name, target, waits }) => {
    const [own, echo] = [median(waits), median(reference.waits)];
    return own <= target * echo ? [] : [`${ratio(own, echo)} for “${name}” (${duration(own)})`];
  });
  const each = others.map(({ target }) => target).join(', ');
  return { target: `the first answers take at most ${each} × the echo bot's, in this order, by the median`, misses };
}
