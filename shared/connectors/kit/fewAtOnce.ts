/**
 * Asks all of them, a few at once; answers in the order of what was asked. The first failure is thrown, and nobody is asked
 * after it.
 */
export async function fewAtOnce<Asked, Answer>(
  all: readonly Asked[],
  ask: (one: Asked) => Promise<Answer>,
  atOnce = 8,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = all.entries();
  let failed = false;
  const next = async (): Promise<void> => {
    for (const [at, one] of waiting) {
      if (failed) return;
      try {
        answers[at] = await ask(one);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, next));
  return answers;
}
