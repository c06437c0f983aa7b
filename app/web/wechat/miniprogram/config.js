// 改成你的服务地址：HTTPS，域名已备案，并已加入小程序后台的 request 合法域名。
module.exports = {
  base: 'https://policy.example.gov.cn',
  name: '政策问答',
  issuer: '（主管单位名称）',
  phone: ''
}
