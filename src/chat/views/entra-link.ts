/**
 * The provisioning page of an app in the Entra admin center.
 *
 * @param entraPortalUrl the cloud's admin center, `https://entra.microsoft.com` in the public one
 * @param servicePrincipalId the object id, not the app id
 */
export function provisioningPageUrl(entraPortalUrl: string, servicePrincipalId: string): string {
  return pageUrl(entraPortalUrl, 'ProvisioningOverview', servicePrincipalId);
}

/** The page of an app's assigned people; arguments as for `provisioningPageUrl`. */
export function usersPageUrl(entraPortalUrl: string, servicePrincipalId: string): string {
  return pageUrl(entraPortalUrl, 'Users', servicePrincipalId);
}

function pageUrl(entraPortalUrl: string, page: string, servicePrincipalId: string): string {
  const blade = `Microsoft_AAD_IAM/ManagedAppMenuBlade/~/${page}/objectId`;
  return `${entraPortalUrl.replace(/\/+$/, '')}/#view/${blade}/${encodeURIComponent(servicePrincipalId)}`;
}
