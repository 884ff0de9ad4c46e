/** Asks the same question again and again, and hears only the answer to the latest. */
export class Latest {
  #asked = 0;
  #underWay = 0;

  get busy(): boolean {
    return this.#underWay > 0;
  }

  /** The answer, or undefined if another question was asked, or this one forgotten, meanwhile. */
  async ask<T extends object>(question: () => Promise<T>): Promise<T | undefined> {
    const mine = ++this.#asked;
    this.#underWay++;
    const answer = await question().finally(() => this.#underWay--);
    return mine === this.#asked ? answer : undefined;
  }

  forget(): void {
    this.#asked++;
  }
}
