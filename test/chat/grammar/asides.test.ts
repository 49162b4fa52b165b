import { describe, expect, it } from '@jest/globals';
import {
  asideIn,
  beyondIn,
  endsInThanks,
  foreignIn,
  isForeignTo,
  matterIn,
  withoutForeign,
} from '../../../src/chat/grammar/asides.ts';

describe('an aside', () => {
  it.each(['thanks', 'Thank you!', 'THX', '👍', '👍🏽', 'thanks 🙏', ' great, thanks! ', '❤️'])(
    'is thanks: %s',
    (line) => {
      expect(asideIn(line, 'en')).toBe('thanks');
    },
  );

  it.each(['yes', 'OK.', 'no thanks', 'Never mind…', '✅', 'go ahead'])(
    'answers nothing that was asked: %s',
    (line) => {
      expect(asideIn(line, 'en')).toBe('answers');
    },
  );

  it.each([
    ['obrigado!', 'thanks'],
    ['Valeu, deu certo', 'thanks'],
    ['bom fim de semana', 'quiet'],
    ['sim', 'answers'],
    ['agora não', 'answers'],
    ['sim, provisionar adele em Salesforce', null],
  ] as const)('may be in Portuguese: %s', (line, aside) => {
    expect(asideIn(line, 'pt-BR')).toBe(aside);
  });

  it.each([
    ['谢谢！', 'thanks'],
    ['好的，谢谢', 'thanks'],
    ['周末愉快', 'quiet'],
    ['好的', 'answers'],
    ['不用了', 'answers'],
    ['好的，预配 adele 到 Salesforce', null],
  ] as const)('may be in Chinese: %s', (line, aside) => {
    expect(asideIn(line, 'zh-Hans')).toBe(aside);
  });

  it.each([
    '',
    '…',
    '☢️',
    'thanks adele',
    'yes provision adele to Salesforce',
    '🚀',
    'thanksgiving',
    'no access for isaiah',
  ])('is no other line: %s', (line) => {
    expect(asideIn(line, 'en')).toBeNull();
  });
});

describe('what others do for people', () => {
  it.each([
    ['reset the password of adele', 'beyondPassword'],
    ['adele lost her Authenticator', 'beyondMultiFactor'],
    ['please unlock isaiah', 'beyondUnlock'],
    ['shared mailbox for the desk', 'beyondMailbox'],
    ['add diego to the Sales Team group', 'beyondGroup'],
    ['who has access to salesforce', 'beyondMembers'],
    ['i added isaiah to salesforce by mistake', 'beyondUndo'],
    ['isaiah needs an E5 licence', 'beyondLicense'],
    ['create an account in Entra for our new hire', 'beyondNewUser'],
    ['Deprovision isaiah from Salesforce', 'beyondRemoval'],
  ])('is recognized: %s', (line, what) => {
    expect(beyondIn(line, 'en')).toBe(what);
  });

  it.each(['provision adele to Salesforce', 'unlocked', 'passwordless', 'isaiah needs Salesforce'])(
    'is not every line: %s',
    (line) => {
      expect(beyondIn(line, 'en')).toBeNull();
    },
  );
});

describe('another language', () => {
  it.each([
    'Adele zu Salesforce hinzufügen',
    'demander un accès pour Isaiah',
    'AGREGAR adele',
    '请给他开通销售系统账号',
  ])('is recognized: %s', (line) => {
    expect(foreignIn(line)).toBe('foreign');
  });

  it.each([
    'Isaiah nicht zu Salesforce hinzufügen',
    'supprimer isaiah de Salesforce',
    'acceso para isaiah no, sin prisa',
    'isaiah foi removido do Salesforce',
  ])('is recognized where it takes something away: %s', (line) => {
    expect(foreignIn(line)).toBe('against');
  });

  it.each(['isaiah needs salesforce', 'provision José García to Salesforce', 'provision 王芳 to Salesforce', 'zu'])(
    'is not English, nor a name of another language: %s',
    (line) => {
      expect(foreignIn(line)).toBeNull();
    },
  );

  it('leaves the names', () => {
    expect(withoutForeign('demander un accès à Salesforce pour Isaiah', 'en').split(/\s+/).filter(Boolean)).toEqual([
      'Salesforce',
      'Isaiah',
    ]);
  });
});

describe('a line about matters of one’s own', () => {
  it.each([
    ['anything for me to approve this morning?', 'pending'],
    ['approved', 'pending'],
    ['did it work?', 'requests'],
    ['i dont need it anymore', 'my open requests'],
    ['it didn’t work, try again', 'my failed requests'],
    ['morning, anything on fire?', 'status'],
    ['how many people did we provision today', 'history since today'],
  ])('leads to the line that shows them: %s', (line, first) => {
    expect(matterIn(line, 'en')?.lines[0]).toBe(first);
  });

  it.each(['who approved isaiah?', 'provision isaiah to Salesforce', `did it work? ${'x'.repeat(200)}`])(
    'is not %s',
    (line) => {
      expect(matterIn(line, 'en')).toBeNull();
    },
  );
});

describe('the end of a line', () => {
  it.each([
    ['isaiah got the welcome mail, thx a lot!!', true],
    ['works for isaiah now, thank you', true],
    ['thanks to adele for github', false],
    ['isaiah needs github', false],
    ['everything is slow, please have a look, thanks', false],
  ])('thanks: %s', (line, thanks) => {
    expect(endsInThanks(line, 'en')).toBe(thanks);
  });
});

describe('what a French reader writes beside the commands', () => {
  it.each([
    ['merci', 'thanks'],
    ['Merci beaucoup !', 'thanks'],
    ['ok merci', 'thanks'],
    ['super, merci d’avance 🙏', 'thanks'],
    ['thanks', 'thanks'],
    ['👍', 'thanks'],
    ['oui', 'answers'],
    ['non merci', 'answers'],
    ['d’accord', 'answers'],
    ["D'ACCORD", 'answers'],
    ['ça marche', 'answers'],
    ['ca marche', 'answers'],
    ['laisse tomber', 'answers'],
    ['bonne journée', 'quiet'],
    ['désolé', 'quiet'],
    ['a demain', 'quiet'],
    ['merci adele', null],
    ['oui provisionner adele dans Salesforce', null],
  ])('is an aside, or none: %s', (line, aside) => {
    expect(asideIn(line, 'fr')).toBe(aside);
  });

  it('is no aside for a reader of another language', () => {
    expect(asideIn('laisse tomber', 'en')).toBeNull();
    expect(asideIn('laisse tomber', 'zh-Hans')).toBeNull();
  });

  it.each([
    ['réinitialiser le mot de passe de adele', 'beyondPassword'],
    ['isaiah a besoin d’une licence E5', 'beyondLicense'],
    ['ajoute diego dans le groupe Ventes', 'beyondGroup'],
    ['qui a acces à Salesforce ?', 'beyondMembers'],
    ['diego a quitté la société', 'beyondRemoval'],
    ['je l’ai ajouté par erreur', 'beyondUndo'],
    ['provisionner adele dans Salesforce', null],
    ['déverrouillage', null],
  ])('may be what others do: %s', (line, what) => {
    expect(beyondIn(line, 'fr')).toBe(what);
  });

  it.each([
    ['il y a quelque chose à approuver ce matin ?', 'pending'],
    ['est-ce que ça a marché ?', 'requests'],
    ['qui est en quarantaine ?', 'status'],
    ['j’ai un fichier csv', 'help provision'],
  ])('may be about their own matters: %s', (line, first) => {
    expect(matterIn(line, 'fr')?.lines[0]).toBe(first);
    expect(matterIn(line, 'en')).toBeNull();
  });

  it.each([
    ['isaiah a bien reçu son mail, merci beaucoup', true],
    ['tu peux m’aider avec isaiah, merci', false],
    ['merci de vérifier isaiah', false],
  ])('may end with thanks: %s', (line, thanks) => {
    expect(endsInThanks(line, 'fr')).toBe(thanks);
  });

  it.each([
    ['il faudrait demander un truc pour Isaiah sans tarder', 'fr', false],
    ['il faudrait demander un truc pour Isaiah sans tarder', 'en', true],
    ['il faudrait demander un truc pour Isaiah', 'zh-Hans', true],
    ['Adele zu Salesforce hinzufügen', 'fr', true],
    ['请给他开通销售系统账号', 'fr', true],
    ['show me the thing', 'fr', false],
  ])('is foreign to a reader of another language: %s for %s', (line, language, isForeign) => {
    expect(isForeignTo(line, language as 'fr')).toBe(isForeign);
  });
});
