import type { Schemas } from '../../session/session';

export type Explanation = Schemas['ExplanationDto'];
export type ExplainedEvent = Schemas['ExplainedEventDto'];

/** A row by its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** The read models of the rows that can be explained. */
export type Model = 'jimer' | 'journey' | 'task' | 'answer' | 'feedback_item' | 'experience';
