import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Jest's transformer for the entries of large packages: each becomes a reference to the worker's one copy. */
export function process(_text: string, path: string, options: { readonly supportsStaticESM: boolean }) {
  const shared = `globalThis.loadShared(${JSON.stringify(path)})`;
  if (!options.supportsStaticESM) return { code: `module.exports = ${shared};` };
  const names = Object.keys(require(path) as object).filter((name) => name !== 'default' && name !== 'module.exports');
  // Some names are reserved words, such as zod's `enum`.
  const constants = names.map((name, index) => `const export${index} = shared[${JSON.stringify(name)}];`);
  const exported = names.map((name, index) => `export${index} as ${name}`);
  const lines = [`const shared = ${shared};`, ...constants, `export { ${exported.join(', ')} };`];
  return { code: [...lines, 'export default shared.default;'].join('\n') };
}
