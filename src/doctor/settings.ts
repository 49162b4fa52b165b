import { readFileSync } from 'node:fs';
import { type Config, settingNames } from '../config.ts';
import { type Doubt, doubtfulSettings } from '../config-warnings.ts';
import { words } from './doctor-messages.ts';
import { cutSettings, quotedSettings } from './env-file.ts';
import { good, type Line, warned, wrong } from './run-checks.ts';

/** What the file that Node read, or another program in its place, has made of the settings. Names alone, no values. */
export function fileLines(
  path: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): readonly Line[] {
  const { envFile, quotes } = words;
  const file = path === null ? null : textOf(path);
  const cut = file === null ? [] : cutSettings(file, environment);
  const finding = cut.length > 0 ? wrong(envFile.wrong(path ?? '', cut), envFile.fix) : good(envFile.good(path ?? ''));
  const quoted = quotedSettings(settingNames, environment);
  return [
    ...(file === null ? [] : [{ id: 'envFile', title: envFile.title, ...finding }]),
    ...(quoted.length === 0 ? [] : [{ id: 'quotes', title: quotes.title, ...wrong(quotes.wrong(quoted), quotes.fix) }]),
  ];
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** What `npm start` warns of. */
export function doubtLines(config: Config, entries: Parameters<typeof doubtfulSettings>[1]): readonly Line[] {
  const finding = ({ variable, problem, fix, isWrong }: Doubt) =>
    (isWrong === true ? wrong : warned)(`${variable} ${problem}`, `${fix}.`);
  return doubtfulSettings(config, entries).map((doubt) => ({
    id: `setting:${doubt.variable}`,
    title: words.setting.title(doubt.variable),
    ...finding(doubt),
  }));
}
