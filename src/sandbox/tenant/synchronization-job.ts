import type { ScopeGroup } from './scope.ts';

/** A synchronization job as the sandbox keeps it; `job-machine.ts` has what happens to it. */
export interface SynchronizationJob {
  readonly id: string;
  readonly templateId: string;
  /**
   * `notConfigured`: without credentials. `off`: created and never started, so that no cycle is scheduled. `neverRun`:
   * started, its first cycle has not ended. `switchedOff`: by Microsoft, after four weeks in quarantine.
   */
  readonly health: 'notConfigured' | 'off' | 'neverRun' | 'active' | 'paused' | 'quarantined' | 'switchedOff';
  /** The form of on-demand answers: one object (A in Microsoft's API page), or an array under a literal key (B). */
  readonly shape: 'object' | 'array';
  /** The names that this connector uses for the scoping checks and for Entra: they changed with the product's. */
  readonly spelling: 'azureAd' | 'entraId';
  /** Cloud sync reads Active Directory, an HR system its own people, and both write to Entra; all others read Entra. */
  readonly direction: 'outbound' | 'fromActiveDirectory' | 'fromHr';
  readonly targetName: string;
  readonly rules: readonly SynchronizationRule[];
  /** Of a job in quarantine. */
  readonly quarantineReason: 'EncounteredQuarantineException' | 'TooManyDeletes';
  /** When the quarantine began, in ms since 1970; null for one that is always two days old, as for a long demo. */
  readonly quarantinedAt: number | null;
  /**
   * What a test of the saved credentials says. `notFound`: the app answers the probe with 404, though it works.
   */
  readonly credentials: 'working' | 'refused' | 'notFound' | 'missing';
  /** When refused credentials were mended. */
  readonly mendedAt: number | null;
  /** The cycle that a call has begun; it ends by the clock, whatever becomes of the job meanwhile. */
  readonly cycle: Cycle | null;
  /** The last such cycle that has ended. */
  readonly lastCycle: Cycle | null;
  /** How long the cycles take that calls begin. */
  readonly cycleMs: number;
  /** What the job was when it was paused. */
  readonly pausedFrom: 'active' | 'neverRun' | 'quarantined';
  readonly pausedAt: number | null;
  /** The service has paused the job itself, as too many objects failed in its first cycle. */
  readonly escrowsPruned: boolean;
  /** How many objects failed in the last cycle and are tried again. */
  readonly escrowed: number;
  /** The people whose accounts the job would turn off, but for its threshold. */
  readonly heldBack: readonly string[];
  /**
   * What becomes of the account of a person who is no longer assigned. `deletes`: the app knows no inactive account.
   * `skips`: `SkipOutOfScopeDeletions` is set. `unmapped`: no mapping fills `active`, so nothing can turn it off.
   */
  readonly removal: 'disables' | 'deletes' | 'skips' | 'unmapped';
  /** What the mapping of people may do in the application. Without `Add` no account is ever created. */
  readonly flows: readonly ('Add' | 'Update' | 'Delete')[];
  /** `more`: besides the usual attributes those of `furtherMappings`. */
  readonly maps: 'usual' | 'more';
  /** "Sync all users and groups": a person is in scope without an assignment. */
  readonly takesEverybody: boolean;
  /** Whether the app can be set to that; its schema says so. */
  readonly maySyncAll: boolean;
  /** The scoping filter for people, of which one group must hold; empty for none. */
  readonly scope: readonly ScopeGroup[];
  /** A second filter beside it, of which one group must hold as well: `inputFilterGroups`. */
  readonly inputScope: readonly ScopeGroup[];
  /** Whether an answer about a person out of scope says that the app has no account; else it has no matching step. */
  readonly tellsAbsence: boolean;
  /** How many disables and deletions in a cycle send the job into quarantine; null where it does not tell. */
  readonly deletionThreshold: number | null;
}

/** Times in ms since 1970. */
export interface Cycle {
  readonly beganAt: number;
  readonly endsAt: number;
}

export interface SynchronizationRule {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  readonly sourceDirectory: string;
  readonly targetDirectory: string;
  readonly supportsProvisionOnDemand: boolean;
  readonly objects: readonly RuleObject[];
}

export interface RuleObject {
  readonly source: 'User' | 'Group' | 'user' | 'Worker';
  readonly enabled: boolean;
}

/** A job in which nothing special has happened. */
export const ordinaryJob = {
  health: 'active',
  shape: 'object',
  spelling: 'azureAd',
  direction: 'outbound',
  quarantineReason: 'EncounteredQuarantineException',
  quarantinedAt: null,
  credentials: 'working',
  mendedAt: null,
  cycle: null,
  lastCycle: null,
  cycleMs: 20_000,
  pausedFrom: 'active',
  pausedAt: null,
  escrowsPruned: false,
  escrowed: 0,
  heldBack: [],
  removal: 'disables',
  flows: ['Add', 'Update', 'Delete'],
  maps: 'usual',
  takesEverybody: false,
  maySyncAll: true,
  scope: [],
  inputScope: [],
  tellsAbsence: false,
  deletionThreshold: null,
} as const satisfies Partial<SynchronizationJob>;

/** OAuth connectors by their templates: they take calls on demand only at rest. */
const oauthTemplate = /^(box|slack|gsuite|googleapps|workplace)/i;

/** Whether the connector takes calls on demand only while its job is stopped and no cycle runs. */
export const wantsRest = ({ templateId }: SynchronizationJob): boolean => oauthTemplate.test(templateId);

/**
 * What Microsoft does not publish, as the sandbox does it unless it is told otherwise (`POST /_sandbox/guesses`).
 */
export interface Guesses {
  /** What the schedule of a paused job says. */
  readonly pausedSchedule: 'Disabled' | 'Paused';
  /** Whether a job that is paused in quarantine still tells of it. */
  readonly pauseKeepsQuarantine: boolean;
  /** The status code of a job that was switched off after four weeks. */
  readonly switchedOffCode: 'Quarantine' | 'Paused';
  /** What one start of a running job does. */
  readonly startWhileRunning: 'nothing' | 'stops';
  /** Whether a restart of a paused job, of any scope, lets it run again. */
  readonly restartEndsPause: boolean;
  /** Whether a start or a restart carries out the deletions that are held back. */
  readonly startRunsHeldBack: boolean;
  /** How a failed test of the credentials is answered. */
  readonly testFailureStatus: number;
  /** How a caller without the permission for jobs is answered. */
  readonly permissionStatus: 401 | 403;
  /** How an expression is answered that cannot be parsed. */
  readonly syntaxStatus: 200 | 400;
  /** The result of an expression without a value: an empty list, or an empty text in it. */
  readonly nullResult: 'none' | 'empty';
  /** Whether a pattern in a scoping filter has to match all of the value. */
  readonly wholeMatch: boolean;
  /** The calls that this cloud lacks, by their last word, with its answer to them. */
  readonly lacking: Readonly<Record<string, 404 | 405>>;
}

export const usualGuesses: Guesses = {
  pausedSchedule: 'Disabled',
  pauseKeepsQuarantine: true,
  switchedOffCode: 'Quarantine',
  startWhileRunning: 'nothing',
  restartEndsPause: true,
  startRunsHeldBack: true,
  testFailureStatus: 400,
  permissionStatus: 401,
  syntaxStatus: 200,
  nullResult: 'none',
  wholeMatch: true,
  lacking: {},
};
