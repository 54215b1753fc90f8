import{b as k}from"./part-DMKYOPAE.js";import{a as v}from"./part-GQWRXWQ2.js";import{b as u,d as y,e as f}from"./part-XAVYYX3W.js";import{f as b,g}from"./part-UNH4OB5A.js";import{d as h}from"./part-TNF4UPQQ.js";import{a as n,d as p}from"./part-ZGRRZHDQ.js";import{G as d,H as $,L as m,j as a,p as c}from"./part-24ZBOSAH.js";var i=d.components,w=["subscriber","publisher","calculator","transformer","node"];function x(e,l){let r=e.properties[l],t=r.enum?r.enum.map(o=>JSON.stringify(o)).join(" | "):[r.type].flat().join(" or ")||"any";return r.type==="array"&&r.items?.type?`list of ${r.items.type}`:t}function S({component:e}){let l=Object.keys(e.schema?.properties??{}),r=new Set(e.schema?.required??[]),t=JSON.stringify(e.example,null,2),o=async()=>{await navigator.clipboard.writeText(t),h(d.common.copied)};return a`<article class="panel component" id=${`${e.kind}-${e.type}`}>
    <header class="panel-head">
      <${$} name=${v(`${e.type} ${e.address??""}`)} /><h2 class="mono">${e.type}</h2><span class="tag">${i.kinds[e.kind]}</span>
      ${!e.is_available&&a`<${m} tone="warning">${i.missing}<//>`}
    </header>
    <div class="panel-body stack">
      <p>${e.summary}${e.address&&a` <code>${e.address}</code>`}</p>
      ${l.length>0&&a`<dl class="option-table">
        ${l.map(s=>a`<div><dt><code>${s}</code>${r.has(s)&&a` <span class="tag">${i.required}</span>`}</dt><dd><span class="muted">${x(e.schema,s)}${e.schema.properties[s].default!==void 0?`, ${JSON.stringify(e.schema.properties[s].default)}`:""}</span> ${e.schema.properties[s].description??""}</dd></div>`)}
      </dl>`}
      ${e.example&&a`<details><summary>${i.example}</summary><${k} source=${t} label=${i.example} /><div class="button-row"><button class="button button--small" type="button" onClick=${o}><${$} name="copy" small />${d.common.copy}</button></div></details>`}
    </div>
  </article>`}function q(){let e=y(()=>c("/components"),[]),l=n.value.query.get("kind")??"",r=n.value.query.get("q")??"";return a`<main id="main" class="page">
    <div class="page-head"><h1>${i.title}</h1></div>
    <div class="filters">
      <${b} label=${i.kind} value=${l} onInput=${t=>p({kind:t})} options=${[{value:"",label:d.dashboard.all},...w.map(t=>({value:t,label:i.plurals[t]}))]} />
      <${g} label=${i.filter} value=${r} onInput=${t=>p({q:t})} />
    </div>
    <${f} of=${e} lines=${8}>
      ${t=>{let o=t.items.filter(s=>(!l||s.kind===l)&&`${s.type} ${s.name} ${s.summary}`.toLowerCase().includes(r.toLowerCase()));return o.length?a`<div class="component-grid">${o.map(s=>a`<${S} key=${`${s.kind} ${s.type}`} component=${s} />`)}</div>`:a`<section class="panel"><${u} title=${i.none} /></section>`}}
    <//>
  </main>`}export{q as default};
