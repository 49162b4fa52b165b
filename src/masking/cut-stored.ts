import { shownAlone } from './attributes.ts';
import { cutOutcome, type OutcomeLike, type ReportLike } from './cut-outcome.ts';
import { maskLabel, maskText } from './mask-text.ts';

/** What earlier releases have stored in full, cut as it is cut today before it is stored. */

/** The JSON of an outcome. */
export function cutStoredOutcome(json: string): string {
  const outcome = parsed(json);
  // A row that cannot be read tells nobody what happened, and is the likeliest to hold what was never looked through.
  if (!isRecord(outcome) || typeof outcome.kind !== 'string') return unreadable;
  const report = isRecord(outcome.report) ? { report: whole(outcome.report) } : {};
  return JSON.stringify(cutOutcome({ ...outcome, ...report } as OutcomeLike, shownAlone));
}

/** The JSON of anything else that carries words of a service: under `message`, `reason` and `code`, however deep. */
export function cutStoredWords(json: string): string {
  const value = parsed(json);
  return value === undefined ? 'null' : JSON.stringify(withWordsMasked(value, ''));
}

function withWordsMasked(value: unknown, name: string): unknown {
  if (typeof value === 'string') {
    if (name === 'code') return maskLabel(value);
    return name === 'message' || name === 'reason' ? maskText(value) : value;
  }
  if (Array.isArray(value)) return value.map((member) => withWordsMasked(member, name));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withWordsMasked(member, key)]));
}

const unreadable = JSON.stringify({ kind: 'unknown', why: 'unreadable' });

/** A report with all its parts, as the code of today expects it. */
function whole(report: Readonly<Record<string, unknown>>): ReportLike {
  const list = (value: unknown) => (Array.isArray(value) ? value.filter(isRecord) : []);
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    ...report,
    steps: list(report.steps).map((step) => ({
      ...step,
      name: text(step.name) ?? '',
      description: text(step.description),
      details: Object.fromEntries(
        Object.entries(isRecord(step.details) ? step.details : {}).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name, value] as const] : [],
        ),
      ),
    })),
    changes: list(report.changes).map((change) => ({
      ...change,
      attribute: text(change.attribute) ?? '',
      oldValue: text(change.oldValue),
      newValue: text(change.newValue),
    })),
    changeId: text(report.changeId),
    subjectLabel: text(report.subjectLabel),
    sourceSystem: text(report.sourceSystem),
    targetSystem: text(report.targetSystem),
    targetId: text(report.targetId),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
