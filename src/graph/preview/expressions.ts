import { isSecretName } from '../../masking/attributes.ts';
import type { AttributeMapping } from './read-mapping.ts';

/** What an expression names: functions and attributes. Its quoted texts are skipped. */
export function namesIn(expression: string): {
  readonly functions: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
} {
  const bare = expression.replace(/"(?:\\.|[^"\\])*(?:"|$)/gs, '""');
  return {
    attributes: new Set([...bare.matchAll(/\[([^\]]+)\]/g)].map(([, name = '']) => name.trim())),
    functions: new Set([...bare.matchAll(/(\p{L}[\p{L}\p{N}_]*)\s*\(/gu)].map(([, name = '']) => name.toLowerCase())),
  };
}

/** Why Usher never sends an expression: it is for a secret, or would give another value each time. */
export type NeverSent = 'secret' | 'changes';

const redacting = new Set(['redact']);
/** `SelectUniqueValue` asks the target which value is free. */
const changing = new Set(['guid', 'now', 'randomstring', 'selectuniquevalue']);

/** Null for a mapping of which Usher may show the value. */
export function neverSent({ target, source }: AttributeMapping): NeverSent | null {
  if (isSecretName(target)) return 'secret';
  if (source.kind === 'attribute') return isSecretName(source.name) ? 'secret' : null;
  if (source.kind !== 'function') return null;
  const { functions, attributes } = namesIn(source.expression);
  if ([...functions].some((name) => redacting.has(name)) || [...attributes].some(isSecretName)) return 'secret';
  return [...functions].some((name) => changing.has(name)) ? 'changes' : null;
}

/** The attributes of the source that a mapping reads. */
export function attributesOf({ source }: AttributeMapping): readonly string[] {
  if (source.kind === 'attribute') return [source.name];
  return source.kind === 'function' ? [...namesIn(source.expression).attributes] : [];
}
