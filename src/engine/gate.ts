/** Who may be inside together: as many as share the gate, or one that has it alone. In the order they came. */
export interface Gate {
  shared<T>(work: () => Promise<T> | T): Promise<T>;
  alone<T>(work: () => Promise<T> | T): Promise<T>;
}

export function createGate(): Gate {
  const waiting: { isAlone: boolean; enter: () => void }[] = [];
  let sharing = 0;
  let isAloneInside = false;

  const admit = (): void => {
    for (;;) {
      const [next] = waiting;
      if (next === undefined || isAloneInside || (next.isAlone && sharing > 0)) return;
      waiting.shift();
      if (next.isAlone) isAloneInside = true;
      else sharing++;
      next.enter();
    }
  };

  const pass = async <T>(isAlone: boolean, work: () => Promise<T> | T): Promise<T> => {
    await new Promise<void>((enter) => {
      waiting.push({ isAlone, enter });
      admit();
    });
    try {
      return await work();
    } finally {
      if (isAlone) isAloneInside = false;
      else sharing--;
      admit();
    }
  };

  return { shared: (work) => pass(false, work), alone: (work) => pass(true, work) };
}
