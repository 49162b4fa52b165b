/**
 * The provisioning page of an app in the Entra admin centre.
 *
 * @param entraPortalUrl the admin centre of the cloud, `https://entra.microsoft.com` in the public one
 * @param servicePrincipalId the object id, not the app id
 */
export function provisioningPageUrl(entraPortalUrl: string, servicePrincipalId: string): string {
  const page = 'Microsoft_AAD_IAM/ManagedAppMenuBlade/~/ProvisioningOverview/objectId';
  return `${entraPortalUrl.replace(/\/+$/, '')}/#view/${page}/${encodeURIComponent(servicePrincipalId)}`;
}
