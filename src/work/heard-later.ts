/** The same promise; what fails is heard where it is waited for, and nowhere else. */
export function heardLater<T>(asked: Promise<T>): Promise<T> {
  asked.catch(() => undefined);
  return asked;
}
