import type { Fact, Text } from '../../../chat/cards/card-views.ts';
import { type JobReading, jobWord, lastRanLine } from '../../../chat/jobs/job-words.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import { maybe, short } from '../../../chat/views/parts.ts';
import { quarantineEnd } from '../../../chat/views/quarantine.ts';
import type { NamedPerson } from '../../../graph/directory.ts';
import type { LastCall } from '../../../requests/last-call.ts';
import { fact } from '../../provisioning/cards/result-details.ts';
import type { AccessNames } from './access-names.ts';

/** What an approver decides on, besides the account: read when the card is drawn, and never stored. */
export interface DecisionFacts {
  /** Null where the person has none, and where it could not be read. */
  readonly jobTitle: string | null;
  readonly department: string | null;
  readonly manager: ({ readonly kind: 'person' } & NamedPerson) | { readonly kind: 'none' | 'unread' };
  /** The app's synchronization. */
  readonly job: JobReading;
  readonly last: LastCall | null;
  /** Null where it is not known. */
  readonly why: WhyAsked | null;
}

export type WhyAsked =
  /** In a group whose members decide. */
  | { readonly kind: 'group'; readonly group: string }
  /** Named as an approver, or by a directory role. */
  | { readonly kind: 'own' }
  /** A channel or group chat that gets the app's requests. */
  | { readonly kind: 'place' };

/** Job title, department and manager, in one line below the name. */
export function profileLine(words: Messages, { jobTitle, department, manager }: DecisionFacts): readonly Text[] {
  const parts = [
    short(jobTitle ?? '', 60),
    short(department ?? '', 60),
    manager.kind === 'person' ? words.plain('access.reportsTo', { manager: short(manager.name, 60) || '—' }) : '',
  ].filter((part) => part !== '');
  return maybe(parts.length === 0 ? null : words.card('access.profile', { profile: words.dotted(parts) }));
}

export function whyText(words: Messages, { why }: DecisionFacts, { app }: AccessNames): readonly Text[] {
  if (why === null) return [];
  return [
    { text: words.card(`access.why.${why.kind}`, { app, group: why.kind === 'group' ? short(why.group, 60) : '' }) },
  ];
}

/** The rows that an approver reads at first sight. */
export function decisionRows(words: Messages, { job, last }: DecisionFacts, now: number): Fact[] {
  return [
    ...fact(words.card('check.fact.usher'), lastText(words, last, now), 200),
    ...fact(words.card('access.fact.app'), jobWord(words, job).word, 120),
  ];
}

/** The rows that an approver seldom needs. */
export function furtherRows(words: Messages, { job, manager }: DecisionFacts, now: number): Fact[] {
  return [
    ...fact(words.card('access.fact.sync'), lastRanLine(words, job, now), 200),
    ...(manager.kind === 'person'
      ? []
      : fact(words.card('access.fact.manager'), words.plain(`access.manager.${manager.kind}`))),
  ];
}

function lastText(words: Messages, last: LastCall | null, now: number): string {
  if (last === null) return words.plain('access.usher.nothing');
  return words.plain('access.usher.last', {
    verdict: words.plain(`count.${last.outcome}`),
    time: words.moment(last.at, now),
  });
}

/** Why the app cannot take a person now, whatever is decided. */
export function appWarnings(words: Messages, { job }: DecisionFacts, { app }: AccessNames, now: number): Text[] {
  if (job === 'unread') return [];
  if (job === 'none' || job === 'appDisabled') return [{ text: words.card(STOPPED[job], { app }) }];
  const { health } = job;
  if (health.kind === 'notConfigured') return [{ text: words.card(STOPPED.none, { app }) }];
  if (health.kind !== 'quarantined') return [];
  const ends = quarantineEnd(words, health.quarantine.endsAt, now);
  return [{ text: words.sentences([words.card('access.warning.quarantined', { app }), ends]) }];
}

const STOPPED: Readonly<Record<'none' | 'appDisabled', MessageKey>> = {
  none: 'access.warning.notSetUp',
  appDisabled: 'access.warning.appDisabled',
};
