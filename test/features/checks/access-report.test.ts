import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../src/chat/cards/as-text.ts';
import { LARGEST_CARD_BYTES } from '../../../src/chat/cards/render.ts';
import { createMessages } from '../../../src/chat/messages.ts';
import { accessReportCard } from '../../../src/features/checks/cards/access-report-card.ts';
import { startTestUsher, type TestUsher } from '../../support/usher.ts';
import { reviewSaying } from './cards/access-report-drawings.ts';

describe('access report', () => {
  let teams: TestUsher;

  beforeAll(async () => {
    teams = await startTestUsher();
  });
  afterAll(() => teams.close());

  const say = async (...said: Parameters<TestUsher['say']>) => {
    await teams.say(...said);
    await teams.settled();
    return teams.lastCard(said[2]?.conversationId);
  };

  it('tells an operator who holds which role and through what, who decided, and what has no end', async () => {
    await say('patti', 'pending');
    await say('megan', 'request access for isaiah to Salesforce');
    const asked = (await teams.records()).find(({ kind }) => kind === 'accessAsked');
    await say('patti', `approve ${asked?.requestId}`);

    const { text } = await say('alex', 'access report');

    expect(text).toMatch(/Alex Wilber\n +operator and approver, through Helpdesk/);
    expect(text).toMatch(/Patti Fernandez\n +Approved 1, denied 0/);
    expect(text).toMatch(/Given without an end: 1\n.*Isaiah Langer · Salesforce\n.*approved by Patti Fernandez/);
  });

  it('is for operators alone, and for no channel', async () => {
    const refused = await say('patti', 'access report');
    const inChannel = await say('alex', 'access report', { conversationId: '19:a@thread.tacv2', kind: 'channel' });

    expect(refused.text).toContain('You don’t have permission');
    expect(inChannel.text).toContain('Only in the personal chat');
    expect(inChannel.text).not.toContain('Helpdesk');
  });
});

describe('the card of the access report', () => {
  const words = createMessages('en-US', 'UTC');

  it('holds with long lists, says how much it leaves out and names what lists all', () => {
    const { card } = accessReportCard(words, reviewSaying('Ж'.repeat(200), 500));

    const text = cardAsText(card);
    expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(LARGEST_CARD_BYTES);
    expect(text).toMatch(/And 1,9\d\d more/);
    expect(text).toContain('npm run access');
  });

  it('says what could not be read before anything else, as more people may hold the role', () => {
    const { card, summary } = accessReportCard(words, reviewSaying('Helpdesk', 1));

    const text = cardAsText(card);
    expect(text).toContain('1 group or role could not be read from Entra, so more people may hold a role');
    expect(text.indexOf('Could not be read')).toBeLessThan(text.indexOf('Roles now'));
    expect(summary).toContain('1 group or role could not be read.');
  });

  it('names no export where nothing is left out', () => {
    expect(cardAsText(accessReportCard(words, reviewSaying('Helpdesk', 1)).card)).not.toContain('npm run access');
  });
});
