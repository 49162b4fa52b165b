import { readFileSync } from 'node:fs';

/** The body of an answer in test/fixtures/graph: documented ones are numbered, synthetic ones are named so. */
export function answer(name: string): Record<string, unknown> {
  const file = new URL(`../../fixtures/graph/${name}.response.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

export const typeName = 'Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo';

/** A body in shape A, as the API reference has it. */
export const shapeA = (key: unknown, value: unknown = {}) => ({
  key: JSON.stringify(key),
  value: JSON.stringify(value),
});

/** A body in shape B, as the cross-tenant tutorial has it. */
export const shapeB = (...elements: readonly unknown[]) => ({ key: typeName, value: JSON.stringify(elements) });

export const step = (name: string, type: string, status: string, details: Record<string, unknown> = {}) => ({
  name,
  type,
  status,
  details,
});
