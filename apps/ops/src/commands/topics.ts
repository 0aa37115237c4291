export async function topics(): Promise<void> {
  throw new Error('waiting for ensureTopics');
}
