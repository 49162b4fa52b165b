/** All messages of the doctor on a terminal. Chat has its own, in `chat/messages`. */
export const words = {
  help: `Usage: npm run --silent doctor -- [--url ADDRESS] [--json]

Looks whether Usher can work with the configuration that it finds: one line a thing, ✓ good, ✗ wrong with what to do,
! works but is likely a mistake or ends soon, – not looked at and why. It changes nothing; a receiver in EVENTS_URL gets a
test event.

  --url ADDRESS   the bot's public address, e.g. https://usher.contoso.com; otherwise HOST and PORT are tried
  --json          for machines
  --help          this text

The exit code is 0 when nothing is wrong, 1 when something is, and 2 when the arguments make no sense.
`,
  see: 'See: npm run doctor -- --help',
  badUrl: 'After --url comes a whole address, e.g. https://usher.contoso.com.',
  marks: { good: '✓', wrong: '✗', warning: '!', skipped: '–' },
  toFix: (fix: string) => `To fix: ${fix}`,
  sum: (wrong: number, warnings: number, skipped: number) => {
    const doubts = warnings === 0 ? '' : `${warnings === 1 ? '1 warning' : `${warnings} warnings`}.\n`;
    const rest = skipped === 0 ? '' : ` ${skipped} not looked at.`;
    return `${doubts}${wrong === 0 ? 'Nothing is wrong.' : `${wrong} wrong.`}${rest}`;
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
  setting: { title: (name: string) => `Setting ${name}` },
  envFile: {
    title: 'Settings file',
    good: (path: string) => `nothing in ${path} is cut off`,
    wrong: (path: string, names: readonly string[]) =>
      `in ${path} a “#” without quotes cuts off the rest of the value: ${names.join(', ')}`,
    fix: 'put the value in quotes, e.g. NAME="…" (with docker --env-file, which takes quotes for a part of the value, leave them out: there nothing is cut off).',
  },
  quotes: {
    title: 'Quotes',
    wrong: (names: readonly string[]) => `the value begins and ends with a quote: ${names.join(', ')}`,
    fix: 'take the quotes away where the settings do not come from a file that Node reads: docker --env-file and Kubernetes hand them on.',
  },
  network: {
    name: (host: string) => `DNS does not know ${host}`,
    refused: (host: string) => `${host} refuses connections`,
    lost: (host: string) => `the connection to ${host} broke`,
    silent: (host: string) => `${host} cannot be reached`,
    certificate: (host: string) => `the certificate of ${host} is not trusted here`,
  },
  login: {
    unreached: (why: string) => `the login was not reached, so the credentials were not tried: ${why}`,
    proxy: (host: string, status: number) => `something else answers in place of ${host}, with ${status}`,
    fix: (host: string) =>
      `let this machine reach https://${host}: look at DNS, the firewall, and the proxy (HTTPS_PROXY, which the login honors).`,
    certificateFix:
      'look at the clock of this machine; if a proxy on the way opens TLS, name a PEM file with its authority in NODE_EXTRA_CA_CERTS.',
    away: (host: string, status: number) => `${host} has trouble of its own: it answers ${status}`,
    awayFix: 'wait and try again; Microsoft’s service health tells of it.',
    /** By Entra's code: https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
    refusals: {
      AADSTS7000222: 'the client secret has ended: make a new one in Entra, under Certificates & secrets',
      AADSTS7000215:
        'the client secret is another one: take its value, not its id, and put it in quotes if it has a “#”',
      AADSTS700016: 'the registration is not in this tenant, or not in this cloud',
      AADSTS90002: 'there is no such tenant in this cloud',
      AADSTS700027: 'the registration does not have this certificate: add it in Entra, under Certificates & secrets',
      AADSTS700024: 'what proves the registration is not valid now: look at the clock of this machine',
      AADSTS7000112: 'the enterprise application of the registration is disabled: let users sign in to it',
    },
  },
  credential: {
    title: (variable: string) => `End of ${variable}`,
    good: (day: string) => `good until ${day}`,
    endless: 'has no end',
    soon: (day: string, days: number) => `ends on ${day}, in ${days === 1 ? 'a day' : `${days} days`}`,
    ended: (day: string) => `ended on ${day}`,
    secretFix: (variable: string, id: string) =>
      `make a new client secret in Entra (App registrations, ${id}, Certificates & secrets), put it into ${variable}, and start Usher anew.`,
    certificateFix: (variable: string, id: string) =>
      `add a new certificate in Entra (App registrations, ${id}, Certificates & secrets), put it with its key into the file that ${variable} names, and start Usher anew.`,
    tokenFix: (variable: string) => `see why the file that ${variable} names is not written anew any more.`,
    unlisted: 'the registration lists no client secret',
    elsewhere: (id: string) => `the registration ${id} is not in the tenant that Graph is asked about`,
    forbidden: 'the application permission Application.Read.All would show it; see Certificates & secrets in Entra',
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
    proxyFix:
      'HTTPS_PROXY is set, which the login honors and Usher’s calls to Graph do not: let this machine reach Graph without a proxy, or name a gateway in GRAPH_BASE_URL.',
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
    unconsented: (feature: string) => `added to the registration, but without admin consent; needed ${feature}`,
    consentFix:
      'give admin consent in Entra (App registrations, API permissions, Grant admin consent). A token may be an hour old, or a day old for a managed identity: start Usher anew afterwards.',
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
  streams: {
    file: {
      title: 'File of the audit log',
      good: 'can be written',
      wrong: 'cannot be written',
      fix: 'let Usher write the file in AUDIT_STREAM, and its folder.',
    },
    receiver: {
      title: 'Receiver of events',
      good: 'it took a test event',
      off: 'it answers 410: it wants no events any more',
      wrong: (why: string) => `it did not take a test event: ${why}`,
      fix: 'check EVENTS_URL and EVENTS_SECRET, the certificate, and whether this machine may reach the receiver by https. EPRIVATE: it is in a private network, see EVENTS_ALLOW_PRIVATE.',
    },
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
    missing: 'the database has to work first, see above',
    little: (megabytes: number) => `reachable, but only ${megabytes} MB are free on its disk`,
    full: 'the disk under the SQLite file is full',
    littleFix: 'make room on the disk; without any Usher stops answering.',
  },
  migrations: {
    title: 'Tables',
    good: 'of this version',
    notMade: 'there are none yet; the first start makes them',
    wrong: (names: readonly string[]) => `of an older version; still to come: ${names.join(', ')}`,
    fix: 'make a backup and start this version of Usher, which brings them up to date.',
  },
  auditLog: {
    title: 'Audit log',
    addsOnly: 'the user of DATABASE_URL can add entries, and neither change nor delete them',
    mayChange:
      'the user of DATABASE_URL can change and delete entries; “Whether the audit log is whole” in docs/operations.md tells how to take these rights away',
    none: 'the first start makes it',
  },
  clock: {
    title: 'Clock',
    good: (seconds: number) => `within ${Math.max(1, seconds)} s of Graph’s`,
    wrong: (minutes: number, ahead: boolean) => `${minutes} minutes ${ahead ? 'ahead of' : 'behind'} Graph’s`,
    fix: 'let the machine take its time from a time server (NTP); tokens are refused five minutes off.',
    none: 'Graph’s answer tells no time',
  },
  endpointCertificate: {
    title: 'Certificate of the endpoint',
    none: 'no certificate comes, see above',
    fix: 'renew the certificate at the proxy before Usher; Teams does not call an address whose certificate has ended.',
  },
  endpoint: {
    title: 'The bot’s endpoint',
    good: (address: string) => `${address} answers`,
    here: (address: string) =>
      `${address} answers; --url with the public address tells whether the way from outside is open`,
    silent: (address: string) => `no server answers at ${address}`,
    failed: (address: string, why: string) => `no server answers at ${address}: ${why}`,
    hidden: (address: string) => `${address} answers, but Teams calls from the internet, and by https`,
    hiddenFix:
      'name the address in --url that the Azure bot has under Configuration: public, https, with a certificate of a known authority.',
    status: (address: string, status: number) => `${address} answers ${status}, which is not how Usher does`,
    fix: 'start Usher (npm start), or name its public address with --url and see that the proxy passes on POST requests to /api/messages.',
  },
} as const;
