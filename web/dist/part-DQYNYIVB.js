import{G as g,H as k,c as M,d as y,g as A,h as l,j as u,s as L}from"./part-FOJS6OAM.js";var c=l(""),I=l(0),w=l(0),N=l(""),S=l([]),_=1e3,v=new Map,O=new Map,p=new Map,i=null,C="",E=null,x=0;function T(e){let t=v.get(e);return t||v.set(e,t=l(null)),t}function j(e){let t=O.get(e);return t||O.set(e,t=l(null)),t}function Q(e){return p.set(e,(p.get(e)??0)+1),h(0),()=>{let t=(p.get(e)??1)-1;t?p.set(e,t):p.delete(e),h(200)}}function U(e){e?($(),c.value="paused"):(c.value="lost",h(0))}function V(){$(),c.value=""}function $(){clearTimeout(E),i?.close(),i=null,C=""}function h(e){clearTimeout(E),c.value!=="paused"&&(E=setTimeout(G,e))}function G(){let e=[...p.keys()].sort().join(",");if(!(e===C&&i&&i.readyState!==EventSource.CLOSED)&&($(),!!e)){C=e,i=new EventSource(`/api/v1/events${L({topics:e})}`),i.onopen=()=>{x=0,c.value="open"},i.onerror=()=>{c.value="lost",i?.readyState===EventSource.CLOSED&&($(),x++,h(Math.min(3e4,1e3*2**x)*(.5+Math.random())))};for(let t of["snapshot","delta","state","error","notice","bye","lagged","log"])i.addEventListener(t,o=>H(t,o.data))}}function H(e,t){let o;try{o=t?JSON.parse(t):{}}catch{return}A(()=>{e==="snapshot"||e==="delta"?J(e==="snapshot",o):e==="state"||e==="catalogue"?w.value++:e==="notice"?(N.value=o.text??"",o.kind==="catalogue"&&w.value++):e==="log"?S.value=[...S.value,o].slice(-_):e==="bye"&&(c.value="lost")})}function J(e,t){I.value=Date.now(),Array.isArray(t.lines)&&(S.value=t.lines),Array.isArray(t.dags)&&X(e,t),Array.isArray(t.dag)&&z(e,t)}function R(e){return{name:e[0],state:e[1],inRate:e[2],outRate:e[3],queue:e[4],errors:e[5]}}function X(e,t){let o=new Set,n=!1;for(let s of t.dags){let a=T(s[0]);n||=!a.peek()||a.peek()?.state!==s[1],a.value=R(s),o.add(s[0])}for(let s of t.gone??[])v.get(s)&&(T(s).value=null),n=!0;if(e)for(let[s,a]of v)o.has(s)||(a.value=null);n&&w.value++}function b(e,t){let o=new Map(e);for(let n of t??[])o.set(n[0],n);return o}function z(e,t){let o=j(t.dag[0]),n=e?null:o.peek();o.value={row:R(t.dag),nodes:b(n?.nodes,t.nodes),edges:b(n?.edges,t.edges),subscribers:b(n?.subscribers,t.subscribers),publishers:b(n?.publishers,t.publishers)}}var q=l(null);function ne(e){q.value=e}function d(){q.value=null}function B({title:e,note:t,wide:o,side:n,foot:s,onSubmit:a,children:f}){let m=y(null);return M(()=>{let r=m.current,D=document.activeElement;return r?.showModal(),()=>{r?.close(),D instanceof HTMLElement&&D.focus()}},[]),u`<dialog
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
      <div class="dialog-body ${n?"dialog-body--split":""}">
        <div class="dialog-form">${f}</div>
        ${n&&u`<aside class="dialog-side">${n}</aside>`}
      </div>
      ${s&&u`<footer class="dialog-foot">${s}</footer>`}
    </form>
  </dialog>`}function se({title:e,detail:t,action:o,word:n,run:s,more:a}){let f=y(null);return u`<${B}
    title=${e}
    onSubmit=${async()=>{if(n&&f.current?.value!==n){f.current?.focus(),f.current?.setAttribute("aria-invalid","true");return}d(),await s()}}
    foot=${u`<span class="spacer"></span>
      <button class="button" type="button" onClick=${d}>${g.common.cancel}</button>
      ${a}
      <button class="button button--primary button--destructive" type="submit">${o}</button>`}
  >
    <p>${t}</p>
    ${n&&u`<div class="field">
      <label for="confirm-word">${g.common.typeToConfirm(n)}</label>
      <input id="confirm-word" class="input" ref=${f} autocomplete="off" spellcheck="false" />
    </div>`}
  <//>`}export{c as a,I as b,w as c,N as d,S as e,T as f,j as g,Q as h,U as i,V as j,q as k,ne as l,d as m,B as n,se as o};
