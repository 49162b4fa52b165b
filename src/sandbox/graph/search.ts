import { type ParsedFilter, type Predicate, readerOf } from './filter.ts';

/**
 * OData `$search` over directory objects: `"displayName:lee" OR "mail:lee"`, clauses in double quotes joined by `OR`
 * and `AND`, `AND` binding tighter. In a display name every word of the clause must begin some word of the name; in any
 * other property the whole value must begin with the clause.
 */
export function parseSearch(text: string, searchable: readonly string[]): ParsedFilter {
  const alternatives: Predicate[] = [];
  for (const alternative of text.split(/(?<=")\s+OR\s+(?=")/)) {
    const required: Predicate[] = [];
    for (const clause of alternative.split(/(?<=")\s+AND\s+(?=")/)) {
      const match = /^\s*"(\w+):((?:[^"\\]|\\.)*)"\s*$/.exec(clause);
      if (match === null) return { ok: false, message: `Syntax error in the $search clause: ${clause}` };
      const [, property = '', value = ''] = match;
      if (!searchable.includes(property)) {
        return { ok: false, message: `The property '${property}' cannot be searched.` };
      }
      required.push(begins(property, value.replaceAll(/\\(.)/g, '$1')));
    }
    alternatives.push((item) => required.every((matches) => matches(item)));
  }
  return { ok: true, matches: (item) => alternatives.some((matches) => matches(item)) };
}

function begins(property: string, wanted: string): Predicate {
  const isTokenized = property === 'displayName' || property === 'description';
  const wantedWords = isTokenized ? words(wanted) : [wanted.toLowerCase()];
  const read = readerOf(property);
  return (item) => {
    const value = read(item);
    if (typeof value !== 'string') return false;
    const valueWords = isTokenized ? words(value) : [value.toLowerCase()];
    return wantedWords.every((wantedWord) => valueWords.some((word) => word.startsWith(wantedWord)));
  };
}

function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
