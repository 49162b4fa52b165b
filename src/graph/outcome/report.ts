import type { Report } from '../outcome.ts';
import { detailOf, type Entry } from './entry.ts';

/** What the service tells about one object, in our words. Nothing is added to it. */
export function reportOf(entry: Entry): Report {
  return {
    steps: entry.provisioningSteps,
    changes: entry.modifiedProperties,
    changeId: entry.changeId,
    subjectLabel: entry.reportableIdentifier ?? entry.sourceIdentity.displayName ?? labelInSteps(entry),
    sourceSystem: entry.sourceSystem.name ?? entry.sourceSystem.displayName,
    targetSystem: entry.targetSystem.name ?? entry.targetSystem.displayName,
    targetId: entry.targetIdentity.id,
  };
}

/**
 * One report of several, as a group and its members may bring: all steps and changes in the service's order, while
 * ids and names are those of the object that decided, since its change id is what support will ask for.
 */
export function mergeReports(deciding: Report, all: readonly Report[]): Report {
  const systems = [deciding, ...all];
  return {
    ...deciding,
    steps: all.flatMap((report) => report.steps),
    changes: all.flatMap((report) => report.changes),
    sourceSystem: systems.find((report) => report.sourceSystem !== null)?.sourceSystem ?? null,
    targetSystem: systems.find((report) => report.targetSystem !== null)?.targetSystem ?? null,
  };
}

function labelInSteps(entry: Entry): string | null {
  for (const step of entry.provisioningSteps) {
    const label = detailOf(step, 'ReportableIdentifier');
    if (label !== null) return label;
  }
  return null;
}
