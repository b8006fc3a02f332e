// The licences of what others wrote and the package carries inside its bundles: they ask to be kept with it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** `modules`: paths of the files that went into a bundle, of our own too. */
export function writeNotices(file, modules) {
  const directories = new Set()
  for (const path of modules) {
    // The innermost: packages may carry others inside them.
    const found = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(path)
    if (found !== null) directories.add(found[1].replace(/^\0/, ''))
  }
  const parts = [...directories].map(noticeOf).sort()
  writeFileSync(
    file,
    `This package carries the following works inside its bundles.\n\n${[...new Set(parts)].join('\n')}`,
  )
}

function noticeOf(directory) {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const texts = readdirSync(directory)
    .filter((entry) => /^(licen[cs]e|notice|third-party)/i.test(entry))
    .sort()
    .map((entry) => readFileSync(join(directory, entry), 'utf8').trim())
  return `${'='.repeat(80)}\n${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`
}
