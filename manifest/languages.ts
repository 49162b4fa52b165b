import { fileURLToPath } from 'node:url';
import { runLanguages } from './keep-languages.ts';

/** `npm run languages`: what the translations lack; with `--write`, what a person has brought up to date. */
const folder = fileURLToPath(new URL('../src/chat/languages/', import.meta.url));
const { text, code } = runLanguages(folder, process.argv.slice(2));
process.stdout.write(text);
process.exitCode = code;
