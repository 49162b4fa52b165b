import type { Connector, ConnectorFault, Exchange } from '../../../src/sandbox/teams/connector.ts';
import { oneOf } from './random.ts';
import { scale } from './scale.ts';

const both: readonly ConnectorFault[] = [
  { kind: 'status', status: 502 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 504, delivered: true },
  { kind: 'status', status: 500, delivered: true },
  { kind: 'reset' },
  { kind: 'reset', delivered: true },
  { kind: 'accepted', body: 'empty' },
  { kind: 'accepted', body: 'withoutId' },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 429, headers: { 'retry-after': '2' } },
  { kind: 'status', status: 412 },
  { kind: 'slow', ms: scale.slowMs },
];
/** What a card that is gone, or too large by now, is answered; its conversation still has readers. */
const ofEdits: readonly ConnectorFault[] = [404, 413].map((status) => ({ kind: 'status', status }));
/** Nine exchanges in ten go well. */
const wellOff = 0.9;

/**
 * Lets random faults strike what the replicas send, until it is told to stop. Where a post to a conversation was lost, also
 * because the connector was away, it loses no other one there: nobody who has lost the same message twice can know that
 * it was not delivered twice.
 */
export function strikeAtRandom(connector: Connector, random: () => number): () => void {
  connector.failBy((exchange: Exchange) => {
    if (random() < wellOff) return null;
    const fault = oneOf(random, exchange.kind === 'edit' ? [...both, ...ofEdits] : both);
    const isLoss = (fault.kind === 'status' && fault.status >= 500) || fault.kind === 'reset';
    if (exchange.kind !== 'post' || !isLoss || fault.delivered === true) return fault;
    const isLostThere = ({ kind, conversationId }: Exchange) =>
      kind === 'post' && conversationId === exchange.conversationId;
    return connector.lost.some(isLostThere) ? null : fault;
  });
  return () => connector.failBy(() => null);
}
