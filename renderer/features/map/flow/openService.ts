import { createContext } from 'react';
import type { EntityId } from '../../../../shared/model/entity.ts';

/** How a card opens its service; React Flow gives its cards no props of ours. */
export const OpenService = createContext<(id: EntityId) => void>(() => undefined);
