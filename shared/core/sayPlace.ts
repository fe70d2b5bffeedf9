import type { Environment } from '../model/entity.ts';

/** "prod-eu (production)"; of a connection that is neither production nor staging the title alone. */
export const sayPlace = ({
  title,
  environment,
}: {
  readonly title: string;
  readonly environment: Environment;
}): string => (environment === 'other' ? title : `${title} (${environment})`);
