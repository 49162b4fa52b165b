import { expect, it } from '@jest/globals';
import { readStory } from '../../src/sandbox/story.ts';

const given = (line: string) =>
  line.split(', ').map((each) => ({ name: each.split('=')[0] ?? '', value: each.split('=')[1] ?? '' }));

it('a story keeps the order of the command line, and each name belongs to what stands before it', () => {
  const steps = readStory(given('say=request, as=megan, click=Approve, ahead=8h, job={}, say=ends, as=lynne'));

  expect(steps).toEqual([
    { kind: 'say', as: 'megan', line: 'request' },
    { kind: 'click', as: 'alex', title: 'Approve' },
    { kind: 'ahead', length: '8h' },
    { kind: 'job', change: '{}' },
    { kind: 'say', as: 'lynne', line: 'ends' },
  ]);
});

it('a name before the first line is that of all who are not named', () => {
  const steps = readStory(given('as=megan, say=home, say=pending, as=alex'));

  expect(steps.map((step) => 'as' in step && step.as)).toEqual(['megan', 'alex']);
});
