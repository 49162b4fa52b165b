import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { readEndDate } from '../../../src/chat/dates/end-date.ts';
import { readSince } from '../../../src/chat/dates/since-date.ts';
import { readStartDate } from '../../../src/chat/dates/start-date.ts';

/** A Wednesday. */
const now = Date.UTC(2026, 10, 25, 9);
const reader = { locale: 'fr-FR', timeZone: 'UTC' };
const dayOf = (ms: number) => DateTime.fromMillis(ms, { zone: 'UTC' }).toISODate();

const startOf = (text: string) => {
  const read = readStartDate(text, reader, now);
  return read.kind === 'date' || read.kind === 'past' ? dayOf(read.startsAt) : read.kind;
};
const endOf = (text: string) => {
  const read = readEndDate(text, reader, now);
  return read.kind === 'at' ? dayOf(read.endsAt) : read.kind;
};
const sinceOf = (text: string) => {
  const read = readSince(text, reader, now);
  return read.kind === 'since' ? dayOf(read.at) : read.kind;
};

describe('a day in French', () => {
  it.each([
    ['le premier décembre', '2026-12-01'],
    ['premier decembre', '2026-12-01'],
    ['tout de suite', 'today'],
    ['immédiatement', 'today'],
    ['dès que possible', 'today'],
    ['maintenant', 'today'],
    ['aujourd’hui', 'today'],
    ['avant-hier', '2026-11-23'],
    ['lundi 30', '2026-11-30'],
    ['le mardi 1er', '2026-12-01'],
    ['ven. 18', '2026-12-18'],
    ['lundi 30 novembre', '2026-11-30'],
    ['lundi prochain', '2026-11-30'],
    ['lundi dernier', '2026-11-23'],
    ['vendredi dernier', '2026-11-20'],
    ['mercredi dernier', '2026-11-18'],
    ['Jeudi passé', '2026-11-19'],
  ])('is one to start on: %s', (text, day) => {
    expect(startOf(text)).toBe(day);
  });

  it.each(['le 15', 'le 28', 'début décembre', 'fin décembre', 'mi-décembre', 'décembre', 'dans une quinzaine'])(
    'is asked for where several fit: %s',
    (text) => {
      expect(startOf(text)).toBe('unclear');
    },
  );

  it.each([
    ['fin décembre', '2026-12-31'],
    ['vendredi 18', '2026-12-18'],
    ['mar 8', '2026-12-08'],
    ['vendredi 13', 'unreadable'],
    ['mardi 3', 'unreadable'],
    ['la fin décembre', '2026-12-31'],
    ['fin février', '2027-02-28'],
    ["fin d'octobre 2027", '2027-10-31'],
    ['une quinzaine', '2026-12-10'],
    ['une quinzaine de jours', 'unreadable'],
    ['quinze jours', '2026-12-10'],
    ['3 mois', '2027-02-25'],
    ['une durée de 3 mois', '2027-02-25'],
    // They are counted from an end that is not here.
    ['de 15 jours', 'unreadable'],
    ['de 3 mois', 'unreadable'],
    ["d'un mois", 'unreadable'],
    ['vendredi midi', '2026-11-27'],
    ['lundi dernier', 'past'],
    ['le 15', 'unreadable'],
    ['décembre', 'unreadable'],
    ['début décembre', 'unreadable'],
  ])('is one to end on: %s', (text, day) => {
    expect(endOf(text)).toBe(day);
  });

  it.each([
    ['avant-hier', '2026-11-23'],
    ['7 derniers jours', '2026-11-18'],
    ['les 2 dernières semaines', '2026-11-11'],
    ['début novembre', '2026-11-01'],
    ["début d'octobre", '2026-10-01'],
    ['novembre', '2026-11-01'],
    ['mars 2026', '2026-03-01'],
    ['le premier novembre', '2026-11-01'],
    ['vendredi 13', '2026-11-13'],
    ['vendredi 12', 'unclear'],
    ['le 15', 'unclear'],
    ['une quinzaine', 'unclear'],
    ['3 jours', '2026-11-22'],
    ['une semaine', '2026-11-18'],
    ['deux mois', '2026-09-25'],
    ['2 heures', 'unclear'],
    ['ce matin', '2026-11-25'],
    ['lundi dernier', '2026-11-23'],
  ])('is one to list from: %s', (text, day) => {
    expect(sinceOf(text)).toBe(day);
  });

  it.each(['avant le 30 novembre', "d'ici vendredi", 'pour vendredi', 'au plus tard vendredi'])(
    'is no day to start on where it is the last one: %s',
    (text) => {
      const read = readStartDate(text, reader, now);

      expect(read).toMatchObject({ rest: expect.stringMatching(/./), isReason: false });
    },
  );

  it('ends at noon where the text says so', () => {
    const read = readEndDate('vendredi midi', reader, now);

    expect(read).toMatchObject({ kind: 'at', endsAt: Date.UTC(2026, 10, 27, 12), hasTime: true });
  });
});
