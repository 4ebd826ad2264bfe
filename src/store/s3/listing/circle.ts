/** Whether tokens come round again, however many there are in the circle. One of them is kept, ever later ones (Brent). */
export class Circle {
  #kept: string | undefined;
  #span = 1;
  #since = 0;

  /** True at the latest in the third round. */
  closesWith(token: string): boolean {
    if (token === this.#kept) return true;
    if (++this.#since < this.#span) return false;
    this.#kept = token;
    this.#span *= 2;
    this.#since = 0;
    return false;
  }
}
