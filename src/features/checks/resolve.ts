import { mayCheckOn, visibleTo } from '../../access/seeing.ts';
import type { CommandOf } from '../../chat/command.ts';
import { commands, type Resolved, refused } from '../../chat/offers/resolved.ts';
import type { Lookup } from '../../chat/registry/define-command.ts';
import { missingFor } from '../../chat/registry/run.ts';
import { refuseCheckOn } from './refuse-check.ts';

/** A person on whom the caller may run a check, and the app. */
export async function resolveCheck(
  look: Lookup,
  command: CommandOf<'check'>,
  others: readonly string[],
): Promise<Resolved> {
  const { parts, turn } = look;
  const lacking = await missingFor(parts, turn, command);
  if (lacking !== null) return look.denied(lacking);
  const app = command.app === null ? null : await look.findApp(command.app);
  if (app !== null && app.kind !== 'app') return app;
  const person = await look.findPerson(command.subject, others);
  if (person.kind !== 'person') return person;
  const { id, displayName } = person;
  // Where several people have the name, the id is not known yet, and the command itself checks.
  if (id !== null) {
    const visible = await visibleTo(parts.access, turn.caller);
    if (!visible.ok) return look.troubled(visible.trouble);
    if (!mayCheckOn(visible.value, parts.requestFor, id))
      return refused(() => refuseCheckOn(parts, turn, id, displayName));
  }
  return commands({ ...command, app: app?.name ?? null, subject: person.name }, person.found);
}

/** A person or an app that the history may be about. */
export async function resolveHistory(
  look: Lookup,
  command: CommandOf<'history' | 'exportHistory'>,
  others: readonly string[],
): Promise<Resolved> {
  const lacking = await missingFor(look.parts, look.turn, command);
  if (lacking !== null) return look.denied(lacking);
  if (command.about === null) return commands(command);
  const about = await look.findEither(command.about, others);
  if (about.kind !== 'person' && about.kind !== 'app') return about;
  return commands({ ...command, about: about.name }, about.kind === 'person' ? about.found : []);
}
