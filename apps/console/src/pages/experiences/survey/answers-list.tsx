import { Anchor, CloseButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { jimerName } from '../../../shared/jimer-name';
import { jimerLink } from '../../../shared/links';
import { LongText } from '../../../shared/long-text';
import { More } from '../../../shared/more';
import { Loaded } from '../../../shared/states';
import { Moment } from '../../../shared/time';
import { useWorkspace } from '../../../shared/use-query-state';
import { useDays } from '../range';
import { stepTitle } from './step-kinds';
import { useStepAnswers, type StepAnswers } from './use-answers';

const TYPING_MS = 300;

/** Single answers, with a search. The search text may be personal, so it stays out of the address. */
export function AnswersList({ uid, step }: { uid: string; step: StepAnswers }) {
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), TYPING_MS);
  const { items, error, retry, more, loadingMore } = useStepAnswers(uid, step.stepUid, useDays(), q);
  const { workspace } = useWorkspace();
  return (
    <Stack gap="sm">
      <TextInput
        type="search"
        aria-label={`Search the answers to ${stepTitle(step)}`}
        placeholder="Search the answers"
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={
          text && <CloseButton size="sm" aria-label="Clear the search" onClick={() => setText('')} />
        }
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maw={320}
      />
      <Loaded what="the answers" data={items} error={error} retry={retry}>
        {(answers) =>
          answers.length === 0 ? (
            <Text size="sm" c="dimmed" role="status">
              {q ? 'No answers contain these words.' : 'No answers in this period.'}
            </Text>
          ) : (
            <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
              {answers.map((answer) => (
                <li key={`${answer.surveyUid}/${answer.jimerUid}/${answer.at}`} className="quote">
                  <Text size="sm" component="div">
                    <LongText>{answer.text ?? JSON.stringify(answer.value)}</LongText>
                  </Text>
                  <Group gap={6} className="breaks-words">
                    <Anchor component={Link} to={jimerLink({ uid: answer.jimerUid, workspace })} size="xs">
                      {jimerName({ ...answer, uid: answer.jimerUid })}
                    </Anchor>
                    <Text size="xs" c="dimmed">
                      <Moment at={answer.at} relative />
                    </Text>
                  </Group>
                </li>
              ))}
            </Stack>
          )
        }
      </Loaded>
      <More more={more} loading={loadingMore} />
    </Stack>
  );
}
