import{b as I}from"./part-DMKYOPAE.js";import{d as r,e as u}from"./part-XAVYYX3W.js";import{d as H}from"./part-UNH4OB5A.js";import{e as f,f as b}from"./part-E767UOL2.js";import{e as i,h as v,l as D,o as E}from"./part-IFAHUKXN.js";import{d as h,f as g}from"./part-TNF4UPQQ.js";import"./part-ZGRRZHDQ.js";import{A as S,B as L,C as k,D as T,G as _,H as x,I as A,L as m,c,d as $,j as t,o as p,p as d,x as y,y as w}from"./part-24ZBOSAH.js";var e=_.server,j=["error","warning","info","debug"];function z(){let a=r(()=>d("/server"),[]),o=f.value&&b.value;return t`<main id="main" class="page">
    <div class="page-head"><h1>${e.title}</h1><span class="spacer"></span>${o&&t`<button class="button button--danger" type="button" onClick=${B}><${x} name="stop" />${e.drain}</button>`}</div>
    <${u} of=${a}>
      ${l=>t`<div class="columns">
        <section class="panel">
          <header class="panel-head"><h2>${e.about}</h2><span class="spacer"></span>${l.is_well?t`<${m} tone="running" glyph="done">${e.well}<//>`:t`<${m} tone="failed">${e.unwell}<//>`}</header>
          <div class="panel-body"><dl class="facts-list">
            <dt>${e.version}</dt><dd>${l.version}</dd><dt>${e.build}</dt><dd>${l.build}</dd>
            <dt>${e.started}</dt><dd title=${T(l.started)}>${L(l.started)}</dd><dt>${e.uptime}</dt><dd>${S(l.uptime_ms/1e3)}</dd>
            <dt>${e.role}</dt><dd>${l.role}</dd><dt>${e.threads}</dt><dd>${l.threads}</dd>
          </dl></div>
        </section>
        <section class="panel">
          <header class="panel-head"><h2>${e.parts}</h2></header>
          <div class="panel-body"><ul class="stack stack--tight">${l.parts.map(n=>t`<li class="row"><${A} name=${n.is_well?"done":"failed"} tone=${n.is_well?"done":"failed"} /><b>${n.name}</b><span class="muted">${n.detail??""}</span></li>`)}</ul></div>
        </section>
        <section class="panel">
          <header class="panel-head"><h2>${e.limits}</h2></header>
          <div class="panel-body"><dl class="facts-list">${Object.entries(l.limits).map(([n,s])=>t`<dt>${n.replaceAll("_"," ")}</dt><dd>${/bytes|size/.test(n)?w(s):y(s)}</dd>`)}</dl></div>
        </section>
      </div>`}
    <//>
    ${o&&t`<${C} /><${O} />`}
  </main>`}function B(){D(()=>t`<${E}
      title=${e.drain}
      detail=${e.drainDetail}
      action=${e.drain}
      word="drain"
      run=${async()=>{try{await p("POST","/server/drain"),h(e.draining)}catch(a){g(e.notDrained,a)}}}
    />`)}function C(){let a=r(()=>d("/log-levels"),[]),o=$(null),l=$(!0);c(()=>v("log"),[]),c(()=>{l.current&&o.current&&(o.current.scrollTop=o.current.scrollHeight)},[i.value]);let n=async s=>{try{a.setData((await p("PUT","/log-levels",{body:{level:s}})).body),h(e.levelIs(s))}catch(P){g(e.levelNotSet,P)}};return t`<section class="panel">
    <header class="panel-head"><h2>${e.log}</h2><span class="spacer"></span>
      ${a.data&&t`<${H} auto label=${e.level} value=${a.data.level} onInput=${n} options=${j.map(s=>({value:s,label:`${e.level}: ${s}`}))} />`}
    </header>
    <div class="log" ref=${o} role="log" aria-label=${e.log} tabindex="0" onScroll=${s=>l.current=s.target.scrollHeight-s.target.scrollTop-s.target.clientHeight<8}>
      ${i.value.length===0&&t`<p class="muted">${e.noLines}</p>`}
      ${i.value.map(s=>t`<div class="log-line log-line--${s.level}"><time>${k(s.time)}</time><span class="log-level">${s.level}</span><span>${[s.dag,s.component??s.node].filter(Boolean).join("/")} ${s.message??s.text}</span></div>`)}
    </div>
  </section>`}function O(){let a=r(()=>d("/config"),[]);return t`<section class="panel">
    <header class="panel-head"><h2>${e.settings}</h2></header>
    <div class="panel-body"><${u} of=${a}>${o=>t`<${I} value=${o} label=${e.settings} />`}<//></div>
  </section>`}export{z as default};
