/**
 * What an environment file loses on the way. Node ends a value without quotes at the first `#`, in the middle of a word
 * too, so a password with one is cut in silence: https://nodejs.org/api/environment_variables.html#dotenv
 */

/** A name, what is left of its value, and what a `#` cuts off. With a space before or behind it, it begins a comment. */
const cutLine = /^\s*(?:export\s+)?([\w.-]+)\s*=(?:[ \t]*([^\s'"`#](?:[^#]*[^\s#])?))?#\S/;

/** The names of the settings that the file cuts, without those that come from elsewhere. */
export function cutSettings(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return file.split(/\r?\n/).flatMap((line) => {
    const [, name = '', kept = ''] = cutLine.exec(line) ?? [];
    return name !== '' && (environment[name] ?? '') === kept ? [name] : [];
  });
}

/** Those of the names whose values begin and end with the same quote: what read the file took it for a part of them. */
export function quotedSettings(
  names: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return names.filter((name) => /^(["'`]).*\1$/s.test(environment[name]?.trim() ?? ''));
}
