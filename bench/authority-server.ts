import { startAuthority } from '../src/authority/index.ts'

const authority = await startAuthority({ data: ':memory:', port: 0 })
process.send!({ port: Number(new URL(authority.url).port), root: authority.root })
process.on('message', () => process.send!({ cpu: process.cpuUsage() }))
process.on('disconnect', () => process.exit())
