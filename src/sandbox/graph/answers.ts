import type { Entity, EntityType } from './entities.ts';
import { badRequest } from './errors.ts';
import type { SandboxRequest, SandboxResponse } from './exchange.ts';
import { parseFilter } from './filter.ts';
import { parseSearch } from './search.ts';

const maxPageSize = 999;

export interface CollectionOptions {
  readonly type: EntityType;
  /** The part of `@odata.context` after `$metadata#`. */
  readonly context: string;
  /** Adds `@odata.type` to each item, as collections of mixed types do. */
  readonly typeOf?: (item: Entity) => EntityType;
}

/** Answers a page of a collection: filtered, searched, counted, each item with the selected properties. */
export function collection(
  request: SandboxRequest,
  items: readonly Entity[],
  { type, context, typeOf }: CollectionOptions,
): SandboxResponse {
  const { query } = request;
  const unsupported = ['$expand', '$skip', '$apply'].find((option) => query.has(option));
  if (unsupported !== undefined) return badRequest(`The query option '${unsupported}' is not supported here.`);

  let found = items;
  const filterText = query.get('$filter');
  if (filterText !== null) {
    const filter = parseFilter(filterText, type);
    if (!filter.ok) return badRequest(filter.message);
    found = found.filter(filter.matches);
  }
  const searchText = query.get('$search');
  if (searchText !== null) {
    if (!request.eventual) return badRequest(searchNeedsHeader, 'Request_UnsupportedQuery');
    const search = parseSearch(searchText, type.searchable);
    if (!search.ok) return badRequest(search.message);
    found = found.filter(search.matches);
  }

  const top = pageSize(query.get('$top'), request.pageSize);
  if (top === null) {
    return badRequest(
      `Invalid page size specified: '${query.get('$top')}'. Must be between 1 and ${maxPageSize} inclusive.`,
      'Request_UnsupportedQuery',
    );
  }
  const offset = query.has('$skiptoken') ? offsetOf(query.get('$skiptoken') ?? '') : 0;
  if (offset === null) return badRequest('The specified skip token is invalid.', 'Directory_ExpiredPageToken');

  const value = [];
  for (const item of found.slice(offset, offset + top)) {
    const own = typeOf?.(item) ?? type;
    const picked = selected(item, own, query.get('$select'));
    value.push(typeOf === undefined ? picked : { '@odata.type': `#microsoft.graph.${own.name}`, ...picked });
  }
  const isCounted = query.get('$count') === 'true' && request.eventual;
  return {
    status: 200,
    body: {
      '@odata.context': `${request.baseUrl}/$metadata#${context}`,
      ...(isCounted ? { '@odata.count': found.length } : {}),
      ...(offset + top < found.length ? { '@odata.nextLink': nextLink(request, offset + top) } : {}),
      value,
    },
  };
}

/** Answers one object with the selected properties. */
export function entity(request: SandboxRequest, item: Entity, type: EntityType, context: string): SandboxResponse {
  return {
    status: 200,
    body: {
      '@odata.context': `${request.baseUrl}/$metadata#${context}/$entity`,
      ...selected(item, type, request.query.get('$select')),
    },
  };
}

const searchNeedsHeader =
  "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'";

// A property that the type lacks is silently left out, where Graph would refuse the call.
function selected(item: Entity, type: EntityType, select: string | null): Readonly<Record<string, unknown>> {
  const names = select?.split(',').map((name) => name.trim()) ?? type.unasked;
  if (names === null) return item;
  const picked: Record<string, unknown> = {};
  for (const name of ['@odata.type', 'id', ...names]) {
    if (name in item) picked[name] = item[name];
  }
  return picked;
}

function pageSize(top: string | null, unasked: number): number | null {
  if (top === null) return unasked;
  const size = /^\d+$/.test(top) ? Number(top) : 0;
  return size >= 1 && size <= maxPageSize ? size : null;
}

// Opaque on purpose: a client that parses it, or counts pages itself, would fail on the real Graph.
function nextLink(request: SandboxRequest, offset: number): string {
  const query = new URLSearchParams(request.query);
  query.set('$skiptoken', Buffer.from(`offset=${offset}`).toString('base64url'));
  const path = request.segments.map(encodeURIComponent).join('/');
  return `${request.baseUrl}/${path}?${query.toString().replaceAll('%24', '$')}`;
}

function offsetOf(token: string): number | null {
  const match = /^offset=(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  return match === null ? null : Number(match[1]);
}
