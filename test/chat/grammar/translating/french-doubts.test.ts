import { describe, expect, it } from '@jest/globals';
import { readIn } from '../../../support/lines.ts';

describe('what is doubtful in French', () => {
  it.each([
    'c’est quoi approuver R7K3MQ',
    'j’annule R7K3MQ, que faire ?',
    'approuver R7K3MQ, que dois-je faire ?',
    'merci de valider R7K3MQ avant le 30 novembre',
    'j’approuve R7K3MQ avant le 15 décembre',
    'prolonge R7K3MQ avant le 30 novembre',
    'demande d’accès à Salesforce pour adele fin de contrat le 31/12',
    'invalide R7K3MQ',
    'refuse R7K3MQ si Claire n’est pas d’accord',
    'refuse R7K3MQ sauf pour adele',
    'refuse R7K3MQ pas maintenant',
    'refuse R7K3MQ tant que Claire n’a pas validé',
  ])('is not read: %s', (line) => {
    expect(readIn('fr', line)).not.toMatch(/^says/);
  });

  it.each([
    ['peut-on approuver R7K3MQ', 'approve R7K3MQ'],
    ['tu peux annuler R7K3MQ', 'cancel R7K3MQ'],
    ['il faut approuver R7K3MQ', 'approve R7K3MQ'],
    ['refuse R7K3MQ et M2P4QW', 'deny R7K3MQ et M2P4QW'],
    ['provisionne Salesforce pour Marie', 'provision user Salesforce to Marie · provision user Marie to Salesforce'],
    ['retirer le compte Salesforce d’adele', 'remove adele from Salesforce · remove Salesforce from adele'],
    ['retirer les accès de adele', 'offboard adele'],
  ])('is only offered: %s', (line, offered) => {
    expect(readIn('fr', line)).toBe(`may say ${offered}`);
  });

  it.each([
    ['demander l’accès pour adele à Salesforce avant le 1er décembre', 'avant le 1er décembre'],
    ['demander l’accès pour adele à Salesforce au plus tard le 1er décembre', 'au plus tard le 1er décembre'],
    ['provisionne adele dans Salesforce d’ici vendredi', "d'ici vendredi"],
    ['prolonge R7K3MQ de 15 jours', 'de 15 jours'],
  ])('keeps the words that make its day no start or end: %s', (line, day) => {
    expect(readIn('fr', line)).toMatch(new RegExp(`"?${day}"?$`));
  });

  it.each([
    ['provisionne adele dans Salesforce au 1er décembre', /until/],
    ['j’approuve R7K3MQ au 1er décembre', /^says/],
    ['demander l’accès pour adele à Salesforce du 12 novembre', /^says .*to Salesforce (?:on|starting)/],
  ])('takes no small word for more than it says: %s', (line, wrong) => {
    expect(readIn('fr', line)).not.toMatch(wrong);
  });
});

describe('what people write in French', () => {
  it.each([
    ['peux-tu approuver R7K3MQ', 'approve R7K3MQ'],
    ['merci d’approuver R7K3MQ', 'approve R7K3MQ'],
    ['je valide la demande n° R7K3MQ', 'approve R7K3MQ'],
    ['refuse R7K3MQ pas de licence', 'deny R7K3MQ pas de licence'],
    ['mets fin à R7K3MQ', 'end R7K3MQ now'],
    ['prolonge R7K3MQ au 31 mars', 'extend R7K3MQ until 31 mars'],
    ['mets Salesforce en pause pendant 1h', 'pause Salesforce for 1h'],
    ['Bonjour, provisionner Marie dans Salesforce. Merci.', 'provision user Marie to Salesforce'],
    ['Bonjour Usher, provisionne Marie dans Salesforce', 'provision user Marie to Salesforce'],
    ['demande l acces pour adele a salesforce', 'request access for adele to salesforce'],
    ['vérifie si adele est dans Salesforce', 'check adele in Salesforce'],
    ['vérifie N’Golo Kanté dans Box', "check N'Golo Kanté in Box"],
    ['demandes à valider', 'pending'],
    [
      'provisionne adele dans Salesforce du 1er décembre au 15 décembre',
      'provision user adele to Salesforce on 1er décembre until 15 décembre',
    ],
  ])('is read: %s', (line, said) => {
    expect(readIn('fr', line)).toBe(`says ${said}`);
  });
});
