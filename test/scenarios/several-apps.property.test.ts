import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Fault } from '../../src/sandbox/graph/faults.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { gateEnvironment, startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(300_000);

const open: TestUsher[] = [];
afterEach(async () => {
  for (const usher of open.splice(0)) await usher.close();
});

const targets = [apps.salesforce, apps.serviceNow, apps.gitHubEnterprise, apps.concur];
const subjects = [people.isaiah, people.adele, people.grady, people.diego];
const faults: readonly Fault[] = [
  { kind: 'status', status: 429, headers: { 'Retry-After': '0' } },
  { kind: 'status', status: 403, code: 'Authorization_RequestDenied' },
  { kind: 'status', status: 400, code: 'BadRequest' },
  { kind: 'html' },
  { kind: 'truncated' },
];

/** A fault of the next on-demand call for this person in this app: the calls of a list arrive in any order. */
interface Strike {
  readonly appId: string;
  readonly subjectId: string;
  readonly fault: Fault;
}

/** Says the lines to an Usher of its own, and tells what Graph was asked and did in each app, in no order. */
async function carryOut(lines: readonly string[], strikes: readonly Strike[]) {
  const environment = gateEnvironment({ limit: 50, windowMs: 50, guardMs: 20 });
  const usher = await startTestUsher({ environment });
  open.push(usher);
  for (const { appId, subjectId, fault } of strikes) {
    usher.sandbox.failNext(new RegExp(`${appId}/.*/provisionOnDemand$`), { ...fault, about: subjectId });
  }
  for (const line of lines) {
    await usher.say('alex', line);
    await usher.settled();
    const confirm = usher.lastCard().buttons.find(({ title }) => title.startsWith('Provision '));
    if (confirm !== undefined) await usher.press('alex', usher.lastCard(), confirm.title);
    await usher.settled();
  }
  const ends = (await usher.records()).filter(({ kind }) => kind === 'finished');
  return {
    outcomes: ends.map(({ details }) => `${details.app} ${details.subject} ${details.outcome}`).toSorted(),
    accounts: targets.map(({ id }) => usher.sandbox.tenant.accountCount(id, 'User')),
  };
}

describe('a request over several apps', () => {
  it('does to Graph what a request for each person and app would do, whatever fails', async () => {
    const some = <T>(all: readonly T[]) => fc.shuffledSubarray([...all], { minLength: 1 });
    const idOf = (all: readonly { readonly id: string }[]) => fc.constantFrom(...all.map(({ id }) => id));
    const strike = fc.record({ appId: idOf(targets), subjectId: idOf(subjects), fault: fc.constantFrom(...faults) });

    await fc.assert(
      fc.asyncProperty(
        some(subjects),
        some(targets),
        fc.array(strike, { maxLength: 4 }),
        async (whom, where, strikes) => {
          const names = whom.map(({ userPrincipalName }) => userPrincipalName);
          const wheres = where.map(({ displayName }) => displayName);
          const singles = names.flatMap((name) => wheres.map((app) => `provision ${name} to ${app}`));

          const together = await carryOut([`provision users ${names.join(', ')} to ${wheres.join(', ')}`], strikes);
          const alone = await carryOut(singles, strikes);

          expect(together).toEqual(alone);
          for (const usher of open.splice(0)) await usher.close();
        },
      ),
      { numRuns: propertyRuns(30) },
    );
  });
});
