import { assertNever } from '../../../assert-never.ts';
import type { Messages } from '../../../chat/messages.ts';
import { appNames, peopleNames } from '../../../chat/views/app-names.ts';
import { personName } from '../../../chat/views/parts.ts';
import type { Tone } from '../../../chat/views/tone.ts';
import { peopleIn } from '../../provisioning/cards/account-rows.ts';
import { OUTCOME_TONES } from '../../provisioning/cards/outcome-words.ts';
import type { AccessRequest } from '../access-requests/access-request.ts';
import { quote } from './access-content.ts';
import { decisionOf } from './access-names.ts';
import type { RequestProgress } from './card-content.ts';

/** One access request of a joint request, with the progress of the provisioning request that carries it out. */
export interface JointLine {
  readonly accessRequest: AccessRequest;
  readonly progress: RequestProgress | null;
  readonly mayBeDone: boolean;
}

/** What a reader counts. */
export type Phase = 'pending' | 'approved' | 'working' | 'done' | 'attention' | 'denied' | 'expired' | 'cancelled';

const PHASES: readonly Phase[] = [
  'done',
  'attention',
  'working',
  'approved',
  'pending',
  'denied',
  'expired',
  'cancelled',
];

export const PHASE_TONES: Readonly<Record<Phase, Tone>> = {
  pending: 'waiting',
  approved: 'waiting',
  working: 'working',
  done: 'good',
  attention: 'warning',
  denied: 'bad',
  expired: 'warning',
  cancelled: 'neutral',
};

/** What became of it, as a reader counts. */
export function phaseOf({ accessRequest: { state, startsAt, heldUp }, progress }: JointLine): Phase {
  switch (state.kind) {
    case 'pending':
    case 'denied':
    case 'expired':
    case 'cancelled':
      return state.kind;
    case 'lapsed':
      return 'attention';
    case 'approved':
      if (heldUp !== null) return heldUp === 'replication' ? 'working' : 'attention';
      return startsAt === null ? 'working' : 'approved';
    case 'started': {
      const task = progress?.request.tasks[0]?.state;
      return task?.kind === 'done' && OUTCOME_TONES[task.outcome.kind] === 'good' ? 'done' : 'working';
    }
    case 'finished':
      if (state.outcome === 'cancelled') return 'cancelled';
      return OUTCOME_TONES[state.outcome] === 'good' ? 'done' : 'attention';
    default:
      return assertNever(state, 'state of an access request');
  }
}

/**
 * What an access request is while others of its joint request wait for a decision: how it was decided. A card that asks is
 * not drawn again for what becomes of an approved one, as an edit would fold up the choice and the reason under the hand
 * of the approver.
 */
export function decidedAs({
  state,
}: Pick<AccessRequest, 'state'>): 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled' {
  switch (state.kind) {
    case 'pending':
    case 'denied':
    case 'expired':
    case 'cancelled':
      return state.kind;
    case 'approved':
    case 'lapsed':
    case 'started':
    case 'finished':
      return 'approved';
    default:
      return assertNever(state, 'state of an access request');
  }
}

/** What there is to decide, or how many are in which phase, in plain text. */
export function titleOf(words: Messages, phases: readonly Phase[], decides: boolean): string {
  if (decides) return words.plain('access.title.pendingApprovers');
  const [first, ...others] = new Set(phases);
  if (isAlone(first) && others.length === 0) return words.plain(`access.title.${first}`);
  return words.list(
    PHASES.flatMap((phase) => {
      const count = phases.filter((one) => one === phase).length;
      return count === 0 ? [] : [words.plain(`joint.count.${phase}`, { count, total: phases.length })];
    }),
  );
}

/** Where all are in the same phase, the title of a single access request says it. */
const ALONE = ['pending', 'denied', 'expired', 'cancelled'] as const;
const isAlone = (phase: Phase | undefined): phase is (typeof ALONE)[number] => ALONE.some((one) => one === phase);

/** People and apps for sentences; of many, the first and a count. */
export function jointNames(words: Messages, lines: readonly AccessRequest[], limit?: number) {
  const people = peopleIn(lines).map((subject) => ({
    name: personName({ name: subject.name || (subject.label ?? '') }),
  }));
  const apps = [...new Map(lines.map(({ app }) => [app.id, app])).values()];
  const [first] = lines;
  return {
    people: peopleNames(words, people, limit),
    apps: appNames(words, apps, limit),
    requestedBy: first === undefined ? '—' : personName(first.requestedBy),
    count: lines.length,
  };
}

/** Who decided how many, each decision once. */
export function decisionTexts(words: Messages, lines: readonly AccessRequest[]) {
  const decided = lines.flatMap(({ state }) => {
    const decision = decisionOf(state);
    return decision === null ? [] : [{ decision, kind: state.kind === 'denied' ? 'denied' : 'approved' }];
  });
  return [...Map.groupBy(decided, ({ decision, kind }) => `${kind} ${decision.by.id}`).values()].flatMap((same) => {
    const [one] = same;
    if (one === undefined) return [];
    const values = {
      decider: personName(one.decision.by),
      count: same.length,
      total: lines.length,
      decision: one.kind,
    };
    return [{ text: words.card('joint.decided', values), plain: words.plain('joint.decided', values) }];
  });
}

export function denialsOf(words: Messages, lines: readonly AccessRequest[]) {
  const reasons = lines.flatMap(({ state }) => (state.kind === 'denied' ? [state.decision.reason] : []));
  return [...new Set(reasons)].flatMap((text) => quote(words, 'access.label.denialReason', text));
}
