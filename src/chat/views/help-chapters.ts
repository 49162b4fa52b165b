import type { Verb } from '../command.ts';
import type { WordKey } from '../words.ts';

/** The chapters of the help: by what a caller wants, not by role. */
export const chapters = ['provision', 'check', 'decide', 'ask', 'requests', 'watch', 'about'] as const;
export type Chapter = (typeof chapters)[number];

/** Every verb, in the order of its chapter. */
export const verbsOf: Readonly<Record<Chapter, readonly Verb[]>> = {
  provision: ['provision', 'provisionList', 'provisionGroup'],
  check: ['status', 'check', 'queue', 'apps'],
  decide: [
    'pending',
    'approve',
    'deny',
    'sendApprovalsHere',
    'stopSendingApprovals',
    'approvalPlaces',
    'removeApprovalPlace',
  ],
  ask: ['requestAccess', 'accessForm'],
  requests: ['requests', 'show', 'retry', 'cancel', 'cancelAllBy', 'history', 'exportHistory'],
  watch: ['watch', 'unwatch', 'watches', 'allWatches', 'removeWatch'],
  about: ['whoami', 'help'],
};

const HEADINGS: Readonly<Record<Chapter, WordKey>> = {
  provision: 'help.chapter.provision',
  check: 'help.chapter.check',
  decide: 'help.chapter.decide',
  ask: 'help.chapter.ask',
  requests: 'help.chapter.requests',
  watch: 'help.chapter.watch',
  about: 'help.chapter.about',
};

const headings: ReadonlyMap<Verb, WordKey> = new Map(
  chapters.flatMap((chapter) => verbsOf[chapter].map((verb) => [verb, HEADINGS[chapter]] as const)),
);

/** The heading of a verb's chapter. */
export function headingOf(verb: Verb): WordKey {
  return headings.get(verb) ?? HEADINGS.about;
}
