import { foreignIn } from '../grammar/asides.ts';
import { wordSet } from '../grammar/word-lists.ts';
import { wordsOf } from './app-mentions.ts';

/** What a line is probably about. `unsaid`: it has no verb and is short. `open`: it is too long to say. */
export type Intent =
  | 'provision'
  | 'requestAccess'
  | 'remove'
  | 'check'
  | 'preview'
  | 'status'
  | 'watch'
  | 'unwatch'
  | 'history'
  | 'unsaid'
  | 'open';

/** What a line is taken to be about. */
export type Meant = Exclude<Intent, 'unsaid' | 'open'>;

/** With one of these a line may mean the opposite, or tell of the past. */
const NEGATING = wordSet('not dont never no already instead without out accidentally');
const REMOVING = wordSet(`
  undo remove removed revoke revoked delete deleted deprovision unprovision offboard unassign disable terminate stop
  cancel withdraw replace swap switch transfer move moved moves leaver leaving leaves left kicked deactivated suspended
  blocked dropped stripped took taken
`);
/** "cut off lynne's Salesforce access", "strip lynne of Salesforce": the opposite must never be offered. */
const TAKING =
  /\b(?:tak(?:e|ing) (?:\S+ )*(?:away|out|off)|cut(?:ting)? (?:\S+ )*off|lock(?:ing)? (?:\S+ )+out|stop (?:\S+ )+access|kick|boot|deactivate|suspend|block|strip|rescind|drop|eject|evict|lose|loses)\b/i;
const UNNEEDED =
  /\b(?:no longer (?:needs?|uses?)|(?:does|do)(?: not|n['’]?t) (?:need|use) .+\bany ?(?:more|longer))\b/i;
const NEGATED = wordSet('not dont never no already instead accidentally without');
const ASKING = wordSet('why did does is are has have was were when where can cannot cant who');
const TROUBLE = wordSet(`
  login logon log signin sign locked broken missing unable trouble error denied cannot cant down wrong lost stuck spinning
  loading hangs hanging 401 403 404 500 503
`);
/** "has no access", "isn't in Salesforce yet", "should be there but is not": a person misses an account. */
const LACKS = new RegExp(
  [
    '(?:has|have|had|got|gets?|sees?|still|with|there is) no',
    '(?:is|are|was|were|does|did|has|have|still|but) not(?! (?:to|need|want|require|supposed|allowed|joining|coming))',
    "(?:is|are|was|were|does|did|has|have)n['’]?t(?! (?:need|want|require|supposed|allowed|joining|coming))",
    'lost (?:access|the account)|should be|should already have',
  ]
    .map((one) => `(?<![\\p{L}\\p{N}])(?:${one})(?![\\p{L}\\p{N}])`)
    .join('|'),
  'iu',
);
const PAST = wordSet('provisioned added assigned created synced approved requested granted');
/** What a person did, after "who". */
const DONE = wordSet('asked gave changed did denied cancelled canceled');
const GIVING = wordSet(`
  provision provisioning add put create onboard onboarding sync resync push assign reprovision update refresh give grant need needs want wants require
  requires get access account starter joiner joins request setup enable license licence
`);
const SYNCING = wordSet('sync resync refresh push');
const LOOKING = wordSet('check verify status');
const TELLING = wordSet('tell notify alert warn know');
/** "diego's last day is friday" */
const LEAVING = /\blast day\b|\bresigned\b|\bno longer (?:works|with)\b|\blet go\b|\bgot fired\b/i;
/** "can he have Salesforce please" */
const HAVING = /\b(?:can|could|may|should|must) (?:[\p{L}'’.-]+ ){1,3}?(?:please )?(?:have|use)\b/iu;
/** "nestor not in servicenow" */
const ABSENT = /\bnot (?:in|on|there|showing|visible)\b/i;
const AGAIN = /\btry\b.*\bagain\b/i;
/** A line this short may be a command without a verb ("Salesforce for isaiah"). */
const fewWords = 6;

/** Null for a line too risky to guess at. */
export function intentOf(line: string): Intent | null {
  const words = wordsOf(line.replace(/['’]/g, ''));
  const [first = ''] = words;
  const foreign = foreignIn(line);
  if (foreign === 'against') return null;
  const has = (set: ReadonlySet<string>) => words.some((word) => set.has(word));
  if (has(TELLING) && (words.includes('when') || words.includes('if'))) return 'watch';
  if (first === 'who' && (has(PAST) || has(DONE))) return 'history';
  // "get zscaler out of quarantine": its status shows what can be done.
  if (words.includes('quarantine') || words.includes('quarantined')) return 'status';
  const asks = ASKING.has(first) || has(TROUBLE);
  if (asks && first !== 'can') return 'check';
  if (UNNEEDED.test(line) || (TAKING.test(line) && !has(NEGATED))) return 'remove';
  if (has(REMOVING) || TAKING.test(line) || LEAVING.test(line)) return null;
  if (ABSENT.test(line) && !has(GIVING)) return 'check';
  if (lacks(line) && (has(NEGATING) || !has(GIVING))) return 'check';
  // "check whether isaiah is there, and if not …"
  if (has(NEGATING)) return has(LOOKING) ? 'check' : null;
  if (has(PAST) || has(LOOKING)) return 'check';
  if (has(GIVING) || first === 'same' || HAVING.test(line) || AGAIN.test(line)) return 'provision';
  return foreign === 'foreign' || words.length <= fewWords ? 'unsaid' : 'open';
}

const LEAVER =
  /^(.{2,80}?)(?:['’]s| is| has)? (?:leaving|leaves|left|quitting|quits|resigned|resigns|been let go|was let go|last day)(?: (?:us|the company|the firm|contoso|is|today|tomorrow|soon|on|at|by|this|next|for good)\b.*)?[.!]*$/iu;

/** They stand for the command of a line about a leaver. */
export const LEAVING_WORDS =
  'is has been was leaving leaves left quitting quits resigned resigns let go last day us the company';

/** "adele is leaving", "diego leaves the company on friday": who leaves, as it was typed; null for any other line. */
export function leaverIn(line: string): string | null {
  return LEAVER.exec(line.trim())?.[1]?.trim() ?? null;
}

/** Whether a line says that an account is missing. */
export function lacks(line: string): boolean {
  return LACKS.test(line);
}

/** Whether a line with this intent gives a person an account. */
export function gives(intent: Intent): boolean {
  return intent === 'provision' || intent === 'requestAccess' || intent === 'unsaid';
}

/** "hi team, can you please get isaiah going today" */
const mostWordsOfHalf = 12;

/** Whether a line is so short that it may be half a command: it wants an account, and does not say for whom or where. */
export function isHalf(line: string): boolean {
  return wordsOf(line).length <= mostWordsOfHalf;
}

/** Whether a line may be about the synchronization of a whole app. */
export function isAboutSync(line: string): boolean {
  return wordsOf(line).some((word) => SYNCING.has(word));
}

/** Whether the writer wants something for themselves. */
export function isForSelf(line: string): boolean {
  return wordsOf(line).some((word) => word === 'i' || word === 'me' || word === 'myself');
}
