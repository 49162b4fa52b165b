import type { MessageKey, Messages } from '../../../chat/messages.ts';
import { short } from '../../../chat/views/parts.ts';
import type { ClauseFinding, GroupFinding } from '../../../graph/preview/scope.ts';
import { textOf } from '../../../graph/preview/source-values.ts';
import type { PreviewDoubt } from '../../../graph/preview/verdict.ts';
import type { IsShown } from '../../../masking/attributes.ts';
import { cutValue } from '../../../masking/cut-outcome.ts';
import { attributeWord } from '../../provisioning/cards/attribute-words.ts';

/** The longest value and the longest operand in a sentence. */
const LONGEST_SAID = 60;
const LONGEST_ATTRIBUTE = 60;
/** How many clauses a sentence names. */
const MOST_SAID = 3;

/** An attribute's everyday name, or its own; plain. */
export const attributeName = (words: Messages, attribute: string): string =>
  attributeWord(attribute, words) ?? short(attribute, LONGEST_ATTRIBUTE);

/**
 * A clause with the person's own value: "department is “HR”, and the filter asks for EQUALS “Sales”". Where the value is
 * not to be shown, only the attribute is named. Plain, a value for a message.
 */
export function clauseText(words: Messages, { clause, value }: ClauseFinding, isShown: IsShown): string {
  const attribute = attributeName(words, clause.attribute);
  if (!isShown(clause.attribute)) return attribute;
  const text = textOf(value);
  const operand = cutValue(clause.attribute, words.commas(clause.values), isShown) ?? '';
  return words.plain('preview.clause', {
    attribute,
    held: text === null ? 'none' : 'some',
    value: short(cutValue(clause.attribute, text, isShown) ?? '', LONGEST_SAID),
    operator: short(clause.operator, LONGEST_SAID),
    compared: operand === '' ? 'no' : 'yes',
    operand: short(operand, LONGEST_SAID),
  });
}

/** What each group asks for in vain, one clause of each; plain. */
export function failedText(words: Messages, groups: readonly GroupFinding[], isShown: IsShown): string {
  const texts = groups.flatMap(({ clauses }) => {
    const failed = clauses.find(({ truth }) => truth.is === 'no');
    return failed === undefined ? [] : [clauseText(words, failed, isShown)];
  });
  return words.list([...new Set(texts)].slice(0, MOST_SAID));
}

/** Why it is unknown, in half a sentence; plain. */
export function doubtText(words: Messages, doubt: PreviewDoubt, app: string): string {
  const key: MessageKey = `preview.doubt.${doubt.why}`;
  if (!('clause' in doubt)) return words.plain(key, { app });
  const { attribute, operator } = doubt.clause;
  return words.plain(key, {
    app,
    attribute: attributeName(words, attribute),
    operator: short(operator, LONGEST_SAID),
  });
}
