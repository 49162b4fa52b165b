import { describe, expect, it } from '@jest/globals';
import { mentionsIn } from '../../../src/chat/offers/app-mentions.ts';
import { readAround } from '../../../src/chat/offers/around.ts';
import { peopleIn } from '../../../src/chat/offers/person-words.ts';
import { standsIn, unsaidIn } from '../../../src/chat/offers/unsaid.ts';
import type { Application } from '../../../src/graph/applications.ts';

const app = (displayName: string): Application => ({
  id: displayName,
  appId: displayName,
  displayName,
  aliases: [],
  approvers: [],
  assign: null,
  enabled: true,
});
const apps = ['Salesforce', 'GitHub', 'Concur'].map(app);

/** "isaiah+adele>GitHub" for each app, and what the offer leaves out. */
function pairs(line: string): readonly string[] {
  const { pairs: found, leftOut } = readAround(line, mentionsIn(line, apps, false));
  const shown = found.map(({ people, app: name }) => `${people.map(([first]) => first).join('+')}>${name}`);
  return [...shown, ...leftOut.filter((text) => text !== '').map((text) => `-${text}`)];
}

describe('which people go with which app', () => {
  it.each<[string, readonly string[]]>([
    ['provision isaiah to github, adele to salesforce', ['isaiah>GitHub', 'adele>Salesforce']],
    ['isaiah, adele to github; diego, grady to salesforce', ['isaiah+adele>GitHub', 'diego+grady>Salesforce']],
    [
      'provision isaiah to github and salesforce and adele to concur',
      ['isaiah>GitHub', 'isaiah>Salesforce', 'adele>Concur'],
    ],
    ['a@x.com to github, b@x.com to salesforce', ['a@x.com>GitHub', 'b@x.com>Salesforce']],
    ['give salesforce to isaiah and github to adele', ['isaiah>Salesforce', 'adele>GitHub']],
    ['salesforce and github for isaiah, concur for adele', ['isaiah>Salesforce', 'isaiah>GitHub', 'adele>Concur']],
  ])('is decided as the line puts it: %s', (line, expected) => {
    expect(pairs(line)).toEqual(expected);
  });

  it.each<[string, readonly string[]]>([
    ['adele to github not to salesforce', ['adele>GitHub', '-not to salesforce']],
    ['adele in github but not in salesforce', ['adele>GitHub', '-but not in salesforce']],
    ['isaiah to not github', ['-not github']],
    ['not isaiah to salesforce', ['-not isaiah to salesforce']],
    ['isaiah, but not adele, to github', ['isaiah>GitHub', '-but not adele']],
    ['isaiah instead of adele to github', ['isaiah>GitHub', '-instead of adele']],
    ['isaiah to github, not adele to salesforce', ['isaiah>GitHub', '-not adele to salesforce']],
    [
      "isaiah to github, don't add adele to concur, diego to salesforce",
      ['isaiah>GitHub', "-don't add adele to concur, diego to salesforce"],
    ],
    ['isaiah, diego not to github but to salesforce', ['-not to github but to salesforce']],
    ['isaiah to github because adele moved to salesforce', ['isaiah>GitHub', '-because adele moved to salesforce']],
    ['isaiah to github, they go to salesforce', ['isaiah>GitHub', '-they go to salesforce']],
    ['isaiah to github only if adele has left salesforce', ['isaiah>GitHub', '-only if adele has left salesforce']],
  ])('leaves out the people and apps that the line takes back: %s', (line, expected) => {
    const said = pairs(line);

    expect(said.filter((text) => text.includes('>'))).toEqual(expected.filter((text) => text.includes('>')));
    for (const text of expected) expect(said).toContain(text);
  });

  it('is not guessed where a name could belong to either app', () => {
    expect(pairs('salesforce to isaiah, adele to github').filter((text) => text.includes('>'))).toEqual([
      'isaiah+adele>Salesforce',
    ]);
    expect(pairs('isaiah to github for adele, diego to salesforce').filter((text) => text.includes('>'))).toEqual([
      'isaiah>GitHub',
    ]);
  });
});

describe('the people that words may name', () => {
  it.each<[string, readonly (readonly string[])[]]>([
    ['isaiah (cc adele@contoso.com)', [['isaiah']]],
    ['adele@contoso.com asks to provision isaiah', [['isaiah']]],
    ['fwd from adele@contoso.com: isaiah needs', [['isaiah']]],
    ['isaiah from adele@contoso.com', [['isaiah']]],
    ['from adele@contoso.com', [['adele@contoso.com']]],
    ['isaiah adele@contoso.com', [['adele@contoso.com', 'isaiah']]],
    ['Isaiah Langer (isaiah@contoso.com)', [['isaiah@contoso.com', 'Isaiah Langer']]],
    [
      'Vance, Adele <a@x.com>; Langer, Isaiah <b+c@x.com>',
      [
        ['a@x.com', 'Vance Adele'],
        ['b+c@x.com', 'Langer Isaiah'],
      ],
    ],
    ['either isaiah or adele', [['isaiah'], ['adele']]],
  ])('are the people whom the line is about: %s', (text, people) => {
    expect(peopleIn(text)).toEqual(people);
  });
});

describe('the part of a line that stands on no button', () => {
  const button = 'provision user isaiah to Salesforce';

  it.each<[string, readonly string[]]>([
    ['provision isaiah to salesforce', []],
    ['please could you provsion isiah to sales force, thanks', []],
    ['for 2 weeks provision isaiah to salesforce', ['for 2 weeks']],
    ['tomorrow provision isaiah to salesforce', ['tomorrow']],
    ['request temporary access for isaiah to salesforce', ['temporary']],
    ['provision isaiah to salesforce, sales', ['sales']],
    ['provision isaiah, him to salesforce', ['him']],
    ['give isaiah and me access to salesforce', ['me']],
    ['provision isaiah, xyzzy to sales force', ['xyzzy']],
  ])('is named: %s', (line, unsaid) => {
    expect(unsaidIn(line, [button], new Set())).toEqual(unsaid);
  });

  it('is compared by whole words', () => {
    expect([standsIn('sales', button), standsIn('user isaiah', button), standsIn('Isaiah', button)]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
