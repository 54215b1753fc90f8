import{d as l,e as m}from"./part-XAVYYX3W.js";import{G as c,j as e,p as i}from"./part-24ZBOSAH.js";var d=c.help;function h(){let n=l(()=>i("/openapi.json"),[]);return e`<main id="main" class="page">
    <div class="page-head"><h1>${d.title}</h1></div>
    <section class="panel"><header class="panel-head"><h2>${d.keys}</h2></header>
      <div class="panel-body"><dl class="facts-list">${d.shortcuts.map(([a,s])=>e`<dt>${a.split(" ").map(t=>e`<kbd>${t}</kbd> `)}</dt><dd>${s}</dd>`)}</dl></div>
    </section>
    <section class="panel"><header class="panel-head"><h2>${d.api}</h2><span class="spacer"></span><a href="/api/v1/openapi.json" target="_blank" rel="noreferrer">openapi.json</a></header>
      <div class="panel-body"><${m} of=${n}>${a=>e`<${$} document=${a} />`}<//></div>
    </section>
  </main>`}function $({document:n}){let a=new Map;for(let[s,t]of Object.entries(n.paths))for(let[o,p]of Object.entries(t)){let r=p.tags?.[0]??"";a.set(r,[...a.get(r)??[],{route:s,method:o.toUpperCase(),summary:p.summary}])}return e`${[...a].map(([s,t])=>e`<h3 class="section-title">${s}</h3>
      <dl class="operations">${t.map(o=>e`<div><dt><span class="tag">${o.method}</span> <code>${o.route}</code></dt><dd>${o.summary}</dd></div>`)}</dl>`)}`}export{h as default};
