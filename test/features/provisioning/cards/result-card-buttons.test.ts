import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import type { Outcome } from '../../../../src/graph/outcome.ts';
import { drawOutcome } from '../../../chat/views/drawings.ts';
import { outOfScope, report } from './outcomes.ts';

describe('the buttons of a result', () => {
  it('offer a retry of what may turn out better', () => {
    const { card } = drawOutcome({ kind: 'unknown', why: 'timeout' });

    expect(card.actions).toContainEqual({
      type: 'Action.Submit',
      title: 'Retry',
      tooltip: 'Retry',
      data: { verb: 'retry', requestId: 'R7K3MQ', msteams: { feedback: { hide: true } } },
    });
  });

  it.each([
    ['nothing would change', { kind: 'created', report } as Outcome, true],
    ['the reader may not', { kind: 'unknown', why: 'timeout' } as Outcome, false],
  ])('do not offer it when %s', (_, outcome, canRetry) => {
    const { card } = drawOutcome(outcome, { canRetry });

    expect(JSON.stringify(card)).not.toContain('retry');
    expect(JSON.stringify(card)).not.toContain('Retry');
  });

  it.each([
    [true, 'Enable it in Entra ID if it should be in use. Then press Retry.'],
    [false, 'Enable it in Entra ID if it should be in use. Then try again.'],
  ])('are those that the next step names, where there are any: %s', (canRetry, next) => {
    const { card, summary } = drawOutcome(outOfScope('active'), { canRetry });

    expect(cardAsText(card)).toContain(next);
    expect(summary).toContain(next);
  });

  it('lead on: after a good outcome to another app, otherwise to a check, and only where the reader may', () => {
    const titles = (outcome: Outcome, canRetry = true) =>
      (drawOutcome(outcome, { canRetry }).card.actions ?? []).map((action) => Object(action).title);

    const tell = 'Tell the manager';

    expect(titles({ kind: 'created', report })).toEqual(['Another app', tell, 'Show details', 'Open in Entra']);
    expect(titles({ kind: 'created', report }, false)).toEqual(['Show details', 'Open in Entra']);
    expect(titles(outOfScope('assigned'))).toEqual(['Retry', 'Check', 'Show details', 'Open in Entra']);
    expect(titles(outOfScope('assigned'), false)).toEqual(['Check', 'Show details', 'Open in Entra']);
    expect(drawOutcome(outOfScope('assigned')).card.actions).toContainEqual(
      expect.objectContaining({
        tooltip: 'Sends: check isaiah@contoso.com in Salesforce',
        data: expect.objectContaining({ verb: 'run', text: 'check isaiah@contoso.com in Salesforce' }),
      }),
    );
  });

  it('link to where an assignment is made, for a person who is not assigned', () => {
    const { card } = drawOutcome(outOfScope('assigned'));

    expect(card.actions).toContainEqual({
      type: 'Action.OpenUrl',
      title: 'Open in Entra',
      url: 'https://entra.microsoft.com/#view/Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Users/objectId/5eed0000-0000-4000-8000-0000000000a1',
    });
  });

  it('link to the provisioning page of the app, in the cloud that Usher lives in', () => {
    const { card } = drawOutcome({ kind: 'created', report }, { entraPortalUrl: 'https://entra.microsoft.us/' });

    expect(card.actions).toContainEqual({
      type: 'Action.OpenUrl',
      title: 'Open in Entra',
      url: 'https://entra.microsoft.us/#view/Microsoft_AAD_IAM/ManagedAppMenuBlade/~/ProvisioningOverview/objectId/5eed0000-0000-4000-8000-0000000000a1',
    });
  });

  it('have no link when the cloud is unknown', () => {
    const { card } = drawOutcome({ kind: 'created', report }, { entraPortalUrl: null });

    expect(JSON.stringify(card)).not.toContain('OpenUrl');
  });
});
