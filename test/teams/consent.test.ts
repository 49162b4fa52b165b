import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { people } from '../../src/sandbox/tenant/people.ts';
import { eventually } from '../support/eventually.ts';
import { cardOf } from './answering-stage.ts';
import { type ConsentStage, content, offer, startConsentStage } from './consent-stage.ts';

let stage: ConsentStage;
beforeEach(async () => {
  stage = await startConsentStage();
});
afterEach(() => stage.close());

const texts = () => stage.cards().map(({ text }) => text);
const types = () => stage.cards().map(({ contentType }) => contentType.replace('application/vnd.microsoft.', ''));
const infoCard = 'teams.card.file.info';
const consentCard = 'teams.card.file.consent';

/** Offers the file, clicks, and lets everything come to its end. */
async function clickAndSettle(action: 'accept' | 'decline', change?: Readonly<Record<string, unknown>>) {
  await stage.say();
  const click = stage.click(stage.offered(), action, change);
  const answer = await stage.send(click);
  await stage.settled();
  return { click, answer };
}

describe('the offer of a file', () => {
  it('is Teams’ own card, with the content of the file and its length', async () => {
    await stage.say();

    expect(stage.cards()).toHaveLength(1);
    expect(stage.offered()).toMatchObject({
      fileName: 'history.csv',
      summary: offer.description,
      content: {
        description: offer.description,
        sizeInBytes: offer.sizeBytes,
        acceptContext: offer.context,
        declineContext: offer.context,
      },
    });
  });
});

describe('a file that the user accepts', () => {
  it('is answered at once, stored, and shown in place of the question', async () => {
    await stage.say();
    const release = stage.storage.hold();
    const click = stage.click(stage.offered(), 'accept');

    const answer = await stage.send(click);
    const typesMeanwhile = types();
    release();
    await stage.settled();

    expect(answer).toEqual({ status: 200, body: '' });
    expect(typesMeanwhile).toEqual([consentCard]);
    expect(types()).toEqual([infoCard]);
    const [put] = stage.storage.puts;
    expect(put?.body.toString()).toBe(content);
    const [card] = stage.cards();
    expect(card).toMatchObject({ fileName: 'history.csv', summary: 'The file is stored.' });
    expect(card?.content).toEqual({ uniqueId: put?.uploadUrl.split('/').at(-1), fileType: 'csv' });
  });

  it('is requested of the chat by the person who clicked, with the offered query', async () => {
    await clickAndSettle('accept');

    expect(stage.opened).toMatchObject([{ speaker: { id: people.alex.id }, context: offer.context }]);
  });

  it('is stored once where its acceptance comes twice', async () => {
    await stage.say();
    const click = stage.click(stage.offered(), 'accept');

    const answers = await Promise.all([stage.send(click), stage.send(click), stage.send(click)]);
    await stage.settled();
    const late = await stage.send(click);
    await stage.settled();

    expect([...answers, late].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(stage.storage.puts).toHaveLength(1);
    expect(types()).toEqual([infoCard]);
    expect(stage.codes.filter((code) => code === 'repeated_consent')).toHaveLength(3);
  });

  it('is clicked twice and stored once at a time', async () => {
    await stage.say();
    const release = stage.storage.hold();
    const [first, second] = [1, 2].map(() => stage.click(stage.offered(), 'accept'));
    await stage.send(first);
    await eventually(() => stage.opened.length === 1);

    await stage.send(second);
    release();
    await stage.settled();

    expect(stage.opened).toHaveLength(1);
    expect(stage.storage.puts).toHaveLength(1);
  });

  it('is not stored for a person who may not have it any more: they read why', async () => {
    stage.open = () => Promise.resolve({ kind: 'refused', message: cardOf('You may not export any more.') });

    await clickAndSettle('accept');

    expect(texts()).toEqual(['You may not export any more.']);
    expect(stage.storage.puts).toEqual([]);
  });

  it('stays on offer where it could not be stored, and the next click stores it', async () => {
    stage.storage.refuseNext({ status: 403 });

    await clickAndSettle('accept');
    const afterFirst = [types(), texts().at(-1)];
    await stage.send(stage.click(stage.offered(), 'accept'));
    await stage.settled();

    expect(afterFirst).toEqual([[consentCard, ''], 'The file was not stored.']);
    expect(types()).toEqual(['', infoCard]);
  });

  it.each(['http://169.254.169.254/latest', 'https://contoso.sharepoint.com.evil.example/upload', 'nonsense'])(
    'is not sent to %s',
    async (uploadUrl) => {
      await stage.say();
      const click = stage.click(stage.offered(), 'accept', {
        uploadInfo: { ...stage.storage.open('history.csv'), uploadUrl },
      });

      await stage.send(click);
      await stage.settled();

      expect(texts().at(-1)).toBe('The file was not stored.');
      expect(stage.codes).toContain('upload_elsewhere');
    },
  );

  it('is shown also where the question cannot be deleted', async () => {
    stage.connector.refuseNext('delete', 403);

    await clickAndSettle('accept');

    expect(types()).toEqual([consentCard, infoCard]);
  });

  it('is announced in words where Teams does not accept its card', async () => {
    await stage.say();
    stage.connector.refuseNext('post', 403);

    await stage.send(stage.click(stage.offered(), 'accept'));
    await stage.settled();

    expect(texts()).toEqual(['The file is stored.']);
  });

  it('ends in an apology where the chat throws', async () => {
    stage.open = () => Promise.reject(new Error('no such table'));

    const { answer } = await clickAndSettle('accept');

    expect(answer).toEqual({ status: 200, body: '' });
    expect(texts()).toContain('Something went wrong.');
    expect(stage.codes).toContain('turn_failed');
  });

  it('does not delete the card of a request that a click names as its own', async () => {
    await stage.say();
    const click = { ...stage.click(stage.offered(), 'accept'), replyToId: 'card-of-a-request' };

    await stage.send(click);
    await stage.settled();

    expect(stage.connector.deliveries.filter(({ kind }) => kind === 'delete')).toEqual([]);
  });
});

describe('a file that the user declines', () => {
  it('is not made, and the question is deleted', async () => {
    const { answer } = await clickAndSettle('decline');

    expect(answer).toEqual({ status: 200, body: '' });
    expect(texts()).toEqual(['No file was stored.']);
    expect(stage.opened).toEqual([]);
    expect(stage.storage.puts).toEqual([]);
  });

  it('needs no context for it', async () => {
    await clickAndSettle('decline', { context: null });

    expect(texts()).toEqual(['No file was stored.']);
  });
});

describe('a click that Usher never offered', () => {
  it.each([
    [{ context: null }],
    [{ context: { about: null } }],
    [{ context: { about: { personId: 7 }, since: null } }],
    [{ context: { about: { personId: 'a', appId: 'b' }, since: null } }],
    [{ context: { about: null, since: 1.5 } }],
    [{ uploadInfo: null }],
    [{ action: 'explode' }],
  ])('with %j is answered as an unknown button, and stores nothing', async (change) => {
    const { answer } = await clickAndSettle('accept', change);

    expect(answer.status).toBe(200);
    expect(texts()).toContain('Usher does not know this button.');
    expect(stage.unknown).toHaveLength(1);
    expect(stage.opened).toEqual([]);
    expect(stage.storage.puts).toEqual([]);
  });

  it('is one where others read along', async () => {
    await stage.say();
    const click = stage.click(stage.offered(), 'accept');

    await stage.send({ ...click, conversation: { id: '19:general@thread.tacv2', conversationType: 'channel' } });
    await stage.settled();

    expect(texts()).toContain('Usher does not know this button.');
    expect(stage.opened).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['channel', { channelId: 'directline' }],
    ['tenant', { channelData: { tenant: { id: '5eed0000-0000-4000-8000-00000000dead' } } }],
    ['noPerson', { from: { id: '29:x', name: 'x' } }],
  ])('is turned away for its %s, as a message would be', async (why, change) => {
    await stage.say();

    const answer = await stage.send({ ...stage.click(stage.offered(), 'accept'), ...change });
    await stage.settled();

    expect(answer).toEqual({ status: 200, body: '' });
    expect(texts().at(-1)).toBe(`Turned away: ${why}.`);
    expect(stage.opened).toEqual([]);
    expect(stage.storage.puts).toEqual([]);
  });
});
