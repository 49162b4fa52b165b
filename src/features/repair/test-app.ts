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
import type { CredentialTest } from '../../graph/job-calls.ts';
import { inQuarantine } from '../../graph/job-verbs.ts';
import { findJob } from './find-job.ts';
import { say } from './problems.ts';
import { readTest } from './repair-line.ts';

/** `test <app>`: has Microsoft try the saved credentials. A failed test is told as that, not as wrong credentials. */
async function test(parts: CommandParts, turn: Turn, command: CommandOf<'test'>): Promise<Reply> {
  const found = await findJob(parts, turn, command, 'repair.run');
  if (found.kind === 'reply') return found.reply;
  const { app, job } = found;
  const tested = await parts.jobs.testCredentials({ servicePrincipalId: app.id, jobId: job.id });
  await recordAudit(parts, turn.caller.id, 'repair', { step: tested.kind, repair: 'test', app: app.id });
  if (tested.kind === 'unsent') return troubleReply(turn.words, tested.trouble, tryAgain(parts, command));
  const { words } = turn;
  const told = toldAs(tested);
  const isQuarantined = inQuarantine(job.state) !== null;
  const values = { app: short(app.displayName), quarantined: isQuarantined ? 'yes' : 'no' };
  const [happened, next] = [`test.${told}.happened`, `test.${told}.next`] as const;
  const said = 'message' in tested ? short(tested.message, 300) : '';
  const code = 'code' in tested ? short(tested.code, 120) : '';
  const repair = parts.grammar.format({ verb: 'repair', app: app.displayName, how: null, reason: null });
  const mends = told !== 'passed' ? tryAgain(parts, command) : isQuarantined ? [runs('repairJob', repair)] : [];
  return {
    kind: 'card',
    inPlace: true,
    message: noticeCard(words, {
      tone: TONES[told],
      title: words.card(`test.${told}.title`, values),
      paragraphs: [
        words.card(happened, values),
        ...(said === '' ? [] : [words.card('test.said', { from: told, ...values, message: said })]),
      ],
      next: words.card(next, values),
      code: code === '' ? null : words.card('label.code', { code }),
      buttons: [...mends, runs('status', parts.grammar.format({ verb: 'status', app: app.displayName }))],
      link: told === 'passed' ? null : provisioningPageUrl(parts.entraPortal, app.id),
      summary: words.sentences([words.plain(happened, values), words.plain(next, values)]),
    }),
  };
}

const TONES = {
  passed: 'good',
  failed: 'bad',
  noCredentials: 'warning',
  notOffered: 'warning',
  notDone: 'unknown',
} as const;

function toldAs(test: Exclude<CredentialTest, { kind: 'unsent' }>): keyof typeof TONES {
  switch (test.kind) {
    case 'passed':
    case 'failed':
    case 'noCredentials':
      return test.kind;
    case 'refused':
      return test.why === 'cloudLacksCall' ? 'notOffered' : 'notDone';
    case 'unknown':
      return 'notDone';
    default:
      return assertNever(test, 'test');
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
