import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Caller, Role } from '../../../src/access/caller.ts';
import { wholeLine } from '../../../src/chat/grammar/short-lines.ts';
import { createMessages } from '../../../src/chat/messages.ts';
import { commandsFor } from '../../../src/chat/not-understood.ts';
import {
  type CommandDeclaration,
  type CommandParts,
  defineCommand,
  type Needed,
  type Turn,
} from '../../../src/chat/registry/define-command.ts';
import { runCommand } from '../../../src/chat/registry/run.ts';
import type { Reply } from '../../../src/chat/reply.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { registry } from '../../../src/features/registry.ts';
import { createTestClock } from '../../support/clock.ts';
import { readAudit } from '../../support/read-audit.ts';

const done: Reply = { kind: 'live', liveId: 'the fixture ran' };
let ran: string[];
let database: Awaited<ReturnType<typeof openDatabase>>;
const clock = createTestClock();

beforeEach(async () => {
  ran = [];
  database = await openDatabase({ kind: 'sqlite', path: ':memory:' }, clock);
});
afterEach(() => database.close());

/** A command as a developer adds one, in place of `queue`. */
function fixture(more: Partial<CommandDeclaration<'queue'>> = {}): CommandDeclaration<'queue'> {
  return defineCommand({
    verb: 'queue',
    ...wholeLine({ verb: 'queue' }, 'queue of the fixture', 0),
    permission: 'history.export',
    chapter: 'check',
    examples: ['queue of the fixture'],
    tryIt: null,
    async run(_parts, { caller }) {
      ran.push(caller.id);
      return done;
    },
    ...more,
  });
}

function caller(...roles: Role[]): Caller {
  return {
    id: roles[0] ?? 'none',
    tenantId: 'contoso',
    name: 'Alex',
    principalName: 'alex@contoso.com',
    roles,
    memberOf: [],
  };
}

function partsWith(declaration: CommandDeclaration<'queue'>, more: Partial<CommandParts> = {}): CommandParts {
  const access = { contacts: async () => [] };
  const commands = { ...registry.commands, queue: declaration };
  const parts = { registry: { ...registry, commands }, graphAccess: 'appOnly', access, store: { database, clock } };
  return { ...parts, ...more } as unknown as CommandParts;
}

const turnOf = (who: Caller) =>
  ({ caller: who, words: createMessages('en'), incoming: { speaker: { id: who.id } } }) as unknown as Turn;
const denials = async () => (await readAudit(database.query, 10)).filter(({ kind }) => kind === 'denied');

describe('a command that is added', () => {
  it('is in the help of callers who may run it, in its chapter', () => {
    const listed = (who: Caller) => commandsFor(partsWith(fixture()), who).find(({ verb }) => verb === 'queue');

    expect(listed(caller('approver'))).toMatchObject({ chapter: 'check', examples: ['queue of the fixture'] });
    expect(listed(caller('viewer'))).toBeUndefined();
  });

  it('runs for a caller who may run it', async () => {
    const reply = await runCommand(partsWith(fixture()), turnOf(caller('operator')), { verb: 'queue' });

    expect(reply).toEqual(done);
    expect(ran).toEqual(['operator']);
    expect(await denials()).toEqual([]);
  });

  it('is refused to all other callers before it runs, and the registry records the refusal', async () => {
    const reply = await runCommand(partsWith(fixture()), turnOf(caller('viewer')), { verb: 'queue' });

    expect(reply).toMatchObject({ kind: 'card' });
    expect(ran).toEqual([]);
    expect(await denials()).toMatchObject([
      { actorId: 'viewer', details: { permission: 'history.export', reason: 'needsRole' } },
    ]);
  });

  it('is refused where it needs Usher’s own permission in Graph and Usher has none', async () => {
    const parts = partsWith(fixture({ appOnly: true }), { graphAccess: 'delegated' });

    const reply = await runCommand(parts, turnOf(caller('operator')), { verb: 'queue' });

    expect(JSON.stringify(reply)).toContain('application permission');
    expect(ran).toEqual([]);
  });

  it('may choose its permission, and the owner, by what it names', async () => {
    const needs = (more: Partial<Needed>) => fixture({ needs: async () => ({ permission: 'access.cancel', ...more }) });

    const ofOthers = await runCommand(partsWith(needs({})), turnOf(caller('approver')), { verb: 'queue' });
    const own = await runCommand(partsWith(needs({ isOwn: true })), turnOf(caller('viewer')), { verb: 'queue' });

    expect(ofOthers).toMatchObject({ kind: 'card' });
    expect(own).toEqual(done);
    expect(await denials()).toMatchObject([{ actorId: 'approver', details: { permission: 'access.cancel' } }]);
  });

  it('runs with fresh roles of the caller where it asks for them', async () => {
    const now = { kind: 'caller', caller: caller('viewer') };
    const access = { contacts: async () => [], identify: async () => now };
    const parts = partsWith(fixture({ freshRoles: 'always' }), { access: access as unknown as CommandParts['access'] });

    await runCommand(parts, turnOf(caller('operator')), { verb: 'queue' });

    expect(ran).toEqual([]);
    expect(await denials()).toMatchObject([{ actorId: 'viewer' }]);
  });
});
