import { SetMetadata } from '@nestjs/common';

export const PUBLIC = 'platform:public';

/** No token is needed. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC, true);
