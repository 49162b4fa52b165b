import { expect, it } from '@jest/globals';
import { addWorkingDays } from '../../../../src/features/approvals/access-requests/working-days.ts';

it.each([
  ['the next day', '2026-01-05T09:00:00Z', 1, 'Europe/Berlin', '2026-01-06T09:00:00Z'],
  ['over the weekend', '2026-01-09T09:00:00Z', 1, 'Europe/Berlin', '2026-01-12T09:00:00Z'],
  ['from a Saturday', '2026-01-10T09:00:00Z', 1, 'Europe/Berlin', '2026-01-12T09:00:00Z'],
  ['over two weekends', '2026-01-09T09:00:00Z', 6, 'Europe/Berlin', '2026-01-19T09:00:00Z'],
  ['where it is Friday already', '2026-01-08T22:00:00Z', 1, 'Asia/Tokyo', '2026-01-11T22:00:00Z'],
  ['where it is Thursday still', '2026-01-09T02:00:00Z', 1, 'America/Los_Angeles', '2026-01-10T02:00:00Z'],
  [
    'at the same time of day though the clocks change',
    '2026-03-27T09:00:00Z',
    1,
    'Europe/Berlin',
    '2026-03-30T08:00:00Z',
  ],
  ['in no known time zone', '2026-01-09T09:00:00Z', 1, 'Middle/Earth', '2026-01-12T09:00:00Z'],
  ['none', '2026-01-10T09:00:00Z', 0, 'UTC', '2026-01-10T09:00:00Z'],
])('counts working days: %s', (_what, from, days, timeZone, to) => {
  const after = addWorkingDays(Date.parse(from), days, timeZone);

  expect(new Date(after).toISOString()).toBe(new Date(to).toISOString());
});
