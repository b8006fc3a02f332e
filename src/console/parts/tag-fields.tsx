import AttributeEditor from '@cloudscape-design/components/attribute-editor'
import Input from '@cloudscape-design/components/input'
import { useEffect, useRef } from 'react'

/** As the API takes it. */
export type Tag = {
  readonly Key: string
  readonly Value: string
}

/** AWS's limit for one entity. */
const most = 50
/** IAM model, `tagKeyType` and `tagValueType`. */
const written = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** What is wrong with a key among all tags; null when nothing is. */
function keyFault(key: string, tags: readonly Tag[]): string | null {
  if (key === '') return 'A tag needs a key.'
  if (key.length > 128) return 'A key has 128 characters at most.'
  if (!written.test(key)) return 'Letters, digits, spaces and _ . : / = + - @ only.'
  return tags.filter(({ Key }) => Key === key).length > 1 ? 'This key stands twice.' : null
}

/** What is wrong with a value; null when nothing is. */
export function valueFault(value: string): string | null {
  if (value.length > 256) return 'A value has 256 characters at most.'
  return written.test(value) ? null : 'Letters, digits, spaces and _ . : / = + - @ only.'
}

export function areTagsGood(tags: readonly Tag[]): boolean {
  return tags.every(({ Key, Value }) => keyFault(Key, tags) === null && valueFault(Value) === null)
}

/** Without the rows that nothing was written in. */
export function filledTags(tags: readonly Tag[]): readonly Tag[] {
  return tags.filter(({ Key, Value }) => Key !== '' || Value !== '')
}

/** Tags being written. */
export function TagFields(props: { readonly tags: readonly Tag[]; readonly onChange: (tags: readonly Tag[]) => void }) {
  const { tags, onChange } = props
  const set = (place: number, members: Partial<Tag>): void =>
    onChange(tags.map((tag, at) => (at === place ? { ...tag, ...members } : tag)))
  const rows = useRef<HTMLDivElement>(null)
  const adding = useRef(false)
  useEffect(() => {
    if (!adding.current || tags.length === 0) return
    adding.current = false
    // Whoever adds a tag begins to write its key.
    rows.current?.querySelector<HTMLInputElement>(`input[aria-label="Key of tag ${tags.length}"]`)?.focus()
  }, [tags.length])
  return (
    <div ref={rows}>
      <AttributeEditor<Tag>
        items={tags}
        addButtonText="Add new tag"
        removeButtonText="Remove"
        removeButtonAriaLabel={({ Key }) => `Remove the tag ${Key}`}
        empty="No tags."
        disableAddButton={tags.length >= most}
        additionalInfo={`Up to ${most} tags.`}
        onAddButtonClick={() => {
          adding.current = true
          onChange([...tags, { Key: '', Value: '' }])
        }}
        onRemoveButtonClick={({ detail }) => onChange(tags.filter((_tag, at) => at !== detail.itemIndex))}
        definition={[
          {
            label: 'Key',
            control: ({ Key }, place) => (
              <Input
                value={Key}
                ariaLabel={`Key of tag ${place + 1}`}
                onChange={({ detail }) => set(place, { Key: detail.value })}
                autoComplete={false}
              />
            ),
            errorText: ({ Key }) => (Key === '' ? null : keyFault(Key, tags)),
          },
          {
            label: 'Value',
            control: ({ Value }, place) => (
              <Input
                value={Value}
                ariaLabel={`Value of tag ${place + 1}`}
                onChange={({ detail }) => set(place, { Value: detail.value })}
                autoComplete={false}
              />
            ),
            errorText: ({ Value }) => valueFault(Value),
          },
        ]}
      />
    </div>
  )
}
