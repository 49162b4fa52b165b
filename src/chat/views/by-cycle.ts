import { type Cycle, cycleInList, cycleSentence } from '../jobs/cycles.ts';
import type { Messages } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { noticeCard } from './notice.ts';
import { personName, type SayButton, short } from './parts.ts';

/** A person whom no on-demand call reaches, as Entra has disabled or deleted them. */
export interface ByCycle {
  readonly person: string;
  readonly why:
    | { readonly kind: 'disabled' }
    /** `label`: the principal name before the deletion. `at`: milliseconds since 1970. */
    | { readonly kind: 'deleted'; readonly label: string; readonly at: number | null };
  readonly cycles: readonly Cycle[];
  /** Whether the line named these apps, or Usher found them. */
  readonly named: boolean;
  /** By the provisioning log, what has become of the account in the only app. */
  readonly done: { readonly how: 'disabled' | 'deleted'; readonly at: number | null } | null;
  readonly buttons: readonly SayButton[];
  readonly now: number;
}

/** More lines than these make no card that is read. */
const mostApps = 12;

/** Says at once that only the regular cycles still act on the person's accounts, when they run, and where none does. */
export function byCycleCard(words: Messages, what: ByCycle): CardMessage {
  const { why, cycles, named, done, buttons, now } = what;
  const person = personName({ name: what.person });
  const [only] = named && cycles.length === 1 ? cycles : [];
  const deleted = why.kind === 'deleted' ? why : { label: '', at: null };
  const title = words.card('byCycle.title', { why: why.kind });
  const happened = words.card('byCycle.happened', {
    person,
    why: why.kind,
    label: short(deleted.label),
    when: deleted.at === null ? 'unknown' : words.momentAgo(deleted.at, now),
  });
  const lines = only === undefined ? cycles.slice(0, mostApps).map((cycle) => cycleInList(words, cycle, now)) : [];
  const others = only === undefined ? cycles.length - lines.length : 0;
  return noticeCard(words, {
    tone: 'warning',
    title,
    paragraphs: [happened],
    next: nextOf(),
    further: [...lines, ...(others === 0 ? [] : [words.card('apps.others', { count: others })])],
    buttons,
    summary: words.plain('byCycle.summary', { why: why.kind, person }),
  });

  function nextOf(): string {
    if (only === undefined)
      return words.card('byCycle.several', { why: why.kind, known: cycles.length, named: named ? 'yes' : 'no' });
    if (done === null) return cycleSentence(words, only, now);
    const when = done.at === null ? 'unknown' : words.momentAgo(done.at, now);
    return words.card('byCycle.done', { app: short(only.app), how: done.how, when });
  }
}
