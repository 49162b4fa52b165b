import type { Command, Verb } from '../command.ts';
import type { CommandOf } from './rule.ts';
import { rules } from './rules.ts';

/**
 * The command as the line a person would type, with names quoted where needed. `parse` reads it back as the same
 * command, provided that its names hold more than white space.
 */
export function format(command: Command): string {
  return write(command.verb, command);
}

function write<V extends Verb>(verb: V, command: CommandOf[V]): string {
  return rules[verb].write(command);
}
