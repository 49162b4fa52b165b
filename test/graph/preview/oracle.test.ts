import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { createAssignments } from '../../../src/graph/assignments.ts';
import { createDirectory } from '../../../src/graph/directory.ts';
import { createPreviewing } from '../../../src/graph/preview/previewing.ts';
import { type PreviewVerdict, previewOf } from '../../../src/graph/preview/verdict.ts';
import type { LogRead } from '../../../src/graph/provisioning-log.ts';
import { type Application, apps, everyApplication } from '../../../src/sandbox/tenant/applications.ts';
import { everybody, type Person, people } from '../../../src/sandbox/tenant/people.ts';
import { provisionPerson } from '../../../src/sandbox/tenant/provisioning/provision-person.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { type Bench, startBench } from '../support.ts';

jest.setTimeout(300_000);

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

const noLog: LogRead = { kind: 'read', entries: [], complete: true };

/** Previews as the command does, with nothing cached from before. */
function freshPreviews() {
  const { graph, clock } = bench;
  const [directory, assignments] = [createDirectory(graph), createAssignments({ graph, clock })];
  const previewing = createPreviewing({ graph, clock, directory, assignments });
  return async (app: Application, person: Person): Promise<PreviewVerdict> => {
    const [mapped, assigned] = await Promise.all([
      previewing.readMapped({ servicePrincipalId: app.id, jobId: app.job?.id ?? '' }, person.id),
      assignments.find(app.id, person.id),
    ]);
    if (!mapped.ok || mapped.value === null || !assigned.ok) throw new Error('The sandbox answers every read.');
    return previewOf({
      ...mapped.value,
      accountEnabled: person.accountEnabled,
      assigned: assigned.value.kind === 'assigned' ? 'yes' : 'no',
      log: noLog,
    }).verdict;
  };
}

/** What the sandbox then does: `out` of scope, `lacks` a required attribute, or goes on. */
function provisioned(app: Application, person: Person): 'out' | 'lacks' | 'in' {
  const { tenant } = bench.sandbox;
  const { action, provisioningSteps } = provisionPerson(tenant, tenant.application(app.id) ?? app, person, 0);
  const skip = provisioningSteps.at(-1)?.details.SkipReason;
  if (action === 'Disable' || action === 'Delete' || skip === 'NotEffectivelyEntitled') return 'out';
  return skip === 'AttributeValidationFailed' ? 'lacks' : 'in';
}

/** What the verdict foretells; null for a verdict that names why it is unknown. */
function foretold(verdict: PreviewVerdict): 'out' | 'lacks' | 'in' | null {
  if (verdict.kind === 'unknown') {
    expect(verdict.doubts.every(({ why }) => why.length > 0)).toBe(true);
    return null;
  }
  if (verdict.kind !== 'inScope') return 'out';
  return verdict.effect.kind === 'lacks' ? 'lacks' : 'in';
}

const outbound = everyApplication.filter(({ job }) => job?.direction === 'outbound');

const clauseOf = (attribute: string, operator: string, ...values: string[]) => ({ attribute, operator, values });
const text = fc.constantFrom('Sales', 'sales', 'Presales', 'HR', '12', '7', '007', '');
const attribute = fc.constantFrom('department', 'jobTitle', 'employeeId', 'surname');
const clause = fc.oneof(
  fc
    .tuple(
      attribute,
      fc.constantFrom(
        'EQUALS',
        'NOT EQUALS',
        'Includes',
        'ENDS_WITH',
        'Greater_Than',
        'Greater_Than_OR_EQUALS',
        '&',
        '!&',
      ),
      fc.constantFrom('Sales', 'HR', 'sales', '7', '10'),
    )
    .map(([name, operator, value]) => clauseOf(name, operator, value)),
  fc
    .tuple(
      attribute,
      fc.constantFrom('REGEX MATCH', 'NOT REGEX MATCH'),
      fc.constantFrom('Sales', '^Sales$', '.*ales', '[0-9]+', '(?:HR|IT)', '\\d{1,3}', '(?=S).*'),
    )
    .map(([name, operator, value]) => clauseOf(name, operator, value)),
  fc.tuple(attribute, fc.constantFrom('IS NULL', 'IS NOT NULL')).map(([name, operator]) => clauseOf(name, operator)),
  fc.constantFrom(clauseOf('accountEnabled', 'IS TRUE'), clauseOf('accountEnabled', 'IS FALSE')),
  fc.constantFrom(clauseOf('userType', 'EQUALS', 'Member'), clauseOf('netId', 'IS NOT NULL')),
);
const scope = fc.array(
  fc.record({ name: fc.constantFrom('A', 'B'), clauses: fc.array(clause, { minLength: 1, maxLength: 3 }) }),
  { maxLength: 3 },
);
const directory = fc.record({
  person: fc.record({
    department: text,
    jobTitle: text,
    employeeId: text,
    // Entra has no empty texts; the sandbox's other attributes cannot be null.
    surname: fc.option(text.filter((value) => value !== '')),
    accountEnabled: fc.boolean(),
  }),
  isAssigned: fc.boolean(),
  job: fc.record({ scope, inputScope: scope, takesEverybody: fc.boolean(), maySyncAll: fc.boolean() }),
  hasAccount: fc.boolean(),
});

describe('a preview', () => {
  it('foretells what provisioning does for all people and apps of the sandbox, or names why it cannot', async () => {
    const preview = freshPreviews();
    const wrong: unknown[] = [];
    let told = 0;

    for (const app of outbound) {
      for (const person of everybody) {
        const verdict = await preview(app, person);
        const expected = foretold(verdict);
        if (expected !== null) told += 1;
        const actual = provisioned(app, person);
        if (expected !== null && expected !== actual)
          wrong.push([app.displayName, person.displayName, verdict, actual]);
      }
    }

    expect(wrong).toEqual([]);
    // Only those who are not assigned to an app that may take all people remain unknown.
    expect(told).toBeGreaterThan(outbound.length * everybody.length * 0.99);
  });

  it('foretells it in random directories', async () => {
    const { tenant } = bench.sandbox;
    const app = apps.gitHubEnterprise;
    let told = 0;

    await fc.assert(
      fc.asyncProperty(directory, async ({ person: changes, isAssigned, job, hasAccount }) => {
        const person = tenant.changePerson(people.adele.id, changes);
        tenant.changeJob(app.id, job);
        tenant.unassign(app.id, person.id);
        if (isAssigned) tenant.assign(app.id, person.id);
        tenant.deleteAccount(app.id, person.id);
        if (hasAccount) tenant.keepAccount(app.id, person.id, { active: true, attributes: {} });

        const expected = foretold(await freshPreviews()(app, person));
        const actual = provisioned(app, person);

        if (expected !== null) told += 1;
        expect(expected ?? actual).toBe(actual);
      }),
      { numRuns: propertyRuns(300) },
    );

    expect(told).toBeGreaterThan(propertyRuns(300) / 4);
  });

  it('has only read from Graph', () => {
    expect(bench.sandbox.requests.length).toBeGreaterThan(0);
    expect([...new Set(bench.sandbox.requests.map(({ method }) => method))]).toEqual(['GET']);
    expect(bench.sandbox.stats().calls).toBe(0);
  });
});
