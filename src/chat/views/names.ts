import type { AccessRequest, AccessState, Decision } from '../../features/approvals/access-requests/access-request.ts';
import { short } from './parts.ts';

/** Longest reason that a card or a text shows, in UTF-16 code units: as much as its inputs take. */
export const LONGEST_REASON = 500;

/** The names for sentences about an access request; cut, and not yet escaped. */
export interface AccessNames {
  readonly asker: string;
  readonly person: string;
  readonly app: string;
  readonly request: string;
  readonly [name: string]: string;
}

export function namesOf({ id, asker, subject, app }: AccessRequest): AccessNames {
  return {
    asker: personName(asker),
    person: personName({ name: subject.name === '' ? (subject.label ?? '') : subject.name }),
    app: short(app.name),
    request: short(id, 40),
  };
}

/** A nonempty name for sentences, whatever the directory leaves out. */
export function personName({ name }: { readonly name: string }): string {
  const shown = short(name);
  return shown === '' ? '—' : shown;
}

/** The decider, after a decision; a request that was withdrawn after its approval does not keep it. */
export function decisionOf(state: AccessState): Decision | null {
  return 'decision' in state ? state.decision : null;
}
