import type { Command, CommandOf } from '../command.ts';
import type { Reply } from '../reply.ts';
import type { Problem } from '../views/problem.ts';

/**
 * A guess at what was meant, not resolved yet: its names may be wrong. `others` are further texts to look up the person
 * by.
 */
export interface Guess {
  readonly command: Command;
  readonly others?: readonly string[];
}

/** What a guess resolves to for this caller in this tenant. Only `commands` may become buttons. */
export type Resolved =
  | {
      readonly kind: 'commands';
      readonly commands: readonly Command[];
      /** Only part of a list became commands. */
      readonly more?: boolean;
      /** The names of the people found, and the texts that found them. */
      readonly found?: readonly string[];
    }
  /** The caller may not; the refusal is recorded when `reply` runs. */
  | { readonly kind: 'refused'; readonly reply: () => Promise<Reply> }
  | { readonly kind: 'missing'; readonly problem: Problem };

export interface Person {
  readonly kind: 'person';
  readonly id: string | null;
  readonly displayName: string;
  readonly name: string;
  readonly found?: readonly string[];
  /** Further people with the same name. */
  readonly others?: readonly Person[];
}
export type PersonSeen = Person | Exclude<Resolved, { kind: 'commands' }>;
export interface AppFound {
  readonly kind: 'app';
  /** Null where several apps have the name. */
  readonly id: string | null;
  readonly displayName: string | null;
  readonly name: string;
}
export type AppSeen = AppFound | Exclude<Resolved, { kind: 'commands' }>;

export type PeopleSeen =
  | { readonly kind: 'people'; readonly names: readonly string[]; readonly found: readonly string[] }
  | Exclude<Resolved, { kind: 'commands' }>;

/** Turns a provisioning command into the access request that a requester makes by it. */
export function requestFor({
  subject,
  app,
  term = { start: null, end: null, reason: null },
  ticket,
}: Omit<CommandOf<'provision'>, 'verb'>): CommandOf<'requestAccess'> {
  return { verb: 'requestAccess', subject, app, ...term, ...(ticket === undefined ? {} : { ticket }) };
}

/** Turns an access request into the provisioning command for an operator. The offer names the reason beside the line. */
export function provisionFor({ subject, app, end, ticket }: CommandOf<'requestAccess'>): CommandOf<'provision'> {
  return {
    verb: 'provision',
    subject,
    app,
    ...(end === null ? {} : { term: { start: null, end, reason: null } }),
    ...(ticket === undefined ? {} : { ticket }),
  };
}

export function commands(command: Command, found: readonly string[] = []): Resolved {
  return { kind: 'commands', commands: [command], found };
}

export function refused(reply: () => Promise<Reply>): Extract<Resolved, { kind: 'refused' }> {
  return { kind: 'refused', reply };
}

export function missing(problem: Problem): Extract<Resolved, { kind: 'missing' }> {
  return { kind: 'missing', problem };
}

/** The offers of several results; else the first refusal, else what was not found. */
export function firstOf(all: readonly Resolved[]): Resolved {
  const offered = all.flatMap((one) => (one.kind === 'commands' ? one.commands : []));
  const more = all.some((one) => one.kind === 'commands' && one.more === true);
  const found = all.flatMap((one) => (one.kind === 'commands' ? (one.found ?? []) : []));
  if (offered.length > 0) return { kind: 'commands', commands: offered, more, found };
  const [first] = all;
  return all.find((one) => one.kind === 'refused') ?? first ?? missing({ kind: 'empty' });
}

export async function inTurn<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}
