/** Prometheus's kinds of refusal: `bad_data` is answered with 400, `execution` with 422. */
export type QueryErrorType = 'bad_data' | 'execution';

/** A query that is not answered, with the reason in the words a client shows. */
export class QueryError extends Error {
  readonly type: QueryErrorType;

  constructor(type: QueryErrorType, message: string) {
    super(message);
    this.name = 'QueryError';
    this.type = type;
  }
}

/** For what Prometheus can do and this evaluator does not. */
export const notEvaluated = (what: string): QueryError =>
  new QueryError('execution', `${what} is not evaluated by the rehearsal's Prometheus`);
