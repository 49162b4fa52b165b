import type { CloudName } from './clouds.ts';
import type { Identity } from './identity.ts';
import type { Language } from './languages.ts';
import type { Secret } from './secret.ts';

/** The configuration as the rest of Usher sees it; `config.ts` reads it. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly bot: BotConfig;
  readonly allowedTenants: readonly string[];
  readonly graph: GraphConfig;
  /** The Azure bot's OAuth connection for sign-ins; empty unless Graph is called with delegated permission. */
  readonly signInConnection: string;
  readonly cloud: CloudName;
  readonly database: DatabaseConfig;
  /** For how many days finished requests with what is about them, and the entries of the audit log, are kept. */
  readonly retention: { readonly requestDays: number; readonly recordDays: number };
  readonly gate: { readonly limit: number; readonly windowMs: number; readonly guardMs: number };
  readonly roles: RoleConfig;
  readonly requestFor: 'reports' | 'anyone';
  /** Whether cards in channels and group chats show details that otherwise only personal chats show. */
  readonly detailsInChannels: boolean;
  /** The language of all that Usher says to people; null where each reader has their own. */
  readonly language: Language | null;
  /** The most commands, clicks included, that a process takes from one person within a minute. */
  readonly commandsPerMinute: number;
  readonly removalSecondPerson: SecondPerson;
  /**
   * Working days until approvers are reminded of an undecided access request, days until it expires, and hours for
   * which an approved one waits until the person is assigned to the app; 0 turns each off.
   */
  readonly approvals: {
    readonly remindAfterWorkingDays: number;
    readonly expireAfterDays: number;
    readonly assignmentWaitHours: number;
    /** The most access requests that one person may make within a day, withdrawn ones included. */
    readonly requestsPerDay?: number;
  };
  readonly appsFile: string | null;
  /** Which words are ticket numbers, and whether every request needs one. */
  readonly tickets: { readonly pattern: string; readonly required: boolean };
  /** SharePoint hosts from which files are taken; empty for the host derived from the tenant's first domain. */
  readonly sharePointHosts: readonly string[];
  /** Attributes whose values are kept and shown in addition to the default list. */
  readonly shownAttributes: readonly string[];
  readonly metrics: MetricsConfig;
  /** Where each entry of the record is written as a line; null for nowhere. */
  readonly auditStream: AuditStreamConfig | null;
  /** The receiver to which each entry is sent as an event; null for none. */
  readonly events: EventsConfig | null;
  readonly logLevel: LogLevel;
  /** What the record may know of each setting, by its variable; see `settings-print.ts`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Which removals an approver has to confirm: all, those of `offboard`, or those of this many accounts and more. */
export type SecondPerson = 'always' | 'offboard' | { readonly from: number };

export type AuditStreamConfig = { readonly kind: 'stdout' } | { readonly kind: 'file'; readonly path: string };

export interface EventsConfig {
  /** Its path may be a secret. */
  readonly url: Secret;
  /** `whsec_…`: each event is signed with all of them. */
  readonly secrets: readonly Secret[];
  /** Whether it may be on this machine, or in a private network. */
  readonly allowPrivate: boolean;
}

export interface MetricsConfig {
  /** Whether `/metrics` exists at all. */
  readonly on: boolean;
  /** The token that a scraper must send; null where only this machine may read `/metrics`. */
  readonly token: Secret | null;
  /** A port for this machine only where `/metrics` needs no token; null for none. */
  readonly port: number | null;
}

export interface BotConfig {
  /** `none` accepts activities without a token, on loopback only. */
  readonly auth: 'token' | 'none';
  readonly appId: string;
  readonly identity: Identity;
}

export interface GraphConfig {
  /** `delegated`: with the permission of the caller, after they have signed in; `identity` is then the bot's own. */
  readonly auth: 'azure' | 'delegated' | 'none';
  /** Ends in `/v1.0`, without a trailing slash. */
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
      /** The most connections that a process opens, besides the one for `LISTEN`. */
      readonly poolSize?: number;
    };

/** Entra group ids or directory role template ids, by the role they give. */
export type RoleConfig = Readonly<Record<'viewers' | 'requesters' | 'operators' | 'approvers', readonly string[]>>;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
