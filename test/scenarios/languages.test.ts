import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

let teams: TestUsher;
afterEach(() => teams.close());

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  teams = await startTestUsher({ environment });
}

/** The answer to a line of a person whose Teams has this locale. */
async function answerTo(person: 'alex' | 'megan', line: string, locale: string, place?: typeof channel) {
  await teams.send({ ...teams.message(person, line, place), locale });
  await teams.settled();
  return teams.lastCard(place?.conversationId);
}

const asked = async () => (await teams.records()).filter(({ kind }) => kind === 'accessAsked');
const channel = { conversationId: '19:helpdesk@thread.tacv2', kind: 'channel' } as const;

describe('the language of a reader', () => {
  it('is English for a Teams in English, with a button for each other language', async () => {
    await start();

    const card = await answerTo('alex', 'language', 'en-GB');

    expect(card.text).toMatch(/Usher writes to you in English/);
    expect(card.buttons.map(({ title }) => title)).toEqual(['Français', 'Português (Brasil)', '简体中文']);
  });

  it.each([
    ['French', 'français'],
    ['zh-Hans', '简体中文'],
    ['português', 'português (Brasil)'],
  ])('is the one that the person chose by “language %s”, at once and from then on', async (typed, name) => {
    await start();

    const changed = await answerTo('alex', `language ${typed}`, 'en-US');
    const later = await answerTo('alex', 'language', 'en-US');

    expect(changed.text).toContain(name);
    expect(later.text).toContain(name);
    expect(later.buttons.map(({ title }) => title)).toContain('English');
  });

  it('follows Teams again when the choice is ended', async () => {
    await start();
    await answerTo('alex', 'language french', 'en-US');

    await answerTo('alex', 'language automatic', 'en-US');
    const card = await answerTo('alex', 'language', 'en-US');

    expect(card.text).toContain('Usher writes to you in English');
    expect(card.text).toContain('language of your Teams');
  });

  it('stays as it is where Usher does not speak the one that was named', async () => {
    await start();

    const card = await answerTo('alex', 'language klingon', 'en-US');

    expect(card.text).toMatch(/does not speak “klingon”/);
    expect(card.text).toMatch(/goes on in English/);
  });

  it('holds after a restart, and counts in a channel as well', async () => {
    await start();
    await answerTo('alex', 'language french', 'en-US');
    const { databasePath } = teams;
    const next = await startTestUsher({ databasePath });
    try {
      await next.send({ ...next.message('alex', 'language', channel), locale: 'en-US' });
      await next.settled();

      expect(next.lastCard(channel.conversationId).text).toContain('français');
    } finally {
      await next.close();
    }
  });

  it('cannot be chosen before the person has a personal chat with Usher', async () => {
    await start();

    const card = await answerTo('alex', 'language french', 'en-US', channel);

    expect(card.text).toMatch(/could not keep your choice/);
    expect(card.text).toMatch(/personal chat/);
  });

  it.each([
    ['fr', 'en-US', 'français'],
    ['en', 'fr-FR', 'English'],
  ])('is %s for all where the configuration fixes it', async (language, locale, name) => {
    await start({ LANGUAGE: language });

    const card = await answerTo('alex', 'language chinese', locale);

    expect(card.text).toContain(name);
    expect(card.buttons).toEqual([]);
  });
});

describe('a line whose language is not its reader’s', () => {
  it.each([
    ['demander l’accès pour diego à ServiceNow jusqu’au 31 mars'],
    ['demander l’accès pour diego à ServiceNow jusqu’au 2027-03-31'],
    ['请为 diego 申请 ServiceNow 访问权限，到3月31日'],
    ['solicitar acesso para o diego ao ServiceNow até 31 de março'],
    ['request access for diego to ServiceNow until 31 mars'],
  ])('is offered with its day, and nothing is done before a click: %s', async (line) => {
    await start();

    const offer = await answerTo('megan', line, 'en-US');
    const before = await asked();
    await teams.press('megan', offer, 'Yes, do it');
    await teams.settled();

    expect(offer.text).toMatch(/Did you mean this\?[\s\S]*request access for diego to ServiceNow until 20\d\d-03-31/);
    expect(offer.text).not.toMatch(/Left out/);
    expect(before).toEqual([]);
    expect(await asked()).toEqual([
      expect.objectContaining({ details: expect.objectContaining({ endsAt: expect.any(Number) }) }),
    ]);
  });

  it('says at once where its end has passed', async () => {
    await start();

    const card = await answerTo('megan', 'demander l’accès pour diego à ServiceNow jusqu’à hier', 'en-US');

    expect(card.text).toMatch(/That end has passed/);
    expect(await asked()).toEqual([]);
  });
});
