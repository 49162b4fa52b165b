import type { Person } from '../tenant/people.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { collection, entity } from './answers.ts';
import {
  appRoleAssignmentType,
  assignmentEntity,
  deletedUserEntity,
  deletedUserType,
  directoryRoleEntity,
  directoryRoleType,
  type Entity,
  type EntityType,
  groupEntity,
  groupType,
  organizationEntity,
  plainType,
  userEntity,
  userType,
} from './entities.ts';
import { badRequest, noSuchObject, noSuchSegment } from './errors.ts';
import type { SandboxRequest, SandboxResponse } from './exchange.ts';

/** `/users`, `/groups` and `/organization`: objects of the directory, and memberships. */

type Handler = (tenant: Tenant, request: SandboxRequest, id: string, cast: string) => SandboxResponse;

export const listUsers: Handler = (tenant, request) => {
  const [, address = null] = addressFilter.exec(request.query.get('$filter') ?? '') ?? [];
  const people = address === null ? tenant.people() : tenant.peopleAt(address.replaceAll("''", "'"));
  return collection(request, people.map(userEntity), { type: userType, context: 'users' });
};

/** A filter that an index serves, so that not all people need be gone through. */
const addressFilter = /^userPrincipalName eq '((?:[^']|'')*)' or mail eq '\1'$/;

/** Graph compares the end of a text only in an advanced query. */
export const listDeletedUsers: Handler = (tenant, request) => {
  if (/endswith/.test(request.query.get('$filter') ?? '') && !(request.eventual && request.query.has('$count')))
    return badRequest("The function 'endswith' takes an advanced query.", 'Request_UnsupportedQuery');
  const deleted = tenant.deletedPeople().map(deletedUserEntity);
  return collection(request, deleted, { type: deletedUserType, context: 'users' });
};

/** Graph takes a key that begins with `$` for a query option, as its documentation warns: it must be in quotes. */
export const readUser: Handler = (tenant, request, id) =>
  id.startsWith('$')
    ? badRequest(`The path segment '${id}' is not valid.`)
    : withPerson(tenant, id, (person) => entity(request, userEntity(person), userType, 'users'));

export const readQuotedUser: Handler = (tenant, request, key) =>
  withPerson(tenant, key.replaceAll("''", "'"), (person) => entity(request, userEntity(person), userType, 'users'));

export const readManager: Handler = (tenant, request, id) =>
  withPerson(tenant, id, (person) => {
    const manager = person.managerId === null ? undefined : tenant.person(person.managerId);
    if (manager === undefined) return noSuchObject('manager');
    return entity(request, typed(userEntity(manager), userType), userType, 'directoryObjects');
  });

export const listDirectReports: Handler = (tenant, request, id) =>
  withPerson(tenant, id, (person) =>
    collection(request, tenant.reportsOf(person.id).map(userEntity), {
      type: userType,
      context: 'directoryObjects',
      typeOf: () => userType,
    }),
  );

/** Groups and directory roles in one list, or only one kind when the path ends in a cast. */
export const listTransitiveMemberOf: Handler = (tenant, request, id, cast) =>
  withPerson(tenant, id, (person) => {
    const around = tenant.groupsAround(person.id).map((group) => ofType(groupEntity(group), groupType));
    const roles = tenant.directoryRoles(person.id).map((role) => ofType(directoryRoleEntity(role), directoryRoleType));
    return castCollection(request, [...around, ...roles], cast);
  });

const maxGroupIds = 20;

export const checkMemberGroups: Handler = (tenant, request, id) =>
  withPerson(tenant, id, (person) => {
    const groupIds = isRecord(request.body) ? request.body.groupIds : undefined;
    if (!Array.isArray(groupIds)) return badRequest('The parameter groupIds is missing.', 'Request_BadRequest');
    if (groupIds.length > maxGroupIds) {
      return badRequest(
        `The number of group ids exceeds the maximum allowed number of ${maxGroupIds}.`,
        'Request_BadRequest',
      );
    }
    const around = tenant.groupsAround(person.id).map((group) => group.id);
    return {
      status: 200,
      body: {
        '@odata.context': `${request.baseUrl}/$metadata#Collection(Edm.String)`,
        value: around.filter((groupId) => groupIds.includes(groupId)),
      },
    };
  });

export const listUserAssignments: Handler = (tenant, request, id) =>
  withPerson(tenant, id, (person) => {
    const own = tenant.applications().flatMap((application) =>
      tenant
        .assignments(application.id)
        .filter(
          ({ principalId }) =>
            principalId === person.id || tenant.group(principalId)?.memberIds.includes(person.id) === true,
        )
        .map((assignment) => assignmentEntity(tenant, application, assignment)),
    );
    return collection(request, own, { type: appRoleAssignmentType, context: 'appRoleAssignments' });
  });

export const listGroups: Handler = (tenant, request) =>
  collection(request, tenant.groups().map(groupEntity), { type: groupType, context: 'groups' });

export const readGroup: Handler = (tenant, request, id) => {
  const group = tenant.group(id);
  return group === undefined ? noSuchObject(id) : entity(request, groupEntity(group), groupType, 'groups');
};

export const listMembers: Handler = (tenant, request, id, cast) => {
  const group = tenant.group(id);
  if (group === undefined) return noSuchObject(id);
  const members = group.memberIds.flatMap((memberId) => {
    const person = tenant.person(memberId);
    if (person !== undefined) return [ofType(userEntity(person), userType)];
    const nested = tenant.group(memberId);
    return nested === undefined ? [] : [ofType(groupEntity(nested), groupType)];
  });
  return castCollection(request, members, cast);
};

/** All members, those of nested groups included, and those groups. */
export const listTransitiveMembers: Handler = (tenant, request, id, cast) => {
  const group = tenant.group(id);
  if (group === undefined) return noSuchObject(id);
  const people = tenant.peopleWithin(group.id).map((person) => ofType(userEntity(person), userType));
  const nested = tenant.groups().filter((other) => tenant.groupsAround(other.id).some((around) => around === group));
  return castCollection(request, [...people, ...nested.map((one) => ofType(groupEntity(one), groupType))], cast);
};

/** By the role's template; a role without holders is not activated and so not found. */
export const listRoleMembers: Handler = (tenant, request, roleTemplateId) => {
  const holders = tenant.roleHolders(roleTemplateId);
  if (holders === undefined) return noSuchObject(roleTemplateId);
  return castCollection(
    request,
    holders.map((person) => ofType(userEntity(person), userType)),
    '',
  );
};

export const listOrganization: Handler = (_tenant, request) =>
  collection(request, [organizationEntity], { type: plainType, context: 'organization' });

interface Typed {
  readonly item: Entity;
  readonly type: EntityType;
}

function ofType(item: Entity, type: EntityType): Typed {
  return { item, type };
}

function typed(item: Entity, type: EntityType): Entity {
  return { '@odata.type': `#microsoft.graph.${type.name}`, ...item };
}

const castPrefix = 'microsoft.graph.';

function castCollection(request: SandboxRequest, mixed: readonly Typed[], cast: string): SandboxResponse {
  const types = new Map(mixed.map(({ item, type }) => [item.id, type]));
  const wanted = [userType, groupType, directoryRoleType].find((type) => `${castPrefix}${type.name}` === cast);
  if (cast !== '' && wanted === undefined) return noSuchSegment(cast);
  const kept = mixed.filter(({ type }) => wanted === undefined || type === wanted).map(({ item }) => item);
  if (wanted !== undefined) return collection(request, kept, { type: wanted, context: `${wanted.name}s` });
  return collection(request, kept, {
    type: plainType,
    context: 'directoryObjects',
    typeOf: (item) => types.get(item.id) ?? plainType,
  });
}

function withPerson(tenant: Tenant, id: string, answer: (person: Person) => SandboxResponse): SandboxResponse {
  const person = tenant.person(id);
  return person === undefined ? noSuchObject(id) : answer(person);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
