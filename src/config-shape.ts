import type { CloudName } from './clouds.ts';
import type { Identity } from './identity.ts';
import type { Secret } from './secret.ts';

/** The configuration as the rest of Usher sees it; `config.ts` reads it. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly bot: BotConfig;
  readonly allowedTenants: readonly string[];
  readonly graph: GraphConfig;
  /** The Azure bot's OAuth connection by which people sign in; empty unless Graph is called by their right. */
  readonly signInConnection: string;
  readonly cloud: CloudName;
  readonly database: DatabaseConfig;
  readonly gate: { readonly limit: number; readonly windowMs: number; readonly guardMs: number };
  readonly roles: RoleConfig;
  readonly requestFor: 'reports' | 'anyone';
  /** Whether cards in channels and group chats show what is otherwise shown in personal chats alone. */
  readonly detailsInChannels: boolean;
  /** The most commands, clicks included, that a process takes from one person within a minute. */
  readonly commandsPerMinute: number;
  /**
   * Working days after which undecided access requests are brought to mind, days after which they expire, and hours for
   * which an approved one waits until the person is assigned to the app; 0 for not at all.
   */
  readonly approvals: {
    readonly remindAfterWorkingDays: number;
    readonly expireAfterDays: number;
    readonly assignmentWaitHours: number;
    /** The most requests that one person may make within a day, those taken back included. */
    readonly requestsPerDay?: number;
  };
  readonly appsFile: string | null;
  /** Hosts of the tenant's SharePoint, from where files are taken; empty for the one that goes with the tenant's first domain. */
  readonly sharePointHosts: readonly string[];
  /** Attributes whose values are kept and shown besides those of the default list. */
  readonly shownAttributes: readonly string[];
  readonly metrics: MetricsConfig;
  readonly logLevel: LogLevel;
}

export interface MetricsConfig {
  /** Whether `/metrics` is there at all. */
  readonly on: boolean;
  /** What a scraper has to show; null where `/metrics` is for this machine alone. */
  readonly token: Secret | null;
  /** A port of this machine's own where `/metrics` wants no token; null for none. */
  readonly port: number | null;
}

export interface BotConfig {
  /** `none` accepts activities without a token; only ever on loopback. */
  readonly auth: 'token' | 'none';
  readonly appId: string;
  readonly identity: Identity;
}

export interface GraphConfig {
  /** `delegated`: by the right of whoever asks, after they have signed in; `identity` is then the bot's own. */
  readonly auth: 'azure' | 'delegated' | 'none';
  /** Ends in `/v1.0`, without a slash behind it. */
  readonly baseUrl: string;
  readonly identity: Identity;
}

export type DatabaseConfig =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'postgres';
      readonly url: Secret;
      /** A file of PEM certificates to trust instead of the authorities that Node trusts. */
      readonly rootCertificateFile?: string | null;
      /** The most connections that a process opens, besides the one that it listens on. */
      readonly poolSize?: number;
    };

/** Entra group ids or directory role template ids, by the role they give. */
export interface RoleConfig {
  readonly viewers: readonly string[];
  readonly requesters: readonly string[];
  readonly operators: readonly string[];
  readonly approvers: readonly string[];
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
