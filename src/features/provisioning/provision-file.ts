import { assertNever } from '../../assert-never.ts';
import { quoteName } from '../../chat/grammar/names.ts';
import type { IncomingFile } from '../../chat/incoming.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { refuseVerb } from '../../chat/registry/run.ts';
import type { Reply } from '../../chat/reply.ts';
import type { LeftOut } from '../../requests/request.ts';
import { type BadRow, peopleFileLimits, readPeopleFile } from './lists/people-file.ts';
import { say } from './problems.ts';
import { provisionList } from './provision-list.ts';
import { askOneByOne } from './untimely.ts';

const megabyte = 1024 * 1024;

/**
 * A file of people, sent together with "provision users to <app>". Its addresses are read as if typed below that line,
 * in quotes, so a file can do nothing that a message cannot, and no character in an address splits it.
 */
export async function provisionFile(parts: CommandParts, turn: Turn, line: string, file: IncomingFile): Promise<Reply> {
  const refusal = askOneByOne(turn) ?? (await refuseVerb(parts, turn, 'provisionList'));
  if (refusal !== null) return refusal;
  const { words } = turn;
  const content = await parts.readFile(file);
  switch (content.kind) {
    case 'bytes':
      break;
    case 'tooLarge':
      return say(words, { kind: 'fileTooLarge', limit: peopleFileLimits.maxBytes / megabyte });
    case 'notFromTenant':
      return say(words, { kind: 'fileNotFromTenant' });
    case 'notFetched':
      return say(words, { kind: 'fileUnreadable' });
    default:
      return assertNever(content, 'content');
  }
  const people = readPeopleFile(content.bytes);
  switch (people.kind) {
    case 'people': {
      const parsed = parts.grammar.parse(`${line}\n${people.entries.map(quoteName).join('\n')}`);
      if (parsed.kind !== 'command' || parsed.command.verb !== 'provisionList')
        return say(words, { kind: 'incomplete', missing: 'app' });
      return provisionList(parts, turn, parsed.command, people.badRows.map(toLeftOut));
    }
    case 'tooLarge':
      return say(words, { kind: 'fileTooLarge', limit: peopleFileLimits.maxBytes / megabyte });
    case 'noColumn':
      return say(words, { kind: 'fileNoColumn', columns: people.columns });
    case 'tooManyRows':
      return say(words, { kind: 'fileTooManyRows', rows: people.rows, limit: peopleFileLimits.maxRows });
    case 'unreadable':
      return say(words, { kind: 'fileUnreadable' });
    case 'empty':
      return say(words, { kind: 'emptyList' });
    default:
      return assertNever(people, 'file');
  }

  function toLeftOut({ row }: BadRow): LeftOut {
    return { text: words.plain('file.row', { row }), reason: 'notUnderstood', suggestions: [] };
  }
}
