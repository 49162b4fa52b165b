import type { Caller, Permission, Role } from '../../src/access/caller.ts';
import { deny, type Ground } from '../../src/access/policy.ts';
import type { Verb } from '../../src/chat/command.ts';
import type { CardAction } from '../../src/chat/reply.ts';

/** The result of a message or a click: answered, refused with a record, or turned away by authentication. */
export type Ending = 'answered' | 'refused' | 'turnedAway';

/** What a person is to Usher: the roles that Entra gives, or why there are none. */
export const kinds = {
  operator: ['operator'],
  approver: ['approver'],
  appApprover: ['appApprover'],
  requester: ['requester'],
  viewer: ['viewer'],
  hybridOnly: ['cloudSyncOperator'],
  none: [],
  guest: 'stranger',
  disabled: 'stranger',
  otherTenant: 'elsewhere',
} as const satisfies Readonly<Record<string, readonly Role[] | 'stranger' | 'elsewhere'>>;

export type Kind = keyof typeof kinds;

export const ways = ['message', 'execute', 'submit'] as const;
export const places = ['personal', 'groupChat', 'channel'] as const;

/** A message or a click, and the permission that it needs; `or` is enough by itself. */
export interface Entry {
  readonly name: string;
  readonly said: { readonly line: string; readonly hasFile?: true } | { readonly data: CardAction };
  readonly permission: Permission;
  readonly or?: Permission;
  readonly ground?: Ground;
}

/** Stands in a line for the id of an access request that was withdrawn, so that no command can change it any more. */
export const takenBack = 'TAKENB';

/** No request has this id, so that a cell changes nothing that another one depends on. */
const id = 'ZZZZZ9';
const onAnyOtherJob: Ground = { cloudSync: false };

/** A line for each command. Two people have the name, and no request has the id, so that nothing is done. */
const lines: Readonly<Record<Verb, string>> = {
  provision: 'provision lee to Salesforce',
  provisionList: 'provision users lee, qqqq to Salesforce',
  provisionGroup: 'provision group qqqq to "GitHub Enterprise"',
  remove: 'remove lee from Salesforce',
  offboard: 'offboard lee',
  ends: 'ends',
  extend: `extend ${id} until 31 December`,
  endAccess: `end ${id} now`,
  endByHand: `done by hand ${id}`,
  verifyRemoval: `verify removal ${id}`,
  test: 'test Salesforce',
  repair: 'repair Salesforce',
  pause: 'pause Salesforce',
  start: 'start Salesforce',
  provisionPaused: 'pause and provision lee to Salesforce',
  retry: `retry ${id}`,
  cancel: `cancel ${id}`,
  requestAccess: 'request access for lee to Salesforce',
  accessForm: 'request',
  approve: `approve ${id}`,
  deny: `deny ${id} not needed`,
  pending: 'pending',
  show: `show ${id}`,
  sendApprovalsHere: 'send approvals here',
  stopSendingApprovals: 'stop sending approvals',
  approvalChannels: 'approval places',
  removeApprovalChannel: 'remove approval place 00000000',
  cancelAllBy: 'cancel all by adele@contoso.com',
  allWatches: 'watches all',
  removeWatch: 'remove watch 00000000',
  status: 'status Payroll',
  check: 'check lee in Salesforce',
  preview: 'preview lee to Salesforce',
  queue: 'queue',
  history: 'history',
  requests: 'requests',
  exportHistory: 'export history',
  accessReport: 'access report',
  watch: 'watch Payroll',
  unwatch: 'unwatch Payroll',
  watches: 'watches',
  watchAll: 'watch all',
  unwatchAll: 'unwatch all',
  quiet: 'quiet off',
  apps: 'apps',
  kits: 'kits',
  home: 'home',
  language: 'language',
  whoami: 'whoami',
  help: 'help',
};

/**
 * The permission of each command, written a second time: a declaration that says otherwise has to be wrong here as
 * well.
 */
export const permissions: Readonly<Record<Verb, Permission>> = {
  provision: 'provision.run',
  provisionList: 'provision.run',
  provisionGroup: 'provision.run',
  remove: 'removal.run',
  offboard: 'removal.run',
  ends: 'history.show',
  extend: 'history.show',
  endAccess: 'history.show',
  endByHand: 'history.show',
  verifyRemoval: 'removal.confirm',
  test: 'repair.run',
  repair: 'repair.run',
  pause: 'repair.run',
  start: 'repair.run',
  provisionPaused: 'repair.run',
  retry: 'request.retry',
  cancel: 'request.cancel',
  requestAccess: 'access.request',
  accessForm: 'access.request',
  approve: 'access.decide',
  deny: 'access.decide',
  pending: 'access.decide',
  show: 'history.show',
  sendApprovalsHere: 'access.decide',
  stopSendingApprovals: 'access.decide',
  approvalChannels: 'places.manage',
  removeApprovalChannel: 'places.manage',
  cancelAllBy: 'access.cancel',
  allWatches: 'watches.manage',
  removeWatch: 'watches.manage',
  status: 'status.show',
  check: 'check.run',
  preview: 'check.run',
  queue: 'queue.show',
  history: 'history.show',
  requests: 'history.show',
  exportHistory: 'history.export',
  accessReport: 'access.review',
  watch: 'watch.change',
  unwatch: 'watch.change',
  watches: 'status.show',
  watchAll: 'watch.change',
  unwatchAll: 'watch.change',
  quiet: 'watch.change',
  apps: 'apps.list',
  kits: 'apps.list',
  home: 'history.show',
  language: 'self.show',
  whoami: 'self.show',
  help: 'help.show',
};

/**
 * The commands that a requester gets another answer to: the line asks for access, or the answer says to do so one at a
 * time.
 */
const instead: Readonly<Partial<Record<Verb, Permission>>> = {
  provision: 'access.request',
  provisionList: 'access.request',
  provisionGroup: 'access.request',
};

const grounds: Readonly<Partial<Record<Verb, Ground>>> = {
  provision: onAnyOtherJob,
  provisionList: onAnyOtherJob,
  provisionGroup: onAnyOtherJob,
  test: onAnyOtherJob,
  repair: onAnyOtherJob,
  pause: onAnyOtherJob,
  start: onAnyOtherJob,
  provisionPaused: onAnyOtherJob,
};

/** The cells where a command reads anew, or refers to something else: an unknown app, a request, a file. */
const further: readonly Entry[] = [
  ...(['provision lee to qqqq', 'provision users lee to qqqq', 'provision group lee to qqqq'] as const).map(
    (line): Entry => ({ name: line, said: { line }, permission: 'provision.run', or: 'access.request' }),
  ),
  {
    name: 'retry of an access request',
    said: { line: `retry ${takenBack}` },
    permission: 'request.retry',
    ground: onAnyOtherJob,
  },
  { name: 'cancel of an access request', said: { line: `cancel ${takenBack}` }, permission: 'access.cancel' },
  {
    name: 'a file',
    said: { line: 'provision users to Salesforce', hasFile: true },
    permission: 'provision.run',
    or: 'access.request',
  },
];

/** The form of this command, filled in. */
function submitted(form: string): CardAction {
  const values = { picked: '', subject: 'lee', app: 'Salesforce', start: '', end: '', reason: '', ticket: '' };
  return { verb: 'submit', form, on: 'form', ...values };
}

/** The forms beside that of an access request, which is among the clicks. */
const forms: readonly Entry[] = [
  {
    name: 'the form of provision',
    said: { data: submitted('provision') },
    permission: 'provision.run',
    or: 'access.request',
    ground: onAnyOtherJob,
  },
  { name: 'the form of check', said: { data: submitted('check') }, permission: 'check.run' },
  { name: 'the form of preview', said: { data: submitted('preview') }, permission: 'check.run' },
  { name: 'the form of status', said: { data: submitted('status') }, permission: 'status.show' },
  { name: 'the form of watch', said: { data: submitted('watch') }, permission: 'watch.change' },
];

const clicks: Readonly<
  Record<CardAction['verb'], (Omit<Entry, 'name' | 'said'> & { readonly data: CardAction }) | null>
> = {
  // These two people type every line as well.
  run: null,
  choose: null,
  ticket: {
    data: { verb: 'ticket', text: 'provision lee to Salesforce', ticket: 'INC0012345' },
    permission: 'provision.run',
    or: 'access.request',
    ground: onAnyOtherJob,
  },
  personal: { data: { verb: 'personal', text: 'history' }, permission: 'history.show' },
  retry: { data: { verb: 'retry', requestId: id }, permission: 'request.retry' },
  cancel: { data: { verb: 'cancel', requestId: id }, permission: 'request.cancel' },
  confirm: { data: { verb: 'confirm', requestId: id }, permission: 'provision.run' },
  assign: { data: { verb: 'assign', requestId: id }, permission: 'request.assign' },
  removeNow: { data: { verb: 'removeNow', requestId: id }, permission: 'removal.confirm' },
  keepAccess: { data: { verb: 'keepAccess', requestId: id }, permission: 'access.decide' },
  repairNow: { data: { verb: 'repairNow', requestId: id }, permission: 'repair.confirm' },
  leaveJob: { data: { verb: 'leaveJob', requestId: id }, permission: 'repair.confirm' },
  tellManager: { data: { verb: 'tellManager', requestId: id }, permission: 'provision.run' },
  approve: { data: { verb: 'approve', requestId: id }, permission: 'access.decide' },
  deny: { data: { verb: 'deny', requestId: id, reason: '' }, permission: 'access.decide' },
  submit: { data: submitted('requestAccess'), permission: 'access.request' },
  page: { data: { verb: 'page', requestId: id, page: 0, on: 'list' }, permission: 'request.retry' },
};

export const entries: readonly Entry[] = [
  ...(Object.keys(lines) as readonly Verb[]).map((verb): Entry => {
    const [or, ground] = [instead[verb], grounds[verb]];
    return {
      name: lines[verb],
      said: { line: lines[verb] },
      permission: permissions[verb],
      ...(or === undefined ? {} : { or }),
      ...(ground === undefined ? {} : { ground }),
    };
  }),
  ...further,
  ...forms,
  ...Object.values(clicks).flatMap((click) =>
    click === null ? [] : [{ ...click, name: `[${click.data.verb}]`, said: { data: click.data } }],
  ),
];

/** The result of an entry for this kind of person, by the policy alone. */
export function expectedFor({ permission, or = permission, ground }: Entry, kind: Kind): Ending {
  const roles: readonly Role[] | 'stranger' | 'elsewhere' = kinds[kind];
  if (roles === 'elsewhere') return 'turnedAway';
  if (roles === 'stranger') return 'refused';
  const caller: Caller = { id: '', tenantId: '', name: '', principalName: '', roles, memberOf: [] };
  const may = deny(caller, permission, ground) === null || (or !== permission && deny(caller, or) === null);
  return may ? 'answered' : 'refused';
}

export interface Batch {
  readonly entry: Entry;
  readonly way: (typeof ways)[number];
  readonly place: (typeof places)[number];
}

/** A button is no message, and a file comes with nothing else. */
export function waysOf({ said }: Entry): readonly Batch['way'][] {
  if ('data' in said) return ['execute', 'submit'];
  return said.hasFile === true ? ['message'] : ways;
}

/**
 * Every entry in every way and scope; people of all kinds send each batch. The part has each entry in one way and one
 * scope, rotated so that every way meets every scope.
 */
export function batches(whole: boolean): Batch[] {
  return entries.flatMap((entry, index) => {
    const possible = waysOf(entry);
    const all = possible.flatMap((way) => places.map((place): Batch => ({ entry, way, place })));
    const way = possible[index % possible.length];
    const place = places[(index + Math.floor(index / possible.length)) % places.length];
    return whole ? all : all.filter((batch) => batch.way === way && batch.place === place);
  });
}
