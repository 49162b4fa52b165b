import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { eventually } from '../support/eventually.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

let usher: TestUsher;

beforeAll(async () => {
  usher = await startTestUsher();
});

afterAll(() => usher.close());

async function answerTo(person: 'alex' | 'lynne' | 'megan', line: string) {
  await usher.say(person, line);
  await usher.settled();
  return usher.lastCard(`personal-${person}`);
}

/** The jobs that Usher called on demand since `from`, by their ids. */
function jobsCalled(from: number): string[] {
  return usher.sandbox.requests
    .slice(from)
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/provisionOnDemand'))
    .map(({ path }) => decodeURIComponent(path.split('/').at(-2) ?? ''));
}

describe('the name of two apps', () => {
  it('means the app with a provisioning job where only one has any', async () => {
    const from = usher.sandbox.requests.length;
    const provisioned = await answerTo('alex', 'provision isaiah to Adobe Creative Cloud');
    const called = jobsCalled(from);
    const status = await answerTo('lynne', 'status adobe creative cloud');
    const checked = await answerTo('lynne', 'check isaiah in adobe creative cloud');

    expect(provisioned.text).toMatch(/^✓ {2}Account created/);
    expect(called).toEqual([apps.adobe.job?.id]);
    expect(status.text).toMatch(/Adobe Creative Cloud: Healthy/);
    expect(checked.text).not.toContain('Which app');
  });

  it('leads to a question with what distinguishes them where both have one', async () => {
    const card = await answerTo('alex', 'provision isaiah to DocuSign');

    expect(card.text).toContain('Which app is “DocuSign”?');
    for (const { appId } of [apps.docuSign, apps.docuSignLegal])
      expect(card.text).toContain(`Application ID: ${appId}`);
    expect(card.text).toContain('Publisher: DocuSign, Inc.');
    expect(card.text).toContain('For the legal department alone');
    expect(card.text.match(/Provisioning is set up/g)).toHaveLength(2);
    expect(card.text).toMatch(/Created .*2024/);
    expect(card.text).toMatch(/Created .*2025/);
  });

  it('leaves both apps reachable by their ids', async () => {
    const card = await answerTo('lynne', `status ${apps.adobeTrial.appId}`);

    expect(card.text).toContain('provisioning is not set up for it');
  });
});

describe('the name of two groups', () => {
  it('leads to a question with what distinguishes them', async () => {
    const { text } = await answerTo('alex', 'provision group "Project Falcon" to ServiceNow');

    expect(text).toContain('Which group is “Project Falcon”?');
    expect(text).toMatch(/Access to what the project uses\s+Security group\s+3 direct members/);
    expect(text).toMatch(/Microsoft 365 group\s+falcon-team@contoso\.com\s+5 direct members/);
    for (const { id } of [groups.falcon, groups.falconTeam]) expect(text).toContain(`Group ID: ${id}`);
  });
});

describe('the jobs of one app', () => {
  it('are called by the type of the subject', async () => {
    const from = usher.sandbox.requests.length;
    const cloudSync = await answerTo('alex', 'provision "CN=Adele Vance,OU=Sales,DC=contoso,DC=com" to Fabrikam AD');
    await answerTo('alex', 'provision isaiah to Atlassian Cloud');
    await answerTo('alex', 'provision group Engineering to Atlassian Cloud');
    const called = jobsCalled(from);

    expect(cloudSync.text).toMatch(/^✓/);
    expect(called).toEqual([apps.fabrikamAd.job?.id, apps.atlassian.job?.id, apps.atlassian.otherJobs[0]?.id]);
  });

  it('are on the status card of the app', async () => {
    const { text } = await answerTo('lynne', 'status Fabrikam AD');

    expect(text).toContain('another synchronization job besides the one for people: AD2AADPasswordHash: Healthy');
  });
});

describe('an app', () => {
  it('is provisioned on demand where only the schedule is off', async () => {
    const provisioned = await answerTo('alex', 'provision isaiah to Figma');
    const status = await answerTo('lynne', 'status Figma');

    expect(provisioned.text).toMatch(/^✓ {2}Account created/);
    expect(status.text).toContain('Figma: Automatic provisioning is off');
    expect(status.text).toContain('On-demand provisioning still works.');
    expect(status.text).not.toMatch(/31254|Next run/);
  });

  it('gets no call where it is disabled in Entra', async () => {
    const from = usher.sandbox.requests.length;
    const refused = await answerTo('alex', 'provision isaiah to Miro');
    const status = await answerTo('lynne', 'status Miro');
    const check = await answerTo('lynne', 'check isaiah in Miro');
    const list = await answerTo('lynne', 'status');

    for (const { text } of [refused, status, check])
      expect(text).toContain('The enterprise application Miro is disabled in Entra ID');
    expect(list.text).toMatch(/Miro {2}App disabled/);
    expect(jobsCalled(from)).toEqual([]);
  });

  it('gets no call where its connector works on demand only while its job is stopped', async () => {
    const from = usher.sandbox.requests.length;
    const { text } = await answerTo('alex', 'provision isaiah to Slack Grid');

    expect(text).toMatch(/^! {2}Provisioning to Slack Grid must be stopped first/);
    expect(jobsCalled(from)).toEqual([]);
  });
});

describe('an app whose people come from HR', () => {
  it('answers an address with a question, and accepts the HR system’s own id', async () => {
    const from = usher.sandbox.requests.length;
    const address = await answerTo('alex', 'provision isaiah@contoso.com to Workday');
    const asked = jobsCalled(from).length;
    const id = await answerTo('alex', `provision ${people.isaiah.employeeId} to Workday`);

    expect(address.text).toContain('needs an ID from the HR system');
    expect(asked).toBe(0);
    expect(id.text).toMatch(/^✓/);
  });
});

describe('a large group', () => {
  it('is named before it runs, with its people, its calls and the time', async () => {
    const { text, summary } = await answerTo('alex', 'provision group "Store Staff" to GitHub Enterprise');

    expect(text).toMatch(/^… {2}Provision Store Staff to GitHub Enterprise\?/);
    expect(text).toContain('The group and 305 members go to GitHub Enterprise in 61 calls');
    expect(text).toMatch(/This takes about 2 min/);
    expect(summary).toBe('Provision Store Staff to GitHub Enterprise? 305 people in 61 calls.');
  });

  it('of more than a thousand loses no member', async () => {
    const { text } = await answerTo('alex', 'provision group "All Stores" to GitHub Enterprise');

    expect(text).toContain('The group and 1,203 members go to GitHub Enterprise in 241 calls');
  });

  it('is refused with its number where it is larger than Usher reads', async () => {
    const value = Array.from({ length: 999 }, (_, n) => ({ '@odata.type': '#microsoft.graph.user', id: `m${n}` }));
    const body = { value, '@odata.nextLink': `${usher.sandbox.url}/groups/x/members?$skiptoken=x` };
    for (let page = 0; page < 60; page += 1)
      usher.sandbox.failNext(/\/members$/, {
        kind: 'status',
        status: 200,
        body: { ...body, value: page < 6 ? value : [] },
      });
    usher.sandbox.failNext(/\/members$/, { kind: 'status', status: 200, body: { '@odata.count': 7_204, value: [] } });

    const { text } = await answerTo('alex', 'provision group "Sales Team" to GitHub Enterprise');

    expect(text).toContain('has 7,204 direct members; Usher provisions groups of at most 5,000');
  });
});

describe('the status in a tenant of seven hundred apps', () => {
  let large: TestUsher;

  beforeAll(async () => {
    large = await startTestUsher({ sandboxOptions: { tenant: createTenant({ apps: 700 }) } });
  });

  afterAll(() => large.close());

  it('is complete once all apps have been read, and never before', async () => {
    const quarantined = large.sandbox.tenant.applications().findLast(({ job }) => job?.health === 'quarantined');
    const told = async (line: string) => {
      await large.say('lynne', line);
      await large.settled();
      return large.lastCard();
    };
    await told('check adele');
    // How much Usher reads in the time of one answer depends on the machine.
    await eventually(async () => (await told('status')).summary.startsWith('700 apps'), 60_000);
    const status = await told('status');
    const check = await told('check adele');
    const listed = await told('apps');

    expect(status.summary).toMatch(/^700 apps · /);
    for (const name of ['Zscaler', quarantined?.displayName ?? 'none'])
      expect(status.text).toContain(`✗  ${name}  In quarantine`);
    expect(check.text).toContain('Zscaler');
    expect(check.summary).toMatch(/700 apps checked/);
    expect(listed.summary).toMatch(/^20 of 700 apps/);
    for (const { summary } of large.cardsFor()) expect(summary).not.toContain('none with problems');
  });

  it('reads again only the apps with a job', async () => {
    const from = large.sandbox.requests.length;
    await large.say('lynne', 'status');
    await large.settled();

    const asked = large.sandbox.requests.slice(from).filter(({ path }) => path.endsWith('/synchronization/jobs'));
    expect(asked.length).toBeLessThan(60);
  });
});
