import type { Fetched } from '../../../graph/answer.ts';
import type { Application } from '../../../graph/applications.ts';
import type { Listing } from '../../../graph/read.ts';
import type { WatchedApp } from './watch-row.ts';

/**
 * The apps that a round reads for the conversations that watch all of them: those with a job, and those of which nothing
 * is known. Most apps of a tenant have no job, which is remembered for half an hour (`graph/job-survey.ts`), and those
 * are left out. Where there are more than a round can read, the next round goes on after the last one.
 */
export interface TenantApps {
  /** @param ofJobs apps whose job was read earlier, so that its removal is noticed */
  next(ofJobs: readonly string[]): Promise<readonly TenantApp[]>;
}

export type TenantApp = WatchedApp & { readonly isDisabled: boolean };

export interface TenantAppsParts {
  readonly list: () => Promise<Fetched<Listing<Application>>>;
  readonly knowsJob: (appId: string) => boolean | null;
  readonly most?: number;
}

/** Four at a time, and a round is due every five minutes. */
const mostInRound = 300;

export function createTenantApps({ list, knowsJob, most = mostInRound }: TenantAppsParts): TenantApps {
  let last = '';
  return {
    async next(ofJobs) {
      const listing = await list();
      if (!listing.ok) return [];
      const read = new Set(ofJobs);
      const apps = listing.value.items
        .filter(({ id }) => read.has(id) || knowsJob(id) !== false)
        .toSorted((one, other) => (one.id < other.id ? -1 : 1));
      const round = [...apps.filter(({ id }) => id > last), ...apps.filter(({ id }) => id <= last)].slice(0, most);
      last = apps.length > most ? (round.at(-1)?.id ?? '') : '';
      return round.map(({ id, displayName, enabled }) => ({ id, name: displayName, isDisabled: enabled === false }));
    },
  };
}
