import { describe, expect, it } from '@jest/globals';
import { mentionsIn } from '../../../src/chat/offers/app-mentions.ts';
import type { Application } from '../../../src/graph/applications.ts';

const app = (displayName: string, ...aliases: readonly string[]): Application => ({
  id: displayName,
  appId: displayName,
  displayName,
  aliases,
  approvers: [],
  assign: null,
  enabled: true,
});
const apps = [
  ...[app('Salesforce', 'sf'), app('Salesforce Sandbox'), app('GitHub Enterprise'), app('Data for Good'), app('All')],
  ...[
    app('Webex, Cisco'),
    app('S/4HANA'),
    app("O'Reilly Learning"),
    app('Contoso AD'),
    app('Sales Cloud'),
    app('Ünïcorn'),
  ],
];
const kit = { id: 'kit', displayName: 'the Sales kit', aliases: ['Sales kit', 'field crew'], isWhole: true } as const;
const names = (text: string, expected = true) => mentionsIn(text, apps, expected).map(({ name }) => name);

describe('apps that a text mentions', () => {
  it.each<[string, readonly string[]]>([
    ['salesforce INC0012345', ['Salesforce']],
    ['salesforce, github', ['Salesforce', 'GitHub Enterprise']],
    ['salesforce,github', ['Salesforce', 'GitHub Enterprise']],
    ['salesforce/github', ['Salesforce', 'GitHub Enterprise']],
    ['salesforce sandbox and salesforce', ['Salesforce Sandbox', 'Salesforce']],
    ['the salesforce app', ['Salesforce']],
    ['salesforce.com', ['Salesforce']],
    ['sf please', ['Salesforce']],
    ['data for good, webex, cisco', ['Data for Good', 'Webex, Cisco']],
    ['s/4hana now', ['S/4HANA']],
    ['O’Reilly learning asap', ["O'Reilly Learning"]],
    ['unicorn', ['Ünïcorn']],
    ['all INC0012345', ['All']],
    ['xyzzy', []],
    ['', []],
  ])('%s', (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it('are none where a common word only begins a name, or where the line is about any app', () => {
    expect(names('data')).toEqual([]);
    expect(names('provision all of them', false)).toEqual([]);
  });

  it('are none inside of an address', () => {
    expect(names('adele@contoso.com')).toEqual([]);
  });

  it('keep the typed words where several apps begin so', () => {
    expect(mentionsIn('sales', [app('Sales Cloud'), app('Sales Desk')], true).map(({ name }) => name)).toEqual([
      'sales',
    ]);
  });

  it.each<[string, readonly string[]]>([
    ['isaiah needs the sales kit', ['the Sales kit']],
    ['sales kit and salesforce', ['the Sales kit', 'Salesforce']],
    ['Field crew for isaiah', ['the Sales kit']],
    ['everyone in the sales team', ['Sales Cloud']],
    ['the kit, a field', []],
  ])('names a kit by a whole name only: %s', (text, expected) => {
    expect(mentionsIn(text, [...apps, kit], false).map(({ name }) => name)).toEqual(expected);
  });
});
