import { type Application, jobOf } from '../applications.ts';
import type { Person } from '../people.ts';
import type { Account } from '../state.ts';
import { entraName, identity, type ProvisioningReport, reported, skipped, system } from './report.ts';
import { importedAttributes, importStep, type Subject, scopingStep } from './steps.ts';

/**
 * What the log has of a person whose account the cycle would have turned off, but for the threshold. The action is
 * documented; its status and its steps are not.
 * https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions
 */
export function stagedDelete(
  application: Application,
  person: Person,
  account: Account | undefined,
  endedAt: number,
): ProvisioningReport {
  const job = jobOf(application);
  const subject: Subject = {
    type: 'User',
    label: person.userPrincipalName,
    source: entraName(job),
    target: job.targetName,
  };
  const checks = { active: person.accountEnabled, assigned: false, entitled: false, spelling: job.spelling };
  return reported(
    {
      action: 'StagedDelete',
      statusInfo: skipped,
      reportableIdentifier: subject.label,
      steps: [
        importStep(subject, importedAttributes(person, { assigned: false, inScope: false })),
        scopingStep(subject, checks, 'Success'),
      ],
      modifiedProperties: [],
      sourceIdentity: identity(person.id, 'User', person.displayName),
      targetIdentity: identity(account?.id ?? '', 'User'),
      sourceSystem: system(subject.source),
      targetSystem: system(subject.target),
    },
    endedAt,
  );
}
