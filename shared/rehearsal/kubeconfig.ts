/** The contexts of the rehearsal: one that may write, one that may only read. */
export function writeKubeconfig(options: {
  readonly url: string;
  readonly adminToken: string;
  readonly viewerToken: string;
}): string {
  return `apiVersion: v1
kind: Config
current-context: shop-rehearsal
clusters:
  - name: rehearsal
    cluster:
      server: ${options.url}
contexts:
  - name: shop-rehearsal
    context: { cluster: rehearsal, user: operator }
  - name: shop-rehearsal-viewer
    context: { cluster: rehearsal, user: viewer }
users:
  - name: operator
    user: { token: ${options.adminToken} }
  - name: viewer
    user: { token: ${options.viewerToken} }
`;
}
