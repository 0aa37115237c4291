import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { explain } from '../../shared/states';

/** A mutation of the pipeline. It shows the result as a message and reloads all data. */
export function useAction<V = void>(act: (variables: V) => Promise<unknown>, done: string) {
  const queries = useQueryClient();
  return useMutation<unknown, unknown, V>({
    mutationFn: act,
    onSuccess: () => notifications.show({ color: 'teal', message: done }),
    onError: (error) => notifications.show({ color: 'red', title: 'Failed', message: explain(error) }),
    onSettled: () => queries.invalidateQueries(),
  });
}
