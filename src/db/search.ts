import { type Kysely, sql } from 'kysely';

/**
 * Keeps a search as fast in a million requests as in a hundred: columns and a table that repeat data where an index can
 * cover it. Database triggers maintain them, so that no writer can forget one.
 *
 *     tasks.asked_at                   when its request was made
 *     requests.access_at               when the access request it carries out was made; null for a typed one
 *     messages.latest_revision         what the card would show if it were drawn now
 *     known_names                      the people and apps of the history, by id, name and label in lower case
 */
export async function addSearch(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  await sql`alter table tasks add column asked_at bigint`.execute(db);
  await sql`alter table requests add column access_at bigint`.execute(db);
  await sql`alter table access_cards add column latest_revision integer`.execute(db);
  await sql`create table known_names (
    folded text not null, kind text not null, id text not null, name text not null,
    constraint known_names_key primary key (folded, kind, id))`.execute(db);
  await repeatWhatStands(db);
  await indexIt(db);
  const statements =
    engine === 'sqlite'
      ? [...sqliteNameTriggers(firstNames), ...sqliteTriggers()]
      : [...postgresNameTriggers(firstNames), ...postgresTriggers()];
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/**
 * Gives the audit log and the columns of the requester their present names. The triggers that name them are recreated:
 * PostgreSQL keeps a function as text, and so would go on with the old names.
 */
export async function renameSearched(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const isSqlite = engine === 'sqlite';
  const run = (statement: string) => sql.raw(statement).execute(db);
  for (const table of tablesOf(firstNames))
    await run(isSqlite ? `drop trigger ${table}_names` : `drop function usher_${table}_names() cascade`);
  for (const table of ['requests', 'access_requests']) {
    await run(`alter table ${table} rename column ${firstNames.requestedById} to ${presentNames.requestedById}`);
    await run(`alter table ${table} rename column ${firstNames.requestedByName} to ${presentNames.requestedByName}`);
  }
  await run(`alter table ${firstNames.auditLog} rename to ${presentNames.auditLog}`);
  for (const statement of (isSqlite ? sqliteNameTriggers : postgresNameTriggers)(presentNames)) await run(statement);
}

/** Has the database keep the revisions of `messages`, into which `access_cards` went. */
export async function keepRevisions(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const isSqlite = engine === 'sqlite';
  const run = (statement: string) => sql.raw(statement).execute(db);
  const triggers = revisedTriggers(presentRevised);
  for (const [name] of triggers) if (isSqlite) await run(`drop trigger ${name}`);
  for (const statement of (isSqlite ? sharedBySqlite : sharedByPostgres)(triggers)) await run(statement);
  if (!isSqlite) await run('drop function usher_access_cards_made() cascade');
}

/** Has the database keep the revisions of the cards that ask a second person to confirm a removal. */
export async function keepRemovalCards(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const work = "update messages set latest_revision = new.revision where kind = 'removal' and reference = new.id;";
  const when = 'when (new.second_person = 1)';
  const trigger: Trigger = ['removals_revised', 'update of revision on requests', [work], when];
  for (const statement of (engine === 'sqlite' ? sharedBySqlite : sharedByPostgres)([trigger]))
    await sql.raw(statement).execute(db);
}

/** Has the database keep the revisions of the cards of repairs. */
export async function keepRepairCards(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const work = "update messages set latest_revision = new.revision where kind = 'repair' and reference = new.id;";
  const trigger: Trigger = ['repairs_revised', 'update of revision on repairs', [work]];
  for (const statement of (engine === 'sqlite' ? sharedBySqlite : sharedByPostgres)([trigger]))
    await sql.raw(statement).execute(db);
}

/** Lets access requests that one line makes stand together, and keeps the revisions of their common cards. */
export async function joinAccessRequests(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const isSqlite = engine === 'sqlite';
  const run = (statement: string) => sql.raw(statement).execute(db);
  for (const column of [
    'joint_id text',
    'joint_group text',
    'joint_position integer',
    'joint_whole integer',
    'joint_left_out text',
    'kit text',
  ])
    await run(`alter table access_requests add column ${column}`);
  await run('create index access_requests_by_joint on access_requests (joint_id) where joint_id is not null');
  await run('create index access_requests_by_group on access_requests (joint_group) where joint_group is not null');
  const triggers = revisedTriggers(jointRevised);
  for (const [name] of triggers) if (isSqlite) await run(`drop trigger ${name}`);
  for (const statement of (isSqlite ? sharedBySqlite : sharedByPostgres)(triggers)) await run(statement);
}

/**
 * Gives each task the app of its request: a request may be over several apps, which its row then lists as JSON. A process of an earlier version that
 * shares the database does not name it, so the database does.
 */
export async function nameTaskApps(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const run = (statement: string) => sql.raw(statement).execute(db);
  for (const column of ['app_id', 'app_name']) {
    await run(`alter table tasks add column ${column} text not null default ''`);
    await run(`update tasks set ${column} = ${ofRequest('tasks', column)}`);
  }
  await run('alter table requests add column apps text');
  // Most tasks are in the first app of their request, by which the history finds it.
  await run('alter table tasks add column is_further integer not null default 0');
  await run('create index tasks_by_further_app on tasks (app_id, asked_at, request_id) where is_further = 1');
  const isSqlite = engine === 'sqlite';
  await run(isSqlite ? 'drop trigger tasks_names' : 'drop function usher_tasks_names() cascade');
  const named: readonly Named[] = [
    ...namedIn('tasks', presentNames),
    { table: 'tasks', kind: 'app', ...columnsOf('app_id', 'app_name') },
  ];
  for (const statement of (isSqlite ? sqliteNames : postgresNames)('tasks', named)) await run(statement);
  const unnamed = "when (new.app_id = '')";
  if (isSqlite) {
    const set = ['app_id', 'app_name'].map((column) => `${column} = ${ofRequest('new', column)}`).join(', ');
    return void (await run(
      sqliteTrigger('tasks_app', 'insert on tasks', [`update tasks set ${set} where rowid = new.rowid;`], unnamed),
    ));
  }
  const work = ['app_name', 'app_id'].map((column) => `new.${column} := ${ofRequest('new', column)};`);
  for (const statement of postgresTrigger('tasks_app', 'before insert on tasks', work, unnamed)) await run(statement);
}

const ofRequest = (task: string, column: string) =>
  `coalesce((select requests.${column} from requests where requests.id = ${task}.request_id), '')`;

async function repeatWhatStands(db: Kysely<unknown>): Promise<void> {
  await sql`update tasks
    set asked_at = (select created_at from requests where requests.id = tasks.request_id)`.execute(db);
  await sql`update requests
    set access_at = (select max(created_at) from access_requests where access_requests.request_id = requests.id)
    where id in (select request_id from access_requests where request_id is not null)`.execute(db);
  const latest = sql.raw(latestOf('access_cards.access_request_id'));
  await sql`update access_cards set latest_revision = ${latest}`.execute(db);
  for (const one of namedAs(firstNames)) {
    // Each table is read once, in its own order: an index would make SQLite jump around in it.
    const kind = one.butKind === undefined ? [] : ['kind'];
    const names = [...new Set([one.id, one.name, ...one.keys, ...kind])];
    const columns = names.map((column) => `${column} || '' as ${column}`).join(', ');
    const found = `with found as materialized (select distinct ${columns} from ${one.table})`;
    await sql.raw(`${found} ${noteNames([one], (column) => column, 'from found')}`).execute(db);
  }
}

/** The indexes on the history get the columns that filter it, and keep their old names. */
async function indexIt(db: Kysely<unknown>): Promise<void> {
  for (const [name, on] of [
    ['requests_newest', 'requests (created_at, id, access_at)'],
    ['requests_by_asker', 'requests (asker_id, created_at, id, access_at)'],
    ['requests_by_app', 'requests (app_id, created_at, id, access_at)'],
    ['requests_by_asker_and_app', 'requests (asker_id, app_id, created_at, id, access_at)'],
    ['tasks_by_subject', 'tasks (subject_id, asked_at, request_id)'],
  ]) {
    await sql.raw(`drop index if exists ${name}`).execute(db);
    await sql.raw(`create index ${name} on ${on}`).execute(db);
  }
  await sql`create index requests_card on requests (card_id) where card_id is not null`.execute(db);
  // Leaves out the cards that show the latest revision, which are nearly all of them.
  await sql`drop index requests_undrawn`.execute(db);
  await sql`create index requests_undrawn on requests (created_at)
    where drawn_revision < revision and card_id is not null`.execute(db);
  await sql`create index access_cards_undrawn on access_cards (created_at)
    where drawn_revision < latest_revision and card_id is not null`.execute(db);
}

/** The revisions of an access request and of its provisioning request, added up. */
const latestOf = (accessRequestId: string) =>
  `(select access_requests.revision + coalesce(requests.revision, 0) from access_requests
    left join requests on requests.id = access_requests.request_id where access_requests.id = ${accessRequestId})`;

interface Named {
  readonly table: string;
  /** The audit log has only the id of an actor. */
  readonly kind: 'person' | 'app' | 'actor';
  readonly id: string;
  readonly name: string;
  /** The columns by which it is searched. */
  readonly keys: readonly string[];
  /** The columns are filled after the row is inserted. */
  readonly isLater?: true;
  /** Rows of this kind are skipped: they record refused strangers and name no person. */
  readonly butKind?: string;
}

/** Those of the names that have changed. */
interface Names {
  readonly auditLog: string;
  readonly requestedById: string;
  readonly requestedByName: string;
}

const firstNames: Names = { auditLog: 'records', requestedById: 'asker_id', requestedByName: 'asker_name' };
const presentNames: Names = {
  auditLog: 'audit_log',
  requestedById: 'requested_by_id',
  requestedByName: 'requested_by_name',
};

const columnsOf = (id: string, name: string, ...more: readonly string[]) => ({ id, name, keys: [id, name, ...more] });
const decider: Named = {
  table: 'access_requests',
  kind: 'person',
  ...columnsOf('decided_by_id', 'decided_by_name'),
  isLater: true,
};

function namedAs({ auditLog, requestedById, requestedByName }: Names): readonly Named[] {
  const app = columnsOf('app_id', 'app_name');
  const requester = columnsOf(requestedById, requestedByName);
  const subject = columnsOf('subject_id', 'subject_name', 'subject_label');
  return [
    { table: 'requests', kind: 'app', ...app },
    { table: 'requests', kind: 'person', ...requester },
    { table: 'tasks', kind: 'person', ...subject },
    { table: 'access_requests', kind: 'app', ...app },
    { table: 'access_requests', kind: 'person', ...requester },
    { table: 'access_requests', kind: 'person', ...subject },
    decider,
    { table: auditLog, kind: 'actor', id: 'actor_id', name: 'actor_id', keys: ['actor_id'], butKind: 'turnedAway' },
  ];
}

/** Writes and locks nothing where a name is there already, as it nearly always is. */
function noteNames(ones: readonly Named[], column: (name: string) => string, from: string): string {
  const found = ones.flatMap(({ kind, id, name, keys, butKind }) => {
    const where = butKind === undefined ? '' : `where ${column('kind')} <> '${butKind}'`;
    return keys.map(
      (key) =>
        `select distinct ${column(key)} as key, '${kind}' as kind, ${column(id)} as id, ${column(name)} as name ${from} ${where}`,
    );
  });
  return `insert into known_names (folded, kind, id, name)
    select lower(named.key), named.kind, named.id, max(named.name) from (${found.join(' union all ')}) as named
    where named.key <> '' and named.id <> '' and named.name is not null and not exists (
      select 1 from known_names known where known.folded = lower(named.key) and known.kind = named.kind
        and known.id = named.id and known.name = named.name)
    group by 1, 2, 3
    on conflict (folded, kind, id) do update set name = excluded.name;`;
}

const tablesOf = (names: Names) => ['requests', 'tasks', 'access_requests', names.auditLog];
const namedIn = (table: string, names: Names) => namedAs(names).filter((one) => one.table === table);
const ofNew = (column: string) => `new.${column}`;

const notedLater = noteNames([decider], ofNew, '');
const markCarriedOut = 'update requests set access_at = new.created_at where id = new.request_id;';
interface Revised {
  readonly ofAccess: string;
  readonly ofRequest: string;
}

const ofCarried = '(select id from access_requests where request_id = new.id)';
/** Before `024-messages`. */
const firstRevised: Revised = {
  ofAccess: `update access_cards set latest_revision = ${latestOf('new.id')} where access_request_id = new.id;`,
  ofRequest: `update access_cards set latest_revision = ${latestOf('access_cards.access_request_id')}
    where access_request_id in ${ofCarried};`,
};
const presentRevised: Revised = {
  ofAccess: `update messages set latest_revision = ${latestOf('new.id')} where reference = new.id and kind = 'access';`,
  ofRequest: `update messages set latest_revision = new.revision where id = new.id;
    update messages set latest_revision = ${latestOf('messages.reference')}
    where kind = 'access' and reference in ${ofCarried};`,
};

/** The same of all the access requests of one line. */
const latestOfJoint = (jointId: string) =>
  `(select sum(access_requests.revision + coalesce(requests.revision, 0)) from access_requests
    left join requests on requests.id = access_requests.request_id where access_requests.joint_id = ${jointId})`;
const ofJoint = (jointId: string) => `update messages set latest_revision = ${latestOfJoint(jointId)}
    where kind = 'access' and reference in (select ${jointId} union all
      select joint_group from access_requests where joint_id = ${jointId});`;
const jointRevised: Revised = {
  ofAccess: `${presentRevised.ofAccess} ${ofJoint('new.joint_id')}`,
  ofRequest: `${presentRevised.ofRequest}
    ${ofJoint('(select joint_id from access_requests where request_id = new.id)')}`,
};

type Trigger = readonly [name: string, on: string, work: readonly string[], when?: string];

/** After these events the engines do the same. */
const namedTriggers: readonly Trigger[] = [
  ['access_requests_decided', 'update of decided_by_id on access_requests', [notedLater]],
  ['access_requests_made', 'insert on access_requests', [markCarriedOut], 'when (new.request_id is not null)'],
];

const revisedTriggers = ({ ofAccess, ofRequest }: Revised): readonly Trigger[] => [
  ['access_requests_carried', 'update of request_id on access_requests', [markCarriedOut, ofAccess]],
  ['access_requests_revised', 'update of revision on access_requests', [ofAccess]],
  ['requests_revised', 'update of revision on requests', [ofRequest]],
];

const sqliteTrigger = (name: string, on: string, work: readonly string[], when = '') =>
  `create trigger ${name} after ${on} for each row ${when} begin ${work.join(' ')} end`;

const sqliteNames = (table: string, named: readonly Named[]) => [
  sqliteTrigger(`${table}_names`, `insert on ${table}`, [noteNames(named, ofNew, '')]),
];

const sqliteNameTriggers = (names: Names) =>
  tablesOf(names).flatMap((table) => sqliteNames(table, namedIn(table, names)));

const sharedBySqlite = (triggers: readonly Trigger[]) =>
  triggers.map(([name, on, work, when]) => sqliteTrigger(name, on, work, when));

function sqliteTriggers(): string[] {
  return [
    ...sharedBySqlite([...namedTriggers, ...revisedTriggers(firstRevised)]),
    sqliteTrigger('tasks_asked', 'insert on tasks', [
      'update tasks set asked_at = (select created_at from requests where id = new.request_id) where rowid = new.rowid;',
    ]),
    sqliteTrigger('access_cards_made', 'insert on access_cards', [
      `update access_cards set latest_revision = ${latestOf('new.access_request_id')} where rowid = new.rowid;`,
    ]),
  ];
}

/** Once per statement, however many rows it writes. */
const postgresNames = (table: string, named: readonly Named[]) => [
  `create or replace function usher_${table}_names() returns trigger language plpgsql as $$
    begin ${noteNames(named, (column) => column, 'from added')} return null; end $$`,
  `create or replace trigger usher_${table}_names after insert on ${table}
    referencing new table as added for each statement execute function usher_${table}_names()`,
];

const postgresNameTriggers = (names: Names) =>
  tablesOf(names).flatMap((table) => postgresNames(table, namedIn(table, names)));

const postgresTrigger = (name: string, at: string, work: readonly string[], when = '') => [
  `create or replace function usher_${name}() returns trigger language plpgsql as $$
    begin ${work.join(' ')} return new; end $$`,
  `create or replace trigger usher_${name} ${at} for each row ${when} execute function usher_${name}()`,
];

const sharedByPostgres = (triggers: readonly Trigger[]) =>
  triggers.flatMap(([name, on, work, when]) => postgresTrigger(name, `after ${on}`, work, when));

function postgresTriggers(): string[] {
  return [
    ...sharedByPostgres([...namedTriggers, ...revisedTriggers(firstRevised)]),
    ...postgresTrigger('tasks_asked', 'before insert on tasks', [
      'new.asked_at := (select created_at from requests where id = new.request_id);',
    ]),
    ...postgresTrigger('access_cards_made', 'before insert on access_cards', [
      `new.latest_revision := ${latestOf('new.access_request_id')};`,
    ]),
  ];
}
