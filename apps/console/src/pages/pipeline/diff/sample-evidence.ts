import type { Schemas } from '../../../session/session';
import {
  experienceEvidenceLink,
  feedbackEvidenceLink,
  jimerEvidenceLink,
  journeyEvidenceLink,
  taskEvidenceLink,
} from '../../../shared/evidence-links';

/** The address of the evidence of a row that differs; null if the row is gone or of a table that is not explained. */
export function evidenceOf(table: string, { kind, key }: Schemas['DifferenceSampleDto']): string | null {
  if (kind === 'removed') return null;
  const of = (column: string): string => key[column] ?? '';
  const workspace = of('workspace');
  const jimer = { uid: of('jimer_uid'), workspace };
  switch (table) {
    case 'jimer':
      return jimerEvidenceLink(jimer);
    case 'journey':
      return journeyEvidenceLink(jimer, of('experience_uid'));
    case 'task':
      return taskEvidenceLink(jimer, of('experience_uid'), of('task_uid'));
    case 'feedback_item':
      return feedbackEvidenceLink({ uid: of('request_uid'), workspace });
    case 'experience':
      return experienceEvidenceLink({ uid: of('experience_uid'), workspace });
    default:
      return null;
  }
}
