import type { Kysely } from 'kysely';
import type { Schema } from '../../../db/schema.ts';
import { readGate } from '../../../rate-gate/gate-row.ts';
import type { AccessParts } from '../../../requests/access-parts.ts';
import type { LeftOut } from '../../../requests/request.ts';
import { unusedId } from '../../../requests/request-id.ts';
import type { AccessRequest } from './access-request.ts';
import { toAccessRequest } from './rows.ts';
import { type Creation, findTwin, insertAccessRequest, type NewAccessRequest, refusalOf } from './store.ts';

/**
 * A joint request is what one line asks for over several people or apps: an access request for each person and app.
 * Each of them goes its own way through the states of `access-request.ts`, is carried out by a provisioning request of
 * its own, and waits for an assignment by itself. Joint are:
 *
 *     the requester's card    refers to the joint request, and shows all lines
 *     the approvers' cards    one for each group of approvers; it refers to the group, and decides the group's lines
 *     a decision              on all lines of a group, or on those that were ticked: one transaction
 *     the notices             one for each decision, and one when the last line has ended
 *     "all or none"           the last approval starts all; one that ends otherwise ends the rest
 *
 *     line 1 (group 1)  pending ──approve──▶ approved ──▶ started ──▶ finished ─┐
 *     line 2 (group 1)  pending ──deny─────▶ denied ────────────────────────────┼─▶ the joint request is over
 *     line 3 (group 2)  pending ──(a week)─▶ expired ───────────────────────────┘
 */
export interface JointRequest {
  readonly id: string;
  /** In the order in which people and apps were named. */
  readonly lines: readonly [AccessRequest, ...AccessRequest[]];
  /** What the line named that was not asked for, with the reason. */
  readonly leftOut: readonly LeftOut[];
}

/** What all lines of a joint request have in common, and the lines. */
export interface NewJointRequest extends Omit<NewAccessRequest, 'subject' | 'app' | 'kit'> {
  /** `deciders` is the same for lines that the same approvers decide. */
  readonly lines: readonly (Pick<NewAccessRequest, 'subject' | 'app' | 'kit'> & { readonly deciders: string })[];
  readonly leftOut: readonly LeftOut[];
  readonly whole: boolean;
}

export type JointCreation =
  /** `same`: the same source has made it before. */
  | { readonly kind: 'created' | 'same'; readonly jointId: string }
  /** Each line has an open request; `leftOut` is what else was named. */
  | { readonly kind: 'allOpen'; readonly lines: readonly AccessRequest[]; readonly leftOut: readonly LeftOut[] }
  | Extract<Creation, { kind: 'tooMany' | 'tooManyToday' }>;

/**
 * Stores a joint request, or returns why not. A line for which an open request exists is left out.
 */
export function createJointRequest(parts: AccessParts, wanted: NewJointRequest): Promise<JointCreation> {
  return parts.database.transact(async (transaction): Promise<JointCreation> => {
    await readGate(parts, transaction);
    const { lines, leftOut, whole, source, ...common } = wanted;
    const sourceOf = (position: number) => `${source}|${position}`;
    const earlier = await transaction
      .selectFrom('access_requests')
      .select('joint_id')
      .where('source', '=', sourceOf(0))
      .executeTakeFirst();
    if (earlier?.joint_id != null) return { kind: 'same', jointId: earlier.joint_id };
    const fresh: (typeof lines)[number][] = [];
    const twins: AccessRequest[] = [];
    for (const line of lines) {
      const twin = await findTwin(transaction, line);
      if (twin === null) fresh.push(line);
      else twins.push(twin);
    }
    if (fresh.length === 0) return { kind: 'allOpen', lines: twins, leftOut };
    const refusal = await refusalOf(parts, transaction, wanted.requestedBy);
    if (refusal !== null) return refusal;
    const id = await unusedId(transaction);
    const deciders = [...new Set(fresh.map((line) => line.deciders))];
    const all = [...leftOut, ...twins.map(openAlready)];
    for (const [position, { deciders: own, ...line }] of fresh.entries()) {
      const isFirstOfGroup = fresh.findIndex((one) => one.deciders === own) === position;
      await insertAccessRequest(
        parts,
        transaction,
        { ...common, ...line, source: sourceOf(position) },
        {
          joint_id: id,
          joint_group: `${id}.${deciders.indexOf(own) + 1}`,
          joint_position: position,
          joint_whole: whole ? 1 : 0,
          ...(position === 0 ? { joint_left_out: JSON.stringify(all) } : {}),
          // The first of a group has the group's card shown.
          ...(isFirstOfGroup ? {} : { routed: 1 }),
        },
      );
    }
    return { kind: 'created', jointId: id };
  });
}

const openAlready = ({ subject, app }: AccessRequest): LeftOut => ({
  text: `${subject.name} · ${app.name}`,
  reason: 'alreadyAsked',
  suggestions: [],
});

/** The joint request of this id, or to which the group of this id belongs; null for neither. */
export async function findJoint(
  { query }: { readonly query: Kysely<Schema> },
  reference: string,
): Promise<JointRequest | null> {
  const [id = ''] = reference.split('.');
  const rows = await query
    .selectFrom('access_requests')
    .selectAll()
    .where('joint_id', '=', id)
    .orderBy('joint_position')
    .execute();
  const [first, ...others] = rows.map(toAccessRequest);
  if (first === undefined) return null;
  const leftOut = JSON.parse(rows[0]?.joint_left_out ?? '[]') as LeftOut[];
  return { id, lines: [first, ...others], leftOut };
}

/** What the cards of a joint request refer to: all of it, or a group. */
export const referencesOf = ({ id, lines }: JointRequest): readonly string[] => [
  id,
  ...new Set(lines.flatMap(({ joint }) => joint?.group ?? [])),
];

/** The lines that a card with this reference is about: all, or the group's. */
export function linesOf({ lines }: Pick<JointRequest, 'lines'>, reference: string): readonly AccessRequest[] {
  return reference.includes('.') ? lines.filter(({ joint }) => joint?.group === reference) : lines;
}
