import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { everyApplication } from '../../../src/sandbox/tenant/applications.ts';
import { groups } from '../../../src/sandbox/tenant/groups.ts';
import { tenantId } from '../../../src/sandbox/tenant/identity.ts';
import {
  abroad,
  distinguishedName,
  everybody,
  generatedPeople,
  oddlyNamed,
  people,
} from '../../../src/sandbox/tenant/people.ts';

describe('the people of the sandbox tenant', () => {
  it('have the object ids and the names of the roster', () => {
    const roster = Object.values(people).map((person) => [person.id.slice(-2), person.displayName, person.mail]);

    expect(roster).toEqual([
      ['01', 'Alex Wilber', 'alex@contoso.com'],
      ['02', 'Megan Bowen', 'megan@contoso.com'],
      ['03', 'Adele Vance', 'adele@contoso.com'],
      ['04', 'Isaiah Langer', 'isaiah@contoso.com'],
      ['05', 'Patti Fernandez', 'patti@contoso.com'],
      ['06', 'Lynne Robbins', 'lynne@contoso.com'],
      ['07', 'Diego Siciliani', 'diego@contoso.com'],
      ['08', 'Nestor Wilke', 'nestor@contoso.com'],
      ['09', 'Grady Archie', 'grady@contoso.com'],
      ['0a', 'Lee Gu', 'lee.gu@contoso.com'],
      ['0b', 'Lee Parker', 'lee.parker@contoso.com'],
      ['0c', 'Johanna Lorenz', 'johanna@contoso.com'],
      ['0d', 'Miriam Graham', 'miriam@contoso.com'],
    ]);
    expect(people.isaiah.id).toBe('5eed0000-0000-4000-8000-000000000004');
  });

  it('include sixty-four generated ones, from …20 to …5f', () => {
    expect(generatedPeople).toHaveLength(64);
    expect(generatedPeople.at(0)?.id).toBe('5eed0000-0000-4000-8000-000000000020');
    expect(generatedPeople.at(-1)?.id).toBe('5eed0000-0000-4000-8000-00000000005f');
  });

  it('have oddly named ones behind them, from …60 on', () => {
    expect(Object.values(oddlyNamed).map(({ id }) => Number.parseInt(id.slice(-2), 16))).toEqual(
      Object.values(oddlyNamed).map((_, index) => 0x60 + index),
    );
    expect(oddlyNamed.annONeil.userPrincipalName).toBe("ann.o'neil@contoso.com");
    expect(oddlyNamed.guestIsaiah).toMatchObject({
      displayName: 'Isaiah',
      userType: 'Guest',
      userPrincipalName: 'isaiah_northwindtraders.com#EXT#@contoso.com',
      mail: 'isaiah@northwindtraders.com',
    });
  });

  it('have ids, user principal names and distinguished names of their own', () => {
    for (const nameOf of [
      (person: (typeof everybody)[number]) => person.id,
      (person: (typeof everybody)[number]) => person.userPrincipalName,
      distinguishedName,
    ]) {
      expect(new Set(everybody.map(nameOf)).size).toBe(99);
    }
  });

  it('are distinguished by their given names, except for the two Lees and where an odd name is meant to be ambiguous', () => {
    const ambiguous = everybody.filter(({ givenName }) => {
      const beginnings = everybody.filter(({ displayName }) =>
        displayName
          .toLowerCase()
          .split(' ')
          .some((word) => word.startsWith(givenName.toLowerCase())),
      );
      return beginnings.length > 1;
    });

    const { guestIsaiah } = oddlyNamed;
    expect(ambiguous).toEqual([people.isaiah, people.leeGu, people.leeParker, guestIsaiah]);
  });

  it('read the language of their country, where they are abroad, and so do the reports of the three managers', () => {
    const managers = [abroad.chloe, abroad.thiago, abroad.wangWei];
    const languages = managers.map(({ id, preferredLanguage }) => {
      const reports = everybody.filter(({ managerId }) => managerId === id);
      return [preferredLanguage, ...new Set(reports.map((person) => person.preferredLanguage)), reports.length];
    });

    expect(languages).toEqual([
      ['fr-FR', 'fr-FR', 2],
      ['pt-BR', 'pt-BR', 2],
      ['zh-CN', 'zh-CN', 2],
    ]);
    expect(managers.filter(({ id }) => !groups.peopleManagers.memberIds.includes(id))).toEqual([]);
  });

  it('have managers who exist, and Megan has the three reports of the roster', () => {
    const ids = new Set(everybody.map(({ id }) => id));
    const reports = everybody.filter(({ managerId }) => managerId === people.megan.id);

    expect(everybody.filter(({ managerId }) => managerId !== null && !ids.has(managerId))).toEqual([]);
    expect(reports).toEqual([people.adele, people.isaiah, people.diego]);
  });

  it('share the rest of the ids with no other object', () => {
    const ids = [...everybody, ...Object.values(groups), ...everyApplication].map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    ['.m365agentsplayground.yml', 'Alex Wilber', 'Megan Bowen'],
    ['.m365agentsplayground.megan.yml', 'Megan Bowen', 'Alex Wilber'],
    ['.m365agentsplayground.chloe.yml', 'Chloé Marchand', 'Alex Wilber'],
  ])('are the ones who sit in the Playground of %s, with %s at the keyboard', (name, writer, other) => {
    const file = readFileSync(new URL(`../../../src/sandbox/${name}`, import.meta.url), 'utf8');

    const sitting = [...file.matchAll(/name: (.+)\n\s+userPrincipleName: (.+)\n\s+aadObjectId: (.+)\n/g)];
    const known = sitting.filter(([, displayName, userPrincipalName, id]) =>
      everybody.some(
        (person) =>
          person.id === id && person.displayName === displayName && person.userPrincipalName === userPrincipalName,
      ),
    );

    expect(known.map(([, displayName]) => displayName)).toEqual([
      writer,
      other,
      'Isaiah Langer',
      'Patti Fernandez',
      'Lynne Robbins',
      'Johanna Lorenz',
    ]);
    expect(file).toContain(`tenantId: ${tenantId}`);
  });

  it('have chats of their own in each Playground, which the bot distinguishes by their ids', () => {
    const chats = [
      '.m365agentsplayground.yml',
      '.m365agentsplayground.megan.yml',
      '.m365agentsplayground.chloe.yml',
    ].map((name) => {
      const file = readFileSync(new URL(`../../../src/sandbox/${name}`, import.meta.url), 'utf8');
      return [...file.slice(file.indexOf('personalChat:')).matchAll(/\bid: (\S+)/g)].map(([, id]) => id);
    });

    expect(chats.map((ids) => ids.length)).toEqual([4, 4, 4]);
    expect(new Set(chats.flat()).size).toBe(12);
  });
});

describe('the groups of the sandbox tenant', () => {
  it('hold twelve in the Sales Team, and four in Engineering of which one is a group', () => {
    expect(groups.salesTeam.memberIds).toHaveLength(12);
    expect(groups.engineering.memberIds).toHaveLength(4);
    expect(groups.engineering.memberIds).toContain(groups.platformEngineering.id);
  });
});
