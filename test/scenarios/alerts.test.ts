import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { version } from '../../src/graph/version.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { everybody } from '../../src/sandbox/tenant/people.ts';
import { type EventReceiver, type Received, secretOf, startEventReceiver } from '../streams/support.ts';
import { eventually } from '../support/eventually.ts';
import { type Rule, readRules } from '../support/promql.ts';
import { type Stage, startStage } from './alerts-stage.ts';

jest.setTimeout(120_000);

const rules = readRules(readFileSync('docs/alerts.yml', 'utf8'));

/** What makes a rule fire, and what ends that; each takes as many minutes as it takes. */
interface Scenario {
  readonly environment?: Readonly<Record<string, string>>;
  readonly begins: (stage: Stage) => Promise<void>;
  readonly ends: (stage: Stage) => Promise<void>;
}

const readsOf = (stage: Stage) => async () => {
  await stage.teams.say('lynne', 'status Salesforce');
};
const graphAnswers = (status: number): Scenario => ({
  async begins(stage) {
    stage.graph(() => ({ status }));
    await stage.minutes(12, readsOf(stage));
  },
  async ends(stage) {
    stage.graph(() => null);
    await stage.minutes(12, readsOf(stage));
  },
});
const oneAnHour = { PROVISION_LIMIT: '1', PROVISION_WINDOW_MS: '3600000' };
const crowd = everybody.slice(20).map(({ userPrincipalName }) => userPrincipalName);
/** Ten more people each time, which is as many as Usher takes without a confirmation. */
const listOf = (index: number) =>
  `provision users ${crowd.slice(10 * index, 10 * index + 10).join(', ')} to Salesforce`;

const scenarios: Readonly<Record<string, Scenario>> = {
  UsherDown: {
    async begins(stage) {
      await stage.minutes(1);
      await stage.stop();
      await stage.minutes(6);
    },
    async ends(stage) {
      await stage.start();
      await stage.minutes(1);
    },
  },
  UsherNotReady: {
    async begins(stage) {
      stage.graph(() => ({ status: 503 }));
      await stage.minutes(7);
    },
    async ends(stage) {
      stage.graph(() => null);
      await stage.minutes(2);
    },
  },
  UsherJobQuarantined: {
    async begins(stage) {
      await stage.teams.say('lynne', 'status Zscaler');
      await stage.teams.settled();
      await stage.minutes(7);
    },
    // No command looks at it any more, and no conversation watches it.
    async ends(stage) {
      const mended = `/servicePrincipals/${apps.salesforce.id}/synchronization/jobs`;
      stage.graph((path) => (path.startsWith(`/servicePrincipals/${apps.zscaler.id}/sync`) ? { path: mended } : null));
      await stage.minutes(7, () => stage.teams.settled());
    },
  },
  UsherAppsFileBroken: {
    environment: { APPS_FILE: entriesFile('Nowhere') },
    async begins(stage) {
      await stage.teams.say('alex', 'apps');
      await stage.teams.settled();
      await stage.minutes(7);
    },
    async ends(stage) {
      await stage.stop();
      await stage.start({ APPS_FILE: entriesFile('Salesforce') });
      await stage.teams.say('alex', 'apps');
      await stage.teams.settled();
      await stage.minutes(1);
    },
  },
  UsherWorkGivenUp: {
    async begins(stage) {
      stage.write(`INSERT INTO attempts VALUES ('watch ${apps.zscaler.id}', 'a dead process', 2, 0, '${version}')`);
      await stage.minutes(1);
      await stage.teams.say('alex', 'watch Zscaler');
      await stage.teams.settled();
      await stage.minutes(1);
    },
    async ends(stage) {
      expect(stage.teams.lastCard('personal-alex').text).toMatch(/stopped twice while checking .*Zscaler/);
      await stage.minutes(61);
    },
  },
  UsherAccessOverdue: {
    async begins(stage) {
      // Isaiah is assigned already, so Usher may not remove the assignment.
      await stage.teams.say('alex', 'provision isaiah to Salesforce for 1 hour');
      await stage.minutes(123, () => stage.teams.settled());
    },
    async ends(stage) {
      await stage.teams.press('alex', stage.teams.lastCard('personal-alex'), 'Done by hand');
      await stage.teams.settled();
      await stage.minutes(1);
    },
  },
  UsherRecordUnsent: receiverAnswering(500),
  UsherReceiverOff: receiverAnswering(410),
  UsherThrottled: {
    async begins(stage) {
      await stage.minutes(1);
      // Another caller uses up the tenant's share.
      stage.sandbox.failNext(/provisionOnDemand$/, { kind: 'status', status: 429, headers: { 'retry-after': '1' } });
      await stage.teams.say('alex', 'provision isaiah to Salesforce');
      await stage.minutes(2);
    },
    async ends(stage) {
      await stage.minutes(10);
      await stage.teams.settled();
    },
  },
  UsherGraphAway: {
    async begins(stage) {
      stage.graph((path) => (path.endsWith('provisionOnDemand') ? { status: 503 } : null));
      await stage.teams.say('alex', listOf(0));
      await stage.minutes(8);
    },
    async ends(stage) {
      stage.graph(() => null);
      await stage.minutes(3);
      await stage.teams.settled();
      await stage.minutes(1);
    },
  },
  UsherQueueGrowing: {
    environment: oneAnHour,
    async begins(stage) {
      for (const index of [0, 1, 2, 3, 4, 5]) await stage.teams.say('alex', listOf(index));
      await stage.minutes(34, async (minute) => {
        if (minute % 10 === 9)
          await stage.teams.say('alex', 'provision users isaiah, adele, diego to GitHub Enterprise');
      });
    },
    async ends(stage) {
      await stage.minutes(16);
    },
  },
  UsherQueueStuck: {
    environment: oneAnHour,
    async begins(stage) {
      await stage.teams.say('alex', 'provision users isaiah, adele to Salesforce');
      await stage.minutes(32);
    },
    async ends(stage) {
      await stage.minutes(30);
      await stage.teams.settled();
      await stage.minutes(1);
    },
  },
  UsherCardEditsFail: {
    async begins(stage) {
      await stage.minutes(1);
      for (let count = 0; count < 20; count += 1) stage.teams.connector.refuseNext('edit', 403);
      for (const name of ['isaiah', 'adele', 'diego', 'nestor', 'grady'])
        await stage.teams.say('alex', `provision ${name} to Salesforce`);
      await stage.minutes(7, () => stage.teams.settled());
    },
    async ends(stage) {
      await stage.minutes(16);
    },
  },
  UsherGraphErrors: graphAnswers(503),
  UsherGraphRefuses: graphAnswers(403),
};

/** A receiver of events that refuses them, and takes them when Usher starts anew. */
function receiverAnswering(status: number): Scenario {
  let receiver: EventReceiver | null = null;
  const startAnew = async (stage: Stage, { url }: EventReceiver) => {
    await stage.stop();
    await stage.start({ EVENTS_URL: url, EVENTS_SECRET: secretOf('a'), EVENTS_ALLOW_PRIVATE: 'true' });
  };
  const arrives = (events: readonly Received[]) => eventually(async () => events.length > 0, 30_000, 20);
  return {
    async begins(stage) {
      receiver = await startEventReceiver();
      receiver.answerBy(() => ({ status }));
      await startAnew(stage, receiver);
      await arrives(receiver.received);
      await stage.minutes(63);
    },
    async ends(stage) {
      if (receiver === null) throw new Error('it has not begun');
      receiver.answerBy(() => ({ status: 204 }));
      await startAnew(stage, receiver);
      await arrives(receiver.accepted);
      await stage.minutes(2);
      await receiver.close();
    },
  };
}

function entriesFile(app: string): string {
  const path = `${process.env.TMPDIR ?? '/tmp'}/usher-alerts-${process.pid}-${app}.json`;
  writeFileSync(path, JSON.stringify([{ app, approvers: [groups.helpdesk.id] }]));
  return path;
}

describe('the alert rules', () => {
  let stage: Stage | null = null;
  afterEach(async () => {
    await stage?.close();
    stage = null;
  });

  it('have a scenario each', () => {
    expect(rules.map(({ name }) => name)).toEqual(Object.keys(scenarios));
  });

  it.each(rules)('$name fires when it should, and no longer than that', async (rule: Rule) => {
    const { environment, begins, ends } = scenarios[rule.name] ?? { begins: fail, ends: fail };
    stage = await startStage(environment);

    const before = stage.fires(rule);
    await begins(stage);
    const during = stage.fires(rule);
    await ends(stage);

    expect([before, during, stage.fires(rule)]).toEqual([false, true, false]);
  });
});

async function fail(): Promise<never> {
  throw new Error('a rule without a scenario');
}
