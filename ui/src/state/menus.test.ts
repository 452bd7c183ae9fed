import { describe, expect, it } from 'vitest';
import { ACTIONS, menus, written } from './actions';

describe('menus of the system', () => {
  it('hold every action once, under its own name', () => {
    const entries = menus().flatMap((menu) => menu.entries);
    expect(entries.map(({ action }) => action).sort()).toEqual(ACTIONS.map(({ id }) => id).sort());
    for (const { action, title } of entries) expect(ACTIONS.find(({ id }) => id === action)!.title).toBe(title);
  });

  it('take no key that one types with', () => {
    for (const { key } of menus().flatMap((menu) => menu.entries)) if (key) expect(key).toMatch(/^mod\+/);
  });

  it('say the plus sign, which is a key and joins keys', () => {
    expect(['mod++', 'mod+shift+z', '+'].map(written)).toEqual(['Ctrl +', 'Ctrl Shift Z', '+']);
  });

  it('give every action a key', () => {
    expect(ACTIONS.filter(({ keys }) => !keys?.length).map(({ id }) => id)).toEqual([]);
  });

  it('give no key to two actions', () => {
    const keys = ACTIONS.flatMap((action) => action.keys ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
