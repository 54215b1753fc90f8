import{a as J}from"./part-22Z3CONE.js";import{a as C,b as f,e as c,f as $,k as W,m as D,n as g,o as F}from"./part-E767UOL2.js";import{a as x,b as v,d as h,h as O,k as m,l as R,m as z,n as H}from"./part-IFAHUKXN.js";import{a as j,b as G,c as q}from"./part-TNF4UPQQ.js";import{a as y,c as o}from"./part-ZGRRZHDQ.js";import{C as A,G as e,H as s,I as u,b,c as i,d as T,j as r,k as w,p as U,s as I,u as K,v as _}from"./part-24ZBOSAH.js";function Y(){let n=[{label:e.nav.dags,kind:e.search.page,icon:"tree",run:()=>o("/")},{label:e.nav.components,kind:e.search.page,icon:"parts",run:()=>o("/components")},{label:e.nav.server,kind:e.search.page,icon:"server",run:()=>o("/server")},{label:e.nav.account,kind:e.search.page,icon:"account",run:()=>o("/account")},{label:e.nav.help,kind:e.search.page,icon:"help",run:()=>o("/help")},{label:e.nav.theme,kind:e.search.action,icon:"theme",run:g}];return c.value&&n.push({label:e.dashboard.create,kind:e.search.action,icon:"add",run:()=>o("/new")}),c.value&&$.value&&n.push({label:e.nav.users,kind:e.search.page,icon:"users",run:()=>o("/users")},{label:e.nav.audit,kind:e.search.page,icon:"history",run:()=>o("/audit")}),n}function B(){R(()=>r`<${Z} />`)}function Z(){let[n,t]=b(""),[L,k]=b([]),[Q,S]=b(0),E=T(null);i(()=>E.current?.focus(),[]),i(()=>{let a=new AbortController;return U(`/dags${I({q:n,limit:12})}`,{signal:a.signal}).then(p=>k(p.items),()=>{}),()=>a.abort()},[n]);let V=n.toLowerCase(),l=[...L.map(a=>({label:a.name,kind:e.search.dag,icon:"tree",run:()=>o(`/dags/${a.name}`)})),...Y().filter(a=>a.label.toLowerCase().includes(V))].slice(0,14),d=Math.min(Q,l.length-1),M=a=>{a&&(z(),a.run())},X=a=>{a.key==="ArrowDown"||a.key==="ArrowUp"?(a.preventDefault(),S((d+(a.key==="ArrowDown"?1:-1)+l.length)%Math.max(1,l.length))):a.key==="Enter"&&(a.preventDefault(),M(l[d]))};return r`<${H} title=${e.nav.search}>
    <input
      class="input"
      ref=${E}
      role="combobox"
      aria-expanded="true"
      aria-controls="search-list"
      aria-activedescendant=${l.length?`search-${d}`:void 0}
      aria-label=${e.nav.search}
      placeholder=${e.search.hint}
      value=${n}
      onInput=${a=>{t(a.target.value),S(0)}}
      onKeyDown=${X}
    />
    <div class="option-list" id="search-list" role="listbox" aria-label=${e.nav.search}>
      ${l.map((a,p)=>r`<button type="button" role="option" id=${`search-${p}`} tabindex="-1" aria-selected=${p===d} onClick=${()=>M(a)}>
          <${s} name=${a.icon} /><span class="truncate">${a.label}</span><span class="spacer"></span><span class="muted">${a.kind}</span>
        </button>`)}
      ${l.length===0&&r`<p class="muted" role="option" aria-selected="false">${e.search.nothing}</p>`}
    </div>
  <//>`}function N(){let n=t=>{let k=t.target.closest("input, textarea, select, [contenteditable], .editor-text")!==null;(t.ctrlKey||t.metaKey)&&t.key.toLowerCase()==="k"?(t.preventDefault(),m.value||B()):t.key==="?"&&!k&&!m.value&&o("/help")};return document.addEventListener("keydown",n),()=>document.removeEventListener("keydown",n)}function ee(){return r`<svg viewBox="0 0 22 22" aria-hidden="true">
    <path class="brand-flow" d="M5 11h4c3 0 2.5-5.5 6.5-5.5M9 11c3 0 2.5 5.5 6.5 5.5" />
    <circle class="brand-node" cx="4.5" cy="11" r="3" /><circle class="brand-node" cx="17" cy="5.5" r="2.6" /><circle class="brand-node" cx="17" cy="16.5" r="2.6" />
  </svg>`}function P(){let n=[{href:"/",label:e.nav.dags,icon:"tree",on:t=>t==="/"||t.startsWith("/dags")||t==="/new"},{href:"/components",label:e.nav.components,icon:"parts"}];return c.value&&$.value&&n.push({href:"/audit",label:e.nav.audit,icon:"history"},{href:"/users",label:e.nav.users,icon:"users"}),n.push({href:"/server",label:e.nav.server,icon:"server"}),n.map(t=>({...t,isCurrent:t.on?t.on(y.value.path):y.value.path.startsWith(t.href)}))}function ne(){return[{label:e.nav.account,icon:"account",href:"/account"},{label:e.nav.help,icon:"help",href:"/help"},{label:e.nav.utc,checked:K.value,run:()=>_(!K.value),line:!0},{label:e.nav.comfortable,checked:D.value==="comfortable",run:()=>F(D.value==="comfortable"?"compact":"comfortable")},{label:e.nav.signOut,icon:"sign_out",run:W,line:!0}]}function ae(){let n=P();return r`<header class="topbar">
    <a class="brand" href="/"><${ee} />dagd</a>
    ${f.value?.name&&r`<div class="server-name"><b class="truncate">${f.value.name}</b><span>${f.value.is_standby?e.nav.standby:e.nav.primary}</span></div>`}
    <nav class="topnav" aria-label=${e.nav.main}>
      ${n.map(t=>r`<a href=${t.href} aria-current=${t.isCurrent?"page":void 0}>${t.label}</a>`)}
    </nav>
    <span class="spacer"></span>
    <button class="jump" type="button" onClick=${B} aria-label=${e.nav.search}>
      <${s} name="search" /><span>${e.nav.search}</span><kbd aria-hidden="true">Ctrl K</kbd>
    </button>
    <button class="button button--quiet button--icon" type="button" aria-label=${e.nav.theme} onClick=${g}><${s} name="theme" /></button>
    <${J} label=${`${e.nav.account}: ${C.value?.name}`} icon="account" quiet items=${ne()}><span class="hide-phone">${C.value?.name}</span><//>
  </header>`}function te(){return r`<nav class="bottombar" aria-label=${e.nav.main}>
    ${P().map(n=>r`<a href=${n.href} aria-current=${n.isCurrent?"page":void 0}><${s} name=${n.icon} />${n.label}</a>`)}
  </nav>`}function re(){return w.value?x.value==="lost"&&v.value?r`<div class="banner" role="status"><${u} name="warning" tone="warning" />${e.live.lostBanner(A(v.value))}</div>`:h.value?r`<div class="banner banner--waiting" role="status">
      <${u} name="waiting" tone="waiting" />${h.value}<span class="spacer"></span>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${e.common.close} onClick=${()=>h.value=""}><${s} name="close" small /></button>
    </div>`:null:r`<div class="banner banner--failed" role="status"><${u} name="failed" tone="failed" />${e.live.offline(A(v.value||Date.now()))}</div>`}function oe(){return r`<div class="toasts">
      ${j.value.map(n=>r`<div class="toast" key=${n.id}>
          <${u} name=${n.kind} tone=${n.kind} />
          <p>${n.text}${n.detail&&r`<small>${n.detail}</small>`}</p>
          ${n.action&&r`<button
            class="button button--small"
            type="button"
            onClick=${()=>{q(n.id),n.action?.run()}}
          >
            ${n.action.label}
          </button>`}
          <button class="button button--quiet button--icon button--small" type="button" aria-label=${e.common.close} onClick=${()=>q(n.id)}><${s} name="close" small /></button>
        </div>`)}
    </div>
    <div class="visually-hidden" role="status" aria-live="polite">${G.value}</div>`}function qe({children:n}){return i(()=>O("dags"),[]),i(N,[]),r`<a class="skip-link" href="#main">${e.common.skip}</a>
    <${ae} /><${re} />
    <div class=${w.value&&x.value!=="lost"?"":"is-stale"}>${n}</div>
    <${te} /><${oe} />
    ${m.value?.()}`}export{ee as a,qe as b};
