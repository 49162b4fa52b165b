import { describe, expect, it } from '@jest/globals';
import type { Parsed } from '../../../src/chat/command.ts';
import { parse } from '../../support/grammar.ts';

function didYouMean(suggestion: string): Parsed {
  return { kind: 'didYouMean', suggestion };
}

describe('a group', () => {
  function group(name: string, members: readonly string[] | null, app = 'GitHub'): Parsed {
    return { kind: 'command', command: { verb: 'provisionGroup', group: name, members, app } };
  }
  const three = ['adele', 'isaiah', 'lee.gu@contoso.com'];

  it.each<[string, Parsed]>([
    ['provision group "Sales Team" to GitHub', group('Sales Team', null)],
    ['provision group Sales Team to GitHub', group('Sales Team', null)],
    ['Please provision the group “Sales Team” in GitHub, thanks', group('Sales Team', null)],
    ['provision group Group to GitHub', group('Group', null)],
    ['provision group "Sales Team" to "GitHub with Friends"', group('Sales Team', null, 'GitHub with Friends')],
    ['provision group "Back to School" to GitHub Enterprise', group('Back to School', null, 'GitHub Enterprise')],
    ['provision group Friends with Benefits to GitHub', group('Friends with Benefits', null)],
  ])('without members means all of them: %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    'provision group "Sales Team" to GitHub with members adele, isaiah, lee.gu@contoso.com',
    'provision group "Sales Team" to GitHub with the members adele, isaiah and lee.gu@contoso.com',
    'provision group "Sales Team" to GitHub with adele, isaiah, and lee.gu@contoso.com',
    'provision group "Sales Team" to GitHub with the adele, isaiah, lee.gu@contoso.com',
    'provision group Sales Team to GitHub with members: adele; isaiah; lee.gu@contoso.com',
    'provision group Sales Team to GitHub with members\n- adele\n- isaiah\n- lee.gu@contoso.com',
    'provision group Sales Team with members adele, isaiah, lee.gu@contoso.com to GitHub',
    'provision group Sales Team with only the members adele, isaiah, lee.gu@contoso.com to GitHub',
    'provision group Sales Team with members\nadele\nisaiah\nLee Gu <lee.gu@contoso.com>\nto GitHub',
  ])('may come with some members only: %j', (text) => {
    expect(parse(text)).toEqual(group('Sales Team', three));
  });

  it('may come with one member, or with more than one call takes', () => {
    const many = Array.from({ length: 30 }, (_, index) => `person${index}`);

    expect(parse('provision group A to B with member adele')).toEqual(group('A', ['adele'], 'B'));
    expect(parse(`provision group A with members ${many.join(', ')} to B`)).toEqual(group('A', many, 'B'));
  });

  it.each([
    ['provision group', 'subject'],
    ['provision group to GitHub', 'subject'],
    ['provision group "" to GitHub', 'subject'],
    ['provision group with members adele to GitHub', 'subject'],
    ['provision group Sales Team to GitHub with members', 'subject'],
    ['provision group Sales Team with members to GitHub', 'subject'],
    ['provision group Sales Team', 'app'],
    ['provision group Sales Team to', 'app'],
    ['provision group Sales Team with members adele, isaiah', 'app'],
  ] as const)('knows what is missing: %s', (text, what) => {
    expect(parse(text)).toEqual({ kind: 'incomplete', verb: 'provisionGroup', missing: what, said: [] });
  });

  it.each([
    ['provison group "Sales Team" to GitHub', 'provision group Sales Team to GitHub'],
    ['provision gruop Sales Team to GitHub with adele', 'provision group Sales Team with members adele to GitHub'],
    ['provision groups Sales Team to GitHub', 'provision group Sales Team to GitHub'],
    [
      'provision group Back to School with members adele to GitHub',
      'provision group Back with members "adele to GitHub" to School',
    ],
  ])('is offered where it is a guess: %s', (text, suggestion) => {
    expect(parse(text)).toEqual(didYouMean(suggestion));
  });

  it.each([
    ['provision user Group to X', 'Group'],
    ['provision "Group" to X', 'Group'],
    ['provision group@contoso.com to X', 'group@contoso.com'],
    ['provision Ann Group to X', 'Ann Group'],
    ['provision user group leader to X', 'group leader'],
  ])('is not a person: %s', (text, subject) => {
    expect(parse(text)).toEqual({ kind: 'command', command: { verb: 'provision', subject, app: 'X' } });
  });
});
