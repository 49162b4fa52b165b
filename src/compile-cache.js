import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Loaded before everything else by the scripts of `package.json`: Node keeps what it compiles, and its TypeScript
 * without the types, from one run to the next, which halves the work of a start. It stands beside the packages that it
 * is made of and is as trusted as they are; a folder for everybody, as Node's own choice is, would not be. Where it
 * cannot be written, Node does without.
 *
 * Plain JavaScript, for to read one TypeScript file Node loads all that it needs to read TypeScript.
 */
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/usher', import.meta.url)));
