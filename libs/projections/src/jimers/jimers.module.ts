import { Module } from '@nestjs/common';
import { JimersController } from './jimers.controller';
import { JimersQueries } from './jimers.queries';

@Module({ controllers: [JimersController], providers: [JimersQueries], exports: [JimersQueries] })
export class JimersReadModule {}
