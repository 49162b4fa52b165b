import type { Registry } from '../../chat/registry/define-command.ts';
import { short } from '../../chat/views/parts.ts';
import { openRepairs } from './repair-rows.ts';

/** The pauses that Usher has made and that have not ended: until when, by whom, and why. */
export const pausesIn: Registry['pausesIn'] = async ({ store }, words, appId) => {
  const open = await openRepairs(store.database, appId);
  const now = store.clock.now();
  return open.flatMap(({ state, pauseUntil, app, requestedBy, reason }) => {
    if (pauseUntil === null || (state.kind !== 'paused' && state.kind !== 'starting')) return [];
    const values = { app: short(app.name), until: words.moment(pauseUntil, now), by: short(requestedBy.name) };
    return [words.card('repair.pausedUntil', { ...values, reason: reason === null ? 'none' : short(reason, 200) })];
  });
};
