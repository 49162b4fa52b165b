import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Reply } from '../../src/chat/reply.ts';
import {
  type AnsweringStage,
  approve,
  ask,
  cardOf,
  clickOn,
  createAnsweringStage,
  live,
  refusal,
} from './answering-stage.ts';

let stage: AnsweringStage;
beforeEach(() => {
  stage = createAnsweringStage();
});

const card = (text: string) => ({
  statusCode: 200,
  type: 'application/vnd.microsoft.card.adaptive',
  value: cardOf(text).card,
});
const sentence = (value: string) => ({
  statusCode: 200,
  type: 'application/vnd.microsoft.activity.message',
  value,
});

/** Clicks, and lets everything come to its end. */
async function execute(action = approve) {
  const { response, finished } = await stage.invokeHandler.answer(clickOn(action));
  await finished;
  return response;
}

describe('a decision', () => {
  it('gets the card as it is afterwards, and the same card is edited for all who see it', async () => {
    stage.whenAsked(async () => {
      stage.state = 'approved by Alex';
      return live;
    });

    const response = await execute();

    expect(response).toEqual(card('approved by Alex'));
    expect(stage.touched).toEqual(['copy-1']);
    expect(stage.sent).toEqual([]);
  });

  it('gets the card as it is now each time that it is delivered', async () => {
    const responses = await Promise.all([execute(), execute(), execute()]);

    expect(responses).toEqual([card('pending'), card('pending'), card('pending')]);
    expect(stage.sent).toEqual([]);
  });

  it('recognizes its own card whose id was lost on the way from Teams', async () => {
    stage.liveCardId = null;

    const response = await execute();

    expect(response).toEqual(card('pending'));
    expect(stage.sent).toEqual(['edit card-9 pending']);
    expect(stage.liveCardId).toBe('card-9');
  });

  it('does not edit the card of another request: it gets one of its own', async () => {
    stage.liveCardId = null;
    stage.otherLiveCards.push('card-9');

    const response = await execute();

    expect(response).toEqual(card('pending'));
    expect(stage.sent).toEqual(['post pending']);
    expect(stage.liveCardId).toBe('card-new');
  });

  it('that is refused gets the reason in a sentence, and leaves the card alone', async () => {
    stage.whenAsked(() => Promise.resolve(refusal));

    const response = await execute();

    expect(response).toEqual(sentence('You may not decide on this.'));
    expect(stage.sent).toEqual([]);
    expect(stage.touched).toEqual([]);
  });
});

describe('a form', () => {
  const problem: Reply = { kind: 'card', inPlace: true, message: cardOf('Who is “isiah”?') };

  it('that cannot be read is replaced by the question about it', async () => {
    stage.liveCardId = null;
    stage.whenAsked(() => Promise.resolve(problem));

    const response = await execute(ask);

    expect(response).toEqual(card('Who is “isiah”?'));
    expect(stage.sent).toEqual([]);
  });

  it('that was forged on the card of a request does not hide that card', async () => {
    stage.whenAsked(() => Promise.resolve(problem));

    const response = await execute(ask);

    expect(response).toEqual(sentence('Who is “isiah”?'));
    expect(stage.sent).toEqual([]);
  });
});

describe('a click for which Graph takes its time', () => {
  const graphMs = 20_000;

  async function executeSlowly(reply: Reply) {
    stage.whenAsked(async () => {
      await stage.clock.sleep(graphMs);
      return reply;
    });
    const answer = stage.invokeHandler.answer(clickOn(approve));
    await stage.clock.advance(5_000);
    const { response, finished } = await answer;
    const sentMeanwhile = [...stage.sent];
    await stage.clock.advance(graphMs);
    await finished;
    return { response, sentMeanwhile };
  }

  it('gets within five seconds the answer that Usher is at it, and the refusal comes as a card afterwards', async () => {
    const { response, sentMeanwhile } = await executeSlowly(refusal);

    expect(response).toEqual(sentence('One moment.'));
    expect(sentMeanwhile).toEqual([]);
    expect(stage.sent).toEqual(['post You may not decide on this.']);
  });

  it('gets that answer too where it decides, and then sees the decision on the card', async () => {
    const { response } = await executeSlowly(live);

    expect(response).toEqual(sentence('One moment.'));
    expect(stage.touched).toEqual(['copy-1']);
    expect(stage.sent).toEqual([]);
  });
});

describe('a click whose handler throws', () => {
  it('gets an apology whose reference is in the log, once', async () => {
    stage.whenAsked(() => Promise.reject(new Error('no such table')));

    const response = await execute();

    expect(response.value).toMatch(/^Something went wrong\. [0-9A-F]{8}$/);
    expect(stage.codes).toEqual(['turn_failed']);
    expect(stage.sent).toEqual([]);
  });

  it('gets it too where the card cannot be drawn', async () => {
    stage.state = null;

    const response = await execute();

    expect(response.value).toMatch(/^Something went wrong/);
    expect(stage.codes).toEqual(['turn_failed']);
    expect(stage.sent).toEqual([]);
  });
});
