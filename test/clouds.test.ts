import { describe, expect, it } from '@jest/globals';
import { type CloudName, cloudNames, clouds } from '../src/clouds.ts';
import { describeProblems, readConfig } from '../src/config.ts';
import { serviceHostsOf } from '../src/teams/adapter.ts';

/** As Microsoft publishes it; written out once more, so that a mistake in one of the two shows. */
interface Published {
  readonly graph: string;
  readonly login: string;
  /** Of the bot: its login, its default tenant, and its audience; who signs tokens for it. */
  readonly botLogin: string;
  readonly botScope: string;
  readonly botIssuer: string;
  readonly botKeys: string;
  readonly botTokens: string;
  readonly teams: readonly string[];
  readonly exchange: string;
  readonly log: boolean;
}

const government = {
  login: 'https://login.microsoftonline.us',
  botLogin: 'https://login.microsoftonline.us/MicrosoftServices.onmicrosoft.us',
  botScope: 'https://api.botframework.us',
  botIssuer: 'https://api.botframework.us',
  botKeys: 'https://login.botframework.azure.us/v1/.well-known/openidconfiguration',
  exchange: 'api://AzureADTokenExchangeUSGov',
  log: true,
};

const published: Readonly<Record<CloudName, Published>> = {
  public: {
    graph: 'https://graph.microsoft.com',
    login: 'https://login.microsoftonline.com',
    botLogin: 'https://login.microsoftonline.com/botframework.com',
    botScope: 'https://api.botframework.com',
    botIssuer: 'https://api.botframework.com',
    botKeys: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
    botTokens: 'https://api.botframework.com',
    teams: ['smba.trafficmanager.net', 'smba.onyx.prod.teams.trafficmanager.net', 'smba.infra.gcc.teams.microsoft.com'],
    exchange: 'api://AzureADTokenExchange',
    log: true,
  },
  usgov: {
    ...government,
    graph: 'https://graph.microsoft.us',
    botTokens: 'https://api.botframework.azure.us',
    teams: ['smba.infra.gov.teams.microsoft.us'],
  },
  'usgov-dod': {
    ...government,
    graph: 'https://dod-graph.microsoft.us',
    botTokens: 'https://apiDoD.botframework.azure.us',
    teams: ['smba.infra.dod.teams.microsoft.us'],
  },
  china: {
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    login: 'https://login.chinacloudapi.cn',
    botLogin: 'https://login.partner.microsoftonline.cn/microsoftservices.partner.onmschina.cn',
    botScope: 'https://api.botframework.azure.cn',
    botIssuer: 'https://api.botframework.azure.cn',
    botKeys: 'https://login.botframework.azure.cn/v1/.well-known/openidconfiguration',
    botTokens: 'https://token.botframework.azure.cn',
    teams: ['frontend.botapi.msg.infra.teams.microsoftonline.cn'],
    exchange: 'api://AzureADTokenExchangeChina',
    log: false,
  },
};

describe.each(cloudNames)('the %s cloud', (name) => {
  const expected = published[name];

  it('is where Microsoft says', () => {
    const { graphRoot, loginAuthority, bot, teamsHosts, tokenExchange, hasProvisioningLog } = clouds[name];

    expect({
      graph: graphRoot,
      login: loginAuthority,
      botLogin: bot.ToChannelFromBotLoginUrl,
      botScope: bot.ToChannelFromBotOAuthScope,
      botIssuer: bot.ToBotFromChannelTokenIssuer,
      botKeys: bot.ToBotFromChannelOpenIdMetadataUrl,
      botTokens: bot.OAuthUrl,
      teams: teamsHosts,
      exchange: tokenExchange,
      log: hasProvisioningLog,
    }).toEqual(expected);
  });

  it('is chosen by CLOUD alone', () => {
    const read = readConfig({
      CLOUD: name,
      MicrosoftAppId: '5eed0000-0000-4000-8000-00000000b07a',
      MicrosoftAppPassword: 'x',
      MicrosoftAppTenantId: '5eed0000-0000-4000-8000-00000000face',
    });

    if (!read.ok) throw new Error(describeProblems(read.problems));
    expect(read.config.graph.baseUrl).toBe(`${expected.graph}/v1.0`);
    expect(serviceHostsOf(read.config)).toEqual(expected.teams);
  });

  it('shares no Teams address with another cloud', () => {
    const others = cloudNames.filter((other) => other !== name).flatMap((other) => clouds[other].teamsHosts);

    expect(clouds[name].teamsHosts.filter((host) => others.includes(host))).toEqual([]);
  });
});
