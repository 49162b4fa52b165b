import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import type { Outcome, Report } from '../../../../src/graph/outcome.ts';
import { drawOutcome, emptyReport, openedText, step } from '../../../chat/views/drawings.ts';
import { report } from './outcomes.ts';

describe('the texts of the service on a result', () => {
  const reason = 'Message: customappsso returned an error response with the HTTP status code 409. '.repeat(6);
  const withExport = (description: string) => ({
    ...report,
    targetSystem: 'customappsso',
    steps: [...report.steps, step({ type: 'export' as const, status: 'failure' as const, description })],
  });
  const failing = (said: string | null, description = "Failed to create User 'x' in customappsso"): Outcome => {
    return { kind: 'failed', code: 'New', reason: said, recommendedAction: null, report: withExport(description) };
  };
  const boxOf = (outcome: Outcome) =>
    /It stopped at.*\n([\s\S]*?)\n\n/.exec(cardAsText(drawOutcome(outcome).card))?.[1];

  it('give the reason at which the service stopped, cut at a word', () => {
    const box = boxOf(failing(reason));

    expect(box).toMatch(/^Salesforce returned an error response with the HTTP status code 409\. .*\w…$/);
    expect(box?.length).toBeLessThanOrEqual(140);
    expect(reason.replace('Message: ', '').replaceAll('customappsso', 'Salesforce')).toContain(`${box?.slice(0, -1)} `);
  });

  it.each([null, "create User 'x'"])('give what the step says when the reason says no more: %s', (said) => {
    expect(boxOf(failing(said))).toBe("Failed to create User 'x' in Salesforce");
  });

  it('give the reason even when no step has failed', () => {
    const outcome: Outcome = {
      kind: 'failed',
      code: 'New',
      reason: 'Said so',
      recommendedAction: null,
      report: emptyReport,
    };

    expect(cardAsText(drawOutcome(outcome).card)).toContain('What the service said\nSaid so\n');
  });

  it.each(['Azure Active Directory', 'Microsoft Entra ID'])('name %s as people do', (name) => {
    const steps = [step({ description: `Retrieved User 'isaiah@contoso.com' from ${name}` })];

    const text = openedText(drawOutcome({ kind: 'created', report: { ...report, steps } }).card);

    expect(text).toContain("Retrieved User 'isaiah@contoso.com' from Entra ID");
  });

  it('are left out where they say nothing', () => {
    const description = 'Determine if User in scope by evaluating against each scoping filter';
    const steps = [step({ type: 'scoping', description })];

    expect(JSON.stringify(drawOutcome({ kind: 'created', report: { ...report, steps } }).card)).not.toContain(
      'evaluating',
    );
  });

  it('are cut only when that saves something', () => {
    const line = (length: number) => `${'word '.repeat(100).slice(0, length - 1)}x`;
    const textOf = (description: string) =>
      openedText(drawOutcome({ kind: 'created', report: { ...report, steps: [step({ description })] } }).card);

    expect(textOf(line(179))).toContain(line(179));
    expect(textOf(line(200))).toMatch(/ word…\n/);
  });
});

describe('the result of cloud sync', () => {
  const inbound: Report = {
    ...emptyReport,
    sourceSystem: 'Active Directory',
    targetSystem: 'Azure Active Directory',
    targetId: 'target-1',
    steps: [
      step({ name: 'EntryImportAdd' }),
      step({ name: 'EntryImport' }),
      step({ type: 'matching' }),
      step({ type: 'export' }),
    ],
  };

  it.each(['Azure Active Directory', 'Microsoft Entra ID'])('says that %s is where it was written', (targetSystem) => {
    const { card, summary } = drawOutcome({ kind: 'updated', report: { ...inbound, targetSystem } });

    const text = cardAsText(card);
    expect(text).toContain('The account of Isaiah Langer in Entra ID was updated.');
    expect(text).toContain('Isaiah Langer · Salesforce\n');
    expect(text).toContain('Look for a match in Entra ID  Done');
    expect(text).toContain('Write to Entra ID  Done');
    expect(JSON.stringify(card)).toContain('ID in Entra ID');
    expect(summary).toMatch(/^Isaiah Langer · Salesforce: Account updated\./);
  });

  it('distinguishes the two kinds of import', () => {
    const text = cardAsText(drawOutcome({ kind: 'updated', report: inbound }).card);

    expect(text).toMatch(/Receive the change from Active Directory {2}Done\n✓ {2}Find the account in Active Directory/);
  });

  it('names Active Directory as the place to fix things in', () => {
    const text = cardAsText(drawOutcome({ kind: 'notInScope', failedChecks: ['active'], report: inbound }).card);

    expect(text).toContain('is disabled in Active Directory');
    expect(text).toContain('Enable it in Active Directory');
  });
});
