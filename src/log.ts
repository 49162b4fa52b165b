import { type Logger, pino } from 'pino';
import { maskText } from './masking/mask-text.ts';

export type Log = Logger;

const secrets = ['password', 'token', 'access_token', 'secret', 'clientSecret', 'client_secret', 'assertion', 'cookie'];

/**
 * One JSON line for each event, to standard output. Personal data is not logged in the first place: people appear by
 * Entra object id. The redaction list is a safety net for what a library's error might contain, and error messages are
 * masked: libraries quote what they could not read.
 */
export function createLog(level: string, destination?: { write(line: string): void }): Log {
  return pino(
    {
      level,
      base: { app: 'usher' },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [
          'authorization',
          'headers',
          ...secrets.flatMap((name) => [name, `*.${name}`]),
          '*.authorization',
          '*.headers',
          '*.*.headers',
          'error.request',
          'error.response',
          'error.config',
        ],
        censor: '[redacted]',
      },
      serializers: { error: describeError },
    },
    destination ?? pino.destination({ dest: 1, sync: false }),
  );
}

/** An error as it is logged: name, message, code and stack; never an attached request or response. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: maskText(String(error)) };
  const code = 'code' in error ? String(error.code) : undefined;
  const status = 'statusCode' in error ? Number(error.statusCode) : undefined;
  const message = maskText(error.message);
  // A stack begins with the message; its frames contain only code locations.
  const stack = error.message === '' ? error.stack : error.stack?.replace(error.message, () => message);
  return { name: error.name, message, code, status, stack };
}
