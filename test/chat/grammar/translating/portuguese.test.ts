import { describe, expect, it } from '@jest/globals';
import { createGrammar } from '../../../../src/chat/grammar/grammar.ts';
import { readTyped } from '../../../../src/chat/typed-line.ts';
import { registry } from '../../../../src/features/registry.ts';
import type { Language } from '../../../../src/languages.ts';
import { format, parse } from '../../../support/grammar.ts';
import { readIn } from '../../../support/lines.ts';

const grammar = createGrammar(registry.commands);

describe('a line in Brazilian Portuguese', () => {
  it.each([
    // provision
    ['provisionar adele@contoso.com em Salesforce', 'says provision user adele@contoso.com to Salesforce'],
    ['provisionar a Adele Vance no Salesforce', 'says provision user Adele Vance to Salesforce'],
    ['provisiona o isaiah no ServiceNow', 'says provision user isaiah to ServiceNow'],
    ['você pode provisionar o isaiah no salesforce, por favor?', 'says provision user isaiah to salesforce'],
    [
      'bom dia! criar conta do Diego Siciliani no GitHub Enterprise',
      'may say provision user Diego Siciliani to GitHub Enterprise',
    ],
    ['criar usuário isaiah no Salesforce pfv', 'may say provision user isaiah to Salesforce'],
    [
      'provisionar usuários adele, isaiah e grady no Salesforce',
      'says provision users adele, isaiah, grady to Salesforce',
    ],
    [
      'provisionar o grupo "Sales Team" no GitHub com os membros priya e tomasz',
      'says provision group Sales Team with members priya, tomasz to GitHub',
    ],
    [
      'provisionar "Maria das Dores da Silva" em "Data for Good"',
      'says provision user Maria das Dores da Silva to "Data for Good"',
    ],
    [
      'liberar o Salesforce para o isaiah',
      'may say provision user isaiah to Salesforce · request access for isaiah to Salesforce',
    ],
    ['cadastrar isaiah no Salesforce', 'may say provision user isaiah to Salesforce'],
    ['sincronizar a adele no Salesforce agora', 'may say provision user adele to Salesforce'],
    // request
    ['solicitar acesso a Salesforce para isaiah', 'says request access for isaiah to Salesforce'],
    [
      'solicitar acesso do Isaiah Langer ao Salesforce a partir de 1º de dezembro porque ele vai para Vendas',
      'says request access for Isaiah Langer to Salesforce on 1º de dezembro because ele vai para Vendas',
    ],
    [
      'pedir acesso ao ServiceNow para diego ate 31 de março, motivo: projeto Atlas',
      'says request access for diego to ServiceNow until 31 de março because projeto Atlas',
    ],
    [
      'preciso de acesso ao GitHub para o isaiah na segunda por 3 meses',
      'may say request access for isaiah to GitHub starting "segunda" for 3 meses',
    ],
    [
      'quero solicitar acesso da Adele ao Salesforce de 01/12 a 15/12',
      'says request access for Adele to Salesforce starting "01/12" until "15/12"',
    ],
    [
      'solicitação de acesso: isaiah, Salesforce, início 01/12/2026, fim 31/03/2027, justificativa: substituição da Lynne',
      'says request access for isaiah to Salesforce starting "01/12/2026" until "31/03/2027" because substituição da Lynne',
    ],
    [
      'pedir salesforce pro diego por duas semanas pfv',
      'may say request access for diego to salesforce for duas semanas',
    ],
    [
      'acesso do isaiah ao Salesforce depois de amanhã, chamado INC0012345',
      'may say request access for isaiah to Salesforce starting depois de amanhã INC0012345',
    ],
    [
      'solicitar acesso para isaiah e diego ao Salesforce até o fim do mês',
      'says request access for "isaiah, diego" to Salesforce until fim do mês',
    ],
    [
      'gostaria de pedir acesso ao Salesforce para o isaiah a partir da semana que vem, já que ele começa em Vendas',
      'says request access for isaiah to Salesforce starting "semana que vem" because ele começa em Vendas',
    ],
    ['solicitar acesso ao GitHub para mim', 'says request access for me to GitHub'],
    ['nova solicitação', 'says request'],
    // check
    ['verificar adele em Salesforce', 'says check adele in Salesforce'],
    ['verifica a adele', 'says check adele'],
    ['checar o diego no GitHub', 'says check diego in GitHub'],
    ['por que o diego não está no Salesforce?', 'may say check diego in Salesforce'],
    ['pq o grady nao tem acesso ao salesforce', 'may say check grady in salesforce'],
    ['o isaiah já está no Salesforce?', 'may say check isaiah in Salesforce'],
    ['a adele tem acesso ao ServiceNow?', 'may say check adele in ServiceNow'],
    ['o que aconteceu com o grady no Salesforce?', 'may say check grady in Salesforce'],
    ['cadê a conta do isaiah no Salesforce?', 'may say check isaiah in Salesforce'],
    ['diego não consegue entrar no Salesforce', 'may say check diego in Salesforce'],
    ['conferir nestor em todos os aplicativos', 'says check nestor'],
    // status
    ['status', 'says status'],
    ['status do Zscaler', 'says status Zscaler'],
    ['status salesforce', 'says status salesforce'],
    ['situação da sincronização', 'says status'],
    ['como está o Salesforce?', 'may say status Salesforce'],
    ['o Zscaler está fora do ar?', 'may say status Zscaler'],
    ['quais aplicativos estão em quarentena?', 'says status'],
    ['o que está com problema?', 'says status'],
    ['status do provisionamento do ServiceNow', 'says status ServiceNow'],
    ['o salesforce tá funcionando?', 'may say status salesforce'],
    // cancel
    ['cancelar R7K3MQ', 'says cancel R7K3MQ'],
    ['cancela a R7K3MQ', 'says cancel R7K3MQ'],
    ['cancele a solicitação R7K3MQ por favor', 'says cancel R7K3MQ'],
    ['cancelar meu pedido R7K3MQ', 'says cancel R7K3MQ'],
    ['quero cancelar a R7K3MQ', 'says cancel R7K3MQ'],
    ['desistir da R7K3MQ', 'says cancel R7K3MQ'],
    ['anular R7K3MQ', 'says cancel R7K3MQ'],
    ['retirar a solicitação R7K3MQ', 'says cancel R7K3MQ'],
    ['deixa pra lá a R7K3MQ', 'says cancel R7K3MQ'],
    // approve, deny
    ['aprovar R7K3MQ', 'says approve R7K3MQ'],
    ['aprovo a R7K3MQ', 'says approve R7K3MQ'],
    ['aprove R7K3MQ', 'says approve R7K3MQ'],
    ['R7K3MQ aprovada', 'may say approve R7K3MQ'],
    ['pode liberar a R7K3MQ', 'may say approve R7K3MQ'],
    ['negar R7K3MQ', 'says deny R7K3MQ'],
    ['negar R7K3MQ, motivo: sem licença', 'says deny R7K3MQ sem licença'],
    ['rejeitar R7K3MQ porque ele mudou de equipe', 'says deny R7K3MQ ele mudou de equipe'],
    ['recusar R7K3MQ', 'says deny R7K3MQ'],
    ['não aprovar R7K3MQ', 'may say deny R7K3MQ'],
    ['reprovar R7K3MQ', 'may say deny R7K3MQ'],
    ['aprovações pendentes', 'says pending'],
    // remove
    ['remover isaiah de Salesforce', 'says remove isaiah from Salesforce'],
    ['remover o acesso do isaiah ao Salesforce', 'says remove isaiah from Salesforce'],
    ['tirar o diego do GitHub', 'says remove diego from GitHub'],
    ['revogar o acesso da Maria da Silva ao ServiceNow', 'says remove Maria da Silva from ServiceNow'],
    ['desprovisionar isaiah no Salesforce', 'says remove isaiah from Salesforce'],
    ['remover o acesso do isaiah ao Salesforce em 31 de março', 'says remove isaiah from Salesforce on 31 de março'],
    ['excluir a conta do diego no Salesforce', 'may say remove diego from Salesforce'],
    ['bloquear todos os acessos do diego', 'may say offboard diego'],
    ['o isaiah sai da empresa na sexta', 'may say offboard isaiah starting "sexta"'],
    ['desligamento do isaiah em 31/03', 'says offboard isaiah starting "31/03"'],
    // history
    ['histórico', 'says history'],
    ['historico da adele', 'says history adele'],
    ['histórico do Salesforce desde segunda', 'says history Salesforce since segunda'],
    ['histórico adele no Salesforce desde 1º de novembro', 'says history "adele no Salesforce" since 1º de novembro'],
    ['histórico dos últimos 7 dias', 'says history since 7 dias'],
    ['histórico últimos 7 dias', 'says history since 7 dias'],
    ['histórico da adele nos últimos 7 dias', 'says history adele since 7 dias'],
    ['o que aconteceu com o grady?', 'may say history grady'],
    ['quem provisionou o isaiah no Salesforce?', 'may say history "isaiah no Salesforce"'],
    ['quem aprovou a R7K3MQ?', 'may say show R7K3MQ'],
    ['minhas solicitações', 'says requests'],
    ['exportar o histórico desde 1º de novembro', 'says export history since 1º de novembro'],
    ['histórico página 2', 'says history page 2'],
  ])('is read: %s', (line, expected) => {
    const read = readIn('pt-BR', line);

    expect(read).toBe(expected);
  });
});

describe('what is doubtful in Brazilian Portuguese', () => {
  it.each([
    // Opposites, and words that look like a verb.
    ['reprovar R7K3MQ', 'may say deny R7K3MQ'],
    ['rprovar R7K3MQ', 'unread'],
    ['provar R7K3MQ', 'unread'],
    ['renovar R7K3MQ até 31/03', 'says extend R7K3MQ until "31/03"'],
    ['renovar isaiah de Salesforce', 'says incomplete: extend isaiah de Salesforce'],
    ['renover R7K3MQ', 'unread'],
    ['remover R7K3MQ até 31/03', 'says incomplete: remove R7K3MQ até 31/03'],
    ['iniciar Salesforce', 'says start Salesforce'],
    ['reiniciar Salesforce', 'says repair Salesforce'],
    ['excluir isaiah do Salesforce', 'may say remove isaiah from Salesforce'],
    ['incluir isaiah no Salesforce', 'may say provision user isaiah to Salesforce'],
    ['encluir isaiah no Salesforce', 'unread'],
    ['testar Salesforce', 'says test Salesforce'],
    ['tentar Salesforce', 'unread'],
    ['importar o histórico', 'unread'],
    // Slips.
    ['aprvar R7K3MQ', 'may say approve R7K3MQ'],
    ['canselar R7K3MQ', 'may say cancel R7K3MQ'],
    ['provizionar isaiah no Salesforce', 'may say provision user isaiah to Salesforce'],
    // Reports, conditions and negations.
    ['R7K3MQ aprovada', 'may say approve R7K3MQ'],
    ['aprovada R7K3MQ', 'unread'],
    ['aprovou R7K3MQ', 'unread'],
    ['quem aprova R7K3MQ', 'unread'],
    ['cancelada R7K3MQ', 'unread'],
    ['provisionado isaiah no Salesforce', 'unread'],
    ['isaiah foi removido do Salesforce', 'unread'],
    ['nao aprove a R7K3MQ', 'may say deny R7K3MQ'],
    ['nunca aprovar R7K3MQ', 'unread'],
    ['não cancelar R7K3MQ', 'unread'],
    ['aprovar R7K3MQ se Megan concordar', 'unread'],
    ['negar R7K3MQ se Megan não concordar', 'unread'],
    ['negar R7K3MQ sem licença', 'says deny R7K3MQ sem licença'],
    ['provisionar isaiah, não adele, no Salesforce', 'unread'],
    ['provisionar isaiah no Salesforce quando puder', 'unread'],
    ['sim', 'unread'],
    // The small words of names.
    ['provisionar Maria dos Santos no Salesforce', 'says provision user Maria dos Santos to Salesforce'],
    [
      'remover Maria dos Santos do Salesforce',
      'may say remove Maria from Santos do Salesforce · remove Maria dos Santos from Salesforce',
    ],
    ['remover o acesso da Renata das Dores ao Salesforce', 'says remove Renata das Dores from Salesforce'],
    [
      'revogar o acesso de João Costa e Silva ao Salesforce',
      'may say remove João Costa e Silva from Salesforce · remove João Costa, Silva from Salesforce',
    ],
    [
      'provisionar João Costa e Silva no Salesforce',
      'may say provision user João Costa e Silva to Salesforce · provision users João Costa, Silva to Salesforce',
    ],
    [
      'provisionar usuários Adele Vance, Isaiah Langer e Grady Archie no Salesforce',
      'says provision users Adele Vance, Isaiah Langer, Grady Archie to Salesforce',
    ],
    [
      'provisionar usuários João Costa e Silva, adele no Salesforce',
      'may say provision users João Costa, Silva, adele to Salesforce · provision users João Costa e Silva, adele to Salesforce',
    ],
    ['solicitar acesso para isaiah e diego a Salesforce', 'says request access for "isaiah, diego" to Salesforce'],
    ['provisionar isaiah em Data for Good', 'says provision user isaiah to "Data for Good"'],
    ['provisionar Segundo Okello no Salesforce', 'says provision user Segundo Okello to Salesforce'],
    ['provisionar Domingos Abril no Salesforce', 'says provision user "Domingos Abril" to Salesforce'],
    [
      'remover isaiah da Folha de Pagamento',
      'may say remove isaiah da Folha from Pagamento · remove isaiah from Folha de Pagamento',
    ],
    // Portugal, and short words.
    ['aprovisionar o utilizador isaiah no Salesforce a pedido', 'says provision user isaiah to Salesforce'],
    ['cancelar o meu pedido R7K3MQ', 'says cancel R7K3MQ'],
    ['exportar o histórico para um ficheiro', 'says export history'],
    ['vc pode provisionar o isaiah no salesforce pfv', 'says provision user isaiah to salesforce'],
    ['pedir acesso pro diego ao GitHub', 'says request access for diego to GitHub'],
    ['pedir acesso ao salesforce pra adele', 'says request access for adele to salesforce'],
    ['historico', 'says history'],
    ['solicitacao', 'says request'],
    ['APROVAR R7K3MQ', 'says approve R7K3MQ'],
    // Days and lengths.
    [
      'solicitar acesso para isaiah a Salesforce no dia 15',
      'says request access for isaiah to Salesforce starting "dia 15"',
    ],
    [
      'solicitar acesso para isaiah a Salesforce dia 15',
      'says request access for isaiah to Salesforce starting "dia 15"',
    ],
    [
      'solicitar acesso para isaiah a Salesforce em 3 dias',
      'says request access for isaiah to Salesforce starting "em 3 dias"',
    ],
    [
      'solicitar acesso para isaiah a Salesforce daqui a 2 semanas',
      'says request access for isaiah to Salesforce starting "daqui a 2 semanas"',
    ],
    [
      'solicitar acesso para isaiah a Salesforce a partir de primeiro de dezembro',
      'says request access for isaiah to Salesforce starting "primeiro de dezembro"',
    ],
    [
      'solicitar acesso para isaiah a Salesforce em 1o de dezembro',
      'says request access for isaiah to Salesforce starting "1o de dezembro"',
    ],
    [
      'solicitar acesso para isaiah a Salesforce na 2ª feira',
      'says request access for isaiah to Salesforce on 2ª feira',
    ],
    [
      'solicitar acesso para isaiah a Salesforce semana que vem',
      'says request access for isaiah to Salesforce starting "semana que vem"',
    ],
    [
      'solicitar acesso para isaiah a Salesforce na próxima sexta',
      'says request access for isaiah to Salesforce starting "próxima sexta"',
    ],
    [
      'solicitar acesso para isaiah a Salesforce até 31/03',
      'says request access for isaiah to Salesforce until "31/03"',
    ],
    [
      'solicitar acesso para isaiah a Salesforce por quinze dias',
      'says request access for isaiah to Salesforce for quinze dias',
    ],
    [
      'solicitar acesso para isaiah a Salesforce do dia 1 ao dia 15',
      'says request access for isaiah to Salesforce starting "dia 1" until dia 15',
    ],
    ['histórico há 3 dias', 'says history since 3 dias'],
    ['histórico desde anteontem', 'says history since anteontem'],
    ['histórico desde segunda passada', 'says history since segunda passada'],
    ['pausar o Salesforce até as 18h', 'says pause Salesforce until 18:00'],
    ['pausar Salesforce por 18h', 'says pause Salesforce for 18h'],
    ['pausar Salesforce por 2 horas', 'says pause Salesforce for 2 horas'],
    // Conditions and exceptions, of which no name may hold one.
    ['provisionar isaiah no Salesforce uma vez que o gestor aprovar', 'unread'],
    ['negar R7K3MQ uma vez que o gestor recusar', 'unread'],
    ['provisionar isaiah no Salesforce dado que Megan aprovou', 'unread'],
    ['solicitar acesso para isaiah a Salesforce desde que Megan aprove', 'unread'],
    ['negar R7K3MQ desde que Megan concorde', 'unread'],
    ['provisionar isaiah no Salesforce contanto que Megan aprove', 'unread'],
    ['provisionar isaiah no Salesforce assim que Megan aprovar', 'unread'],
    ['provisionar isaiah no Salesforce assim que possível', 'says provision user isaiah to Salesforce'],
    ['provisionar isaiah no Salesforce só depois da aprovação', 'unread'],
    ['provisionar isaiah no Salesforce depois que Megan aprovar', 'unread'],
    ['solicitar acesso para isaiah a Salesforce depois de Megan aprovar', 'unread'],
    ['provisionar isaiah no Salesforce mediante aprovação', 'unread'],
    ['remover todos os acessos de isaiah com exceção de Salesforce', 'unread'],
    ['remover isaiah do Salesforce fora o GitHub', 'unread'],
    ['remover isaiah do Salesforce antes do dia 30', 'unread'],
    ['remover isaiah do Salesforce após sexta', 'unread'],
    ['negar R7K3MQ após sexta', 'unread'],
    // The opposite of a removal.
    ['ativar isaiah no Salesforce', 'may say provision user isaiah to Salesforce'],
    ['reativar o acesso do isaiah ao Salesforce', 'may say provision user isaiah to Salesforce'],
    ['habilitar isaiah no Salesforce', 'may say provision user isaiah to Salesforce'],
    ['reprovisionar isaiah no Salesforce', 'may say provision user isaiah to Salesforce'],
    ['reativou isaiah no Salesforce', 'unread'],
    // Reports and small talk.
    ['a saída de isaiah foi ontem', 'unread'],
    ['saída da reunião', 'may say offboard reunião'],
    ['desligamento do isaiah foi cancelado', 'unread'],
    ['solicitação de acesso para isaiah ao Salesforce foi negada', 'unread'],
    ['pausa para o café', 'may say pause café'],
    ['pausa o Salesforce', 'says pause Salesforce'],
    // A second person behind an article or a preposition.
    ['remover a adele e o isaiah do Salesforce', 'says remove adele, isaiah from Salesforce'],
    ['desligamento de adele e de isaiah', 'says offboard adele, isaiah'],
    ['desligamento da adele e do isaiah', 'says offboard adele, isaiah'],
    [
      'solicitar acesso para adele e para isaiah ao Salesforce',
      'says request access for "adele, isaiah" to Salesforce',
    ],
    ['solicitar acesso da adele e do isaiah ao Salesforce', 'says request access for "adele, isaiah" to Salesforce'],
    ['solicitar acesso para mim e isaiah ao Salesforce', 'unread'],
    ['solicitar acesso ao Salesforce para mim e para a adele', 'unread'],
    // What is removed, suspended or provisioned.
    ['suspende o acesso do isaiah ao Salesforce', 'may say remove isaiah from Salesforce'],
    ['suspender a conta do isaiah', 'may say offboard isaiah'],
    ['suspender isaiah', 'may say pause isaiah'],
    ['remover isaiah da quarentena', 'may say lift the quarantine of isaiah'],
    ['remover o acesso do isaiah', 'may say offboard isaiah'],
    ['excluir a conta do isaiah', 'may say offboard isaiah'],
    [
      'provisionar o Salesforce para o isaiah',
      'may say provision user Salesforce to isaiah · provision user isaiah to Salesforce',
    ],
    [
      'provisionar o kit vendas para isaiah',
      'may say provision user kit vendas to isaiah · provision user isaiah to "the vendas kit"',
    ],
    ['tirar o acesso de isaiah do Salesforce', 'says remove isaiah from Salesforce'],
    ['remover conta do isaiah no Salesforce', 'may say remove isaiah from Salesforce'],
    [
      'provisionar isaiah no Salesforce e no GitHub',
      'may say provision user isaiah to Salesforce, GitHub · provision user isaiah to "Salesforce e no GitHub" · provision user "isaiah no Salesforce e" to GitHub',
    ],
    // Courtesies in the line.
    ['preciso que provisione o isaiah no Salesforce', 'says provision user isaiah to Salesforce'],
    ['gentileza provisionar isaiah no Salesforce', 'says provision user isaiah to Salesforce'],
    ['Olá, tudo bem? provisionar isaiah no Salesforce', 'says provision user isaiah to Salesforce'],
    ['remova por favor o isaiah do Salesforce', 'says remove isaiah from Salesforce'],
    ['pendências', 'says pending'],
    ['o que tenho pra aprovar', 'says pending'],
    // Days of which a word was left over.
    [
      'solicitar acesso para isaiah a Salesforce até essa sexta',
      'says request access for isaiah to Salesforce until essa sexta',
    ],
    [
      'solicitar acesso para isaiah a Salesforce nesta sexta',
      'says request access for isaiah to Salesforce starting "sexta"',
    ],
    [
      'solicitar acesso para isaiah a Salesforce até segunda ordem',
      'says request access for isaiah to Salesforce until segunda ordem',
    ],
    [
      'solicitar acesso para isaiah a Salesforce por 10 dias úteis',
      'says request access for isaiah to Salesforce until 10 dias úteis',
    ],
    [
      'solicitar acesso para isaiah a Salesforce daqui 15 dias',
      'says request access for isaiah to Salesforce starting "daqui 15 dias"',
    ],
    ['pausar Salesforce até as 18 horas', 'says pause Salesforce until 18:00'],
    ['pausar Salesforce até às 9 horas', 'says pause Salesforce until 9:00'],
    ['pausar Salesforce às 18 horas', 'unread'],
    ['pausar Salesforce por 18 horas', 'says pause Salesforce for 18 horas'],
    [
      'solicitar acesso para isaiah a Salesforce até sexta, dia 27',
      'says request access for isaiah to Salesforce until "sexta, dia 27"',
    ],
    [
      'solicitar acesso para isaiah a Salesforce até amanhã, quinta',
      'says request access for isaiah to Salesforce until "amanhã, quinta"',
    ],
    [
      'solicitar acesso para isaiah a Salesforce desde segunda',
      'says request access for isaiah to Salesforce starting "since segunda"',
    ],
    [
      'remover Costa e Silva do Salesforce',
      'may say remove Costa, Silva from Salesforce · remove Costa e Silva from Salesforce',
    ],
    ['Bom dia! Aprova o R7K3MQ? Obrigado', 'says approve R7K3MQ'],
    ['pausar Salesforce até aquela hora', 'unread'],
    // A line in two languages.
    ['provisionar isaiah to Salesforce', 'may say provision user isaiah to Salesforce'],
  ])('is read: %s', (line, expected) => {
    const read = readIn('pt-BR', line);

    expect(read).toBe(expected);
  });
});

describe('a line between Portuguese and English', () => {
  /** What a reader's line does: `offers` where it does nothing yet. */
  function typedBy(language: Language, line: string): string {
    const typed = readTyped(grammar, line, language);
    if (typed.kind === 'guesses') return `offers ${typed.lines.join(' · ')}`;
    const parsed = parse(typed.line);
    return parsed.kind === 'command' ? `does ${format(parsed.command)}` : parsed.kind;
  }

  it.each([
    ['status do Zscaler', 'does status Zscaler'],
    ['pause o Salesforce por 2 horas', 'does pause Salesforce for 2 horas'],
    ['pause Salesforce for a week', 'does pause Salesforce for a week'],
    ['pause and provision adele to Slack', 'does pause and provision adele to Slack'],
    ['provision isaiah to Salesforce', 'does provision user isaiah to Salesforce'],
    ['remove isaiah from Salesforce', 'does remove isaiah from Salesforce'],
    ['remove isaiah do Salesforce', 'does remove isaiah from Salesforce'],
  ])('is read by a Brazilian: %s', (line, expected) => {
    const read = typedBy('pt-BR', line);

    expect(read).toBe(expected);
  });

  it('is read as before where it is an example in English', () => {
    const examples = Object.values(registry.commands).flatMap((command) => command.examples);

    const others = examples.filter((line) => typedBy('pt-BR', line) !== typedBy('en', line));

    expect(others).toEqual([]);
  });

  it.each(['en', 'fr'] as const)('is at most offered to a reader of %s', (language) => {
    const lines = [
      'solicitar acesso do isaiah ao Salesforce',
      'provisionar isaiah no Salesforce',
      'aprovar R7K3MQ',
      'cancela a R7K3MQ',
      'revogar o acesso do isaiah ao Salesforce',
      'desligamento do isaiah',
    ];

    const done = lines.filter((line) => typedBy(language, line).startsWith('does'));

    expect(done).toEqual([]);
  });
});

describe('the line that Usher itself writes in Portuguese', () => {
  it.each([
    ['provisionar adele em Salesforce', 'says provision user adele to Salesforce'],
    ['provisionar os usuários adele, isaiah em Salesforce', 'says provision users adele, isaiah to Salesforce'],
    ['provisionar o grupo Sales em Salesforce', 'says provision group Sales to Salesforce'],
    ['remover adele de Salesforce', 'says remove adele from Salesforce'],
    ['remover os usuários de Salesforce', 'says incomplete: remove users from "Salesforce"'],
    ['desligamento de adele', 'says offboard adele'],
    ['desligamento dos usuários', 'says incomplete: offboard users'],
    ['vencimentos', 'says ends'],
    ['prorrogar R7K3MQ até 31 de março', 'says extend R7K3MQ until 31 de março'],
    ['encerrar R7K3MQ agora', 'says end R7K3MQ now'],
    ['feito manualmente R7K3MQ', 'says done by hand R7K3MQ'],
    ['verificar a remoção R7K3MQ', 'says verify removal R7K3MQ'],
    ['testar Salesforce', 'says test Salesforce'],
    ['pausar Salesforce por 2 horas', 'says pause Salesforce for 2 horas'],
    ['pausar Salesforce até 18:00', 'says pause Salesforce until 18:00'],
    ['iniciar Salesforce', 'says start Salesforce'],
    ['pausar e provisionar adele em Salesforce', 'says pause and provision adele to Salesforce'],
    ['reparar Salesforce', 'says repair Salesforce'],
    ['encerrar a quarentena de Salesforce', 'says lift the quarantine of Salesforce'],
    ['repetir as falhas de Salesforce', 'says retry the failures of Salesforce'],
    ['esquecer as falhas de Salesforce', 'says forget the failures of Salesforce'],
    ['recomeçar Salesforce', 'says start over Salesforce'],
    ['permitir as exclusões de Salesforce', 'says allow the deletions of Salesforce'],
    ['tentar novamente R7K3MQ', 'says retry R7K3MQ'],
    ['cancelar R7K3MQ', 'says cancel R7K3MQ'],
    ['cancelar tudo de adele', 'says cancel all by adele'],
    ['solicitar acesso para adele a Salesforce', 'says request access for adele to Salesforce'],
    [
      'solicitar acesso para adele a Salesforce a partir de 1º de dezembro até 31 de março porque entra em Vendas',
      'says request access for adele to Salesforce on 1º de dezembro until 31 de março because entra em Vendas',
    ],
    [
      'solicitar acesso para adele a Salesforce por 2 semanas',
      'says request access for adele to Salesforce for 2 semanas',
    ],
    ['solicitação', 'says request'],
    ['aprovar R7K3MQ', 'says approve R7K3MQ'],
    ['negar R7K3MQ', 'says deny R7K3MQ'],
    ['pendentes', 'says pending'],
    ['exibir R7K3MQ', 'says show R7K3MQ'],
    ['enviar as aprovações aqui', 'says send approvals here'],
    ['parar de enviar as aprovações', 'says stop sending approvals'],
    ['locais de aprovação', 'says approval places'],
    ['remover o local de aprovação 1a2b3c4d', 'says remove approval place 1a2b3c4d'],
    ['status', 'says status'],
    ['status de Salesforce', 'says status Salesforce'],
    ['verificar adele em Salesforce', 'says check adele in Salesforce'],
    ['prévia de adele em Salesforce', 'says preview adele to Salesforce'],
    ['fila', 'says queue'],
    [
      'histórico de adele em Salesforce desde segunda página 2',
      'says history adele em Salesforce since segunda page 2',
    ],
    ['histórico desde 1º de novembro', 'says history since 1º de novembro'],
    ['minhas solicitações', 'says requests'],
    ['relatório de acesso', 'says access report'],
    ['exportar o histórico', 'says export history'],
    ['monitorar Salesforce', 'says watch Salesforce'],
    ['monitorar as falhas de Salesforce', 'says watch Salesforce failures'],
    ['parar de monitorar Salesforce', 'says unwatch Salesforce'],
    ['parar de monitorar as falhas de Salesforce', 'says unwatch Salesforce failures'],
    ['monitorar tudo', 'says watch all'],
    ['parar de monitorar tudo', 'says unwatch all'],
    ['silêncio de 22:00 a 7:00', 'says quiet 22:00 to 7:00'],
    ['silêncio desativado', 'says quiet off'],
    ['remover o monitoramento 1a2b3c4d', 'says remove watch 1a2b3c4d'],
    ['monitoramentos', 'says watches'],
    ['todos os monitoramentos', 'says watches all'],
    ['aplicativos', 'says apps'],
    ['aplicativos Salesforce', 'says apps Salesforce'],
    ['kits', 'says kits'],
    ['início', 'says home'],
    ['quem sou eu', 'says whoami'],
    ['ajuda', 'says help'],
    ['ajuda tudo', 'says help all'],
    ['ajuda aprovar', 'says help approve'],
    ['idioma', 'says language'],
    ['entrar', 'says unclear: sign in'],
    ['sair', 'says unclear: sign out'],
  ])('is read: %s', (line, expected) => {
    const read = readIn('pt-BR', line);

    expect(read).toBe(expected);
  });
});
