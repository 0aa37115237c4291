import { Injectable, Query, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { readQuery } from './validation';

@Injectable()
class QueryPipe implements PipeTransform {
  transform(value: unknown, { metatype }: ArgumentMetadata): unknown {
    if (!metatype) throw new Error('the parameter of @ValidQuery() has no class');
    return readQuery(metatype as new () => object, value);
  }
}

/** The query string as an instance of the parameter's class; 400 naming what is invalid in it. */
export const ValidQuery = (): ParameterDecorator => Query(new QueryPipe());
