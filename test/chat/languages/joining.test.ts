import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const root = new URL('../../../src/', import.meta.url);
const home = ['chat/messages.ts', 'chat/languages/joining.ts'];

/** Modules that put together what people read; those of the grammar and the offers put together lines to type. */
const speaks = ({ path, text }: { readonly path: string; readonly text: string }) =>
  !home.includes(path) &&
  !/^chat\/(?:grammar|offers)\/|-line\.ts$/.test(path) &&
  (/^(?:chat\/(?:views|cards)|features\/(?:.+\/)?cards)\//.test(path) ||
    (/^(?:chat|features)\//.test(path) && /\bMessages\b|\bturn\.words\b/.test(text)));

/** How often a module puts together what is no text in the reader's language. */
const allowed: readonly (readonly [path: string, times: number, why: string])[] = [
  ['chat/cards/as-text.ts', 7, 'cards drawn in characters, for the sandbox and tests'],
  ['chat/chat.ts', 1, 'codes for the audit log'],
  ['chat/responder.ts', 2, 'the words of a typed line'],
  ['chat/registry/form-apps.ts', 2, 'a text that is searched'],
  ['chat/registry/turn.ts', 1, 'the words of a typed line'],
  ['chat/views/parts.ts', 1, 'Markdown: bold ends at a space in every language'],
  ['features/approvals/decide.ts', 1, 'a line to type'],
  ['features/approvals/cards/access-card.ts', 1, 'a sign in front of a text'],
  ['features/approvals/cards/joint-words.ts', 1, 'a key'],
  ['features/checks/outbox.ts', 1, 'names for the audit log'],
  ['features/checks/cards/access-report-card.ts', 1, 'the name of a setting and an id'],
  ['features/leaving/ask-which-app.ts', 1, 'the words of a typed line'],
  ['features/leaving/removal-lists.ts', 3, 'a line to type'],
  ['features/leaving/ends/extend.ts', 1, 'a line to type'],
  ['features/provisioning/line-terms.ts', 1, 'two dates as they were typed'],
  ['features/provisioning/targets.ts', 1, 'a key'],
  ['features/provisioning/cards/result-steps.ts', 1, 'a sign in front of a text'],
];

/**
 * Where a module puts texts together by itself: a `join` with a space or a mark, and a template or a sum with a piece
 * that holds a space or a mark but no letter (a piece with letters is a line to type).
 */
function jointsIn({ path, text }: { readonly path: string; readonly text: string }): readonly string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (pieces(node).some(isJoint)) found.push(`${path}: ${node.getText(file).replace(/\s+/g, ' ')}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const isJoint = (piece: string) => /^\P{L}*$/u.test(piece) && /[^\S\n]|[：，、；。（）]/.test(piece);

function pieces(node: ts.Node): readonly string[] {
  if (ts.isTemplateExpression(node)) {
    const all = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
    // A bare mark between two values makes a key, "12:3"; behind the last one it ends a text.
    return /^[:.;,]$/.test(all.at(-1) ?? '') ? [...all, ' '] : all;
  }
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const [separator] = node.arguments;
    const isLiteral = separator !== undefined && ts.isStringLiteralLike(separator);
    return node.expression.name.text === 'join' && isLiteral ? [separator.text] : [];
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return [node.left, node.right].flatMap((side) => (ts.isStringLiteralLike(side) ? [side.text] : []));
  return [];
}

describe('texts for people', () => {
  it('are seen where a module puts them together', () => {
    const joined = [
      "names.join(', ')",
      "names.join(' · ')",
      "names.join('、')",
      `\`\${label}: \${value}\``,
      `\`\${name} (\${id})\``,
      `\`\${title}.\``,
      `\`\${a}，\${b}\``,
      "label + ': '",
    ];
    const other = [
      "lines.join('\\n')",
      "ids.join('')",
      `\`\${id}:\${revision}\``,
      `\`check \${name}\``,
      `\`count.\${key}\``,
    ];

    const found = jointsIn({ path: 'x.ts', text: [...joined, ...other].join(';\n') });

    expect(found).toEqual(joined.map((joint) => `x.ts: ${joint}`));
  });

  it('are put together by the reader’s language alone, in one place', () => {
    const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => ({ path, text: readFileSync(new URL(path, root), 'utf8') }))
      .filter(speaks);

    const found = sources.map((source) => ({ path: source.path, joints: jointsIn(source) }));
    const unknown = found.filter(
      ({ path, joints }) => joints.length !== (allowed.find(([known]) => known === path)?.[1] ?? 0),
    );

    expect(sources.length).toBeGreaterThan(100);
    expect(unknown).toEqual([]);
  });
});
