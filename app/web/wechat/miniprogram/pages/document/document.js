const { facts } = require('../../lib/view')

const app = getApp()
const BEFORE = 3 // clauses shown before the one that was asked for

Page({
  data: { document: null, facts: [], clauses: [], from: 0, next: 0, here: '', problem: null, fontSize: 16 },

  onLoad(query) {
    this.id = decodeURIComponent(query.id || '')
    this.position = query.position ? Number(query.position) : -1
    const from = Math.max(0, this.position - BEFORE)
    this.setData({ fontSize: app.fontSize(), from, next: from })
    return this.more()
  },

  onReachBottom() { return this.more() },

  more() {
    const at = this.data.next
    if (at === null || this.reading) return Promise.resolve()
    const round = this.round
    this.reading = true
    this.setData({ problem: null })
    return app.client.document(this.id, at).then((page) => {
      if (round !== this.round) return // begun anew meanwhile
      const { clauses, next, ...document } = page
      const wanted = clauses[this.position - at]
      this.setData({
        document,
        facts: facts(document),
        next,
        clauses: [...this.data.clauses, ...clauses],
        here: wanted ? wanted.id : this.data.here
      })
    }, (problem) => this.setData({ problem })).then(() => {
      if (round === this.round) this.reading = false
    })
  },

  start() {
    this.round = (this.round || 0) + 1
    this.reading = false
    this.setData({ clauses: [], from: 0, next: 0 })
    return this.more()
  }
})
