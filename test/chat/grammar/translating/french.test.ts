import { describe, expect, it } from '@jest/globals';
import { readIn } from '../../../support/lines.ts';

describe('a line in French', () => {
  it.each([
    // provision
    ['approvisionner adele@contoso.com dans Salesforce', 'says provision user adele@contoso.com to Salesforce'],
    ['provisionner Adele Vance dans Salesforce', 'says provision user Adele Vance to Salesforce'],
    ['provisionne isaiah sur ServiceNow stp', 'says provision user isaiah to ServiceNow'],
    ['peux-tu provisionner isaiah dans salesforce ?', 'says provision user isaiah to salesforce'],
    [
      'bonjour, pouvez-vous créer le compte de Diego Siciliani dans GitHub Enterprise, merci',
      'may say provision user Diego Siciliani to GitHub Enterprise',
    ],
    ['créer un compte Salesforce pour isaiah', 'may say provision user isaiah to Salesforce'],
    [
      'provisionner les utilisateurs adele, isaiah et grady dans Salesforce',
      'says provision users adele, isaiah, grady to Salesforce',
    ],
    [
      'provisionner le groupe « Sales Team » dans GitHub avec les membres priya et tomasz',
      'says provision group Sales Team with members priya, tomasz to GitHub',
    ],
    [
      'provisionner « Jean-Marc de La Tour » dans « Data for Good »',
      'says provision user Jean-Marc de La Tour to "Data for Good"',
    ],
    ['dans Salesforce, provisionner isaiah', 'says provision user isaiah to Salesforce'],
    ["ajouter l'utilisateur isaiah à Salesforce", 'may say provision user isaiah to Salesforce'],
    ['synchroniser le compte d’adele vers Salesforce tout de suite', 'may say provision user adele to Salesforce'],
    // request
    ['demander l’accès à Salesforce pour isaiah', 'says request access for isaiah to Salesforce'],
    [
      'demander un accès Salesforce pour Isaiah Langer à partir du 1er décembre car il rejoint les Ventes',
      'says request access for Isaiah Langer to Salesforce on 1er décembre because il rejoint les Ventes',
    ],
    [
      "demande d'acces a ServiceNow pour diego jusqu'au 31 mars, motif : projet Atlas",
      'says request access for diego to ServiceNow until 31 mars because projet Atlas',
    ],
    [
      'accès à GitHub pour isaiah dès lundi pendant 3 mois parce qu’elle remplace Grady',
      'may say request access for isaiah to GitHub on lundi for 3 mois because elle remplace Grady',
    ],
    [
      'je voudrais demander l’accès de diego à Salesforce du 01/12 au 15/12',
      'says request access for diego to Salesforce starting "01/12" until "15/12"',
    ],
    [
      'il faudrait un accès Salesforce à isaiah pour 2 semaines svp',
      'may say request access for isaiah to Salesforce for 2 semaines',
    ],
    [
      "besoin d'un accès à Salesforce pour isaiah après-demain, ticket INC0012345",
      'may say request access for isaiah to Salesforce starting après-demain INC0012345',
    ],
    [
      'demander l’accès pour isaiah et diego à Salesforce jusqu’à la fin du mois',
      'says request access for "isaiah, diego" to Salesforce until la fin du mois',
    ],
    [
      'nouvelle demande : isaiah, Salesforce, début 01/12/2026, fin 31/03/2027, raison : arrivée dans l’équipe',
      `says request access for isaiah to Salesforce starting "01/12/2026" until "31/03/2027" because arrivée dans l'équipe`,
    ],
    [
      'pour isaiah, accès à Salesforce à compter du 1er déc. en raison de son arrivée',
      'may say request access for isaiah to Salesforce on 1er déc because son arrivée',
    ],
    ['demander l’accès à Salesforce pour moi', 'says request access for me to Salesforce'],
    ['demande', 'says request'],
    // check
    ['vérifier adele dans Salesforce', 'says check adele in Salesforce'],
    ['vérifie adele', 'says check adele'],
    ['verifier le compte de nestor sur GitHub', 'says check nestor in GitHub'],
    ['pourquoi diego n’est pas dans Salesforce ?', 'may say check diego in Salesforce'],
    ["pourquoi grady n'a pas accès à Salesforce", 'may say check grady in Salesforce'],
    ['est-ce qu’isaiah est dans Salesforce ?', 'may say check isaiah in Salesforce'],
    ['isaiah a-t-il accès à ServiceNow ?', 'may say check isaiah in ServiceNow'],
    ['où en est isaiah dans Salesforce ?', 'may say check isaiah in Salesforce'],
    ['adele n’arrive pas à se connecter à Salesforce', 'may say check adele in Salesforce'],
    ['problème d’accès de diego à Salesforce', 'may say check diego in Salesforce'],
    ['contrôler nestor dans toutes les applications', 'says check nestor'],
    // status
    ['état', 'says status'],
    ['état de Zscaler', 'says status Zscaler'],
    ['etat salesforce', 'says status salesforce'],
    ['statut de la synchronisation', 'says status'],
    ['quel est l’état de Salesforce ?', 'says status Salesforce'],
    ['comment va Zscaler ?', 'may say status Zscaler'],
    ['est-ce que Salesforce marche ?', 'may say status Salesforce'],
    ['qu’est-ce qui est en panne ?', 'says status'],
    ['quelles applications sont en quarantaine ?', 'says status'],
    ['état de l’approvisionnement de ServiceNow', 'says status ServiceNow'],
    // cancel
    ['annuler R7K3MQ', 'says cancel R7K3MQ'],
    ['annule la demande R7K3MQ', 'says cancel R7K3MQ'],
    ['annulez R7K3MQ svp', 'says cancel R7K3MQ'],
    ['annuler ma demande R7K3MQ', 'says cancel R7K3MQ'],
    ['j’annule R7K3MQ', 'says cancel R7K3MQ'],
    ['retirer la demande R7K3MQ', 'says cancel R7K3MQ'],
    ['abandonner R7K3MQ', 'says cancel R7K3MQ'],
    ['stop R7K3MQ', 'says cancel R7K3MQ'],
    ['laisse tomber R7K3MQ', 'says cancel R7K3MQ'],
    // approve, deny
    ['approuver R7K3MQ', 'says approve R7K3MQ'],
    ['j’approuve R7K3MQ', 'says approve R7K3MQ'],
    ['valider R7K3MQ', 'says approve R7K3MQ'],
    ['ok pour R7K3MQ', 'may say approve R7K3MQ'],
    ['R7K3MQ approuvé', 'may say approve R7K3MQ'],
    ['refuser R7K3MQ', 'says deny R7K3MQ'],
    ['refuser R7K3MQ : pas de licence', 'says deny R7K3MQ pas de licence'],
    ['je refuse R7K3MQ car il change d’équipe', "says deny R7K3MQ il change d'équipe"],
    ['rejeter R7K3MQ, motif : doublon', 'says deny R7K3MQ doublon'],
    ['ne pas approuver R7K3MQ', 'may say deny R7K3MQ'],
    ['approbations en attente', 'says pending'],
    // remove
    ['retirer isaiah de Salesforce', 'says remove isaiah from Salesforce'],
    ['retirer l’accès d’isaiah à Salesforce', 'says remove isaiah from Salesforce'],
    ['enlève diego de GitHub', 'says remove diego from GitHub'],
    ['révoquer l’accès de diego à ServiceNow', 'says remove diego from ServiceNow'],
    ['déprovisionner isaiah dans Salesforce', 'says remove isaiah from Salesforce'],
    ['retirer l’accès d’isaiah à Salesforce le 31 mars', 'says remove isaiah from Salesforce on 31 mars'],
    ['supprimer le compte de diego dans Salesforce', 'may say remove diego from Salesforce'],
    ['couper tous les accès de diego', 'may say offboard diego'],
    ['isaiah quitte l’entreprise vendredi', 'may say offboard isaiah on vendredi'],
    ['départ d’isaiah le 31/03', 'says offboard isaiah starting "31/03"'],
    // history
    ['historique', 'says history'],
    ['historique d’adele', 'says history adele'],
    ['historique de Salesforce depuis lundi', 'says history Salesforce since lundi'],
    [
      'historique adele dans Salesforce depuis le 1er novembre',
      'says history adele dans Salesforce since 1er novembre',
    ],
    ['historique des 7 derniers jours', 'says history since 7 derniers jours'],
    ['historique sur les 7 derniers jours', 'says history since 7 derniers jours'],
    ['historique d’adele ces 7 derniers jours', 'says history adele since 7 derniers jours'],
    ['historique adele des 7 derniers jours', 'says history adele since 7 derniers jours'],
    ['adele a déjà accès à Salesforce', 'may say check adele in Salesforce'],
    ['adele n’est pas encore dans Salesforce', 'may say check adele in Salesforce'],
    ['est-ce qu’adele a un compte dans Salesforce ?', 'may say check adele in Salesforce'],
    ['qu’est-ce qui s’est passé pour grady ?', 'may say history grady'],
    ['qui a provisionné isaiah dans Salesforce ?', 'may say history isaiah dans Salesforce'],
    ['qui a approuvé R7K3MQ ?', 'may say show R7K3MQ'],
    ['mes demandes', 'says requests'],
    ['exporter l’historique depuis le 1er novembre', 'says export history since 1er novembre'],
    ['historique page 2', 'says history page 2'],
    // Courtesies.
    ['merci d’approuver R7K3MQ', 'says approve R7K3MQ'],
    ["merci d'annuler R7K3MQ", 'says cancel R7K3MQ'],
    ['merci de bien vouloir provisionner Marie dans Salesforce', 'says provision user Marie to Salesforce'],
    ['Bjr, provisionner Marie dans Salesforce svp', 'says provision user Marie to Salesforce'],
    ['peux-tu annuler R7K3MQ', 'says cancel R7K3MQ'],
    ['pourriez-vous annuler R7K3MQ ?', 'says cancel R7K3MQ'],
    // Other words for the same.
    ['provisionne Marie dans l’application Salesforce', 'says provision user Marie to Salesforce'],
    ['provisionner les utilisateurs adele, isaiah pour Salesforce', 'says provision users adele, isaiah to Salesforce'],
    ["provisionner N'Golo Kanté dans Salesforce", "says provision user N'Golo Kanté to Salesforce"],
    ['demande l acces pour adele a salesforce', 'says request access for adele to salesforce'],
    ['vérifie l’accès d’adele à Salesforce', 'says check adele in Salesforce'],
    ['vérifie si adele est dans Salesforce', 'says check adele in Salesforce'],
    ['je valide la demande n° R7K3MQ', 'says approve R7K3MQ'],
    ['mets fin à R7K3MQ', 'says end R7K3MQ now'],
    ['mets Salesforce en pause pendant 1h', 'says pause Salesforce for 1h'],
    ['demandes à valider', 'says pending'],
    ['mes approbations en attente', 'says pending'],
    ['c’est quoi l’état de Salesforce ?', 'says status Salesforce'],
    ['c’est quoi mes demandes', 'says requests'],
    ['adele n’arrive pas à se connecter à Salesforce, que faire ?', 'may say check adele in Salesforce'],
  ])('is read: %s', (line, expected) => {
    const read = readIn('fr', line);

    expect(read).toBe(expected);
  });
});

describe('what is not certain in French', () => {
  it.each([
    // Opposites, and words that look like a verb.
    ['réprouver R7K3MQ', 'unread'],
    ['éprouver R7K3MQ', 'unread'],
    ['entrer R7K3MQ', 'unread'],
    ['redémarrer Salesforce', 'says repair Salesforce'],
    ['démarrer Salesforce', 'says start Salesforce'],
    ['déprovisionner isaiah dans Salesforce', 'says remove isaiah from Salesforce'],
    ['tenter Salesforce', 'unread'],
    // Slips.
    ['approuvr R7K3MQ', 'may say approve R7K3MQ'],
    ['aprovisionner isaiah dans Salesforce', 'may say provision user isaiah to Salesforce'],
    ['anuler R7K3MQ', 'may say cancel R7K3MQ'],
    // Reports, conditions and negations.
    ['R7K3MQ approuvée', 'may say approve R7K3MQ'],
    ['approuvé R7K3MQ', 'unread'],
    ['annulé R7K3MQ', 'unread'],
    ['approuver R7K3MQ si Megan est d’accord', 'unread'],
    ['n’approuve pas R7K3MQ', 'may say deny R7K3MQ'],
    ['ne pas annuler R7K3MQ', 'unread'],
    ['provisionner isaiah, pas adele, dans Salesforce', 'unread'],
    ['provisionner isaiah dans Salesforce si Megan est d’accord', 'unread'],
    ['il a été supprimé', 'unread'],
    ['oui', 'unread'],
    // Questions about a command, permissions and statements.
    ['c’est quoi approuver R7K3MQ', 'unread'],
    ['c’est quoi refuser R7K3MQ', 'unread'],
    ['c’est quoi annuler R7K3MQ', 'unread'],
    ['c’est quoi terminer R7K3MQ', 'unread'],
    ['c’est quoi démarrer Salesforce', 'unread'],
    ['approuver R7K3MQ, que faire ?', 'unread'],
    ['démarrer Salesforce, que dois-je faire ?', 'unread'],
    ['peut-on approuver R7K3MQ', 'may say approve R7K3MQ'],
    ['peut-on refuser R7K3MQ', 'may say deny R7K3MQ'],
    ['peut-on terminer R7K3MQ', 'may say end R7K3MQ now'],
    ['peut-on démarrer Salesforce', 'may say start Salesforce'],
    ['tu peux annuler R7K3MQ', 'may say cancel R7K3MQ'],
    ['vous pouvez annuler R7K3MQ', 'may say cancel R7K3MQ'],
    ['il faut approuver R7K3MQ', 'may say approve R7K3MQ'],
    ['il faut retirer l’accès d’adele à Salesforce', 'may say remove adele from Salesforce'],
    // Deadlines, and ends of something else.
    ['approuver R7K3MQ avant le 30 novembre', 'unread'],
    ['suspendre Salesforce avant le 1er décembre', 'unread'],
    [
      'demander l’accès pour adele à Salesforce avant le 30 novembre',
      'says request access for adele to Salesforce starting "avant le 30 novembre"',
    ],
    [
      'provisionner adele dans Salesforce avant vendredi',
      'says provision user adele to Salesforce starting "avant vendredi"',
    ],
    ['retirer adele de Salesforce d’ici vendredi', `says remove adele from Salesforce starting "d'ici vendredi"`],
    [
      'demander l’accès pour adele à Salesforce pour vendredi',
      'says request access for adele to Salesforce starting "pour vendredi"',
    ],
    [
      'demander l’accès pour adele à Salesforce au plus tard vendredi',
      'says request access for adele to Salesforce starting "au plus tard vendredi"',
    ],
    ['demander l’accès pour adele à Salesforce, fin de contrat le 31/12', 'unread'],
    ['demander l’accès pour adele à Salesforce fin de stage 31/12', 'unread'],
    ['demander l’accès pour adele à Salesforce jusqu’à nouvel ordre', 'unread'],
    ['suspends Salesforce pendant 1h30', 'unread'],
    // People and apps in either order.
    [
      'provisionne Salesforce pour Marie',
      'may say provision user Salesforce to Marie · provision user Marie to Salesforce',
    ],
    ['provisionner adele@contoso.com pour Salesforce', 'says provision user adele@contoso.com to Salesforce'],
    ['provisionne le kit Ventes pour Marie', 'may say provision user Marie to "the Ventes kit"'],
    [
      'provisionne Salesforce à Marie',
      'may say provision user Salesforce to Marie · provision user Marie to Salesforce',
    ],
    ['retirer le compte Salesforce d’adele', 'may say remove adele from Salesforce'],
    ['supprimer le compte Salesforce d’adele', 'may say remove adele from Salesforce'],
    ['retire l’accès Salesforce d’adele', 'may say remove adele from Salesforce'],
    ['retirer l’accès Salesforce à adele', 'may say remove adele from Salesforce'],
    [
      'retire l’accès à Salesforce à Élodie d’Arc',
      "may say remove Arc from Salesforce à Élodie · remove Élodie d'Arc from Salesforce",
    ],
    ['retirer les accès de adele', 'may say offboard adele'],
    ['donner accès à adele à Salesforce', 'may say request access for adele to Salesforce'],
    ['invalide R7K3MQ', 'unread'],
    ['désapprouve R7K3MQ', 'unread'],
    // Two cuts: the names decide.
    [
      'provisionner Pierre à Marseille dans Salesforce',
      'may say provision user Pierre à Marseille to Salesforce · provision user Pierre to Marseille dans Salesforce',
    ],
    [
      'provisionner pierre@contoso.com dans Dessins dans le Cloud',
      'says provision user pierre@contoso.com to Dessins dans le Cloud',
    ],
    ['retirer Jean de La Tour de Salesforce', 'may say'],
    ['retirer « Jean de La Tour » de Salesforce', 'says remove Jean de La Tour from Salesforce'],
    ['provisionner D’Angelo dans Salesforce', "says provision user D'Angelo to Salesforce"],
    ['provisionner Dimanche Okello dans Salesforce', 'says provision user "Dimanche Okello" to Salesforce'],
    ['provisionner Avril Martin dans Salesforce', 'says provision user "Avril Martin" to Salesforce'],
    // A French date in an English line, and a line in two languages.
    ['approuver R7K3MQ until le 31 mars', 'may say approve R7K3MQ until le 31 mars'],
    ['provisionner isaiah to Salesforce', 'may say provision user isaiah to Salesforce'],
  ])('is not done: %s', (line, expected) => {
    const read = readIn('fr', line);

    expect(read.slice(0, expected.length)).toBe(expected);
  });
});

describe('what seems to say more in French', () => {
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
    ['provisionne adele dans Salesforce à 18 heures', 'provision user adele to Salesforce starting "18:00"'],
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
