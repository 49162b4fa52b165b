import { describe, expect, it } from '@jest/globals';
import { readIn } from '../../../support/lines.ts';

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
