import { Module } from '@nestjs/common';
import { SetAsideController } from './set-aside.controller';
import { SetAsideQueries } from './set-aside.queries';

@Module({ controllers: [SetAsideController], providers: [SetAsideQueries], exports: [SetAsideQueries] })
export class SetAsideReadModule {}
