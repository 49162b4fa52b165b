import { activities, classes, type Mapped, type Mapping, mappings, ocsfVersion } from './ocsf-table.ts';
import type { SealedEntry } from './sealed-entries.ts';

/**
 * An entry of the record as an event of OCSF, which security data lakes read: https://schema.ocsf.io/1.8.0. The table
 * is in `ocsf-table.ts`. No part of an entry is lost: its id is `metadata.uid`, its seal's number `metadata.sequence`,
 * its kind `metadata.event_code`, its request `metadata.correlation_uid`, and its details are in `unmapped`.
 */
export type OcsfEvent = Readonly<Record<string, unknown>>;

/** What the events of one Usher have in common. */
export interface Emitter {
  /** Of Usher. */
  readonly version: string;
  readonly tenantId: string;
  /** Names this Usher, as a URI. */
  readonly source: string;
}

const iamCategory = 3;
const statusIds = { unknown: 0, success: 1, failure: 2 } as const;
const severities = { informational: 1, low: 2 } as const;

export function toOcsf(entry: SealedEntry, emitter: Emitter): OcsfEvent {
  const { id, seq, at, actorId, kind, requestId, details } = entry;
  const mapped = mappingOf(entry);
  const { uid: class_uid } = classes[mapped.class];
  const { id: activity_id, caption } = activities[mapped.activity];
  const status = mapped.status ?? 'success';
  const code = [details.outcome, details.step, details.code, details.why].find((value) => typeof value === 'string');
  return {
    metadata: {
      version: ocsfVersion,
      uid: String(id),
      sequence: seq,
      event_code: kind,
      log_name: 'audit_log',
      ...(requestId === null ? {} : { correlation_uid: requestId }),
      tenant_uid: emitter.tenantId,
      product: { name: 'Usher', vendor_name: 'Usher', version: emitter.version },
    },
    category_uid: iamCategory,
    class_uid,
    activity_id,
    activity_name: mapped.activity === 'other' ? kind : caption,
    type_uid: class_uid * 100 + activity_id,
    severity_id: status === 'failure' ? severities.low : severities.informational,
    status_id: statusIds[status],
    ...(code === undefined ? {} : { status_code: code }),
    time: at,
    actor: actorId === '' ? { app_name: 'Usher' } : { user: { uid: actorId, type_id: 1 } },
    ...aboutOf(mapped, entry),
    unmapped: { details },
  };
}

/** The page that describes an event's class. */
export function schemaOf({ class_uid }: OcsfEvent): string {
  const page = Object.values(classes).find(({ uid }) => uid === class_uid)?.page ?? '';
  return `https://schema.ocsf.io/${ocsfVersion}/classes/${page}`;
}

/** Kinds that another version wrote are not in the table. */
function mappingOf({ kind, details }: SealedEntry): Mapped {
  const known = mappings as Readonly<Record<string, Mapping>>;
  const mapping = Object.hasOwn(known, kind) ? known[kind] : undefined;
  if (mapping === undefined) return { class: 'entity', activity: 'other', entity: 'Entry' };
  return typeof mapping === 'function' ? mapping(details) : mapping;
}

/** The attributes that a class requires. */
function aboutOf(mapped: Mapped, { requestId, details }: SealedEntry): OcsfEvent {
  const app = typeof details.app === 'string' ? details.app : null;
  if (mapped.class === 'entity') {
    const uid = mapped.entity === 'Synchronization job' ? app : (requestId ?? app);
    return { entity: { type_id: 99, type: mapped.entity, ...(uid === null ? { name: mapped.entity } : { uid }) } };
  }
  const isGroup = Array.isArray(details.members);
  const user = { uid: String(details.subject ?? ''), type_id: isGroup ? 99 : 1, ...(isGroup ? { type: 'Group' } : {}) };
  if (mapped.class === 'account') return { user };
  const roles = [details.appRole, details.roles].flat().filter((role) => typeof role === 'string');
  return {
    user,
    privileges: roles.length > 0 ? roles : ['App role assignment'],
    ...(app === null ? {} : { resources: [{ uid: app, type: 'Application' }] }),
  };
}
