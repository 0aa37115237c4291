import { SCOPES, type ReadGrant, type Scope } from '@app/platform';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty } from '@nestjs/swagger';
import { ReadController } from '../common/http/read-controller';
import { Grant } from './access';

export class AccessDto {
  @ApiProperty({ enum: SCOPES, description: 'Each scope includes the ones before it.' }) scope!: Scope;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'default',
    description: 'The only workspace that the token reaches; null: all.',
  })
  workspace!: string | null;
}

@ReadController('v1/access', 'access', 'all workspaces')
export class AccessController {
  @Get()
  @ApiOperation({ operationId: 'getAccess', summary: 'What the token that asks may do, and where' })
  @ApiOkResponse({ type: AccessDto })
  get(@Grant() { scope, workspace }: ReadGrant): AccessDto {
    return { scope, workspace };
  }
}
