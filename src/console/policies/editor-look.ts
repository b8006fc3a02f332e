import * as token from '@cloudscape-design/design-tokens'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** Cloudscape's own colours: they are variables of the style sheet, and so change with the theme by themselves. */
export const look: Extension = [
  EditorView.theme({
    '&': {
      color: token.colorTextBodyDefault,
      backgroundColor: token.colorBackgroundInputDefault,
      border: `1px solid ${token.colorBorderInputDefault}`,
      borderRadius: token.borderRadiusInput,
      fontSize: '14px',
    },
    '&.cm-focused': { outline: `2px solid ${token.colorBorderItemFocused}`, outlineOffset: '1px' },
    '.cm-scroller': { fontFamily: token.fontFamilyMonospace, lineHeight: '1.5', maxHeight: '60vh', overflow: 'auto' },
    '.cm-content': { caretColor: token.colorTextBodyDefault, paddingBlock: '8px' },
    '&.cm-editor .cm-cursor': { borderLeftColor: token.colorTextBodyDefault },
    '.cm-gutters': {
      color: token.colorTextBodySecondary,
      backgroundColor: token.colorBackgroundLayoutPanel,
      borderStartStartRadius: token.borderRadiusInput,
      borderEndStartRadius: token.borderRadiusInput,
      borderRight: `1px solid ${token.colorBorderDividerDefault}`,
    },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
    '.cm-activeLineGutter': { color: token.colorTextBodyDefault, fontWeight: 'bold' },
    '&.cm-focused .cm-matchingBracket': {
      color: 'inherit',
      backgroundColor: token.colorBackgroundItemSelected,
      outline: `1px solid ${token.colorBorderItemSelected}`,
    },
    '.cm-tooltip': {
      color: token.colorTextBodyDefault,
      backgroundColor: token.colorBackgroundPopover,
      border: `1px solid ${token.colorBorderPopover}`,
    },
    '.cm-line.cm-shown-line': {
      backgroundColor: token.colorBackgroundItemSelected,
      boxShadow: `inset 3px 0 0 ${token.colorBorderItemSelected}`,
    },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.propertyName, color: token.colorTextLinkDefault },
      { tag: tags.string, color: token.colorTextStatusSuccess },
      { tag: [tags.number, tags.bool, tags.null], color: token.colorTextStatusError },
      { tag: [tags.separator, tags.squareBracket, tags.brace], color: token.colorTextBodySecondary },
    ]),
  ),
]

/** For the editing one: room to write in. */
export const roomy: Extension = EditorView.theme({ '.cm-content, .cm-gutter': { minHeight: '18rem' } })
