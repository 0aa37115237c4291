import { Doc } from '../class-metadata';
import { Jimer, Project, Request } from '../objects';
import { HasObject } from '../rules';
import { JimoEvent } from './bases';
import { feedback } from './definition';

@Doc('A jimer submitted feedback.')
export class RequestCreated extends JimoEvent {
  @HasObject(Request) readonly request!: Request;
  @HasObject(Jimer) readonly jimer!: Jimer;
  @HasObject(Project) readonly project!: Project;
}

export const FEEDBACK = [feedback('request.created', RequestCreated)] as const;
