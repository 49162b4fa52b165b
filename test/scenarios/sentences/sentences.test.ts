import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTenant } from '../../../src/sandbox/tenant/tenant.ts';
import { oddTenant } from '../../support/odd-tenant.ts';
import { type Deeds, type LineStage, linesOf, startLineStage, verbOf, type Who } from './line-stage.ts';

/**
 * The table of lines beside this file, each typed to a whole Usher over a tenant of odd names. The test reads the calls
 * to Graph from the sandbox and the requests from the database: it does not rely on the card.
 */
interface Row {
  readonly who: Who;
  readonly line: string;
  readonly right: readonly string[];
}

/** Sections of the table over a tenant of odd names. */
const ofOddTenant = new Set(['Odd names (a tenant that has them)', 'Words that are no names']);
/** A line that the test clicks on a busy machine takes its time. */
const patienceMs = 120_000;
let stage: LineStage;

const tables = readTables(readFileSync(new URL('./sentences.md', import.meta.url), 'utf8'));

describe.each(tables)('$title', ({ title, rows }) => {
  beforeAll(async () => {
    stage = await startLineStage(ofOddTenant.has(title) ? oddTenant() : createTenant());
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.reset());

  it.each(rows)(
    '$who: $line',
    async ({ who, line, right }) => {
      const deeds = await stage.say(who, line);

      const { verdict, why } = await judge(who, deeds, right);
      counts[verdict] += 1;
      if (verdict === 'wrong' || verdict === 'misleading') throw new Error(`${why}\n\n${describeDeeds(deeds)}`);
    },
    patienceMs,
  );
});

it('hardly any line gets a shrug', () => {
  process.stderr.write(`${JSON.stringify(counts)}\n`);

  expect(counts.shrugged / Object.values(counts).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(0.03);
});

/** Shrugged: the line was not understood, and nothing but help is offered. Misleading: it was answered as another line. */
type Verdict = 'done' | 'offered' | 'told' | 'shrugged' | 'misleading' | 'wrong';
const counts: Record<Verdict, number> = { done: 0, offered: 0, told: 0, shrugged: 0, misleading: 0, wrong: 0 };

async function judge(who: Who, deeds: Deeds, right: readonly string[]) {
  const harm = safetyFailure(deeds, right);
  if (harm !== null) return { verdict: 'wrong', why: harm } as const;
  const failures: string[] = [];
  for (const one of right) {
    const failure = await failureOf(who, deeds, one);
    if (failure === null) return { verdict: verdicts[one.split(' ')[0] ?? ''] ?? 'offered', why: '' } as const;
    failures.push(failure);
  }
  const isShrug = /not understand/i.test(deeds.text) && linesOf(deeds.card).every(({ text }) => text === 'help');
  return { verdict: isShrug ? 'shrugged' : 'misleading', why: failures.join('\n') } as const;
}

const verdicts: Readonly<Record<string, Verdict>> = {
  ...{ did: 'done', asked: 'done', starts: 'done' },
  ...{ says: 'told', denied: 'told', quiet: 'told', notdone: 'told' },
};

/** Null where the line did what the verdict requires. */
async function failureOf(who: Who, deeds: Deeds, verdict: string): Promise<string | null> {
  const [kind = '', ...rest] = verdict.split(' ');
  const wanted = rest.join(' ');
  switch (kind) {
    case 'did': {
      const count = Number(/^(\d+) (?:people|accounts)$/.exec(wanted)?.[1] ?? 1);
      const isIt = deeds.did.length === count && (count > 1 || deeds.did[0]?.includes(wanted) === true);
      return isIt ? null : `not done: ${wanted}`;
    }
    case 'asked': {
      const count = Number(/^(\d+) accounts$/.exec(wanted)?.[1] ?? 1);
      const isIt = deeds.asked.length === count && (count > 1 || deeds.asked[0]?.what.startsWith(wanted) === true);
      return isIt ? null : `not asked: ${wanted}`;
    }
    case 'offer': {
      const offered = linesOf(deeds.card).filter(({ text }) => holds(text, rest));
      if (offered.length === 0) return `not offered: ${wanted}`;
      return wanted === '' ? null : stage.pressFailure(who, deeds.card, offered[0]);
    }
    case 'each': {
      const offered = linesOf(deeds.card).filter(({ text }) => text !== 'help');
      if (offered.length < 2) return `${offered.length} buttons`;
      return stage.pressFailure(who, deeds.card, offered[1]);
    }
    case 'ticket':
      return deeds.did.length + deeds.asked.length === 1 && /Ticket\S* +INC0012345/.test(deeds.text)
        ? null
        : 'not kept';
    case 'noEnd':
      return /can.?not end|can’t end|can't end/i.test(deeds.text)
        ? failureOf(who, deeds, 'offer')
        : 'no word of the end';
    case 'english':
      return /English/.test(deeds.text) ? failureOf(who, deeds, 'offer salesforce') : 'no word of English';
    case 'form':
      return /Input\.Text/.test(JSON.stringify(deeds.card.content)) ? null : 'no form';
    case 'starts':
      return deeds.asked.some(({ what }) => what.endsWith(`starts ${wanted}`)) ? null : `not starting ${wanted}`;
    case 'quiet':
      return deeds.text.split('\n').filter((text) => text.trim() !== '').length <= 3 ? null : 'too many words';
    case 'pick': {
      const chosen = deeds.card.buttons.filter(({ data }) => verbOf(data) === 'choose');
      return Math.max(chosen.length, linesOf(deeds.card).length) > 1 ? null : 'no choice';
    }
    case 'says':
      return wanted.split(' / ').some((text) => deeds.text.toLowerCase().includes(text.toLowerCase()))
        ? null
        : `not said: ${wanted}`;
    case 'denied':
      return /not (?:allowed|permitted)|may not|permission/i.test(deeds.text) ? null : 'not denied';
    case 'notdone':
      return deeds.did.length + deeds.asked.length === 0 ? null : 'something was done';
    default:
      throw new Error(`an unknown verdict: ${verdict}`);
  }
}

/** A line that the table does not mark as done does nothing; one that it marks does nothing else. */
function safetyFailure({ did, asked }: Deeds, right: readonly string[]): string | null {
  const mayDo = right.some((verdict) => verdict.startsWith('did ') || verdict === 'ticket');
  const mayAsk = right.some(
    (verdict) => verdict === 'ticket' || verdict.startsWith('asked ') || verdict.startsWith('starts '),
  );
  if (did.length > 0 && !mayDo) return `Graph was called for ${did.join(', ')}`;
  if (asked.length > 0 && !mayAsk) return `access was asked for: ${asked.map(({ what }) => what).join(', ')}`;
  return null;
}

/** The same line may be written without them. */
const SMALL = new Set(['user', 'users', 'to', 'in', 'for', 'from']);

function holds(text: string, words: readonly string[]): boolean {
  const folded = text.toLowerCase();
  return words.every((word) => SMALL.has(word) || folded.includes(word.toLowerCase().replace(/,$/, '')));
}

function describeDeeds({ did, asked, text, card }: Deeds): string {
  const offered = linesOf(card).map((line) => line.text);
  return JSON.stringify({ did, asked: asked.map(({ what }) => what), offered, text }, null, 2);
}

function readTables(markdown: string): { readonly title: string; readonly rows: readonly Row[] }[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      title: section.split('\n')[0] ?? '',
      rows: section.split('\n').flatMap((text): Row[] => {
        const found = /^\| (alex|megan|lynne) \| (.*) \| (.*) \|$/.exec(text);
        if (found === null) return [];
        const [, who, line = '', right = ''] = found;
        return [{ who: who as Row['who'], line: line.replaceAll('⏎', '\n'), right: right.split(' **or** ') }];
      }),
    }));
}
