import{G as g,H as k,c as D,d as x,g as M,h as l,j as u,p as L,s as T}from"./part-24ZBOSAH.js";var c=l(""),_=l(0),q=l(0),j=l(""),y=l([]),G=1e3,v=new Map,O=new Map,p=new Map,i=null,w="",S=null,E=0;function R(e){let t=v.get(e);return t||v.set(e,t=l(null)),t}function H(e){let t=O.get(e);return t||O.set(e,t=l(null)),t}function U(e){return p.set(e,(p.get(e)??0)+1),$(0),()=>{let t=(p.get(e)??1)-1;t?p.set(e,t):p.delete(e),$(200)}}function V(e){e?(h(),c.value="paused"):(c.value="lost",$(0))}function Y(){h(),c.value=""}function h(){clearTimeout(S),i?.close(),i=null,w=""}function $(e){clearTimeout(S),c.value!=="paused"&&(S=setTimeout(J,e))}function J(){let e=[...p.keys()].sort().join(",");if(!(e===w&&i&&i.readyState!==EventSource.CLOSED)&&(h(),!!e)){w=e,i=new EventSource(`/api/v1/events${T({topics:e})}`),i.onopen=()=>{E=0,c.value="open"},i.onerror=()=>{c.value="lost",i?.readyState===EventSource.CLOSED&&A()};for(let t of["snapshot","delta","catalogue","state","error","notice","bye","log"])i.addEventListener(t,o=>W(t,o.data))}}function A(){h(),E++,$(Math.min(3e4,1e3*2**E)*(.5+Math.random())),L("/me").catch(()=>{})}function W(e,t){let o;try{o=t?JSON.parse(t):{}}catch{return}M(()=>{e==="snapshot"||e==="delta"?X(e==="snapshot",o.topic,o.data):e==="state"||e==="catalogue"?q.value++:e==="notice"?j.value=o.text??"":e==="log"?y.value=[...y.value,o].slice(-G):e==="bye"&&(c.value="lost",A())})}function X(e,t,o){_.value=Date.now(),o&&(t==="log"?y.value=o:t==="dags"?z(e,o):t.startsWith("dag:")&&B(e,t.slice(4),o))}function I(e){return{name:e[0],state:e[1],inRate:e[2],outRate:e[3],queue:e[4],errors:e[5]}}function z(e,t){let o=new Set,s=!1;for(let n of t.dags){let a=R(n[0]);s||=!a.peek()||a.peek()?.state!==n[1],a.value=I(n),o.add(n[0])}for(let n of t.gone??[])v.get(n)&&(R(n).value=null),s=!0;if(e)for(let[n,a]of v)o.has(n)||(a.value=null);s&&q.value++}function b(e,t){let o=new Map(e);for(let s of t??[])o.set(s[0],s);return o}function B(e,t,o){let s=H(t),n=e?null:s.peek();s.value={row:o.dag?I(o.dag):n?.row,nodes:b(n?.nodes,o.nodes),edges:b(n?.edges,o.edges),subscribers:b(n?.subscribers,o.subscribers),publishers:b(n?.publishers,o.publishers)}}var N=l(null);function le(e){N.value=e}function d(){N.value=null}function F({title:e,note:t,wide:o,side:s,foot:n,onSubmit:a,children:f}){let m=x(null);return D(()=>{let r=m.current,C=document.activeElement;return r?.showModal(),()=>{r?.close(),C instanceof HTMLElement&&C.focus()}},[]),u`<dialog
    ref=${m}
    class="dialog ${o?"dialog--wide":""}"
    aria-labelledby="dialog-title"
    onCancel=${r=>{r.preventDefault(),d()}}
    onClick=${r=>r.target===m.current&&d()}
  >
    <form class="dialog-box" method="dialog" onSubmit=${r=>{r.preventDefault(),a?.(r)}} novalidate>
      <header class="dialog-head">
        <div><h2 id="dialog-title">${e}</h2>${t&&u`<p>${t}</p>`}</div>
        <span class="spacer"></span>
        <button class="button button--quiet button--icon" type="button" aria-label=${g.common.close} onClick=${d}><${k} name="close" /></button>
      </header>
      <div class="dialog-body ${s?"dialog-body--split":""}">
        <div class="dialog-form">${f}</div>
        ${s&&u`<aside class="dialog-side">${s}</aside>`}
      </div>
      ${n&&u`<footer class="dialog-foot">${n}</footer>`}
    </form>
  </dialog>`}function ae({title:e,detail:t,action:o,word:s,run:n,more:a}){let f=x(null);return u`<${F}
    title=${e}
    onSubmit=${async()=>{if(s&&f.current?.value!==s){f.current?.focus(),f.current?.setAttribute("aria-invalid","true");return}d(),await n()}}
    foot=${u`<span class="spacer"></span>
      <button class="button" type="button" onClick=${d}>${g.common.cancel}</button>
      ${a}
      <button class="button button--primary button--destructive" type="submit">${o}</button>`}
  >
    <p>${t}</p>
    ${s&&u`<div class="field">
      <label for="confirm-word">${g.common.typeToConfirm(s)}</label>
      <input id="confirm-word" class="input" ref=${f} autocomplete="off" spellcheck="false" />
    </div>`}
  <//>`}export{c as a,_ as b,q as c,j as d,y as e,R as f,H as g,U as h,V as i,Y as j,N as k,le as l,d as m,F as n,ae as o};
