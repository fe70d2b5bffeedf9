/** Width of a call's line in pixels: by the logarithm of its rate, so that 6 and 640 rps both can be seen. */
export function edgeWidthPx(requestsPerSecond: number | null): number {
  if (requestsPerSecond === null || requestsPerSecond <= 0) return 1;
  return Math.min(5, 1 + Math.log10(1 + requestsPerSecond) * 1.1);
}
