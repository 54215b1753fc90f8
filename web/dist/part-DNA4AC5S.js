import{a as p,b as u}from"./part-FNZHEPGF.js";import"./part-CR7ISZZP.js";import{b as y}from"./part-UNH4OB5A.js";import"./part-22Z3CONE.js";import{g as h,i as v}from"./part-E767UOL2.js";import"./part-IFAHUKXN.js";import"./part-TNF4UPQQ.js";import{a as b,c as g}from"./part-ZGRRZHDQ.js";import{G as e,I as l,b as o,j as r,q as w}from"./part-24ZBOSAH.js";var m=12;function P(){let $=b.value.query.get("token")??location.hash.slice(1),[c,S]=o("admin"),[t,I]=o(""),[s,k]=o(""),[d,i]=o(""),[x,f]=o(!1),n=[...t].length,G=async a=>{if(a.preventDefault(),i(""),n<m)i(e.setup.rule);else if(t!==s)i(e.setup.differ);else{f(!0);try{h(await w("/setup",{token:$,name:c,password:t})),await v(),g("/",{replace:!0})}catch(N){i(String(N.message))}f(!1)}};return $?r`<${p} title=${e.setup.title} note=${e.setup.intro} onSubmit=${G}>
    <${y} label=${e.setup.name} value=${c} onInput=${S} autocomplete="username" />
    <${u}
      label=${e.setup.password}
      value=${t}
      onInput=${I}
      autocomplete="new-password"
      help=${n>0&&n<m?e.setup.short(m-n):e.setup.rule}
    />
    <div class="meter" aria-hidden="true">${[4,8,12,20].map(a=>r`<span class=${n>=a?"on":""}></span>`)}</div>
    <${u} label=${e.setup.again} value=${s} onInput=${k} autocomplete="new-password" problem=${s&&s.length>=t.length&&s!==t?e.setup.differ:""} />
    <div aria-live="assertive">${d&&r`<p class="note note--failed"><${l} name="failed" tone="failed" />${d}</p>`}</div>
    <button class="button button--primary button--wide" type="submit" disabled=${x}>${e.setup.submit}</button>
  <//>`:r`<${p} title=${e.setup.title} onSubmit=${a=>a.preventDefault()}>
      <p class="note note--warning"><${l} name="warning" tone="warning" />${e.setup.noToken}</p>
      <a class="button button--wide" href="/login">${e.login.title}</a>
    <//>`}export{P as default};
