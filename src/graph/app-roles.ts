import { z } from 'zod';
import { nullableText } from './odata.ts';

export type RoleChoice =
  | { readonly kind: 'one'; readonly id: string }
  /** `ambiguous`: several roles have the name, and they may grant different rights. */
  | { readonly kind: 'none' | 'disabled' | 'ambiguous' };

const roleSchema = z.object({
  id: z.string(),
  displayName: nullableText,
  value: nullableText,
  isEnabled: z.boolean().catch(false),
  /** `User` and `Application`. */
  allowedMemberTypes: z.array(z.string()).catch([]),
});
export type AppRole = Readonly<z.infer<typeof roleSchema>>;

/**
 * The roles that a service principal declares, and which tenant owns the app. An answer without `appRoles` counts as
 * unreadable: it does not mean that the app declares none.
 */
export const roleBearerSchema = z.object({
  appId: z.string(),
  /** The app's home tenant; null where Graph does not tell, as for managed identities. */
  appOwnerOrganizationId: nullableText,
  appRoles: z.array(roleSchema),
});
type RoleBearer = z.infer<typeof roleBearerSchema>;
export const roleBearerFields = 'id,appId,appOwnerOrganizationId,appRoles';

/** Means "assigned, without a particular role"; only for apps that declare no role. */
const defaultRoleId = '00000000-0000-0000-0000-000000000000';

/** https://learn.microsoft.com/graph/api/resources/approleassignment */
export function chooseRole(roles: readonly AppRole[], name: string): RoleChoice {
  if (roles.length === 0) return { kind: 'one', id: defaultRoleId };
  const forPeople = roles.filter((role) => role.allowedMemberTypes.some((type) => type.toLowerCase() === 'user'));
  const named = forPeople.filter((role) => sameName(role.displayName, name) || sameName(role.value, name));
  const [role, another] = named.filter(({ isEnabled }) => isEnabled);
  if (another !== undefined) return { kind: 'ambiguous' };
  if (role !== undefined) return { kind: 'one', id: role.id };
  return { kind: named.length > 0 ? 'disabled' : 'none' };
}

function sameName(one: string | null, other: string): boolean {
  return one !== null && one.trim().toLowerCase() === other.trim().toLowerCase();
}

/**
 * The tenants from which Microsoft brings its own services into all others, by cloud; the second is Microsoft's
 * corporate tenant. https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
 */
const microsoftTenants: readonly string[] = [
  'f8cdef31-a31e-4b4a-93e4-5f571e91255a',
  '72f988bf-86f1-41af-91ab-2d7cd011db47',
  // Microsoft's tenants in the US government's clouds, and in China's.
  'cab8a31a-1906-4287-a0d8-4eef66b95f6e',
  'a55a4d5b-9241-49b1-b4ff-befa8db00269',
];

/** Endings of the ids of Microsoft Graph, Azure AD Graph, Exchange, SharePoint and the like, in every cloud. */
const microsoftIdEndings: readonly string[] = ['-0000-0000-c000-000000000000', '-0000-0ff1-ce00-000000000000'];

/**
 * Whether the app is Microsoft's own, as far as Graph tells. Such an app's role can grant rights over the whole tenant,
 * so the owner has to be known: an unknown owner counts as Microsoft.
 */
export function belongsToMicrosoft({ appId, appOwnerOrganizationId }: RoleBearer): boolean {
  if (appOwnerOrganizationId === null || microsoftTenants.includes(appOwnerOrganizationId.toLowerCase())) return true;
  return microsoftIdEndings.some((ending) => appId.toLowerCase().endsWith(ending));
}
