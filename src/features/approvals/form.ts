import { dayOf } from '../../chat/dates/start-date.ts';
import { type CommandParts, defineButton, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { CardAction, Reply } from '../../chat/reply.ts';
import { type AccessFormInput, accessForm as accessFormCard } from './cards/access-form.ts';
import { requestAccess } from './request-access.ts';
import { readBareRequest } from './request-line.ts';

/** Teams shows a long list of choices badly; the requester can type an app that is not in it. */
const mostApps = 100;

/** `request` alone: a form with every field of an access request. */
export function accessForm(parts: CommandParts, turn: Turn): Promise<Reply> {
  return form(parts, turn, { subject: '', app: '', start: '', reason: '' }, null);
}

/** The submitted form. Usher asks again for what is missing and keeps what was filled in. */
async function ask(parts: CommandParts, turn: Turn, filled: Extract<CardAction, { verb: 'ask' }>): Promise<Reply> {
  const [subject, app, start, reason] = [filled.subject, filled.app, filled.start, filled.reason].map((text) =>
    text.replace(/\s+/gu, ' ').trim(),
  ) as [string, string, string, string];
  if (subject === '' || app === '') {
    const missing = turn.words.plain(subject === '' ? 'accessForm.missingPerson' : 'accessForm.missingApp');
    return form(parts, turn, { subject, app, start, reason }, missing);
  }
  return requestAccess(parts, turn, {
    verb: 'requestAccess',
    subject,
    app,
    start: start === '' ? null : start,
    end: null,
    reason: reason === '' ? null : reason,
  });
}

async function form(
  parts: CommandParts,
  turn: Turn,
  values: AccessFormInput['values'],
  problem: string | null,
): Promise<Reply> {
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const apps = listing.value.items.slice(0, mostApps).map(({ id, displayName }) => ({ id, name: displayName }));
  const today = dayOf(parts.store.clock.now(), turn.incoming.reader);
  return { kind: 'card', inPlace: true, message: accessFormCard(turn.words, { apps, values, problem, today }) };
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `request` alone opens the form. */
    accessForm: object;
  }
}

export const accessFormCommand = defineCommand({
  verb: 'accessForm',
  read: readBareRequest,
  write: () => 'request',
  permission: 'access.request',
  appOnly: true,
  chapter: 'ask',
  examples: ['request'],
  offeredByTeams: { personal: 2 },
  tryIt: 'request',
  run: accessForm,
});

export const askButton = defineButton({
  verb: 'ask',
  permission: 'access.request',
  appOnly: true,
  freshRoles: 'clicked',
  run: ask,
});
