import { describe, expect, it } from '@jest/globals';
import type { NamedUser } from '../../src/graph/user.ts';
import { matchByName } from '../../src/graph/user-names.ts';

const user = (displayName: string, more: Partial<NamedUser> = {}): NamedUser => ({
  id: displayName,
  displayName,
  userPrincipalName: `${displayName.toLowerCase().replaceAll(' ', '.')}@contoso.com`,
  accountEnabled: true,
  userType: 'Member',
  jobTitle: null,
  department: null,
  mail: null,
  mailNickname: null,
  givenName: null,
  surname: null,
  ...more,
});

/** The person whom the name means for certain; else those whom it offers, in brackets. */
function meant(typed: string, users: readonly NamedUser[], complete = true): string {
  const match = matchByName(typed, users, complete);
  if (match.kind === 'none') return '()';
  return match.kind === 'one'
    ? match.user.displayName
    : `(${match.users.map(({ displayName }) => displayName).join(' | ')})`;
}

describe('a part of a name', () => {
  it('identifies no person while some who have it may be unread', () => {
    const users = [user('Robin Hood')];

    expect(meant('robin', users)).toBe('Robin Hood');
    expect(meant('robin', users, false)).toBe('(Robin Hood)');
    expect(meant('robin hood', users, false)).toBe('Robin Hood');
  });

  it.each([
    ['Jean-Luc Picard', 'jean'],
    ['Jean-Luc Picard', 'luc'],
    ["Ann O'Neil", 'neil'],
    ['Isaiah Langer (Sales)', 'sales'],
    ['Max von der Heide', 'der'],
    ['Max von der Heide', 'von der'],
    ['山田太郎', '山田'],
    ['Ann-Marie', 'marie'],
  ])('of %s is no name by itself: %s', (displayName, typed) => {
    expect(meant(typed, [user(displayName)])).toBe(`(${displayName})`);
  });

  it.each([
    ['Jean-Luc Picard', 'jean-luc'],
    ['Isaiah Langer (Sales)', 'isaiah langer'],
    ['Isaiah Langer (Sales)', 'Isaiah Langer (Sales)'],
    ['Max von der Heide', 'max heide'],
    ['Max von der Heide', 'heide, max von der'],
    ['J. Smith', 'smith'],
    ['May Day', 'may'],
    ['Bill To', 'bill to'],
  ])('of %s is enough where it is a whole word of the person’s name: %s', (displayName, typed) => {
    expect(meant(typed, [user(displayName)])).toBe(displayName);
  });

  it.each([
    ['Isaiah Langer - Sales', 'sales'],
    ['Langer, Isaiah, IT', 'it'],
    ['Isaiah Langer Contractor', 'contractor'],
    ['Dr Isaiah Langer', 'dr'],
    ['Isaiah Langer Jr.', 'jr'],
    ['Isaiah Langer EXT', 'ext'],
  ])('of %s is no name where the directory has given name and surname: %s', (displayName, typed) => {
    const isaiah = user(displayName, { givenName: 'Isaiah', surname: 'Langer' });

    expect(meant(typed, [isaiah])).toBe(`(${displayName})`);
    expect(['isaiah', 'langer', 'isaiah langer'].map((name) => meant(name, [isaiah]))).toEqual([
      displayName,
      displayName,
      displayName,
    ]);
    expect(meant('isaiah', [user(displayName, { surname: 'Langer' })])).toBe(`(${displayName})`);
  });

  it('is the surname of several words, or the given name, as the directory has it', () => {
    const max = user('Max von der Heide', { surname: 'von der Heide' });
    const ike = user('Ike Langer', { givenName: 'Isaiah' });

    expect(meant('von der heide', [max, ike])).toBe('Max von der Heide');
    expect(meant('isaiah', [max, ike])).toBe('Ike Langer');
  });
});

describe('a whole name', () => {
  it('wins over longer names, and not over the same one the other way around', () => {
    const users = [user('Lee Gu'), user('Lee Gu Parker')];

    expect(meant('lee gu', users)).toBe('Lee Gu');
    expect(meant('lee gu', [...users, user('Gu, Lee')])).toBe('(Lee Gu | Gu, Lee)');
  });

  it('of an account wins over people who have its parts in their names', () => {
    const account = user('Somebody Else', { mailNickname: 'lee.gu' });

    expect(meant('lee.gu', [account, user('Gu Lee', { userPrincipalName: 'gl@contoso.com' })])).toBe('Somebody Else');
    expect(meant('lee.gu', [account, user('Lee Gu')])).toBe('(Somebody Else | Lee Gu)');
  });

  it('of one word wins over no given name, be it the nickname or all that there is', () => {
    const thomas = user('Isaiah Thomas');

    expect(meant('isaiah', [user('Isaiah'), thomas])).toBe('(Isaiah | Isaiah Thomas)');
    expect(meant('isaiah', [user('I. Langer', { mailNickname: 'isaiah' }), thomas])).toBe(
      '(I. Langer | Isaiah Thomas)',
    );
  });

  it('may lack its accents; spelled out it is offered', () => {
    const users = [
      user('Müller, Jürgen', { userPrincipalName: 'jm@contoso.com' }),
      user('Şule Çelik'),
      user('Zoë Ångström'),
    ];

    expect(
      ['jurgen muller', 'juergen mueller', 'sule celik', 'zoe angstrom'].map((typed) => meant(typed, users)),
    ).toEqual(['Müller, Jürgen', '(Müller, Jürgen)', 'Şule Çelik', 'Zoë Ångström']);
  });
});

describe('a user without a type', () => {
  it('is a member, as Graph has none for some who came from an old directory', () => {
    expect(meant('isaiah', [user('Isaiah Langer', { userType: null })])).toBe('Isaiah Langer');
  });
});
