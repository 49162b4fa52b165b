import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { systemClock } from '../../src/clock.ts';
import { secret } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { dialectOf } from '../../src/db/dialect.ts';
import { lookingInto } from '../../src/db/inspect.ts';
import { words } from '../../src/doctor/doctor-messages.ts';
import type { Line } from '../../src/doctor/run-checks.ts';
import { runDoctor } from '../../src/doctor.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { pruneRecord } from '../../src/seals/prune.ts';
import { findLogRights } from '../../src/seals/rights.ts';
import { verifyRecord } from '../../src/seals/verify.ts';
import { engineStartMs, postgresEngine, sqliteEngine, useTestDatabase } from '../support/databases.ts';
import { administer } from '../support/postgres/administer.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

/** The statements that operators run. */
const [, statements = ''] =
  /```sql\n(create role usherbot[\s\S]*?)```/.exec(
    readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8'),
  ) ?? [];

describe('an Usher whose PostgreSQL user may only add to the audit log, by the statements of docs/operations.md', () => {
  // Before the database goes, whose hook follows.
  afterAll(async () => {
    await teams.close();
    await bot.close();
    await administer(ownersUrl, `drop owned by ${role}`);
    await administer(ownersUrl, `drop role ${role}`);
  });
  const place = useTestDatabase(postgresEngine);
  const role = `usherbot_${randomBytes(4).toString('hex')}`;
  let owner: Database;
  let ownersUrl: string;
  let botsUrl: string;
  let bot: Database;
  let teams: TestUsher;

  beforeAll(async () => {
    owner = await place.open(systemClock);
    ownersUrl = place.config.kind === 'postgres' ? place.config.url.reveal() : '';
    await administer(ownersUrl, statements.replaceAll('usherbot', role));
    botsUrl = ownersUrl.replace(/\/\/[^@]*@/, `//${role}:change-me@`);
    bot = await openDatabase({ kind: 'postgres', url: secret(botsUrl) }, systemClock);
    teams = await startTestUsher({ environment: { DATABASE_URL: botsUrl } });
  }, engineStartMs);

  it('works, and seals', async () => {
    await teams.say('alex', 'provision isaiah to Salesforce');
    await teams.settled();

    expect(teams.lastCard().text).toContain('Isaiah Langer');
    expect(teams.logLines.filter(({ level, code }) => Number(level) >= 40 && code !== 'doubtful_setting')).toEqual([]);
    const found = await verifyRecord(bot, null);
    expect(found).toMatchObject({ unsealed: 0, faults: [] });
    expect(found.compared).toBeGreaterThanOrEqual(3);
  });

  it.each([
    "update audit_log set actor_id = 'johanna'",
    'delete from audit_log',
    'truncate audit_log',
    "update seals set hash = ''",
    'delete from seals',
    'truncate seals',
    "insert into seal_anchors (seq, hash, entry_id, at) values (1, '', 1, 1)",
    'delete from kysely_migration',
    'drop table seals',
    'alter table audit_log add column more text',
    `grant update on audit_log to ${role}`,
  ])('cannot %s', async (statement) => {
    const before = await verifyRecord(owner, null);
    const attempt = sql.raw(statement).execute(bot.query);

    // A grant of a right that a role does not have is only a warning at PostgreSQL, and gives nothing.
    if (statement.startsWith('grant')) await attempt.catch(() => undefined);
    else await expect(attempt).rejects.toMatchObject({ code: '42501' });

    expect(await findLogRights(bot.dialect, bot.query)).toEqual({ kind: 'addsOnly' });
    expect(await verifyRecord(owner, before.head)).toMatchObject({ faults: [] });
  });

  it('removes no old entries, where the owner does', async () => {
    const later = Date.UTC(2100, 0, 1);

    const byBot = await pruneRecord(bot, later, 1);
    const byOwner = await pruneRecord(owner, later, 1);

    expect([byBot, byOwner]).toEqual([0, 1]);
  });

  it('is what the doctor finds, as it finds one that may change entries', async () => {
    const told = async (url: string) => {
      let text = '';
      const out = new Writable({
        write(chunk, _encoding, done) {
          text += String(chunk);
          done();
        },
      });
      const environment = { ...sandboxEnvironment('http://127.0.0.1:1/v1.0'), DATABASE_URL: url };
      await runDoctor(['--json'], { out, err: out, environment });
      const { lines } = JSON.parse(text) as { readonly lines: readonly Line[] };
      return lines.find(({ id }) => id === 'auditLog');
    };

    const [limited, owning] = [await told(botsUrl), await told(ownersUrl)];

    expect(limited).toMatchObject({ outcome: 'good', detail: words.auditLog.addsOnly });
    expect(owning).toMatchObject({ detail: words.auditLog.mayChange });
  });

  it('is told apart from one that may change entries, by the right that is too many', async () => {
    await administer(ownersUrl, `grant delete on audit_log to ${role}`);
    const tooMany = await findLogRights(bot.dialect, bot.query);
    await administer(ownersUrl, `revoke delete on audit_log from ${role}`);
    await administer(ownersUrl, `grant update (kind) on audit_log to ${role}`);
    const ofColumn = await findLogRights(bot.dialect, bot.query);
    await administer(ownersUrl, `revoke update (kind) on audit_log from ${role}`);

    expect(tooMany).toEqual({ kind: 'mayChange', rights: ['delete on audit_log'], owns: false });
    expect(ofColumn).toEqual({ kind: 'mayChange', rights: ['update on audit_log'], owns: false });
    expect(await findLogRights(owner.dialect, owner.query)).toMatchObject({ kind: 'mayChange', owns: true });
    expect(await findLogRights(bot.dialect, bot.query)).toEqual({ kind: 'addsOnly' });
  });

  it('is told apart from an owner without rights, which can give itself any', async () => {
    await administer(ownersUrl, `alter table seals owner to ${role}`);
    await administer(ownersUrl, `revoke update, delete, truncate on seals from ${role}`);

    expect(await findLogRights(bot.dialect, bot.query)).toEqual({ kind: 'mayChange', rights: [], owns: true });
  });
});

describe('the rights on the audit log', () => {
  const sqlite = useTestDatabase(sqliteEngine);
  const bare = useTestDatabase(postgresEngine, 'bare');

  it('are none where the engine has no roles, or has no tables yet', async () => {
    const file = await sqlite.open(systemClock);
    const dialect = dialectOf(bare.config, systemClock);
    const empty = await lookingInto(dialect, (query) => findLogRights(dialect, query));

    expect(await findLogRights(file.dialect, file.query)).toEqual({ kind: 'none' });
    expect(empty).toEqual({ kind: 'none' });
  });
});
