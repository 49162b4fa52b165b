import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import type { SynchronizationJob } from '../../src/sandbox/tenant/synchronization-job.ts';
import { createLeapingClock } from '../support/clock.ts';
import { type ShownCard, type Somebody, startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(300_000);

const { slackGrid: app } = apps;
const minute = 60_000;
const day = 24 * 60 * minute;
const startedAt = systemClock.now();
const clock = createLeapingClock();

/** Begins as the job comes into this state. */
const cycle = { beganAt: startedAt, endsAt: startedAt };
const ended = { beganAt: startedAt - 2 * minute, endsAt: startedAt - minute };
const held = { quarantineReason: 'TooManyDeletes', heldBack: [people.adele.id] } as const;
const asNew = {
  ...{ health: 'active', credentials: 'working', quarantineReason: 'EncounteredQuarantineException', heldBack: [] },
  ...{ cycle: null, lastCycle: ended, pausedFrom: 'active', escrowsPruned: false, quarantinedAt: null, escrowed: 2 },
} as const satisfies Partial<SynchronizationJob>;

const states = {
  'without credentials': { health: 'notConfigured' },
  'never started': { health: 'off', lastCycle: null },
  'in its first cycle': { health: 'neverRun' },
  active: {},
  'while a cycle runs': { cycle },
  paused: { health: 'paused' },
  'paused while its cycle runs': { health: 'paused', cycle },
  'paused by the service': { health: 'paused', escrowsPruned: true },
  'paused in quarantine': { health: 'paused', pausedFrom: 'quarantined' },
  'in quarantine': { health: 'quarantined' },
  'holding deletions back': { health: 'quarantined', ...held },
  'holding deletions back, paused': { health: 'paused', pausedFrom: 'quarantined', ...held },
  'switched off': { health: 'switchedOff', quarantinedAt: startedAt - 28 * day },
} as const satisfies Readonly<Record<string, Partial<SynchronizationJob>>>;
type State = keyof typeof states;

const lines = {
  test: 'test Slack',
  pause: 'pause Slack for 30 minutes',
  start: 'start Slack',
  lift: 'lift the quarantine of Slack',
  forget: 'forget the failures of Slack',
  startOver: 'start over Slack',
  allow: 'allow the deletions of Slack',
  around: 'pause and provision adele to Slack',
  offers: 'repair Slack',
} as const;
type Act = keyof typeof lines;

/** What an operator is answered, and what leaves once all that is asked has been confirmed. */
const table: Readonly<Record<State, Readonly<Record<Act, string>>>> = {
  'without credentials': {
    test: 'Slack has no credentials yet',
    pause: 'Provisioning is not set up for Slack',
    start: 'Provisioning is not set up for Slack',
    lift: 'Provisioning is not set up for Slack',
    forget: 'Provisioning is not set up for Slack',
    startOver: 'Provisioning is not set up for Slack',
    allow: 'Provisioning is not set up for Slack',
    around: 'Provisioning is not set up for Slack',
    offers: 'Slack: what can be done [Test the credentials]',
  },
  'never started': {
    test: 'Slack: the test passed',
    pause: 'Slack was never started',
    start: 'Start Slack over? → confirmed by an approver, start',
    lift: 'Slack is not in quarantine',
    forget: 'Slack was never started',
    startOver: 'Start Slack over? → confirmed by an approver, start',
    allow: 'Slack is not holding deletions back',
    around: 'Account created',
    offers: 'Slack: what can be done [Test the credentials, Start over]',
  },
  'in its first cycle': {
    test: 'Slack: the test passed',
    pause: 'Slack is paused until then → pause',
    start: 'Slack is not paused',
    lift: 'Slack is not in quarantine',
    forget: 'Slack is in its first cycle',
    startOver: 'Slack is in its first cycle',
    allow: 'Slack is not holding deletions back',
    around: 'Pause Slack, provision, and start it again? → confirmed, pause',
    offers: 'Slack: what can be done [Test the credentials]',
  },
  active: {
    test: 'Slack: the test passed',
    pause: 'Slack is paused until then → pause',
    start: 'Slack is not paused',
    lift: 'Slack is not in quarantine',
    forget: 'Forget the failures of Slack? → confirmed, Escrows',
    startOver: 'Start Slack over? → confirmed by an approver, Watermark',
    allow: 'Slack is not holding deletions back',
    around: 'Pause Slack, provision, and start it again? → confirmed, pause',
    offers: 'Slack: what can be done [Test the credentials, Retry failed, Forget the failures, Start over]',
  },
  'while a cycle runs': {
    test: 'Slack: the test passed',
    pause: 'Slack is paused until then → pause',
    start: 'Slack is not paused',
    lift: 'Slack is not in quarantine',
    forget: 'Forget the failures of Slack? → confirmed, Escrows',
    startOver: 'Start Slack over? → confirmed by an approver, Watermark',
    allow: 'Slack is not holding deletions back',
    around: 'Pause Slack, provision, and start it again? → confirmed, pause',
    offers: 'Slack: what can be done [Test the credentials, Start over]',
  },
  paused: {
    test: 'Slack: the test passed',
    pause: 'Slack is already paused',
    start: 'Slack is running again → start',
    lift: 'Slack is not in quarantine',
    forget: 'Slack is paused',
    startOver: 'Start Slack over? → confirmed by an approver, Watermark',
    allow: 'Slack is not holding deletions back',
    around: 'Already up to date',
    offers: 'Slack: what can be done [Test the credentials, Start now, Start over]',
  },
  'paused while its cycle runs': {
    test: 'Slack: the test passed',
    pause: 'Slack is already paused',
    start: 'Slack is running again → start',
    lift: 'Slack is not in quarantine',
    forget: 'Slack is paused',
    startOver: 'Start Slack over? → confirmed by an approver, Watermark',
    allow: 'Slack is not holding deletions back',
    around: 'Slack is already paused',
    offers: 'Slack: what can be done [Test the credentials, Start now, Start over]',
  },
  'paused by the service': {
    test: 'Slack: the test passed',
    pause: 'Slack is already paused',
    start: 'Slack is running again → start',
    lift: 'Slack is not in quarantine',
    forget: 'The failures of Slack are already forgotten',
    startOver: 'Start Slack over? → confirmed by an approver, Watermark',
    allow: 'Slack is not holding deletions back',
    around: 'Already up to date',
    offers: 'Slack: what can be done [Test the credentials, Start now, Start over]',
  },
  'paused in quarantine': {
    test: 'Slack: the test passed',
    pause: 'Slack is already paused',
    start: 'Lift the quarantine of Slack? → confirmed, start',
    lift: 'Lift the quarantine of Slack? → confirmed, start',
    forget: 'Slack is paused',
    startOver: 'Start Slack over? → confirmed by an approver, Watermark',
    allow: 'Slack is not holding deletions back',
    around: 'Already up to date',
    offers: 'Slack: what can be done [Test the credentials, Lift the quarantine, Start over]',
  },
  'in quarantine': {
    test: 'Slack: the test passed',
    pause: 'Slack is in quarantine',
    start: 'Lift the quarantine of Slack? → confirmed, start',
    lift: 'Lift the quarantine of Slack? → confirmed, start',
    forget: 'Forget the failures of Slack? → confirmed, Escrows',
    startOver: 'Start Slack over? → confirmed by an approver, Watermark',
    allow: 'Slack is not holding deletions back',
    around: 'Slack is in quarantine',
    offers: 'Slack: what can be done [Test the credentials, Lift the quarantine, Forget the failures, Start over]',
  },
  'holding deletions back': {
    test: 'Slack: the test passed',
    pause: 'Slack is holding deletions back',
    start: 'Slack is holding deletions back',
    lift: 'Slack is holding deletions back',
    forget: 'Slack is holding deletions back',
    startOver: 'Slack is holding deletions back',
    allow: 'Allow the deletions that Slack holds back? → confirmed by an approver, ForceDeletes',
    around: 'Slack is holding deletions back',
    offers: 'Slack: what can be done [Test the credentials, Allow the deletions]',
  },
  'holding deletions back, paused': {
    test: 'Slack: the test passed',
    pause: 'Slack is holding deletions back',
    start: 'Slack is holding deletions back',
    lift: 'Slack is holding deletions back',
    forget: 'Slack is holding deletions back',
    startOver: 'Slack is holding deletions back',
    allow: 'Allow the deletions that Slack holds back? → confirmed by an approver, ForceDeletes',
    around: 'Slack is in quarantine: too many accounts would have been deleted',
    offers: 'Slack: what can be done [Test the credentials, Allow the deletions]',
  },
  'switched off': {
    test: 'Slack: the test passed',
    pause: 'Slack is in quarantine',
    start: 'Lift the quarantine of Slack? → confirmed, start',
    lift: 'Lift the quarantine of Slack? → confirmed, start',
    forget: 'Slack is in quarantine',
    startOver: 'Start Slack over? → confirmed by an approver, Watermark',
    allow: 'Slack is not holding deletions back',
    around: 'Slack is in quarantine: the connection fails',
    offers: 'Slack: what can be done [Test the credentials, Lift the quarantine, Start over]',
  },
};

const everyState = Object.keys(states) as readonly State[];
const everyAct = Object.keys(lines) as readonly Act[];
/** A state in which each of these asks first. */
const asked = {
  ...{ lift: 'in quarantine', forget: 'active', startOver: 'active', allow: 'holding deletions back' },
  ...{ around: 'active' },
} as const satisfies Partial<Record<Act, State>>;
/** Those who may not act on this job, whatever its state; approvers only confirm. */
const others = ['patti', 'megan', 'lynne', 'johanna', 'miriam'] as const satisfies readonly Somebody[];
const hybridIdentityAdministrator = '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2';

let teams: TestUsher;
let database: Database;

beforeAll(async () => {
  teams = await startTestUsher({
    environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10' },
    usherOptions: { clock },
    sandboxOptions: { clock },
  });
  teams.sandbox.tenant.grantDirectoryRole(people.miriam.id, hybridIdentityAdministrator);
  database = await openDatabase({ kind: 'sqlite', path: teams.databasePath }, systemClock);
  await says('patti', 'whoami');
});
afterAll(async () => {
  await database.close();
  await teams.close();
});

async function says(person: Somebody, line: string): Promise<void> {
  await teams.say(person, line);
  await teams.settled();
}

const cardOf = (person: Somebody) => teams.lastCard(`personal-${String(person)}`);

const jobCall = /jobs\/[^/]+\/(start|pause|restart)$/;

/** The calls that changed the job, or were to, since so many requests. */
function callsSince(count: number): string[] {
  return teams.sandbox.requests.slice(count).flatMap(({ path, body }) => {
    const [, call] = jobCall.exec(path) ?? [];
    const scope = (body as { criteria?: { resetScope?: string } } | undefined)?.criteria?.resetScope;
    return call === undefined ? [] : [scope ?? call];
  });
}

/** Of a card: without its sign, the name of the app, and the time. */
const titleOf = (text: string): string =>
  (text.split('\n')[0] ?? '')
    .replace(/^\S+\s+/, '')
    .replaceAll('Slack Grid', 'Slack')
    .replace(/until .+$/, 'until then');

/** The app's job has this state, and no repair is under way. */
async function turnInto(state: State): Promise<void> {
  await database.query.deleteFrom('repairs').execute();
  become(state);
}

function become(state: State): void {
  clock.leap(minute);
  const changes: Partial<SynchronizationJob> = { ...asNew, ...states[state] };
  const now = clock.now();
  teams.sandbox.tenant.changeJob(app.id, {
    ...changes,
    cycle: changes.cycle === null ? null : { beganAt: now, endsAt: now + day },
  });
}

interface Question {
  readonly card: ShownCard;
  readonly by: 'alex' | 'patti';
}

/** Where what was just asked for is confirmed: on its card, or on an approver's; null where nothing is asked. */
function questionNow(): Question | null {
  const card = cardOf('alex');
  const by = card.text.includes('An approver has to confirm this') ? 'patti' : 'alex';
  const asked = by === 'alex' ? card : cardOf(by);
  return buttonOf(asked) === undefined ? null : { card: asked, by };
}

const buttonOf = ({ buttons }: ShownCard) =>
  buttons.find(({ data }) => (data as { readonly verb?: unknown } | undefined)?.verb === 'repairNow');

async function confirm({ card, by }: Question): Promise<void> {
  await teams.press(by, card, buttonOf(card)?.title ?? '');
  await teams.settled();
}

/** What an operator is answered in this state, and the calls that leave once all that is asked has been confirmed. */
async function cell(state: State, act: Act): Promise<string> {
  await turnInto(state);
  const before = teams.sandbox.requests.length;

  await says('alex', lines[act]);
  const { text, buttons } = cardOf('alex');
  const question = questionNow();
  if (question !== null) await confirm(question);

  const offered = act === 'offers' ? ` [${buttons.map(({ title }) => title).join(', ')}]` : '';
  const confirmed = question === null ? '' : question.by === 'alex' ? 'confirmed, ' : 'confirmed by an approver, ';
  const sent = callsSince(before).join(', ');
  return `${titleOf(text)}${offered}${sent === '' ? '' : ` → ${confirmed}${sent}`}`;
}

/** The calls among what a cell says. */
const callsIn = (said: string): readonly string[] =>
  said.match(/(?:start|pause|[A-Z]\w+)$/g)?.filter(() => said.includes('→')) ?? [];

describe('the state of a job, an act, and the person who asks for it', () => {
  it.each(everyState)('are answered as the table says, and send what it says: %s', async (state) => {
    const said: Record<string, string> = {};
    for (const act of everyAct) said[act] = await cell(state, act);

    expect(said).toEqual(table[state]);
  });

  it.each(everyState)('send nothing for people who may not act on it: %s', async (state) => {
    await turnInto(state);
    const before = teams.sandbox.requests.length;

    for (const act of everyAct) await Promise.all(others.map((person) => teams.say(person, lines[act])));
    await teams.settled();

    const answers = others.flatMap((person) =>
      teams
        .cardsFor(`personal-${person}`)
        .slice(-everyAct.length)
        .map(({ text }) => titleOf(text)),
    );
    expect(new Set(answers)).toEqual(new Set(['You don’t have permission to do this']));
    expect(teams.sandbox.requests.slice(before).filter(({ path }) => jobCall.test(path))).toEqual([]);
  });

  it.each(everyState)(
    'send only what the state allows at the click, whatever it was at the question: %s',
    async (state) => {
      const sent: Record<string, readonly string[]> = {};
      const allowed: Record<string, readonly string[]> = {};
      for (const [act, before] of Object.entries(asked)) {
        await turnInto(before);
        await says('alex', lines[act as Act]);
        const question = questionNow();
        become(state);
        const count = teams.sandbox.requests.length;
        if (question !== null) await confirm(question);
        sent[act] = callsSince(count);
        allowed[act] = callsIn(table[state][act as Act]);
      }

      expect(sent).toEqual(allowed);
    },
  );
});
