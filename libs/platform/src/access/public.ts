import { SetMetadata } from '@nestjs/common';

export const PUBLIC = 'platform:public';

/** A route that needs no token. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC, true);
