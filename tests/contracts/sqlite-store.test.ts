import { openStore } from '../support/store-folder.ts'
import { describeStore } from './store-contract.ts'

describeStore('SQLite', (t) => openStore(t))
