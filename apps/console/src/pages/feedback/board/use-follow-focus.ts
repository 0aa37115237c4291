import { useLayoutEffect, useState, type RefObject } from 'react';

/** Remembers which control of which card had the focus while the card moves to another column. */
export class FocusFollower {
  private going: { readonly key: string; readonly part: string } | null = null;

  follow(key: string, part: string): void {
    this.going = { key, part };
  }

  take(key: string): string | null {
    if (this.going?.key !== key) return null;
    const { part } = this.going;
    this.going = null;
    return part;
  }
}

export function useFocusFollower(): FocusFollower {
  const [follower] = useState(() => new FocusFollower());
  return follower;
}

/**
 * Keeps the focus on a card that moves: in its new column it is another element.
 *
 * @param card the element whose controls carry `data-part`
 */
export function useFollowingFocus(
  card: RefObject<HTMLElement | null>,
  key: string,
  focus: FocusFollower,
): void {
  useLayoutEffect(() => {
    const element = card.current;
    const part = focus.take(key);
    if (part !== null) element?.querySelector<HTMLElement>(`[data-part="${part}"]`)?.focus();
    return () => {
      const focused = document.activeElement;
      if (!element?.contains(focused)) return;
      const left = focused?.closest<HTMLElement>('[data-part]')?.dataset['part'];
      if (left) focus.follow(key, left);
    };
  }, [card, key, focus]);
}
