import { createGrammar } from '../../src/chat/grammar/grammar.ts';
import { registry } from '../../src/features/registry.ts';

/** How all commands of Usher are read and written. */
export const { parse, format, verbNamed, ticketsIn } = createGrammar(registry.commands);
