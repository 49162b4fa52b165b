import type { Fact, Maybe, Text } from '../../../chat/cards/card-views.ts';
import type { Messages } from '../../../chat/messages.ts';
import { assignedText, maybe, short } from '../../../chat/views/parts.ts';
import type { PresentAccess } from '../../../requests/find-entitlements.ts';
import { fact } from '../../provisioning/cards/result-details.ts';
import type { SomeDeciders } from '../deciders.ts';
import type { AccessNames } from './access-names.ts';

/** Entra's facts about the person, read while a decision is pending. */
export interface AccountFacts {
  readonly account: { readonly kind: 'enabled' | 'disabled' | 'gone' | 'unread' };
  readonly assignment: /** `through`: the name of the assigned group; null where the person is assigned. */
    | { readonly kind: 'assigned'; readonly through: string | null }
    | { readonly kind: 'missing' }
    | { readonly kind: 'unread' };
  /** Whether an approval also assigns the app role. */
  readonly assigns: boolean;
  /** What the person has already with an end, which an approval extends. */
  readonly present?: PresentAccess | null;
  /** The role that it assigns, where known. */
  readonly roleName: string | null;
  /** The hours that an approved request waits for a missing assignment; 0 where it does not wait. */
  readonly waitHours: number;
  /** The approvers, for the requester; missing where Usher knows none. */
  readonly deciders?: SomeDeciders;
}

/** A deleted person has no assignment row. */
export function assignmentRow(words: Messages, { account, assignment }: AccountFacts, names: AccessNames): Fact[] {
  if (account.kind === 'gone') return [];
  return fact(words.card('access.fact.assignment'), assignmentText(words, assignment, names), 200);
}

/** Whom the requester can ask about it. */
export function decidersRow(words: Messages, { deciders }: AccountFacts): Fact[] {
  const { people = [], others = [] } = deciders ?? {};
  const names = [
    ...people.map(({ name }) => short(name, 40)),
    ...others.map(({ group, count }) => words.plain('mention.others', { group: short(group, 40), count })),
  ];
  return fact(words.card('access.fact.deciders'), people.length === 0 ? null : words.list(names), 400);
}

export function accountRow(words: Messages, { account }: AccountFacts): Fact[] {
  return fact(words.card('access.fact.account'), words.plain(`access.account.${account.kind}`));
}

function assignmentText(words: Messages, assignment: AccountFacts['assignment'], { app }: AccessNames): string {
  return assignment.kind === 'unread' ? words.plain('access.assignment.unread') : assignedText(words, assignment, app);
}

/** Why an approval would have no effect as things stand; what to do about it depends on the reader. */
export function accountWarnings(
  words: Messages,
  facts: AccountFacts,
  names: AccessNames,
  reader: 'requester' | 'approvers',
): Text[] {
  if (facts.account.kind === 'gone') return [{ text: words.card('access.warning.gone', names) }];
  return [
    ...maybe(facts.account.kind === 'disabled' ? words.card('access.warning.disabled', names) : null),
    ...maybe(
      needsAssignment(facts)
        ? words.card('access.warning.missing', { ...names, reader, hours: facts.waitHours })
        : null,
    ),
  ];
}

/** Whether an administrator must make the assignment by hand before an approval has an effect. */
export function needsAssignment({ account, assignment, assigns }: AccountFacts): boolean {
  return account.kind !== 'gone' && assignment.kind === 'missing' && !assigns;
}

/** Says that an approval also makes an assignment, where it does. */
export function assigningNote(words: Messages, facts: AccountFacts, names: AccessNames): Maybe<Text> {
  const { account, assignment, assigns, roleName } = facts;
  if (!assigns || account.kind === 'gone' || assignment.kind === 'assigned') return [];
  const role = short(roleName ?? '', 60);
  const values = { ...names, role, sure: assignment.kind === 'missing' ? 'yes' : 'no' };
  return maybe(words.card(role === '' ? 'access.assigns' : 'access.assignsRole', values));
}
