/** One entry of `details.causes`. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** The `Status` object with which an API server refuses. */
export interface StatusBody {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly code?: number;
}

/** What a refusal is about, as `details` names it. */
export interface Subject {
  readonly group: string;
  /** The plural name; a kind in refusals by validation. */
  readonly resource: string;
  readonly name?: string;
}

/** Thrown by a handler; the server answers with its body. */
export class Refusal extends Error {
  readonly body: StatusBody & { readonly code: number };
  readonly headers: Readonly<Record<string, string>>;

  constructor(body: StatusBody & { readonly code: number }, headers: Readonly<Record<string, string>> = {}) {
    super(body.message ?? body.reason ?? String(body.code));
    this.body = body;
    this.headers = headers;
  }
}

/** A `Status` of failure; parts that are absent are left out, as the real server's omitempty does. */
export function failure(
  code: number,
  reason: string | undefined,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): StatusBody & { readonly code: number } {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  };
}

const refuse = (...parts: Parameters<typeof failure>): Refusal => new Refusal(failure(...parts));

/** `virtualservices.networking.istio.io`, or the bare name in the core group. */
export const qualified = (subject: Subject): string =>
  subject.group === '' ? subject.resource : `${subject.resource}.${subject.group}`;

const detailsOf = (subject: Subject): Record<string, unknown> => ({
  ...(subject.name === undefined || subject.name === '' ? {} : { name: subject.name }),
  ...(subject.group === '' ? {} : { group: subject.group }),
  kind: subject.resource,
});

export const unauthorized = (): Refusal => refuse(401, 'Unauthorized', 'Unauthorized');
export const badRequest = (message: string): Refusal => refuse(400, 'BadRequest', message);
export const methodNotAllowed = (): Refusal =>
  refuse(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
export const noSuchResource = (): Refusal =>
  refuse(404, 'NotFound', 'the server could not find the requested resource', {});
export const notFound = (subject: Subject): Refusal =>
  refuse(404, 'NotFound', `${qualified(subject)} "${subject.name ?? ''}" not found`, detailsOf(subject));
export const alreadyExists = (subject: Subject): Refusal =>
  refuse(
    409,
    'AlreadyExists',
    `${qualified(subject)} "${subject.name ?? ''}" already exists`,
    detailsOf(subject),
  );

/** The fence of a write did not hold. */
export const conflict = (subject: Subject, why?: string): Refusal => {
  const told =
    why ?? 'the object has been modified; please apply your changes to the latest version and try again';
  const message = `Operation cannot be fulfilled on ${qualified(subject)} "${subject.name ?? ''}": ${told}`;
  return refuse(409, 'Conflict', message, detailsOf(subject));
};

export const forbidden = (subject: Subject, why: string): Refusal => {
  const named = subject.name === undefined || subject.name === '' ? '' : ` "${subject.name}"`;
  return refuse(403, 'Forbidden', `${qualified(subject)}${named} is forbidden: ${why}`, detailsOf(subject));
};

/** Validation failed; `subject.resource` is the kind here. Several causes are listed in brackets, as the real server does. */
export const invalid = (subject: Subject, causes: readonly StatusCause[]): Refusal => {
  const told = causes.map((cause) => `${cause.field ?? '<nil>'}: ${cause.message}`);
  const list = told.length === 1 ? told[0] : `[${told.join(', ')}]`;
  const message = `${qualified(subject)} "${subject.name ?? ''}" is invalid: ${list}`;
  const { kind, ...named } = detailsOf(subject);
  return refuse(422, 'Invalid', message, { ...named, ...(kind === '' ? {} : { kind }), causes });
};

// A patch that cannot be applied, a failed `test` among them, gets this sentence and no word of which operation failed.
export const patchDoesNotApply = (): Refusal =>
  refuse(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

export const unsupportedMediaType = (accepted: readonly string[]): Refusal =>
  refuse(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

export const notAcceptable = (): Refusal =>
  refuse(406, 'NotAcceptable', 'only the following media types are accepted: application/json');
export const tooLarge = (limit: number): Refusal =>
  refuse(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
export const serviceUnavailable = (message: string): Refusal => refuse(503, 'ServiceUnavailable', message);
export const internalError = (message: string): Refusal =>
  refuse(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });

/** What a fault answers when only a code was asked for: the reason and words a real server gives with it. */
export function statusOfCode(code: number, message?: string): StatusBody & { readonly code: number } {
  const [reason, words] = byCode[code] ?? [undefined, `the server answered ${code}`];
  return failure(code, reason, message ?? words, {});
}

const byCode: Readonly<Record<number, readonly [string, string]>> = {
  401: ['Unauthorized', 'Unauthorized'],
  403: ['Forbidden', 'forbidden'],
  404: ['NotFound', 'the server could not find the requested resource'],
  409: [
    'Conflict',
    'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again',
  ],
  410: ['Expired', 'too old resource version'],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'Too many requests, please try again later.'],
  500: ['InternalError', 'Internal error occurred: etcdserver: request timed out'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'request did not complete within requested timeout'],
};
