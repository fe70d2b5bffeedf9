import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { Split } from '../../shared/model/weights.ts';

/** What is written about how payment's calls are divided, parted into its weights and all the rest that lasts. */
export interface WrittenSplit {
  readonly weights: readonly number[];
  readonly rest: unknown;
  readonly revision: string;
}

/**
 * A system with one service in two versions, v1 on two instances and v2 on one, whose calls are divided 70 to 30. The suites
 * change it as somebody else would, in the system's own ways.
 */
export interface PaymentUnderTest extends AsyncDisposable {
  /** The session that tells of services, and the one that divides calls. */
  readonly topology: Session;
  readonly weights: Session;
  readonly namespace: string;
  /** The service's name, and those of what runs its versions. */
  readonly service: string;
  readonly workloads: { readonly v1: string; readonly v2: string };
  /** The host that metrics know it by. */
  readonly host: string;
  /** Where each version is a service of its own: their hosts. */
  readonly versionHosts?: readonly string[];
  /** Whether controllers write their word into the document too, which makes revisions of their own. */
  readonly answered?: boolean;
  isSplit(split: Split): boolean;
  written(): Promise<WrittenSplit>;
  /** Writes something else into the same document. */
  annotate(): Promise<void>;
  /** Writes what makes calls of the second destination fail, as far as the system lets anybody; resolves to words for it. */
  breakV2(): Promise<string>;
  stopV2(): Promise<void>;
  /** Another service comes, and goes. */
  addService(name: string): Promise<void>;
  removeService(name: string): Promise<void>;
}
