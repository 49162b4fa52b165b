import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTenant } from '../../../src/sandbox/tenant/tenant.ts';
import { parse } from '../../support/grammar.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { type LineStage, linesOf, startLineStage } from './line-stage.ts';

/**
 * The second reader offers and never acts: of lines that are no command, whatever known people and apps they name, none
 * does anything; and each line that it offers works for the person who presses it.
 */
const runs = propertyRuns(150);
/** Another seed tries other lines: `LINES_SEED`. */
const seed = Number(process.env.LINES_SEED ?? 20261126);
const patienceMs = 600_000;
let stage: LineStage;

beforeAll(async () => {
  stage = await startLineStage(createTenant());
});
afterAll(() => stage.close());
beforeEach(() => stage.reset());

const list = (text: string) => text.trim().split(/\s*\|\s*/);
const people = list(
  'isaiah | Isaiah Langer | isaiah@contoso.com | adele | Adele Vance | ADELE | diego | diego@contoso.com | lee | grady | Megan Bowen',
);
const apps = list(
  'Salesforce | salesforce | github | GitHub Enterprise | ServiceNow | snow | zscaler | Concur | sales force',
);
const verbs = list(
  'provision | check | give | grant | assign | set up | onboard | needs | get | why | why is | can | did | is | request | remove | watch | status | history | approve | cancel | retry | show | update | enable',
);
const small = list(
  'to | in | for | into | on | and | or | the | a | an | please | access | account | app | user | not | no | but | now | from | with | at | he | she | they | it | me | my | all | -> | , | : | ( | ) | ? | !',
);
const odd = list(
  'blorb | tomorrow | on monday | until friday | since 2 hours | INC0012345 | because he joins | asap | thanks | 👍 | für | demander | everything | nobody | new starter | license | 42 | “ | `',
);
const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...people) },
  { weight: 3, arbitrary: fc.constantFrom(...apps) },
  { weight: 3, arbitrary: fc.constantFrom(...verbs) },
  { weight: 3, arbitrary: fc.constantFrom(...small) },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
);
const line = fc.array(word, { minLength: 2, maxLength: 10 }).map((words) => words.join(' '));

it(
  'the second reader never acts, and each line that it offers works when pressed',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('alex', 'megan', 'lynne'), line, async (who, typed) => {
        fc.pre(parse(typed).kind !== 'command');

        const { did, asked, card } = await stage.say(who, typed);
        const offered = linesOf(card);
        const failures: string[] = [];
        for (const one of offered) {
          const failure = await stage.pressFailure(who, card, one);
          if (failure !== null) failures.push(`${one.text}: ${failure}`);
        }

        expect({ did, asked, failures }).toEqual({ did: [], asked: [], failures: [] });
      }),
      { numRuns: runs, seed },
    );
  },
  patienceMs,
);
