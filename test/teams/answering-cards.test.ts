import { describe, expect, it } from '@jest/globals';
import type { CardAction, Reply } from '../../src/chat/reply.ts';
import { markAway } from '../../src/db/away.ts';
import type { TurnAnswerer } from '../../src/teams/turn-answerer.ts';
import { eventually } from '../support/eventually.ts';
import {
  type AnsweringStage,
  approve,
  ask,
  cardOf,
  clickOn,
  createAnsweringStage,
  refusal,
} from './answering-stage.ts';

describe('a card that Teams has, and that the database does not have yet,', () => {
  const away = () => markAway(new Error('the connection broke'));
  const retry: CardAction = { verb: 'retry', requestId: 'R7K3MQ' };

  /** Lets time pass until the click has its answer, or never will. */
  async function answerAll({ answering, clock: stageClock }: AnsweringStage): Promise<void> {
    let isDone = false;
    const done = answering.answer(clickOn(retry)).then(async ({ finished }) => {
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
    expect(stage.turnEnds).toEqual(['handed back']);
    expect(stage.attachTroubles.length).toBeGreaterThan(0);
  });
});

describe('the card of a request of which Teams does not say whether it has it', () => {
  const perhaps = { kind: 'perhaps', status: 504, error: new Error('no') } as const;

  it('is left to the outbox, and the turn is over', async () => {
    const stage = createAnsweringStage();
    stage.liveCardId = null;
    stage.answers.push(perhaps);

    const { finished } = await stage.answering.answer(clickOn({ verb: 'retry', requestId: 'R7K3MQ' }));
    await finished;

    expect([stage.sent, stage.ends, stage.turnEnds]).toEqual([['post pending'], ['perhaps'], ['closed']]);
    expect(stage.touched).toEqual(['copy-1']);
  });

  it('is noted where the card stands elsewhere, and a process that died may have posted “One moment”', async () => {
    const stage = createAnsweringStage();

    const { finished } = await stage.answering.answer(clickOn(approve, ''), { cardId: null, copies: 0 });
    await finished;

    expect(stage.ends).toEqual(['perhaps stray']);
    expect(stage.sent).toEqual([]);
  });

  it('may stand beside the one that a resumed turn posts', async () => {
    const stage = createAnsweringStage();
    stage.liveCardId = null;

    const { finished } = await stage.answering.answer(clickOn(approve, ''), { cardId: null, copies: 0 });
    await finished;

    expect([stage.sent, stage.ends]).toEqual([['post pending'], ['done stray']]);
  });
});

describe('a plain answer of which Teams does not say whether it has it', () => {
  const perhaps = { kind: 'perhaps', status: 504, error: new Error('no') } as const;
  const typed = () =>
    ({ ...clickOn(approve), what: { kind: 'text', text: 'help', attachments: 0, files: [] } }) as const;

  async function answered(
    stage: AnsweringStage,
    earlier: Parameters<TurnAnswerer['answer']>[1] = null,
    thinksForMs = 0,
  ): Promise<void> {
    stage.whenAsked(async () => {
      await stage.clock.sleep(thinksForMs);
      return { kind: 'card', message: cardOf('Help.') };
    });
    let isDone = false;
    const done = stage.answering.answer(typed(), earlier).then(async ({ finished }) => {
      await finished;
      isDone = true;
    });
    await eventually(async () => {
      await stage.clock.advance(5_000);
      return isDone;
    });
    await done;
  }

  it('is repeated once, and then the turn is over', async () => {
    const stage = createAnsweringStage();
    stage.answers.push(perhaps, perhaps, perhaps);

    await answered(stage);

    expect([stage.sent, stage.turnEnds]).toEqual([['post Help.', 'post Help.'], ['closed']]);
    expect(stage.copies).toEqual([1, 2]);
  });

  it('is known not to be there while Teams refuses it for now', async () => {
    const [first, resumed] = [createAnsweringStage(), createAnsweringStage()];
    for (const stage of [first, resumed]) stage.pauses.push(2);

    await answered(first);
    await answered(resumed, { cardId: null, copies: 1 });

    expect(first.copies).toEqual([1, 0, 1, 0, 1]);
    expect(resumed.copies).toEqual([2, 1, 2, 1, 2]);
  });

  it('hands its turn back where Usher ends before the repetition', async () => {
    const stage = createAnsweringStage();
    stage.answers.push(perhaps);
    stage.isAnswering = false;
    stage.clock.sleep(20_000).then(stage.end, () => undefined);

    await answered(stage);

    expect([stage.sent, stage.copies, stage.turnEnds]).toEqual([['post Help.'], [1], ['handed back']]);
  });

  it('is posted once more by the process that resumes the turn, and not repeated', async () => {
    const stage = createAnsweringStage();
    stage.answers.push(perhaps, perhaps);

    await answered(stage, { cardId: null, copies: 1 });

    expect(stage.sent).toEqual([expect.stringMatching(/^post Help\./)]);
    expect([stage.copies, stage.turnEnds]).toEqual([[2], ['closed']]);
  });

  it('is not posted where two messages may show it', async () => {
    const stage = createAnsweringStage();

    await answered(stage, { cardId: null, copies: 2 });

    expect([stage.sent, stage.turnEnds, stage.codes]).toEqual([[], ['closed'], ['answer_left_open']]);
  });

  it.each([1, 2])('gets no card that says that Usher is working where messages may show it: %s', async (copies) => {
    const stage = createAnsweringStage();

    await answered(stage, { cardId: null, copies }, 20_000);

    expect(stage.sent.filter((sent) => !/^post Help\./.test(sent))).toEqual([]);
    expect([stage.sent.length, stage.turnEnds]).toEqual([2 - copies, ['closed']]);
  });

  it('replaces the card of its turn where two messages may show it, and is not posted instead', async () => {
    const [taken, refused] = [createAnsweringStage(), createAnsweringStage()];
    refused.editAnswers.push({ ...perhaps, kind: 'gone', status: 404 });

    for (const stage of [taken, refused]) await answered(stage, { cardId: 'card-own', copies: 2 });

    expect([taken.sent, taken.turnEnds]).toEqual([['edit card-own Help.'], ['closed']]);
    expect([refused.sent, refused.turnEnds]).toEqual([['edit card-own Help.'], ['closed']]);
  });

  it('is repeated where it cannot be stored that it may have arrived', async () => {
    const stage = createAnsweringStage();
    const stores = [() => new Promise<void>(() => undefined), () => Promise.reject(new Error('away'))];
    stage.noteCopies = () => stores.shift()?.() ?? Promise.resolve();
    stage.answers.push(perhaps);

    await answered(stage);

    expect([stage.sent, stage.turnEnds]).toEqual([['post Help.', 'post Help.'], ['closed']]);
    expect(stage.codes).toContain('copies_not_stored');
  });

  it('is not repeated before it is stored that two messages may show it', async () => {
    const stage = createAnsweringStage();
    let sentBefore: string[] = [];
    stage.noteCopies = async (copies) => {
      if (copies < 2) return;
      await stage.clock.sleep(20_000);
      sentBefore = [...stage.sent];
    };
    stage.answers.push(perhaps);

    await answered(stage);

    expect([sentBefore, stage.sent]).toEqual([['post Help.'], ['post Help.', 'post Help.']]);
  });

  it('is not repeated while Teams is away; the turn is over after ten minutes', async () => {
    const stage = createAnsweringStage();
    stage.answers.push(perhaps);
    stage.isAnswering = false;

    await answered(stage);

    expect([stage.sent, stage.turnEnds]).toEqual([['post Help.'], ['closed']]);
  });

  // Seen once: an outcome that an edit may have shown stood there three times.
  it('is posted once where it may have replaced a card that Teams refuses to edit after that', async () => {
    const stage = createAnsweringStage();
    stage.editAnswers.push(perhaps, { ...perhaps, kind: 'gone', status: 403 });
    stage.answers.push(perhaps, perhaps);

    await answered(stage, { cardId: 'card-own', copies: 0 });

    expect(stage.sent.map((sent) => sent.split(' ')[0])).toEqual(['edit', 'edit', 'post']);
    expect([stage.copies, stage.turnEnds]).toEqual([[1, 1, 2], ['closed']]);
  });

  it('that Teams does not take hands its turn back', async () => {
    const stage = createAnsweringStage();
    stage.answers.push(...Array.from({ length: 4 }, () => ({ ...perhaps, kind: 'failed' as const, status: 429 })));

    await answered(stage);

    expect([stage.sent.length, stage.turnEnds]).toEqual([4, ['handed back']]);
    expect(stage.copies).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
  });

  it('is posted as its sentence where Teams refuses the card', async () => {
    const stage = createAnsweringStage();
    stage.answers.push({ ...perhaps, kind: 'gone', status: 413 });
    stage.pauses.push(0, 1);

    await answered(stage);

    expect(stage.sent).toEqual(['post Help.', 'post Help.']);
    expect(stage.copies).toEqual([1, 0, 1]);
  });
});

describe('a card that says that Usher is working', () => {
  const slow = (stage: AnsweringStage) =>
    stage.whenAsked(async () => {
      await stage.clock.sleep(20_000);
      return { kind: 'card', message: cardOf('Help.') };
    });

  it.each([
    ['has been taken without an id', { kind: 'done', activityId: null }],
    ['may have arrived', { kind: 'perhaps', status: 502, error: new Error('no') }],
  ] as const)('and %s is named by the answer', async (_how, end) => {
    const stage = createAnsweringStage();
    slow(stage);
    stage.answers.push(end);

    const answering = stage.answering.answer(clickOn(approve));
    await stage.clock.advance(30_000);
    await (await answering).finished;

    expect(stage.sent).toEqual(['post One moment.', 'post Help. An earlier card may wait.']);
  });

  it('and cannot be replaced any more is named by the answer', async () => {
    const stage = createAnsweringStage();
    slow(stage);
    stage.editAnswers.push({ kind: 'gone', status: 403, error: new Error('no') });

    const answering = stage.answering.answer(clickOn(approve));
    await stage.clock.advance(30_000);
    await (await answering).finished;

    expect(stage.sent).toEqual(['post One moment.', 'edit card-new Help.', 'post Help. An earlier card may wait.']);
  });

  it('and cannot be replaced now is replaced later', async () => {
    const stage = createAnsweringStage();
    slow(stage);
    stage.editAnswers.push({ kind: 'failed', status: 502, error: new Error('no') });

    const answering = stage.answering.answer(clickOn(approve));
    await stage.clock.advance(30_000);
    await (await answering).finished;

    expect(stage.sent).toEqual(['post One moment.', 'edit card-new Help.', 'edit card-new Help.']);
  });
});

describe('a decision or a form from a client that knows no Action.Execute', () => {
  it('is seen on the card that was clicked, and nothing new is posted', async () => {
    const stage = createAnsweringStage();

    const { finished } = await stage.answering.answer(clickOn(approve));
    await finished;

    expect(stage.touched).toEqual(['copy-1']);
    expect(stage.sent).toEqual([]);
  });

  it.each([approve, ask])('%j is put on the clicked card where the request has none yet', async (action) => {
    const stage = createAnsweringStage();
    stage.liveCardId = null;

    const { finished } = await stage.answering.answer(clickOn(action));
    await finished;

    expect(stage.sent).toEqual(['edit card-9 pending']);
    expect(stage.liveCardId).toBe('card-9');
  });

  it('gets a card of its own where the clicked one is that of another request', async () => {
    const stage = createAnsweringStage();
    stage.liveCardId = null;
    stage.otherLiveCards.push('card-9');

    const { finished } = await stage.answering.answer(clickOn(approve));
    await finished;

    expect(stage.sent).toEqual(['post pending']);
    expect(stage.liveCardId).toBe('card-new');
  });

  it('that is refused gets its answer beside the card', async () => {
    const stage = createAnsweringStage();
    stage.whenAsked(() => Promise.resolve(refusal));

    const { finished } = await stage.answering.answer(clickOn(approve));
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

    const { finished } = await stage.answering.answer(clickOn({ verb: 'choose', text: 'export history' }));
    await finished;

    expect(stage.sent).toEqual(['offer history.csv']);
  });

  it('is not offered where two messages may offer it', async () => {
    const stage = createAnsweringStage();
    stage.whenAsked(() => Promise.resolve(offer));

    const { finished } = await stage.answering.answer(clickOn(approve), { cardId: null, copies: 2 });
    await finished;

    expect([stage.sent, stage.turnEnds]).toEqual([[], ['closed']]);
  });

  it('removes the "one moment" message, since it cannot replace it', async () => {
    const stage = createAnsweringStage();
    stage.whenAsked(async () => {
      await stage.clock.sleep(20_000);
      return offer;
    });

    const answering = stage.answering.answer(clickOn(approve));
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

describe('a turn that is given up because its processes died', () => {
  it('says that an earlier card may still wait, unless it replaces that card', async () => {
    const [lost, known] = [createAnsweringStage(), createAnsweringStage()];

    await lost.answering.giveUp(clickOn(approve), null, 2);
    await known.answering.giveUp(clickOn(approve), 'card-1', 2);

    expect(lost.sent).toEqual([expect.stringMatching(/^post .* An earlier card may wait\.$/)]);
    expect(known.sent).toEqual([expect.stringMatching(/^edit card-1 (?!.*earlier card)/)]);
  });
});
