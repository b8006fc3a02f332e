/** One lossless change of one AWS file. `section` is the header text between the brackets, as it stands. */
export type FileEdit =
  | { readonly kind: 'unset'; readonly file: string; readonly section: string; readonly key: string }
  | {
      readonly kind: 'set'
      readonly file: string
      readonly section: string
      readonly key: string
      readonly value: string
    }
  | { readonly kind: 'rename-section'; readonly file: string; readonly section: string; readonly to: string }
