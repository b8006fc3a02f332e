import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language'
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Extension, type Text } from '@codemirror/state'
import { Decoration, EditorView, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import type { PolicyFault } from './check.ts'
import { look, roomy } from './editor-look.ts'

export interface CodeHandle {
  /** Puts the cursor there and the focus with it; line and column from 1. */
  go(line: number, column: number): void
}

export interface Lines {
  readonly from: number
  readonly to: number
}

/** CodeMirror; the one place that loads it. Without `onChange` it is for reading. */
export default function Code(props: {
  readonly value: string
  readonly label: string
  readonly describedBy?: string
  readonly onChange?: (value: string) => void
  readonly faults?: readonly PolicyFault[]
  readonly shown?: readonly Lines[]
  readonly ref?: Ref<CodeHandle>
}) {
  const { value, label, describedBy, onChange, faults, shown, ref } = props
  const place = useRef<HTMLDivElement>(null)
  const editor = useRef<EditorView>(null)
  const changed = useRef(onChange)
  useEffect(() => {
    changed.current = onChange
  }, [onChange])

  // What it begins with: whatever changes later goes in by the effects below.
  const first = useRef({ value, label, describedBy, shown, reading: onChange === undefined })
  useEffect(() => {
    const begin = first.current
    const view = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: begin.value,
        extensions: [
          shared(begin.label, begin.describedBy),
          begin.reading ? forReading(begin.shown ?? []) : forWriting((text) => changed.current?.(text)),
        ],
      }),
    })
    editor.current = view
    const start = begin.shown?.[0]?.from
    if (start !== undefined) show(view, start, 1)
    return () => view.destroy()
  }, [])

  useEffect(() => {
    const view = editor.current!
    first.current = { ...first.current, value }
    const { doc } = view.state
    // Line ends are all the same in an editor.
    if (value.replace(/\r\n?/g, '\n') === doc.toString()) return
    view.dispatch({ changes: { from: 0, to: doc.length, insert: value } })
  }, [value])
  useEffect(() => {
    const view = editor.current!
    if (faults !== undefined)
      view.dispatch(
        setDiagnostics(
          view.state,
          faults.map((one) => markOf(view.state.doc, one)),
        ),
      )
  }, [faults])
  useImperativeHandle(ref, () => ({
    go: (line, column) => {
      const view = editor.current
      if (view === null) return
      show(view, line, column)
      view.focus()
    },
  }))
  return <div ref={place} />
}

function shared(label: string, describedBy: string | undefined): Extension {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
  return [
    EditorView.cspNonce.of(nonce),
    lineNumbers(),
    json(),
    EditorView.lineWrapping,
    look,
    EditorView.contentAttributes.of({
      'aria-label': label,
      spellcheck: 'false',
      ...(describedBy === undefined ? {} : { 'aria-describedby': describedBy }),
    }),
  ]
}

function forWriting(changed: (text: string) => void): Extension {
  return [
    history(),
    bracketMatching(),
    indentOnInput(),
    indentUnit.of('    '),
    highlightActiveLineGutter(),
    lintGutter(),
    roomy,
    // Escape and then Tab leaves, and Ctrl-M (Shift-Alt-M on a Mac) makes Tab leave for good: https://codemirror.net/examples/tab/
    keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
    typeByOurselves,
    keepEscape,
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) changed(state.doc.toString())
    }),
  ]
}

/**
 * Typed text. Chromium itself would keep the look of what stands there with a `style` attribute, which the CSP blocks with a complaint.
 */
const typeByOurselves = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    if (event.inputType !== 'insertText' || event.isComposing || event.data === null) return false
    // What is marked on the screen: the editor may not have heard of it yet.
    const selection = getSelection()
    if (selection === null || selection.rangeCount === 0) return false
    const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0)
    if (!view.contentDOM.contains(startContainer) || !view.contentDOM.contains(endContainer)) return false
    const from = view.posAtDOM(startContainer, startOffset)
    const to = view.posAtDOM(endContainer, endOffset)
    const insert = view.state.toText(event.data)
    view.dispatch({
      changes: { from, to, insert },
      selection: { anchor: from + insert.length },
      userEvent: 'input.type',
      scrollIntoView: true,
    })
    return true
  },
})

/** Here it is the way out by Tab; a dialog around would close, and what was written be lost. */
const keepEscape = EditorView.domEventHandlers({
  keydown: (event) => {
    if (event.key === 'Escape') event.stopPropagation()
    return false
  },
})

function forReading(shown: readonly Lines[]): Extension {
  const shownLine = Decoration.line({ class: 'cm-shown-line' })
  return [
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    // To be scrolled by keys.
    EditorView.contentAttributes.of({ tabindex: '0' }),
    EditorView.decorations.of(({ state: { doc } }) => {
      const numbers = new Set(
        shown.flatMap(({ from, to }) => Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)),
      )
      const lines = [...numbers].filter((line) => line >= 1 && line <= doc.lines).sort((a, b) => a - b)
      return Decoration.set(lines.map((line) => shownLine.range(doc.line(line).from)))
    }),
  ]
}

function show(view: EditorView, line: number, column: number): void {
  const at = offsetOf(view.state.doc, line, column)
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
}

/** The text may have changed since the fault was found: then as near as there is. */
function offsetOf(doc: Text, line: number, column: number): number {
  const { from, to } = doc.line(Math.min(Math.max(1, line), doc.lines))
  return Math.min(to, from + Math.max(0, column - 1))
}

function markOf(doc: Text, { line, column, endLine, endColumn, severity, says }: PolicyFault): Diagnostic {
  const from = offsetOf(doc, line, column)
  return { from, to: Math.max(from, offsetOf(doc, endLine, endColumn)), severity, message: says }
}
