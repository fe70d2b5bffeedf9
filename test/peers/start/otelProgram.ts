import type * as http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * A program that calls another and counts both sides with OpenTelemetry's own instrumentation: `web` asks `ledger`, whose
 * every fourth answer is a 500, as often as it is asked at `/buy`. What it counts it exposes itself, by OpenTelemetry's
 * Prometheus exporter. Started with the folder in which OpenTelemetry's packages are.
 */
const load = createRequire(join(process.argv[2] ?? '.', 'package.json'));

/** As much of the packages as is used: they are installed beside, not here. */
interface Reader {
  getMetricsRequestHandler(request: http.IncomingMessage, response: unknown): void;
}
interface Packages {
  readonly metrics: { readonly MeterProvider: new (options: { readers: Reader[] }) => unknown };
  readonly exporter: { readonly PrometheusExporter: new (options: object) => Reader };
  readonly http: { readonly HttpInstrumentation: new (options: object) => unknown };
  readonly register: { registerInstrumentations(options: object): void };
}
const packages: Packages = {
  metrics: load('@opentelemetry/sdk-metrics') as Packages['metrics'],
  exporter: load('@opentelemetry/exporter-prometheus') as Packages['exporter'],
  http: load('@opentelemetry/instrumentation-http') as Packages['http'],
  register: load('@opentelemetry/instrumentation') as Packages['register'],
};

const reader = new packages.exporter.PrometheusExporter({ preventServerStart: true });
packages.register.registerInstrumentations({
  meterProvider: new packages.metrics.MeterProvider({ readers: [reader] }),
  instrumentations: [
    new packages.http.HttpInstrumentation({
      ignoreIncomingRequestHook: ({ url }: http.IncomingMessage) => url !== '/buy' && url !== '/entry',
    }),
  ],
});
// Only what is required after the registration is instrumented.
const { createServer, request } = load('node:http') as typeof http;

function listen(answer: http.RequestListener): Promise<number> {
  const server = createServer(answer);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address === null || typeof address === 'string' ? 0 : address.port);
    });
  });
}

let entries = 0;
const ledger = await listen((_, response) => {
  entries += 1;
  response.writeHead(entries % 4 === 0 ? 500 : 200).end();
});
const web = await listen((incoming, response) => {
  if (incoming.url === '/metrics') return reader.getMetricsRequestHandler(incoming, response);
  const onwards = request({
    host: 'ledger',
    port: ledger,
    path: '/entry',
    lookup: (_, options, done) =>
      options.all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
  });
  onwards.on('response', (answered) => {
    answered.resume().on('end', () => response.writeHead(200).end());
  });
  onwards.on('error', () => response.writeHead(502).end());
  onwards.end();
});
console.log(JSON.stringify({ url: `http://127.0.0.1:${web}` }));
