import { deny } from '../../access/policy.ts';
import type { CommandOf } from '../../chat/command.ts';
import { readName, writeName } from '../../chat/grammar/names.ts';
import type { Reading } from '../../chat/grammar/rule.ts';
import { fold, type Word } from '../../chat/grammar/tokens.ts';
import { wordSet } from '../../chat/grammar/word-lists.ts';
import { readJobsOfAll } from '../../chat/jobs/read-jobs.ts';
import { kitNamed } from '../../chat/names/kit.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import type { Kit } from '../../graph/kit-apps.ts';
import { kitCard, kitsCard, type SeenKit, type SeenTerms } from './cards/kits-card.ts';

/** Apps not read by then are shown as unread. */
const patienceMs = 2_500;

/** `kits [name]`: the kits, or one with its apps, and what keeps an app from being provisioned. */
async function kits(parts: CommandParts, turn: Turn, { kit: typed }: CommandOf<'kits'>): Promise<Reply> {
  const { words, caller } = turn;
  const listing = await parts.kits.list();
  if (!listing.ok) return troubleReply(words, listing.trouble);
  const match = typed === null ? null : kitNamed(listing.value, typed);
  const shown = match === null || match.kind === 'none' ? listing.value : [match.kit];
  const [seen, terms] = await Promise.all([
    withJobs(parts, shown),
    match?.kind === 'one' ? termsOf(parts, match.kit) : null,
  ]);
  const [only] = seen;
  if (terms !== null && only !== undefined) return { kind: 'card', message: kitCard(words, only, terms) };
  const mayAdd = deny(caller, 'provision.run') === null;
  const message = kitsCard(words, { kits: seen, search: typed, isNear: match?.kind === 'near', mayAdd });
  return { kind: 'card', message };
}

async function termsOf({ access }: CommandParts, kit: Kit): Promise<SeenTerms> {
  const { ask, approvers, ticket, longest, usual } = kit;
  const contacts = await access.contactsOf([...new Set([...(ask ?? []), ...approvers])]);
  const nameOf = (id: string) => contacts.find((contact) => contact.id === id)?.name || id;
  return {
    ask: ask?.map(nameOf) ?? null,
    approvers: approvers.map(nameOf),
    needsTicket: ticket === 'required',
    ends: { longest, usual },
  };
}

/** The kits with the state of each app's provisioning. */
async function withJobs(parts: CommandParts, shown: readonly Kit[]): Promise<readonly SeenKit[]> {
  const found = shown.flatMap(({ apps }) => apps.flatMap((one) => (one.id === null ? [] : [one.app])));
  const apps = [...new Map(found.map((app) => [app.id, app])).values()];
  const jobs = new Map((await readJobsOfAll(parts, apps, patienceMs)).map(({ app, status }) => [app.id, status]));
  return shown.map((kit) => ({
    ...kit,
    apps: kit.apps.map(({ name, id, trouble }) =>
      id === null ? { name, id, trouble } : { name, id, status: jobs.get(id) ?? 'unread' },
    ),
  }));
}

const ARTICLE = wordSet('the our');
/** "what does the Sales kit hold" */
const HOLDING = wordSet('hold contain include have give');

/** The words after "what is in": a kit, which the line has to call one. */
function readInKit(words: readonly Word[]): Reading | null {
  const named = HOLDING.has(fold(words.at(-1))) ? words.slice(0, -1) : words;
  if (fold(named.at(-1)) !== 'kit') return null;
  const kit = readName(named.slice(ARTICLE.has(fold(named[0])) ? 1 : 0, -1));
  return kit === null ? null : { kind: 'command', command: { verb: 'kits', kit } };
}

declare module '../../chat/command.ts' {
  interface Commands {
    kits: { readonly kit: string | null };
  }
}

export const kitsCommand = defineCommand({
  verb: 'kits',
  questions: { whatIn: readInKit },
  read: (words) => ({ kind: 'command', command: { verb: 'kits', kit: readName(words) } }),
  write: ({ kit }) => (kit === null ? 'kits' : `kits ${writeName(kit)}`),
  permission: 'apps.list',
  chapter: 'check',
  examples: ['kits', 'kits sales'],
  tryIt: 'kits',
  run: kits,
});
