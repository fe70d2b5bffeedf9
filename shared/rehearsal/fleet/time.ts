/** Kubernetes's time: whole seconds. */
export const timeOf = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
