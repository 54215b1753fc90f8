import{G as r,H as d,I as $,b as l,c as m,j as n,n as c}from"./part-24ZBOSAH.js";function g({lines:t=4}){let[o,e]=l(!1);return m(()=>{let s=setTimeout(()=>e(!0),150);return()=>clearTimeout(s)},[]),n`<div class="skeleton ${o?"":"skeleton--waiting"}" role="status" aria-label=${r.common.loading}>
    ${Array.from({length:t},(s,u)=>n`<span class="skeleton-line skeleton-line--${u%3}"></span>`)}
  </div>`}function x({title:t,detail:o,children:e,drawing:s}){return n`<div class="empty">
    ${s??n`<${d} name="tree" />`}
    <h2>${t}</h2>
    ${o&&n`<p>${o}</p>`}
    ${e&&n`<div class="button-row">${e}</div>`}
  </div>`}function h({error:t,retry:o}){let e=t instanceof c;return n`<div class="empty empty--failed" role="alert">
    <${$} name="failed" tone="failed" />
    <h2>${e&&t.status===404?r.common.notFound:e&&t.status===403?r.common.notAllowed:r.common.failed}</h2>
    <p>${String(t?.message??t)}</p>
    ${e&&t.requestId&&n`<p class="muted mono">${t.code} · ${r.common.request} ${t.requestId}</p>`}
    ${o&&n`<div class="button-row"><button class="button" type="button" onClick=${o}><${d} name="restart" />${r.common.retry}</button></div>`}
  </div>`}function L(t,o){let[e,s]=l({data:null,error:null,isLoading:!0}),[u,p]=l(0);return m(()=>{let a=!0;return t().then(i=>a&&s({data:i,error:null,isLoading:!1}),i=>a&&s(f=>({data:i?.status===0?f.data:null,error:i,isLoading:!1}))),()=>{a=!1}},[...o,u]),{...e,reload:()=>p(a=>a+1),setData:a=>s({data:a,error:null,isLoading:!1})}}function A({of:t,lines:o,children:e}){return t.data?e(t.data):t.error?n`<${h} error=${t.error} retry=${t.reload} />`:n`<${g} lines=${o} />`}export{g as a,x as b,h as c,L as d,A as e};
