import type { CardMessage } from '../../../../src/chat/reply.ts';
import { asOperator } from '../../../../src/chat/views/viewpoint.ts';
import { previewCard } from '../../../../src/features/checks/cards/preview-card.ts';
import type { PreviewCardInput } from '../../../../src/features/checks/cards/preview-words.ts';
import type { FoundValue } from '../../../../src/graph/preview/previewing.ts';
import type { PeopleMapping } from '../../../../src/graph/preview/read-mapping.ts';
import type { ClauseFinding, GroupFinding } from '../../../../src/graph/preview/scope.ts';
import type { Effect, PreviewDoubt, PreviewVerdict } from '../../../../src/graph/preview/verdict.ts';
import type { LogRead } from '../../../../src/graph/provisioning-log.ts';
import { drawnWords } from '../../../chat/views/drawings.ts';
import { adele, PORTAL, salesforce } from './check-drawings.ts';

/** A mapping whose names all say this. */
function mappingSaying(text: string): PeopleMapping {
  const source = { kind: 'attribute', name: 'mail' } as const;
  return {
    version: '1',
    scope: { sets: [], doubts: [] },
    flows: { adds: true, updates: true },
    attributes: [{ target: text, source, defaultValue: null, matchingPriority: 1 }],
    required: new Set(),
    maySyncAll: true,
  };
}

export function clauseFinding(attribute: string, text: string, is: 'yes' | 'no' = 'no'): ClauseFinding {
  return {
    clause: { operator: 'EQUALS', attribute, values: [text === 'HR' ? 'Sales' : text] },
    value: { kind: 'text', text },
    truth: { is },
  };
}

export const failedGroup = (name: string, ...clauses: readonly ClauseFinding[]): GroupFinding => ({
  name,
  passes: 'no',
  clauses,
});

const noLog: LogRead = { kind: 'read', entries: [], complete: true };

export function previewInput(changes: Partial<PreviewCardInput> = {}): PreviewCardInput {
  return {
    person: adele,
    app: salesforce,
    verdict: { kind: 'inScope', effect: { kind: 'creates' } },
    scope: { passes: 'yes', groups: [], doubts: [] },
    mapping: mappingSaying('userName'),
    read: () => ({ kind: 'text', text: 'adele@contoso.com' }),
    log: noLog,
    assignment: { kind: 'assigned', through: null },
    account: true,
    values: [],
    unshown: 0,
    isShown: () => true,
    canProvision: true,
    elsewhere: null,
    entraPortalUrl: PORTAL,
    viewpoint: asOperator,
    ...changes,
  };
}

export const effects = (text: string): readonly Effect[] => [
  ...(['creates', 'updates', 'onlyUpdates', 'onlyCreates', 'matchesNothing'] as const).map((kind) => ({ kind })),
  { kind: 'lacks', target: text },
];

const clauseDoubts = [
  ...(['operator', 'operand', 'type', 'notFilterable', 'attribute', 'guestName', 'notTold'] as const),
  ...(['regex', 'anchoring', 'letterCase'] as const),
];
export const doubts = (text: string): readonly PreviewDoubt[] => [
  ...(['syncsAll', 'assignment', 'account', 'emptyGroup', 'experimental', 'unreadable'] as const).map((why) => ({
    why,
  })),
  ...clauseDoubts.map((why) => ({ why, clause: { operator: text, attribute: text, values: [text] } })),
];

export const verdicts = (text: string): readonly PreviewVerdict[] => [
  ...effects(text).map((effect) => ({ kind: 'inScope', effect }) as const),
  { kind: 'accountDisabled' },
  { kind: 'notAssigned' },
  { kind: 'notInScope', groups: [failedGroup(text, clauseFinding(text, text))] },
  ...doubts(text).map((doubt) => ({ kind: 'unknown', doubts: [doubt] }) as const),
];

export const foundValues = (text: string): readonly FoundValue[] => [
  { kind: 'text', text, byDefault: false },
  { kind: 'text', text, byDefault: true },
  { kind: 'empty' },
  ...(['secret', 'changes'] as const).map((why) => ({ kind: 'neverShown', why }) as const),
  ...(['syntax', 'evaluation'] as const).map((why) => ({ kind: 'notEvaluated', why, code: text }) as const),
  ...(['source', 'tooMany', 'late', 'refused', 'unreadable'] as const).map(
    (why) => ({ kind: 'unknown', why }) as const,
  ),
];

/** Every preview, with this text wherever a name or a value stands, and as much as can be. */
export function everyPreviewCardSaying(text: string): CardMessage[] {
  const groups = Array.from({ length: 20 }, () =>
    failedGroup(text, ...Array.from({ length: 20 }, () => clauseFinding(text, text))),
  );
  const values = Array.from({ length: 60 }, () => foundValues(text))
    .flat()
    .map((found) => ({ target: text, found }));
  return verdicts(text).flatMap((verdict) =>
    [true, false].map((canProvision) =>
      previewCard(
        drawnWords(),
        previewInput({
          person: { id: 'adele', name: text, principalName: text },
          app: { id: salesforce.id, name: text },
          ...{ verdict, canProvision, scope: { passes: 'no', groups, doubts: [] }, mapping: mappingSaying(text) },
          read: () => ({ kind: 'text', text }),
          ...{ values: canProvision ? values : [], unshown: 7, isShown: () => canProvision },
          assignment: { kind: 'assigned', through: text },
          elsewhere: canProvision ? null : `preview ${text} to ${text}`,
        }),
      ),
    ),
  );
}
