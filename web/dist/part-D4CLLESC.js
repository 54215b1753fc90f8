import{G as g,H as T,c as D,d as x,g as M,h as l,j as u,s as L}from"./part-FOJS6OAM.js";var c=l(""),I=l(0),R=l(0),N=l(""),w=l([]),_=1e3,v=new Map,k=new Map,p=new Map,i=null,S="",E=null,y=0;function O(e){let t=v.get(e);return t||v.set(e,t=l(null)),t}function j(e){let t=k.get(e);return t||k.set(e,t=l(null)),t}function P(e){return p.set(e,(p.get(e)??0)+1),h(0),()=>{let t=(p.get(e)??1)-1;t?p.set(e,t):p.delete(e),h(200)}}function Q(e){e?($(),c.value="paused"):(c.value="lost",h(0))}function U(){$(),c.value=""}function $(){clearTimeout(E),i?.close(),i=null,S=""}function h(e){clearTimeout(E),c.value!=="paused"&&(E=setTimeout(G,e))}function G(){let e=[...p.keys()].sort().join(",");if(!(e===S&&i&&i.readyState!==EventSource.CLOSED)&&($(),!!e)){S=e,i=new EventSource(`/api/v1/events${L({topics:e})}`),i.onopen=()=>{y=0,c.value="open"},i.onerror=()=>{c.value="lost",i?.readyState===EventSource.CLOSED&&($(),y++,h(Math.min(3e4,1e3*2**y)*(.5+Math.random())))};for(let t of["snapshot","delta","catalogue","state","error","notice","bye","log"])i.addEventListener(t,o=>H(t,o.data))}}function H(e,t){let o;try{o=t?JSON.parse(t):{}}catch{return}M(()=>{e==="snapshot"||e==="delta"?J(e==="snapshot",o.topic,o.data):e==="state"||e==="catalogue"?R.value++:e==="notice"?N.value=o.text??"":e==="log"?w.value=[...w.value,o].slice(-_):e==="bye"&&(c.value="lost")})}function J(e,t,o){I.value=Date.now(),o&&(t==="log"?w.value=o:t==="dags"?W(e,o):t.startsWith("dag:")&&X(e,o))}function q(e){return{name:e[0],state:e[1],inRate:e[2],outRate:e[3],queue:e[4],errors:e[5]}}function W(e,t){let o=new Set,n=!1;for(let s of t.dags){let a=O(s[0]);n||=!a.peek()||a.peek()?.state!==s[1],a.value=q(s),o.add(s[0])}for(let s of t.gone??[])v.get(s)&&(O(s).value=null),n=!0;if(e)for(let[s,a]of v)o.has(s)||(a.value=null);n&&R.value++}function b(e,t){let o=new Map(e);for(let n of t??[])o.set(n[0],n);return o}function X(e,t){let o=j(t.dag[0]),n=e?null:o.peek();o.value={row:q(t.dag),nodes:b(n?.nodes,t.nodes),edges:b(n?.edges,t.edges),subscribers:b(n?.subscribers,t.subscribers),publishers:b(n?.publishers,t.publishers)}}var A=l(null);function ne(e){A.value=e}function d(){A.value=null}function z({title:e,note:t,wide:o,side:n,foot:s,onSubmit:a,children:f}){let m=x(null);return D(()=>{let r=m.current,C=document.activeElement;return r?.showModal(),()=>{r?.close(),C instanceof HTMLElement&&C.focus()}},[]),u`<dialog
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
        <button class="button button--quiet button--icon" type="button" aria-label=${g.common.close} onClick=${d}><${T} name="close" /></button>
      </header>
      <div class="dialog-body ${n?"dialog-body--split":""}">
        <div class="dialog-form">${f}</div>
        ${n&&u`<aside class="dialog-side">${n}</aside>`}
      </div>
      ${s&&u`<footer class="dialog-foot">${s}</footer>`}
    </form>
  </dialog>`}function se({title:e,detail:t,action:o,word:n,run:s,more:a}){let f=x(null);return u`<${z}
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
  <//>`}export{c as a,I as b,R as c,N as d,w as e,O as f,j as g,P as h,Q as i,U as j,A as k,ne as l,d as m,z as n,se as o};
