/**
 * The provisioning page of an app in the Entra admin centre.
 *
 * @param entraPortalUrl the admin centre of the cloud, `https://entra.microsoft.com` in the public one
 * @param servicePrincipalId the object id, not the app id
 */
export function provisioningPageUrl(entraPortalUrl: string, servicePrincipalId: string): string {
  return pageUrl(entraPortalUrl, 'ProvisioningOverview', servicePrincipalId);
}

/** The page on which people are assigned to an app; arguments as for `provisioningPageUrl`. */
export function usersPageUrl(entraPortalUrl: string, servicePrincipalId: string): string {
  return pageUrl(entraPortalUrl, 'Users', servicePrincipalId);
}

function pageUrl(entraPortalUrl: string, page: string, servicePrincipalId: string): string {
  const blade = `Microsoft_AAD_IAM/ManagedAppMenuBlade/~/${page}/objectId`;
  return `${entraPortalUrl.replace(/\/+$/, '')}/#view/${blade}/${encodeURIComponent(servicePrincipalId)}`;
}
