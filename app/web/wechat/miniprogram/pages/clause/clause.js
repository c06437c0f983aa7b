const { marked, titled } = require('../../lib/view')

const app = getApp()

Page({
  data: { clause: null, source: '', parts: {}, problem: null, fontSize: 16 },

  onLoad(query) {
    this.id = decodeURIComponent(query.id || '')
    this.span = query.start ? [Number(query.start), Number(query.end)] : [0, 0]
    this.setData({ fontSize: app.fontSize() })
    return this.load()
  },

  load() {
    this.setData({ problem: null })
    return app.client.clause(this.id).then((clause) => {
      // The span counts in the document; the clause begins at its own start.
      const parts = marked(clause.text, this.span[0] - clause.start, this.span[1] - clause.start)
      this.setData({ clause, parts, source: titled(clause.document_title) })
    }, (problem) => this.setData({ problem }))
  },

  turn(event) {
    this.id = event.currentTarget.dataset.id
    this.span = [0, 0]
    wx.pageScrollTo({ scrollTop: 0, duration: 0 })
    return this.load()
  },

  whole() {
    const { document_id, position } = this.data.clause
    wx.navigateTo({ url: `/pages/document/document?id=${encodeURIComponent(document_id)}&position=${position}` })
  },

  copy() {
    wx.setClipboardData({ data: `${this.data.clause.text}\n——${this.data.source}` })
  }
})
