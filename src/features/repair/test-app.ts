import { assertNever } from '../../assert-never.ts';
import type { CommandOf } from '../../chat/command.ts';
import { writeCheckName } from '../../chat/grammar/check-names.ts';
import { tryAgain } from '../../chat/names/target.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { recordAudit, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { provisioningPageUrl } from '../../chat/views/entra-link.ts';
import { noticeCard } from '../../chat/views/notice.ts';
import { short } from '../../chat/views/parts.ts';
import { runs } from '../../chat/views/problem.ts';
import { inQuarantine } from '../../graph/job-verbs.ts';
import { findJob } from './find-job.ts';
import { say } from './problems.ts';
import { readTest } from './repair-line.ts';

/** `test <app>`: has Microsoft try the saved credentials. A failed test is told as that, not as wrong credentials. */
async function test(parts: CommandParts, turn: Turn, command: CommandOf<'test'>): Promise<Reply> {
  const found = await findJob(parts, turn, command, 'repair.run');
  if (found.kind === 'reply') return found.reply;
  const { app, job } = found;
  const tested = await parts.repairs.test(app.id, job.id);
  await recordAudit(parts, turn.caller.id, 'repair', { step: tested.kind, repair: 'test', app: app.id });
  if (tested.kind === 'trouble') return troubleReply(turn.words, tested.trouble, tryAgain(parts, command));
  const { words } = turn;
  const isQuarantined = inQuarantine(job.state) !== null;
  const values = { app: short(app.displayName), quarantined: isQuarantined ? 'yes' : 'no' };
  const happened = `test.${tested.kind}.happened` as const;
  const next = `test.${tested.kind}.next` as const;
  const said = tested.kind === 'failed' ? short(tested.message ?? '', 300) : '';
  const line = (verb: 'status' | 'repair') =>
    parts.grammar.format(
      verb === 'status' ? { verb, app: app.displayName } : { verb, app: app.displayName, how: null, reason: null },
    );
  const mends =
    tested.kind !== 'passed' ? tryAgain(parts, command) : isQuarantined ? [runs('repairJob', line('repair'))] : [];
  return {
    kind: 'card',
    inPlace: true,
    message: noticeCard(words, {
      tone: toneOf(tested.kind),
      title: words.card(`test.${tested.kind}.title`, values),
      paragraphs: [
        words.card(happened, values),
        ...(said === '' ? [] : [words.card('test.failed.said', { ...values, message: said })]),
      ],
      next: words.card(next, values),
      code:
        tested.kind === 'failed' && tested.code !== null
          ? words.card('label.code', { code: short(tested.code, 120) })
          : null,
      buttons: [...mends, runs('status', line('status'))],
      link: tested.kind === 'passed' ? null : provisioningPageUrl(parts.entraPortal, app.id),
      summary: words.sentences([words.plain(happened, values), words.plain(next, values)]),
    }),
  };
}

function toneOf(kind: 'passed' | 'failed' | 'notOffered') {
  switch (kind) {
    case 'passed':
      return 'good';
    case 'failed':
      return 'bad';
    case 'notOffered':
      return 'warning';
    default:
      return assertNever(kind, 'test');
  }
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** Tests the saved credentials of an app. */
    test: { readonly app: string };
  }
}

export const testCommand = defineCommand({
  verb: 'test',
  read: readTest,
  write: ({ app }) => `test ${writeCheckName(app)}`,
  permission: 'repair.run',
  ground: 'job',
  chapter: 'repair',
  examples: ['test Salesforce'],
  tryIt: null,
  incomplete: async (_parts, turn) => say(turn.words, { kind: 'repairWhichApp' }),
  run: test,
});
