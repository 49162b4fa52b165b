import { shownAlone } from './attributes.ts';
import { cutOutcome, type OutcomeLike, parsed, type ReportLike } from './cut-outcome.ts';
import { maskLabel, maskText } from './mask-text.ts';

/** Cuts what earlier releases stored in full, as it is cut today before it is stored. */

/** The JSON of an outcome. */
export function cutStoredOutcome(json: string): string {
  const outcome = parsed(json);
  // An unreadable row says nothing useful, and is the likeliest to contain unmasked data.
  if (!isRecord(outcome) || typeof outcome.kind !== 'string') return unreadable;
  const report = isRecord(outcome.report) ? { report: whole(outcome.report) } : {};
  return JSON.stringify(cutOutcome({ ...outcome, ...report } as OutcomeLike, shownAlone));
}

/** The JSON of anything else that carries a service's texts: under `message`, `reason` and `code`, at any depth. */
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

/** A report with all the parts that today's code expects. */
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
