import { StoredJson } from '@app/platform';
import { isScale } from '@app/projections';
import type { ExportColumn } from '../../common/exports/exported';
import type {
  JimerAnswerDto,
  JimerResponseDto,
  JimerResponsePageDto,
  ResponseAnswerDto,
} from './answers.dto';
import { IDENTITY } from '../../jimers/jimers.queries';
import type { StepDto } from './results.dto';

/** What is known of a response without its answers. */
export const RESPONSE_COLUMNS: readonly ExportColumn<JimerResponseDto>[] = [
  'surveyUid',
  'jimerUid',
  ...IDENTITY.names,
  'startedAt',
  'lastEventAt',
  'completedAt',
];

/** A column for each question, in the order of the survey. */
export function questionColumns({ questions }: JimerResponsePageDto): ExportColumn<JimerResponseDto>[] {
  const titles = questions.map(({ stepName, stepUid }) => stepName ?? stepUid);
  return questions.map((question, index) => {
    const title = titles[index]!;
    const isAlone = titles.indexOf(title) === titles.lastIndexOf(title);
    return [
      isAlone ? title : `${title} (${question.stepUid})`,
      ({ answers }) =>
        cellOf(
          answers.find(({ stepUid }) => stepUid === question.stepUid),
          question,
        ),
    ] as const;
  });
}

/** An answer in words; what is a number to the survey is one to the spreadsheet, which can add it up. */
function cellOf(answer: ResponseAnswerDto | undefined, { stepType }: StepDto): unknown {
  if (!answer) return null;
  const { text, value } = answer;
  const isNumber = isScale(stepType) || (value instanceof StoredJson && /^-?\d/.test(value.text));
  return isNumber && text !== null && String(Number(text)) === text.trim() ? Number(text) : text;
}

export const ANSWER_COLUMNS: readonly ExportColumn<JimerAnswerDto>[] = [
  'jimerUid',
  ...IDENTITY.names,
  'surveyUid',
  'text',
  'value',
  'at',
];
