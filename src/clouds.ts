/**
 * The addresses of each of Microsoft's clouds. Tokens of one cloud are useless in another, so the cloud is a single
 * setting. https://learn.microsoft.com/graph/deployments
 */
export interface Cloud {
  readonly graphRoot: string;
  readonly loginAuthority: string;
  readonly entraPortal: string;
  readonly bot: BotEndpoints;
  /**
   * The hosts of Teams' own service, where the bot's messages go. Its addresses begin with https:// and one of these.
   * https://github.com/microsoft/teams.ts/tree/main/packages/api/src/auth
   */
  readonly teamsHosts: readonly string[];
  /**
   * The audience of a managed identity's token that vouches for a registration.
   * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
   */
  readonly tokenExchange: string;
  /** The domain under which SharePoint and OneDrive keep people's files. */
  readonly fileDomain: string;
  /** https://learn.microsoft.com/graph/api/provisioningobjectsummary-list */
  readonly hasProvisioningLog: boolean;
}

/** The Bot Framework's own addresses, by the names that botbuilder gives them. */
export interface BotEndpoints {
  readonly ToChannelFromBotLoginUrl: string;
  readonly ToChannelFromBotOAuthScope: string;
  /** The issuer in the channel service's tokens. */
  readonly ToBotFromChannelTokenIssuer: string;
  readonly OAuthUrl: string;
  readonly ToBotFromChannelOpenIdMetadataUrl: string;
  readonly ToBotFromEmulatorOpenIdMetadataUrl: string;
}

const governmentBot: BotEndpoints = {
  ToChannelFromBotLoginUrl: 'https://login.microsoftonline.us/MicrosoftServices.onmicrosoft.us',
  ToChannelFromBotOAuthScope: 'https://api.botframework.us',
  ToBotFromChannelTokenIssuer: 'https://api.botframework.us',
  OAuthUrl: 'https://api.botframework.azure.us',
  ToBotFromChannelOpenIdMetadataUrl: 'https://login.botframework.azure.us/v1/.well-known/openidconfiguration',
  ToBotFromEmulatorOpenIdMetadataUrl:
    'https://login.microsoftonline.us/cab8a31a-1906-4287-a0d8-4eef66b95f6e/v2.0/.well-known/openid-configuration',
};

/** What both of the US government's clouds have. */
const government = {
  tokenExchange: 'api://AzureADTokenExchangeUSGov',
  hasProvisioningLog: true,
  loginAuthority: 'https://login.microsoftonline.us',
  entraPortal: 'https://entra.microsoft.us',
  bot: governmentBot,
};

export const cloudNames = ['public', 'usgov', 'usgov-dod', 'china'] as const;
export type CloudName = (typeof cloudNames)[number];

export const clouds: Readonly<Record<CloudName, Cloud>> = {
  public: {
    graphRoot: 'https://graph.microsoft.com',
    fileDomain: 'sharepoint.com',
    teamsHosts: [
      'smba.trafficmanager.net',
      'smba.onyx.prod.teams.trafficmanager.net',
      // Government tenants of the moderate kind (GCC) are in the public cloud.
      'smba.infra.gcc.teams.microsoft.com',
    ],
    tokenExchange: 'api://AzureADTokenExchange',
    hasProvisioningLog: true,
    loginAuthority: 'https://login.microsoftonline.com',
    entraPortal: 'https://entra.microsoft.com',
    bot: {
      ToChannelFromBotLoginUrl: 'https://login.microsoftonline.com/botframework.com',
      ToChannelFromBotOAuthScope: 'https://api.botframework.com',
      ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
      OAuthUrl: 'https://api.botframework.com',
      ToBotFromChannelOpenIdMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
      ToBotFromEmulatorOpenIdMetadataUrl:
        'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration',
    },
  },
  usgov: {
    ...government,
    graphRoot: 'https://graph.microsoft.us',
    fileDomain: 'sharepoint.us',
    teamsHosts: ['smba.infra.gov.teams.microsoft.us'],
  },
  'usgov-dod': {
    ...government,
    graphRoot: 'https://dod-graph.microsoft.us',
    fileDomain: 'sharepoint-mil.us',
    teamsHosts: ['smba.infra.dod.teams.microsoft.us'],
    bot: { ...governmentBot, OAuthUrl: 'https://apiDoD.botframework.azure.us' },
  },
  china: {
    graphRoot: 'https://microsoftgraph.chinacloudapi.cn',
    fileDomain: 'sharepoint.cn',
    teamsHosts: ['frontend.botapi.msg.infra.teams.microsoftonline.cn'],
    tokenExchange: 'api://AzureADTokenExchangeChina',
    hasProvisioningLog: false,
    loginAuthority: 'https://login.chinacloudapi.cn',
    entraPortal: 'https://entra.microsoftonline.cn',
    bot: {
      ToChannelFromBotLoginUrl: 'https://login.partner.microsoftonline.cn/microsoftservices.partner.onmschina.cn',
      ToChannelFromBotOAuthScope: 'https://api.botframework.azure.cn',
      ToBotFromChannelTokenIssuer: 'https://api.botframework.azure.cn',
      OAuthUrl: 'https://token.botframework.azure.cn',
      ToBotFromChannelOpenIdMetadataUrl: 'https://login.botframework.azure.cn/v1/.well-known/openidconfiguration',
      ToBotFromEmulatorOpenIdMetadataUrl:
        'https://login.partner.microsoftonline.cn/common/v2.0/.well-known/openid-configuration',
    },
  },
};
