/** All messages of the doctor on a terminal. Chat has its own, in `chat/messages`. */
export const words = {
  help: `Usage: npm run --silent doctor -- [--url ADDRESS] [--json]

Looks whether Usher can work with the configuration that it finds: one line a thing, ✓ good, ✗ wrong with what to do,
– not looked at and why. It changes nothing.

  --url ADDRESS   the bot's public address, e.g. https://usher.contoso.com; otherwise HOST and PORT are tried
  --json          for machines
  --help          this text

The exit code is 0 when nothing is wrong, 1 when something is, and 2 when the arguments make no sense.
`,
  see: 'See: npm run doctor -- --help',
  badUrl: 'After --url comes a whole address, e.g. https://usher.contoso.com.',
  marks: { good: '✓', wrong: '✗', skipped: '–' },
  toFix: (fix: string) => `To fix: ${fix}`,
  sum: (wrong: number, skipped: number) => {
    const rest = skipped === 0 ? '' : ` ${skipped} not looked at.`;
    return wrong === 0 ? `Nothing is wrong.${rest}` : `${wrong} wrong.${rest}`;
  },
  tooSlow: (ms: number) => `no answer within ${ms / 1000} seconds`,
  tooSlowFix: 'see whether a firewall or proxy stands between this machine and the service.',
  brokenFix: 'read the message; if it makes no sense, report it as a fault of Usher.',

  configuration: {
    title: 'Configuration',
    good: (cloud: string) => `all settings make sense; the cloud is ${cloud}`,
    wrong: (problems: readonly string[]) => problems.join('; '),
    fix: (fixes: readonly string[]) => `${fixes.join('; ')}.`,
    first: 'the configuration has to be right first',
    rest: 'Everything else',
  },
  botToken: {
    title: 'Token of the bot',
    good: 'the bot can sign in',
    none: 'BOT_AUTH is none, so the bot has no token',
    fix: 'check MicrosoftAppId, MicrosoftAppTenantId, MicrosoftAppType and the proof (password, certificate, federated credential or managed identity), and CLOUD.',
  },
  graphToken: {
    title: 'Token for Graph',
    good: 'Usher can sign in',
    none: 'GRAPH_AUTH is none, so no token is sent',
    fix: 'check AZURE_TENANT_ID, AZURE_CLIENT_ID and the proof (secret, certificate, federated token or managed identity), and CLOUD.',
    missing: 'without a token Graph cannot be asked',
  },
  graph: {
    title: 'Microsoft Graph',
    good: 'Graph answers',
    fix: 'check GRAPH_BASE_URL and CLOUD, and whether this machine may reach Graph by https.',
    rejectedFix: 'check that CLOUD and GRAPH_BASE_URL name the cloud of the tenant in AZURE_TENANT_ID.',
    missing: 'Graph does not answer',
  },
  trouble: {
    refused: (status: number, code: string) => `Graph refused the call: ${status}${code === '' ? '' : ` ${code}`}`,
    unreadable: 'Graph gave an answer that makes no sense; a proxy may have written it',
    timeout: 'Graph gave no answer in time',
    connectionLost: 'the connection to Graph was lost',
    unreachable: 'no connection to Graph',
    stopped: 'Graph was not waited for',
    noCredential: 'no token for Graph',
  },
  permission: {
    title: (name: string) => `Permission ${name}`,
    good: 'granted',
    covered: (by: string) => `not granted, but ${by} covers it`,
    wrong: (feature: string) => `not granted; needed ${feature}`,
    fix: (name: string) =>
      `add the application permission ${name} of Microsoft Graph to the registration in AZURE_CLIENT_ID, and give admin consent. A token may be an hour old, or a day old for a managed identity: start Usher anew afterwards.`,
    none: 'there is no token to look into; reads are tried instead, see below',
    opaque: 'the token does not tell; reads are tried instead, see below',
    removesByHand:
      'not granted, which is safer; “remove”, “offboard” and the end of access cannot delete assignments without it: the card says how to do it by hand, and Usher then waits until it is done',
    needed: (name: string) => `${name} is missing, see above`,
    for: {
      provision: 'to read provisioning jobs and to provision on demand',
      applications: 'to find apps by name',
      people: 'to find people, and to see whether an account is enabled or a guest',
      groups: 'to find groups, and to read who is in them',
      roles: 'to see who holds an Entra role that makes an operator',
      assigned: 'to see whether a person is assigned to an app',
      assign: 'to assign people to apps, as APPS_FILE says with "assign"',
      remove: 'to take people out of apps',
      log: 'to read what the provisioning service has written down',
    },
  },
  surplus: {
    title: 'No more permissions than needed',
    good: 'the token holds nothing that Usher does not use',
    wrong: (names: readonly string[]) => `not needed: ${names.join(', ')}`,
    fix: (names: readonly string[]) =>
      `remove ${names.join(', ')} from the registration in AZURE_CLIENT_ID, unless something else uses it.`,
  },
  delegated: {
    registration: {
      title: 'Registration that people sign in to',
      good: 'it can prove itself to the login, as the exchange on behalf of people takes',
      wrong: 'the login gives it no token for Graph, so no user can sign in',
      missing: 'the registration has to prove itself first',
    },
    surplus: {
      title: 'No application permissions',
      good: 'the registration holds none, and needs none',
      fix: (names: readonly string[]) =>
        `remove the application permissions ${names.join(', ')} from the registration in MicrosoftAppId: with GRAPH_AUTH=delegated Usher does not use them, but anyone who has its secret can.`,
    },
    connection: {
      title: 'OAuth connection',
      unseen: (name: string) =>
        `SIGN_IN_CONNECTION is “${name}”; whether the Azure bot has it, and names the right resource, shows when a user signs in`,
    },
    signedIn: {
      title: 'Consent, apps, jobs and rules',
      unseen:
        'each person sees them by their own right; type “sign in”, “status” and “whoami” to Usher in Teams to try it',
    },
  },
  people: {
    title: 'People',
    good: 'readable',
    fix: 'give the application permission User.Read.All, with admin consent.',
  },
  groupsRead: {
    title: 'Groups',
    good: 'readable',
    fix: 'give the application permission GroupMember.Read.All, with admin consent.',
  },
  apps: {
    title: 'Applications',
    good: (count: number, complete: boolean) => `${count}${complete ? '' : ' or more'} readable`,
    empty: 'the tenant has no enterprise application',
    emptyFix: 'add the application in Entra, and set up provisioning for it.',
    fix: 'give the application permission Application.Read.All, with admin consent.',
    missing: 'the applications cannot be read, see above',
  },
  jobs: {
    title: 'Provisioning jobs',
    good: (apps: number, looked: number) => `readable; ${apps} of ${looked} apps that were looked at have one`,
    wrong: (app: string, why: string) => `those of ${app} cannot be read: ${why}`,
    fix: 'give the application permission Synchronization.ReadWrite.All, with admin consent. Application.ReadWrite.OwnedBy is not enough where Usher does not own the service principal.',
    missing: 'no provisioning job is there to look at',
    unread: 'the jobs cannot be read, see above',
  },
  rules: {
    title: 'Provisioning rules',
    good: (app: string) => `readable, as ${app} shows`,
    wrong: (app: string, why: string) => `those of ${app} cannot be read: ${why}`,
    fix: 'give the application permission Synchronization.ReadWrite.All, with admin consent.',
    none: (app: string) => `${app} has a job that provisions neither users nor groups`,
    noneFix: 'open the app in Entra, Provisioning, Attribute mapping, and switch a mapping on.',
  },
  log: {
    title: 'Provisioning log',
    good: 'readable',
    cloud: 'this cloud has none',
    fix: 'give the application permission AuditLog.Read.All (or ProvisioningLog.Read.All), with admin consent. The log also needs Entra ID P1.',
  },
  storage: {
    title: 'SharePoint host',
    set: (hosts: readonly string[]) => `${hosts.join(', ')}, as SHAREPOINT_HOST says`,
    usual: (host: string) => `${host}, as is usual for this tenant; set SHAREPOINT_HOST if files are elsewhere`,
    unknown: 'cannot be told from the tenant’s domains, so no dropped file is read and no export is stored',
    fix: 'set SHAREPOINT_HOST to the host of the tenant’s SharePoint, e.g. contoso.sharepoint.com.',
  },
  ids: {
    title: (variable: string) => `Groups in ${variable}`,
    good: (count: number) => (count === 1 ? 'the one id is known' : `all ${count} ids are known`),
    unset: 'not set',
    wrong: (ids: readonly string[]) => `no group and no directory role: ${ids.join(', ')}`,
    fix: (variable: string) =>
      `put object ids of Entra groups, or template ids of directory roles, into ${variable}; the group may have been deleted.`,
  },
  appsFile: {
    unset: 'APPS_FILE is not set',
    apps: {
      title: 'Apps in APPS_FILE',
      good: (count: number) => (count === 1 ? 'the one app is found' : `all ${count} found`),
      wrong: (unknown: readonly string[], several: readonly string[]) =>
        [
          ...(unknown.length === 0 ? [] : [`not in the tenant: ${unknown.join(', ')}`]),
          ...(several.length === 0 ? [] : [`more than one app of this name: ${several.join(', ')}`]),
        ].join('; '),
      /** The lines to paste; none where every entry is by id. */
      lines: (lines: readonly string[]) =>
        lines.length === 0
          ? ''
          : `. A name can change and be given to another app, so ids are better; put these in their place:${lines.map((line) => `\n      ${line}`).join('')}`,
      fix: 'correct the name in APPS_FILE, or put “id:” and the object id of the enterprise application in its place. Until then no approver can decide on access to it.',
    },
    approvers: {
      title: 'Approvers and requesters in APPS_FILE',
      none: 'APPS_FILE names none',
      good: (count: number) => (count === 1 ? 'the one id is known' : `all ${count} ids are known`),
      wrong: (ids: readonly string[]) => `no group, person or directory role: ${ids.join(', ')}`,
      fix: 'put object ids of groups or people, or template ids of directory roles, into "approvers" and "ask" of APPS_FILE.',
    },
    assign: {
      title: 'App roles in APPS_FILE',
      none: 'APPS_FILE assigns no app role',
      good: (count: number) => (count === 1 ? 'the one role can be assigned' : `all ${count} can be assigned`),
      wrong: (roles: readonly string[]) => `cannot be assigned: ${roles.join(', ')}`,
      role: (role: string, app: string, why: string) => `“${role}” of ${app} (${why})`,
      why: {
        none: 'no such role for people',
        disabled: 'disabled',
        ambiguous: 'several roles bear the name',
        microsoft: 'an app of Microsoft’s, whose roles Usher never assigns',
      },
      fix: 'name a role by its display name or value as the app’s registration has it under App roles, enabled and for users.',
    },
    kits: {
      title: 'Kits in APPS_FILE',
      none: 'APPS_FILE names no kits',
      good: (count: number) =>
        count === 1 ? 'each app of the one kit can be provisioned' : `each app of all ${count} can be provisioned`,
      wrong: (apps: readonly string[]) => apps.join('; '),
      app: (kit: string, app: string, why: string) => `${app} of ${kit} ${why}`,
      why: {
        none: 'is not in the tenant',
        several: 'is the name of more than one app',
        gone: 'is no longer in the tenant',
        twice: 'is an app that the kit names already',
        noJob: 'has no provisioning',
      },
      fix: 'correct the app’s name in the kit, put “id:” and the object id of the enterprise application in its place, or set up its provisioning in Entra.',
    },
  },
  database: {
    title: 'Database',
    good: 'reachable',
    notMade: 'there is none yet; the first start makes it',
    fix: 'check DATABASE_URL, and whether the server runs and this machine and user may reach it.',
    missing: 'the database cannot be reached, see above',
  },
  migrations: {
    title: 'Tables',
    good: 'of this version',
    notMade: 'the first start makes them',
    wrong: (names: readonly string[]) => `of an older version; still to come: ${names.join(', ')}`,
    fix: 'make a backup and start this version of Usher, which brings them up to date.',
  },
  auditLog: {
    title: 'Audit log',
    addsOnly: 'the user of DATABASE_URL can add entries, and neither change nor delete them',
    mayChange:
      'the user of DATABASE_URL can change and delete entries; “Whether the audit log is whole” in docs/operations.md tells how to take these rights away',
    none: 'only PostgreSQL has users whose rights on it can be limited, once its tables are there',
  },
  clock: {
    title: 'Clock',
    good: (seconds: number) => `within ${Math.max(1, seconds)} s of Graph’s`,
    wrong: (minutes: number, ahead: boolean) => `${minutes} minutes ${ahead ? 'ahead of' : 'behind'} Graph’s`,
    fix: 'let the machine take its time from a time server (NTP); tokens are refused five minutes off.',
    none: 'Graph’s answer tells no time',
  },
  endpoint: {
    title: 'The bot’s endpoint',
    good: (address: string) => `${address} answers`,
    silent: (address: string) => `no server answers at ${address}`,
    status: (address: string, status: number) => `${address} answers ${status}, which is not how Usher does`,
    fix: 'start Usher (npm start), or name its public address with --url and see that the proxy passes on POST requests to /api/messages.',
  },
} as const;
