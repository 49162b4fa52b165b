import type { CommandOf } from '../../chat/command.ts';
import { joinWords, type Word } from '../../chat/grammar/tokens.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { runCommand } from '../../chat/registry/run.ts';
import type { Reply } from '../../chat/reply.ts';
import { quietText } from './cards/quiet-text.ts';
import { say } from './problems.ts';
import { quietUntil } from './watching/quiet-hours.ts';
import { setQuietHours } from './watching/set-quiet.ts';

/** `quiet 22:00 to 7:00`: news of what this conversation watches wait until then. `quiet` alone shows the hours. */
async function quiet(parts: CommandParts, turn: Turn, { hours }: CommandOf<'quiet'>): Promise<Reply> {
  if (hours === null) return runCommand(parts, turn, { verb: 'watches' });
  const { place, reader } = turn.incoming;
  const { store } = parts;
  if (isOff(hours)) {
    const ended = await setQuietHours(store, place.key, null, turn.caller.id);
    parts.publish('watches', null);
    return say(turn.words, { kind: ended ? 'quietEnded' : 'notQuiet' });
  }
  const read = readHours(hours);
  if (read === null) return say(turn.words, { kind: 'unclearHours', typed: hours });
  const set = { ...read, timeZone: reader.timeZone };
  await setQuietHours(store, place.key, set, turn.caller.id);
  parts.publish('watches', null);
  const now = store.clock.now();
  const isNow = quietUntil(set, now) === null ? 'no' : 'yes';
  return say(turn.words, { kind: 'quietSet', hours: quietText(reader.locale, set, now), now: isNow });
}

const OFF = /^(?:off|none|no|end|stop|never)$/i;
const isOff = (hours: string): boolean => OFF.test(hours);

const TIME = String.raw`(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|a\.m\.?|p\.m\.?)?|(noon|midnight)`;
const HOURS = new RegExp(String.raw`^(?:from |between )?(?:${TIME})\s*(?:to|until|till|and|[-–—])\s*(?:${TIME})$`, 'i');

/** Minutes since midnight; null for other texts, and where both times are the same. */
function readHours(typed: string): { readonly begins: number; readonly ends: number } | null {
  const found = HOURS.exec(typed.trim());
  if (found === null) return null;
  const [begins, ends] = [minutesOf(found.slice(1, 5)), minutesOf(found.slice(5, 9))];
  return begins === null || ends === null || begins === ends ? null : { begins, ends };
}

function minutesOf([hour = '', minute = '0', half, word]: readonly (string | undefined)[]): number | null {
  if (word !== undefined) return word.toLowerCase() === 'noon' ? 720 : 0;
  const [hours, minutes] = [Number(hour), Number(minute)];
  const isValid = half === undefined ? hours <= 24 : hours >= 1 && hours <= 12;
  if (!isValid || minutes > 59 || (hours === 24 && minutes > 0)) return null;
  const after = half?.toLowerCase().startsWith('p') === true ? 12 : 0;
  return ((half === undefined ? hours % 24 : (hours % 12) + after) * 60 + minutes) % 1440;
}

function readQuiet(words: readonly Word[]) {
  const typed = joinWords(words);
  const isTimes = /\d|noon|midnight/i.test(typed);
  if (words.length > 8 || (typed !== '' && !isOff(typed) && !isTimes)) return null;
  return { kind: 'command', command: { verb: 'quiet', hours: typed === '' ? null : typed } } as const;
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `hours` as typed; null to show them. */
    quiet: { readonly hours: string | null };
  }
}

export const quietCommand = defineCommand({
  verb: 'quiet',
  read: readQuiet,
  write: ({ hours }) => (hours === null ? 'quiet' : `quiet ${hours}`),
  permission: 'watch.change',
  appOnly: true,
  chapter: 'watch',
  examples: ['quiet 22:00 to 7:00', 'quiet off'],
  tryIt: null,
  run: quiet,
});
