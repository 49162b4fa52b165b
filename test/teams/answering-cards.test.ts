import { describe, expect, it } from '@jest/globals';
import type { CardAction, Reply } from '../../src/chat/reply.ts';
import { markAway } from '../../src/db/away.ts';
import { eventually } from '../support/eventually.ts';
import { type AnsweringStage, approve, ask, clickOn, createAnsweringStage, refusal } from './answering-stage.ts';

describe('a card that Teams has, and that the database does not have yet,', () => {
  const away = () => markAway(new Error('the connection broke'));
  const retry: CardAction = { verb: 'retry', requestId: 'R7K3MQ' };

  /** Lets time pass until the click has its answer, or never will. */
  async function answerAll({ answering, clock: stageClock }: AnsweringStage): Promise<void> {
    let isDone = false;
    const done = answering.answer(clickOn(retry), null).then(async ({ finished }) => {
      await finished;
      isDone = true;
    });
    await eventually(async () => {
      await stageClock.advance(250);
      return isDone;
    });
    await done;
  }

  it('is noted when the database is back, and not posted twice', async () => {
    const stage = createAnsweringStage();
    stage.liveCardId = null;
    stage.attachTroubles.push(away, away);

    await answerAll(stage);

    expect(stage.sent).toEqual(['post pending']);
    expect(stage.liveCardId).toBe('card-new');
    expect(stage.codes).toEqual(['card_not_attached', 'card_not_attached']);
  });

  it('is deleted again where another process was quicker', async () => {
    const stage = createAnsweringStage();
    stage.liveCardId = null;
    stage.attachTroubles.push(() => {
      stage.liveCardId = 'card-8';
      return away();
    });

    await answerAll(stage);

    expect(stage.sent).toEqual(['post pending', 'remove card-new']);
    expect([stage.liveCardId, stage.touched]).toEqual(['card-8', ['copy-1']]);
  });

  it('is given up after half a minute, and the turn handed back', async () => {
    const stage = createAnsweringStage();
    stage.liveCardId = null;
    stage.attachTroubles.push(...Array.from({ length: 1_000 }, () => away));

    await answerAll(stage);

    expect(stage.codes.at(-1)).toBe('answer_put_off');
    expect(stage.attachTroubles.length).toBeGreaterThan(0);
  });
});

describe('a decision or a form from a client that knows no Action.Execute', () => {
  it('is seen on the card that was clicked, and nothing new is posted', async () => {
    const stage = createAnsweringStage();

    const { finished } = await stage.answering.answer(clickOn(approve), null);
    await finished;

    expect(stage.touched).toEqual(['copy-1']);
    expect(stage.sent).toEqual([]);
  });

  it.each([approve, ask])('%j is put on the clicked card where the request has none yet', async (action) => {
    const stage = createAnsweringStage();
    stage.liveCardId = null;

    const { finished } = await stage.answering.answer(clickOn(action), null);
    await finished;

    expect(stage.sent).toEqual(['edit card-9 pending']);
    expect(stage.liveCardId).toBe('card-9');
  });

  it('gets a card of its own where the clicked one is that of another request', async () => {
    const stage = createAnsweringStage();
    stage.liveCardId = null;
    stage.otherLiveCards.push('card-9');

    const { finished } = await stage.answering.answer(clickOn(approve), null);
    await finished;

    expect(stage.sent).toEqual(['post pending']);
    expect(stage.liveCardId).toBe('card-new');
  });

  it('that is refused gets its answer beside the card', async () => {
    const stage = createAnsweringStage();
    stage.whenAsked(() => Promise.resolve(refusal));

    const { finished } = await stage.answering.answer(clickOn(approve), null);
    await finished;

    expect(stage.sent).toEqual(['post You may not decide on this.']);
  });
});

describe('an offered file', () => {
  const offer: Reply = {
    kind: 'fileOffer',
    offer: { fileName: 'history.csv', description: '', sizeBytes: 12, context: { about: null, since: null } },
  };

  it('comes as a message of its own, whatever was clicked', async () => {
    const stage = createAnsweringStage();
    stage.whenAsked(() => Promise.resolve(offer));

    const { finished } = await stage.answering.answer(clickOn({ verb: 'choose', text: 'export history' }), null);
    await finished;

    expect(stage.sent).toEqual(['offer history.csv']);
  });

  it('removes the "one moment" message, since it cannot replace it', async () => {
    const stage = createAnsweringStage();
    stage.whenAsked(async () => {
      await stage.clock.sleep(20_000);
      return offer;
    });

    const answering = stage.answering.answer(clickOn(approve), null);
    await stage.clock.advance(30_000);
    await (await answering).finished;

    expect(stage.sent).toEqual(['post One moment.', 'offer history.csv', 'remove card-new']);
  });

  it('on the click of an Action.Execute comes beside an empty response', async () => {
    const stage = createAnsweringStage();
    stage.whenAsked(() => Promise.resolve(offer));

    const { response, finished } = await stage.invokeHandler.answer(clickOn({ verb: 'run', text: 'export history' }));
    await finished;

    expect(response.value).toBe('');
    expect(stage.sent).toEqual(['offer history.csv']);
  });
});
