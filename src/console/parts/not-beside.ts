/** For a modal that holds what would be lost: a click beside it, made by mistake, does not close it. */
export function notBeside(close: () => void): (event: { readonly detail: { readonly reason: string } }) => void {
  return ({ detail }) => {
    if (detail.reason !== 'overlay') close()
  }
}
