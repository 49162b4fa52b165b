import { sql } from 'kysely';
import type { Database } from '../../../src/db/database.ts';
import type { Outcome, Step, StepType } from '../../../src/graph/outcome.ts';
import { leanOf, reportDays } from '../../../src/requests/lean.ts';
import { everyApplication } from '../../../src/sandbox/tenant/applications.ts';
import { tenantId } from '../../../src/sandbox/tenant/identity.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';

/** A statement may take ten seconds in Usher, and PostgreSQL cannot store a million rows in that time. */
const rowsAtOnce = 20_000;
export const usuallyApartMs = 30_000;
const oneIn = 10;
const dayMs = 24 * 3_600_000;

/** What the service tells of a new account: some 2,500 characters, of the twelve thousand that a report may have. */
const values = [
  ...['userPrincipalName', 'displayName', 'givenName', 'surname', 'mail', 'mailNickname', 'department', 'jobTitle'],
  ...['preferredLanguage', 'accountEnabled', 'appRoleAssignments', 'employeeId'],
];
const step = (type: StepType, name: string, details: Step['details']): Step => ({
  ...{ type, name, status: 'success', details },
  description:
    'User season@contoso.com will be created in Salesforce (User is active and assigned in Azure Active Directory)',
});
const report: Outcome = {
  kind: 'created',
  report: {
    steps: [
      step('import', 'EntryImport', Object.fromEntries(values.map((name) => [name, 'season@contoso.com']))),
      step('scoping', 'EntrySynchronizationScoping', {
        IsActive: 'True',
        Assigned: 'True',
        ScopeEvaluationResult: '{}',
      }),
      step('matching', 'EntrySynchronizationAdd', {}),
      step('export', 'EntryExportAdd', { ReportableIdentifier: 'season@contoso.com' }),
    ],
    changes: values.map((attribute) => ({ attribute, oldValue: null, newValue: 'season@contoso.com' })),
    changeId: people.alex.id,
    subjectLabel: 'season@contoso.com',
    sourceSystem: 'Azure Active Directory',
    targetSystem: 'Salesforce',
    targetId: people.megan.id,
  },
};

/** The person of most calls long ago, whom the directory does not know any more. */
export const leaver = { id: 'leaver', name: 'Former Employee', label: 'former@contoso.com' };

/**
 * So many finished requests, half a minute apart, the newest an hour old: half of them Alex's, a tenth Megan's, the
 * rest of a thousand other requesters, for twenty thousand people in all apps of the sandbox. Of every ten requests,
 * one came of an access request that was made a minute before. The audit log has of each request who asked, the call
 * and its end.
 */
export async function fillHistory(database: Database, count: number, apartMs = usuallyApartMs): Promise<void> {
  const { query } = database;
  const isSqlite = database.dialect.singleProcess;
  const oldest = Date.now() - 3_600_000 - count * apartMs;
  const lit = (value: string | number) => sql.lit(value);
  const text = (value: ReturnType<typeof sql>) => sql`cast(${value} as text)`;
  const guidOf = (number: ReturnType<typeof sql>) =>
    sql`'5eed0000-0000-4000-8000-' || ${text(sql`100000000000 + ${number}`)}`;
  const id = sql`'R' || ${text(sql`i + 10000000`)}`;
  const accessId = sql`'A' || ${text(sql`i + 10000000`)}`;
  const at = sql`(${lit(oldest)} + i * ${lit(apartMs)})`;
  const some = guidOf(sql`i * 7919 % 20000`);
  const someName = sql`'Season Worker ' || ${text(sql`i * 7919 % 20000`)}`;
  const isLeaver = sql`i < ${lit(Math.floor(count / 20))} and i % 7 = 0`;
  const subject = sql`case when ${isLeaver} then ${lit(leaver.id)}
    when i % 500 = 3 then ${lit(people.adele.id)} else ${some} end`;
  const subjectName = sql`case when ${isLeaver} then ${lit(leaver.name)}
    when i % 500 = 3 then ${lit(people.adele.displayName)} else ${someName} end`;
  const label = sql`case when ${isLeaver} then ${lit(leaver.label)} else 'season' || ${text(sql`i * 7919 % 20000`)} || '@contoso.com' end`;
  const requestedBy = sql`case when i % 2 = 0 then ${lit(people.alex.id)} when i % 10 = 1 then ${lit(people.megan.id)}
    else ${guidOf(sql`30000 + i % 997`)} end`;
  const requestedByName = sql`case when i % 2 = 0 then ${lit(people.alex.displayName)}
    when i % 10 = 1 then ${lit(people.megan.displayName)} else 'Asker ' || ${text(sql`i % 997`)} end`;
  const app = (pick: (one: (typeof everyApplication)[number]) => string) =>
    sql`case i % ${lit(everyApplication.length)} ${sql.join(
      everyApplication.map((one, index) => sql`when ${lit(index)} then ${lit(pick(one))}`),
      sql` `,
    )} end`;
  const [appId, appName] = [app((one) => one.id), app((one) => one.displayName)];
  const isLean = sql`${at} < ${lit(Date.now() - reportDays * dayMs)}`;
  const outcome = sql`case when ${isLean} then ${lit(JSON.stringify(leanOf(report)))} else ${lit(JSON.stringify(report))} end`;
  // As long as Teams makes them.
  const conversation = sql`'{"user":{"id":"29:1${sql.raw('k'.repeat(87))}","name":"' || ${requestedByName} || '","aadObjectId":"' || ${requestedBy} ||
    '"},"bot":{"id":"28:${sql.raw(people.alex.id)}","name":"Usher"},"conversation":{"id":"a:1${sql.raw('c'.repeat(120))}","conversationType":"personal","tenantId":"${sql.raw(tenantId)}"},"channelId":"msteams","serviceUrl":"https://smba.trafficmanager.net/emea/${sql.raw(tenantId)}/"}'`;
  const task = guidOf(sql`i`);
  const isAccess = sql`i % ${lit(oneIn)} = 0`;

  await sql`insert into places (conversation) values ('{}')`.execute(query);
  for (let from = 0; from < count; from += rowsAtOnce) {
    const below = Math.min(count, from + rowsAtOnce);
    const numbers = isSqlite
      ? sql`(with recursive n(i) as (select ${lit(from)} union all select i + 1 from n where i + 1 < ${lit(below)}) select i from n) as n`
      : sql`generate_series(cast(${lit(from)} as bigint), ${lit(below - 1)}) as n(i)`;
    const record = (kind: string, requestId: ReturnType<typeof sql>, actor: ReturnType<typeof sql>, ms: number) =>
      sql`select ${at} + ${lit(ms)} as at, ${actor} as actor_id, ${lit(kind)} as kind, ${requestId} as request_id,
        '{"subject":"' || ${subject} || '","app":"' || ${appId} || '","graphRequestId":"' || ${task} || '"}' as details from ${numbers}`;
    await database.transact(async (transaction) => {
      await sql`
        insert into requests (id, source, requested_by_id, requested_by_name, app_id, app_name, locale, time_zone, conversation,
          revision, created_at, place_id)
        select ${id}, case when ${isAccess} then 'access|' || ${accessId} when ${isLean} then ${id} else 'a:1${sql.raw('c'.repeat(120))}|' || ${id} end,
          ${requestedBy}, ${requestedByName}, ${appId}, ${appName}, 'en-US', 'Europe/Berlin', case when ${isLean} then '' else ${conversation} end, 3, ${at},
          case when ${isLean} then 1 end
        from ${numbers}`.execute(transaction);
      await sql`
        insert into tasks (id, request_id, position, subject_id, subject_type, subject_name, subject_label, job_id,
          rule_id, state, lane, turn, enqueued_at, due_at, attempts, started_at, finished_at, outcome, outcome_kind, is_lean,
          graph_request_id, client_request_id, ordered_by)
        select ${task}, ${id}, 0, ${subject}, 'User', ${subjectName}, ${label}, 'salesforce.' || ${task}, ${task}, 'done', 0, i, ${at}, ${at}, 1,
          ${at}, ${at}, ${outcome}, 'created', case when ${isLean} then 1 else 0 end, ${task}, ${task}, null
        from ${numbers}`.execute(transaction);
      await sql`
        insert into access_requests (id, source, requested_by_id, requested_by_name, subject_id, subject_name, subject_label, app_id,
          app_name, asked_as, locale, time_zone, conversation, created_at, expires_at, remind_at, routed, revision, state,
          decided_by_id, decided_by_name, decided_at, request_id, ended_at, ended_as)
        select ${accessId}, ${id}, ${requestedBy}, ${requestedByName}, ${subject}, ${subjectName}, ${label}, ${appId}, ${appName},
          'request', 'en-US', 'Europe/Berlin', ${conversation}, ${at} - 60000, ${at}, ${at}, 1, 4, 'finished',
          ${lit(people.patti.id)}, ${lit(people.patti.displayName)}, ${at} - 1000, ${id}, ${at}, 'created'
        from ${numbers} where ${isAccess}`.execute(transaction);
      await sql`
        insert into messages (id, kind, reference, conversation, locale, time_zone, activity_id, shown_revision,
          latest_revision, created_at)
        select ${id}, 'request', ${id}, case when ${isLean} then '' else ${conversation} end, 'en-US', 'Europe/Berlin', ${sql`'1' || ${id}`}, 3, 3, ${at}
        from ${numbers} where not ${isAccess}`.execute(transaction);
      await sql`
        insert into messages (id, kind, reference, source, conversation, locale, time_zone, audience, activity_id,
          shown_revision, latest_revision, created_at)
        select 'copy-' || ${accessId}, 'access', ${accessId}, ${accessId}, ${conversation}, 'en-US', 'Europe/Berlin', 'approvers',
          'card ' || ${accessId}, 7, 7, ${at} - 60000 from ${numbers} where ${isAccess}`.execute(transaction);
      await sql`
        insert into audit_log (at, actor_id, kind, request_id, details)
        select at, actor_id, kind, request_id, details from (
          ${record('asked', id, requestedBy, 0)}
          union all ${record('sent', id, requestedBy, 1_000)}
          union all ${record('finished', id, requestedBy, 2_000)}
          union all ${record('accessApproved', accessId, sql`${lit(people.patti.id)}`, -1_000)} where ${isAccess}
        ) as entries`.execute(transaction);
    });
  }
  // What PostgreSQL does by itself soon after so many changes; SQLite never does it.
  if (!isSqlite)
    for (const table of ['requests', 'tasks', 'access_requests', 'messages', 'audit_log'] as const)
      await sql`vacuum analyze ${sql.table(table)}`.execute(query);
}
