import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { findPeople } from '../../../src/chat/names/people.ts';
import { resolvePerson, type Typist } from '../../../src/chat/names/person.ts';
import { createDirectory, type Directory, type DirectoryUser } from '../../../src/graph/directory.ts';
import { everybody, type Person, people } from '../../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from '../../graph/support.ts';
import { parse } from '../../support/grammar.ts';
import { startTestUsher } from '../../support/usher.ts';

jest.setTimeout(180_000);

let bench: Bench;
let directory: Directory;

beforeAll(async () => {
  bench = await startBench();
  directory = createDirectory(bench.graph);
});
afterEach(() => bench.sandbox.tenant.reset());
afterAll(() => bench.close());

/** Names that begin like each other, like pronouns, and like parts of addresses. */
const words = fc.constantFrom(
  ...['Ann', 'Anna', 'Annabel', "O'Neil", 'Neil', 'Al', 'All', 'Allan', 'Her', 'Herta', 'Them', 'Themba', 'It', 'Itai'],
  ...[
    'Isa',
    'Isaiah',
    'Langer',
    'Lang',
    'Lee',
    'Lee-Ann',
    'Jürgen',
    'Jurgen',
    'José',
    'Jose',
    'Me',
    'May',
    'To',
    'And',
  ],
  ...['Анна', '山田', 'der', 'Box', 'Or', 'New', 'Newton', 'Ned', 'x', '(Sales)'],
);
const aliases = fc.constantFrom(
  ...[
    'ann',
    'neil',
    "ann.o'neil",
    "o'neil",
    'all',
    'al',
    'isa',
    'isaiah',
    'lee',
    'lee.ann',
    '$svc',
    'a+b',
    '{x}',
    'them',
    'me',
  ],
  ...["!#$%&'*+-/=?^_`|~", 'x', 'x.neil', 'jose'],
);
const domains = fc.constantFrom('contoso.com', 'fabrikam.com', 'contoso.com.example');
const user = fc.record({
  name: fc.array(words, { minLength: 1, maxLength: 3 }),
  alias: aliases,
  domain: domains,
  mail: fc.option(fc.tuple(aliases, domains), { nil: null }),
  guest: fc.boolean(),
  surnameFirst: fc.boolean(),
});
const directories = fc.uniqueArray(user, {
  minLength: 1,
  maxLength: 8,
  selector: ({ alias, domain }) => `${alias}@${domain}`,
});
const typed = fc.oneof(
  fc.array(words, { minLength: 1, maxLength: 3 }).map((name) => name.join(' ')),
  words.chain((word) => fc.integer({ min: 1, max: word.length }).map((end) => word.slice(0, end))),
  aliases,
  fc.tuple(aliases, domains).map((parts) => parts.join('@')),
  fc.tuple(words, aliases, domains).map(([name, alias, domain]) => `${name} <${alias}@${domain}>`),
  fc.constantFrom(
    'all',
    'them',
    'the new one',
    'me',
    'both of them',
    'isaiah or lee',
    '"All"',
    '"Me"',
    people.adele.id,
  ),
);
const lines = fc.oneof(
  typed.map((one) => `provision ${one} to Salesforce`),
  fc
    .tuple(fc.array(typed, { minLength: 1, maxLength: 5 }), fc.constantFrom(', ', '; ', '\n', ' and '))
    .map(([all, mark]) => `provision users ${all.join(mark)} to Salesforce`),
);

function live(directoryOf: readonly (typeof user extends fc.Arbitrary<infer T> ? T : never)[]): readonly Person[] {
  return directoryOf.map(({ name, alias, domain, mail, guest, surnameFirst }, index) => {
    const [givenName = '', ...others] = name;
    const surname = others.length === 0 ? null : others.join(' ');
    const displayName = surnameFirst && surname !== null ? `${surname}, ${givenName}` : name.join(' ');
    const id = everybody[index + 20]?.id ?? '';
    return bench.sandbox.tenant.changePerson(id, {
      displayName,
      givenName,
      surname,
      mailNickname: alias,
      userPrincipalName: `${alias}@${domain}`,
      mail: (mail ?? [alias, domain]).join('@'),
      userType: guest ? 'Guest' : 'Member',
    });
  });
}

async function actedOn(line: string): Promise<readonly DirectoryUser[]> {
  const parsed = parse(line);
  if (parsed.kind !== 'command') return [];
  const { command } = parsed;
  const quoted = new Set([...line.matchAll(/"([^"]*)"/g)].map(([, name]) => name ?? ''));
  const typist: Typist = { id: people.alex.id, locale: 'en-US', quoted };
  if (command.verb === 'provision') {
    const found = await resolvePerson(directory, command.subject, typist);
    if (!found.ok) throw new Error(`trouble with ${line}`);
    return found.value.kind === 'one' ? [found.value.user] : [];
  }
  if (command.verb !== 'provisionList') return [];
  const found = await findPeople(directory, command.subjects, typist);
  if (found.kind === 'trouble') throw new Error(`trouble with ${line}`);
  return found.people;
}

const fold = (text: string) => text.normalize('NFKC').toLowerCase();
const bare = (text: string) => text.replace(/^[([{"'<]+|[)\]}"'>]+$/g, '');

/** Whether the id, an address, the nickname or words that the person is called by stand whole in the line. */
function standsIn(line: string, person: Person): boolean {
  const tokens = fold(line)
    .split(/[\s,;]+/)
    .flatMap((token) => [token, bare(token)]);
  const isThere = (text: string) =>
    text !== '' &&
    fold(text)
      .split(' ')
      .every((word) => tokens.includes(word) || tokens.includes(bare(word)));
  const ends = person.displayName.split(/[\s,]+/).filter((word) => !word.startsWith('('));
  return [
    ...[person.id, person.userPrincipalName, person.mail, person.mailNickname, person.givenName, person.surname ?? ''],
    ...[ends.at(0) ?? '', ends.at(-1) ?? ''],
  ].some(isThere);
}

describe('random lines in random directories', () => {
  it('act on no person whose name, nickname, address or id does not stand whole in the line', async () => {
    let acted = 0;
    await fc.assert(
      fc.asyncProperty(directories, fc.array(lines, { minLength: 4, maxLength: 4 }), async (some, said) => {
        bench.sandbox.tenant.reset();
        live(some);
        for (const line of said) {
          const users = await actedOn(line);
          acted += users.length;
          for (const { id } of users) {
            const person = bench.sandbox.tenant.person(id);
            const isSpeaker = id === people.alex.id && /\b(me|myself)\b/i.test(line);
            if (person === undefined || !(isSpeaker || standsIn(line, person)))
              throw new Error(`${line} acted on ${JSON.stringify(person)}`);
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(acted).toBeGreaterThan(20);
  });

  it('act on a person for a name only where no other member has it as well, and on no guest beside a member', async () => {
    const name = fc.array(words, { minLength: 1, maxLength: 2 }).map((all) => all.join(' '));
    let times = 0;
    await fc.assert(
      fc.asyncProperty(directories, fc.array(name, { minLength: 4, maxLength: 4 }), async (some, said) => {
        bench.sandbox.tenant.reset();
        const present = live(some);
        for (const one of said) {
          const [acted] = await actedOn(`provision "${one}" to Salesforce`);
          if (acted === undefined) continue;
          times += 1;
          const wanted = fold(one).split(' ').map(bare);
          const rivals = present.filter((person) => {
            const own = [person.givenName, person.surname ?? ''].map(fold);
            const isCalled = wanted.length === 1 && own.includes(wanted[0] ?? '');
            return person.id !== acted.id && person.userType === 'Member' && isCalled;
          });
          if (rivals.length > 0) throw new Error(`${one} acted on ${acted.displayName}, not ${JSON.stringify(rivals)}`);
        }
      }),
      { numRuns: 60 },
    );
    expect(times).toBeGreaterThan(20);
  });

  it('with two apps, or with a name that is taken back, act on no person and offer no other', async () => {
    const usher = await startTestUsher({ environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10' } });
    const names = fc.shuffledSubarray(['isaiah', 'adele', 'diego', 'grady', 'lynne', 'alex'], {
      minLength: 4,
      maxLength: 4,
    });
    const two = fc.constantFrom(', ', '; ', ' and ', ', and ', '\n');
    const against = fc.constantFrom('not', 'but not', 'except', 'instead of', 'without', "don't add", 'rather than');
    const to = fc.constantFrom('to', 'into', 'in');
    const verb = fc.constantFrom('provision users', 'provision', 'add');
    const said = fc.oneof(
      fc.tuple(verb, names, two, to).map(([say, [a, b, c, d], mark, word]) => ({
        line: `${say} ${a}, ${b} ${word} github${mark}${c}, ${d} ${word} salesforce`,
        wrong: [`(?:${a}|${b})\\b.* to .*salesforce`, `(?:${c}|${d})\\b.* to .*github`],
      })),
      fc.tuple(verb, names, against, to).map(([say, [a, b, c, d], word, joint]) => ({
        line: `${say} ${a}, ${b}, ${word} ${c}, ${d} ${joint} github`,
        wrong: [`\\b(?:${c}|${d})\\b`],
      })),
      fc.tuple(verb, names, against, to).map(([say, [a, b], word, joint]) => ({
        line: `${say} ${a}, ${b} ${joint} github ${word} ${joint} salesforce`,
        wrong: ['salesforce'],
      })),
    );
    let offered = 0;
    await fc.assert(
      fc.asyncProperty(said, async ({ line, wrong }) => {
        await usher.say('alex', line);
        await usher.settled();
        const lines = usher
          .lastCard()
          .buttons.map(({ data }) => ({ text: '', ...(data as { text?: string }) }).text)
          .filter((text) => text.startsWith('provision '));
        offered += lines.length;
        const bad = lines.filter((text) => wrong.some((pattern) => new RegExp(pattern, 'i').test(text)));
        if (bad.length > 0 || usher.sandbox.stats().calls > 0) throw new Error(`${line} led to ${JSON.stringify(bad)}`);
      }),
      { numRuns: 30 },
    );
    await usher.close();
    expect(offered).toBeGreaterThan(10);
  });
});
