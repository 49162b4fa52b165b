import { describe, expect, it } from '@jest/globals';
import type { JobState, Quarantine } from '../../src/graph/job-state.ts';
import { type Allowed, allowed, callFor, inQuarantine, type JobVerb, jobVerbs } from '../../src/graph/job-verbs.ts';

const quarantine: Quarantine = {
  ...{ reason: 'EncounteredQuarantineException', since: 1, nextAttempt: 2, seriesBegan: 1 },
  ...{ endsAt: 3, seriesCount: 1, error: null },
};
const cycle = { began: 1, done: null, total: null };

const states = {
  notConfigured: { kind: 'notConfigured' },
  'never started': { kind: 'neverRun', isScheduled: false, cycle: null },
  'first cycle': { kind: 'neverRun', isScheduled: true, cycle },
  active: { kind: 'active' },
  running: { kind: 'running', cycle },
  paused: { kind: 'paused', cycle: null, quarantine: null },
  'paused, cycle runs': { kind: 'paused', cycle, quarantine: null },
  'paused in quarantine': { kind: 'paused', cycle: null, quarantine },
  'paused by the service': { kind: 'pausedByService', cycle: null },
  quarantined: { kind: 'quarantined', quarantine },
  'deletions held back': { kind: 'deletionsHeldBack', isPaused: false, quarantine },
  'deletions held back, paused': { kind: 'deletionsHeldBack', isPaused: true, quarantine },
  'switched off': { kind: 'switchedOff', quarantine },
  unknown: { kind: 'other', code: 'Hibernating' },
} as const satisfies Record<string, JobState>;
type StateName = keyof typeof states;

/** In the order of `jobVerbs`; `yes`, the act whose confirmation it takes, or why not. */
const table: Readonly<Record<StateName, string>> = {
  notConfigured: 'notConfigured, notConfigured, notConfigured, notConfigured, notConfigured, notConfigured',
  'never started': 'neverStarted, as startOver, notQuarantined, neverStarted, yes, nothingHeldBack',
  'first cycle': 'yes, runs, notQuarantined, firstCycle, firstCycle, nothingHeldBack',
  active: 'yes, runs, notQuarantined, yes, yes, nothingHeldBack',
  running: 'yes, runs, notQuarantined, yes, yes, nothingHeldBack',
  paused: 'pausedAlready, yes, notQuarantined, wouldEndPause, yes, nothingHeldBack',
  'paused, cycle runs': 'pausedAlready, yes, notQuarantined, wouldEndPause, yes, nothingHeldBack',
  'paused in quarantine': 'pausedAlready, as lift, yes, wouldEndPause, yes, nothingHeldBack',
  'paused by the service': 'pausedAlready, yes, notQuarantined, forgottenByService, yes, nothingHeldBack',
  quarantined: 'yes, as lift, yes, yes, yes, nothingHeldBack',
  'deletions held back': 'yes, deletionsHeldBack, deletionsHeldBack, deletionsHeldBack, deletionsHeldBack, yes',
  'deletions held back, paused':
    'pausedAlready, deletionsHeldBack, deletionsHeldBack, deletionsHeldBack, deletionsHeldBack, yes',
  'switched off': 'switchedOff, as lift, yes, switchedOff, yes, nothingHeldBack',
  unknown: 'unknownState, unknownState, unknownState, unknownState, unknownState, unknownState',
};

function word(answer: Allowed): string {
  if (answer.kind === 'refused') return answer.why;
  return answer.kind === 'allowed' ? 'yes' : `as ${answer.as}`;
}

const names = Object.keys(states) as StateName[];
const cells = names.flatMap((name) => jobVerbs.map((verb) => [name, verb] as const));

/** The call that leaves for an act, confirmed where it must be; null where none does. */
function callLeaving(name: StateName, verb: JobVerb): string | null {
  const state = states[name];
  const answer = allowed(verb, state);
  if (answer.kind === 'refused') return null;
  return callFor(answer.kind === 'asConfirmed' ? answer.as : verb, state);
}

describe('what a job’s state allows', () => {
  it.each(names)('is, act by act, as the table says: %s', (name) => {
    const said = jobVerbs.map((verb) => word(allowed(verb, states[name])));

    expect(said.join(', ')).toBe(table[name]);
  });

  it.each(cells)('lets no call leave that Graph’s pages warn of: %s, %s', (name, verb) => {
    const { kind } = states[name];

    const call = callLeaving(name, verb);

    const isStopped = ['paused', 'pausedByService', 'switchedOff'].includes(kind) || name === 'never started';
    const isHeldBack = kind === 'deletionsHeldBack';
    // "Only when paused or in quarantine": a start on a running job can make the service stop.
    if (call === 'start') expect(isStopped || kind === 'quarantined').toBe(true);
    // First the cause has to go; a restart evaluates all people again.
    if (isHeldBack) expect(['pause', 'forceDeletes', null]).toContain(call);
    if (call === 'forceDeletes') expect(isHeldBack).toBe(true);
    // Nothing is known of these.
    if (kind === 'notConfigured' || kind === 'other') expect(call).toBeNull();
  });

  it('begins a first cycle over everyone only with the confirmation that starting over needs', () => {
    const begun = jobVerbs.filter((verb) => callLeaving('never started', verb) !== null);

    expect(begun).toEqual(['start', 'startOver']);
    expect(allowed('start', states['never started'])).toEqual({ kind: 'asConfirmed', as: 'startOver' });
    expect(begun.map((verb) => callLeaving('never started', verb))).toEqual(['start', 'start']);
  });

  it.each(names)('takes a start on a quarantine as a lift, and on nothing else: %s', (name) => {
    const state = states[name];

    const isLift = word(allowed('start', state)) === 'as lift';

    expect(isLift).toBe(inQuarantine(state) !== null);
    expect(word(allowed('lift', state)) === 'yes').toBe(isLift);
  });
});
