/**
 * The service that a resource calls, by its name: "payment", "paymentService", "payment-client", and as Sentinel's
 * adapters of HTTP clients name them, "GET:http://payment:8080/pay". Null where the name does not say.
 */
export function calleeOfResource(resource: string, services: readonly string[]): string | null {
  const host = /^(?:[A-Z]+:)?https?:\/\/([^/:?#]+)/.exec(resource)?.[1];
  if (host !== undefined) {
    const [first] = host.split('.');
    return services.find((service) => service === host || service === first) ?? null;
  }
  // A path is what is served here, whatever it is called.
  if (/[/:(]/.test(resource)) return null;
  const plain = plainName(resource);
  return services.find((service) => plainName(service) === plain) ?? null;
}

const plainName = (name: string): string => {
  const letters = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return letters.replace(/(service|client|api)+$/, '') || letters;
};
