/** Whether a key belongs to an input method; 229 says so where a browser (Safari) ends the composition first. */
export function isComposing({ isComposing: composes, keyCode }: KeyboardEvent): boolean {
  return composes || keyCode === 229;
}
