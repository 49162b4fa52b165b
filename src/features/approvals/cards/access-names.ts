import { personName, short } from '../../../chat/views/parts.ts';
import type { AccessRequest, AccessState, Decision } from '../access-requests/access-request.ts';

/** The names for sentences about an access request; cut, and not yet escaped. */
export interface AccessNames {
  readonly requestedBy: string;
  readonly person: string;
  readonly app: string;
  readonly request: string;
  readonly [name: string]: string;
}

export function namesOf({ id, requestedBy, subject, app }: AccessRequest): AccessNames {
  return {
    requestedBy: personName(requestedBy),
    person: personName({ name: subject.name === '' ? (subject.label ?? '') : subject.name }),
    app: short(app.name),
    request: short(id, 40),
  };
}

/** The decider, after a decision; a request that was withdrawn after its approval does not keep it. */
export function decisionOf(state: AccessState): Decision | null {
  return 'decision' in state ? state.decision : null;
}
