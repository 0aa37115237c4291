import { Body, Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { readBody } from './validation';

@Injectable()
class BodyPipe implements PipeTransform {
  transform(value: unknown, { metatype }: ArgumentMetadata): unknown {
    if (!metatype) throw new Error('the parameter of @ValidBody() has no class');
    return readBody(metatype as new () => object, value);
  }
}

/** The JSON body as an instance of the parameter's class; 400 naming what is invalid in it, or unknown. */
export const ValidBody = (): ParameterDecorator => Body(new BodyPipe());
