import type { DenialJudgement } from '../../../shared/model/denial.ts';
import type { FindingHelp } from '../../ui/findingHelp.ts';

/** What “Refused calls” in the inspector of a call says, by how its verdict comes out. */
export const refusalHelp: Readonly<Record<DenialJudgement['outcome'], FindingHelp>> = {
  denied: {
    title: 'Refused by …',
    what: 'This policy stops calls of this caller whatever they ask for; open its YAML to see whom it admits.',
  },
  maybe: {
    title: 'It depends',
    what: 'A policy names what only a request has (path, method, port, header, end user), holds for some instances only, or is attached to a gateway or waypoint that these calls may not pass. Podium sends no request to find out: the proxies’ log says what was refused.',
  },
  admitted: {
    title: 'Admitted',
    what: 'Policies let this caller through: a 403 is the application’s own answer.',
  },
  unruled: {
    title: 'No policy',
    what: 'No policy that was read is about these calls, so something else fails them.',
  },
  unknown: {
    title: 'Not known',
    what: 'Policies could not be read, so that none is blamed and none is cleared; ask for the rights to read them.',
  },
};
