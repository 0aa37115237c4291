import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { explain } from '../../shared/states';

/** Something that is done to the pipeline: what is shown is read anew after it, and who did it is told how it went. */
export function useAction<V = void>(act: (variables: V) => Promise<unknown>, done: string) {
  const queries = useQueryClient();
  return useMutation<unknown, unknown, V>({
    mutationFn: act,
    onSuccess: () => notifications.show({ color: 'teal', message: done }),
    onError: (error) => notifications.show({ color: 'red', title: 'Not done', message: explain(error) }),
    onSettled: () => queries.invalidateQueries(),
  });
}
